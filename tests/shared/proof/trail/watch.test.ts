import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import type { LogReport } from '../../../../shared/proof/trail/verify-log';
import { neverSeen, reverified, type Verified } from '../../../../shared/proof/trail/watch';
import {
  at,
  chain,
  deleted,
  digestAt,
  ofUnknownKey,
  resigned,
  rewritten,
  unread,
  unsigned,
} from '../../../support/chain-reports';

const digest = digestAt(10);

test('Regions of covered accounts that were never seen', () => {
  const seen = [chain, { ...chain, account: '444455556666' }, { ...chain, trail: 'other' }];
  expect(neverSeen(['111122223333', '444455556666'], ['eu-west-1', 'us-east-1'], seen)).toMatchObject([
    { account: '111122223333', region: 'us-east-1', finding: { code: 'no-digests', severity: 'high' } },
    {
      account: '444455556666',
      region: 'us-east-1',
      finding: { says: 'no digest of account 444455556666 in us-east-1 was ever seen' },
    },
  ]);
  expect(neverSeen(['111122223333'], ['eu-west-1'], [])).toHaveLength(1);
});

describe('a file that was verified before', () => {
  const log: LogReport = {
    kind: 'log',
    bucket: 'trail-logs',
    key: 'log',
    status: 'valid',
    digest: uri(digest),
  };
  const verified: Verified = { at: at(10), now: at(60), ...(digest.sha256 ? { sha256: digest.sha256 } : {}) };

  test.each<
    [story: string, again: DigestReport | LogReport, code: string | undefined, more?: Partial<Verified>]
  >([
    ['is as it was', digest, undefined],
    ['is gone', deleted(digest), 'verified-file-deleted'],
    ['is gone, as it had expired', deleted(digest), undefined, { expiryDays: 2 }],
    ['is gone before it was to expire', deleted(digest), 'verified-file-deleted', { expiryDays: 3 }],
    ['was written over', rewritten(digest), 'verified-file-altered'],
    ['was written over with a valid one', digestAt(10, undefined, { variant: 'b' }), 'verified-file-altered'],
    ['has another signature', resigned(digest), 'verified-file-altered'],
    ['has no signature any more', unsigned(digest), 'verified-file-altered'],
    ['can not be read this time', unread(digest), undefined],
    ['can not be told to be right, its key being forgotten', ofUnknownKey(digest), undefined],
    [
      'is other bytes, though the keys could not be had',
      { ...rewritten(digest), status: 'unverifiable', reason: 'keys-unreachable' },
      'verified-file-altered',
    ],
    ['is a log as it was', log, undefined],
    ['is a log that is gone', { ...log, status: 'missing' }, 'verified-file-deleted'],
    ['is a log that is another now', { ...log, status: 'invalid', computed: 'bb' }, 'verified-file-altered'],
    ['is a log that can not be read', { ...log, status: 'unverifiable' }, undefined],
  ])('%s', (_, again, code, more = {}) => {
    expect(reverified({ ...verified, ...more }, again)?.code).toBe(code);
  });

  test('says what it was and what it is', () => {
    const other = rewritten(digest);
    expect(reverified(verified, other)).toEqual({
      code: 'verified-file-altered',
      severity: 'critical',
      says: 'a digest file that was verified is invalid (signature-mismatch)',
      digest: uri(digest),
      from: at(9),
      to: at(10),
      expected: digest.sha256,
      computed: other.sha256,
    });
    expect(
      reverified({ at: at(10), now: at(11) }, { ...log, status: 'invalid', expected: 'aa', computed: 'bb' }),
    ).toMatchObject({
      file: 's3://trail-logs/log',
      digest: uri(digest),
      expected: 'aa',
      computed: 'bb',
    });
    expect(reverified(verified, deleted(digest))).toMatchObject({
      says: 'a digest file that was verified is gone',
      expected: digest.sha256,
    });
  });

  test('says of which hours a log file is: as its digest does, else by its name', () => {
    const gone: LogReport = { ...log, status: 'missing', expected: 'aa' };
    const finding = {
      code: 'verified-file-deleted',
      severity: 'critical',
      says: 'a log file that was verified is gone',
      file: 's3://trail-logs/log',
      digest: uri(digest),
    };
    expect(reverified({ at: at(10), now: at(11) }, gone)).toEqual({
      ...finding,
      from: at(10),
      to: at(10),
      expected: 'aa',
    });
    expect(reverified({ ...verified, sha256: 'bb' }, { ...gone, from: at(9.1), to: at(9.2) })).toEqual({
      ...finding,
      from: at(9.1),
      to: at(9.2),
      expected: 'bb',
    });
  });

  test('whose hash was not kept is judged by its status alone', () => {
    expect(reverified({ at: at(10), now: at(11) }, digest)).toBeUndefined();
    expect(reverified({ at: at(10), now: at(11) }, rewritten(digest))?.code).toBe('verified-file-altered');
  });
});
