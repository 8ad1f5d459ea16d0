import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import { at, deleted, digestAt, headAt, rewritten, unread, unsigned } from '../../../support/chain-reports';
import {
  d1,
  d2,
  d3,
  d4,
  d5,
  d6,
  d7,
  d8,
  judge,
  type More,
  told,
  whole,
  withFiles,
  without,
} from '../../../support/judge-chain';

type Row = [story: string, reports: DigestReport[], findings: string[][], more?: More];

describe('what goes on from a head', () => {
  const head = headAt(d4);
  const next = { window: { from: at(4), to: at(12) }, head };

  test.each<Row>([
    ['the next digests', [d5, d6], []],
    ['no news', [], []],
    ['the head once more', [d4, d5], []],
    [
      'a head that is another file now',
      [rewritten(d4)],
      [
        ['chain-rollback', 'critical', '03:00-04:00'],
        ['digest-invalid', 'critical', '03:00-04:00'],
      ],
    ],
    [
      'a head that is another file with a valid signature',
      [digestAt(4, d3, { variant: 'other' })],
      [['chain-rollback', 'critical', '03:00-04:00']],
    ],
    [
      'a head that is gone, and nothing newer',
      [d3, deleted(d4)],
      [
        ['chain-rollback', 'critical', '03:00-04:00'],
        ['digest-missing', 'critical', '03:00-04:00'],
      ],
    ],
    [
      'a head that is gone under newer digests',
      [deleted(d4), d5],
      [['digest-missing', 'critical', '03:00-04:00']],
    ],
    [
      'a head that can not be read this time',
      [unread(d4), d5],
      [['digest-unverifiable', 'medium', '03:00-04:00']],
    ],
    [
      'a successor of something older',
      [digestAt(5, d3, { start: 3 })],
      [['chain-rollback', 'critical', '03:00-05:00']],
    ],
    [
      'a successor that states another head',
      [digestAt(5, digestAt(4, d3, { variant: 'other' }))],
      [
        ['chain-hash-mismatch', 'critical', '03:00-04:00'],
        ['chain-signature-mismatch', 'high', '03:00-04:00'],
      ],
    ],
    ['a successor that begins later', [digestAt(6, d4)], [['coverage-gap', 'high', '04:00-05:00']]],
    [
      'a new start',
      [digestAt(7)],
      [
        ['chain-restart', 'high', '04:00-07:00'],
        ['coverage-gap', 'high', '04:00-06:00'],
      ],
    ],
    [
      'a deleted digest right after it, and more before that',
      [deleted(d7), d8],
      [
        ['digest-missing', 'critical', '06:00-07:00'],
        ['coverage-gap', 'high', '04:00-06:00'],
      ],
    ],
    ['an old digest that comes again by itself', [d2], []],
    ['a late one', [d2], [['digest-late', 'informational', '01:00-02:00']], { unsettled: [at(2)] }],
    [
      'a backfill that follows one from before',
      [d5, digestAt(5, digestAt(2, undefined, { backfill: true }), { backfill: true })],
      [],
    ],
  ])('%s', (_, reports, findings, more = {}) => {
    expect(told(reports, { ...next, ...more })).toEqual(findings);
  });

  test.each<
    [story: string, reports: DigestReport[], head: DigestReport | undefined, from: DigestReport | undefined]
  >([
    ['the newest of all', whole, d8, undefined],
    ['over a missing one', withFiles(deleted(d5)), d8, undefined],
    ['over a rewritten one', withFiles(rewritten(d5)), d8, undefined],
    ['not to a rewritten one', withFiles(rewritten(d8)), d7, undefined],
    ['not to one that is not signed', withFiles(unsigned(d8)), d7, undefined],
    ['not over one that could not be read', withFiles(unread(d5)), d4, undefined],
    ['not over one that nobody looked at', without(d5), d4, undefined],
    ['nowhere, when the first can not be read', withFiles(unread(d1)), undefined, undefined],
    ['on from a head', [d5, d6], d6, d4],
    ['not back from a head', [d2, d3], d4, d4],
    ['past what could not be read before the head', [unread(d3), d5], d5, d4],
    ['past the head, which can not be read again', [unread(d4), d5], d5, d4],
    ['not to another of the hour of the head', [digestAt(4, d3, { variant: 'other' })], d4, d4],
    [
      'not to one beside which another could not be read',
      [...whole.slice(0, 5), unread(digestAt(5, d4, { bucket: 'other-logs' }))],
      d4,
      undefined,
    ],
    ['nowhere without news', [], d4, d4],
    ['not to a backfill', [...whole, digestAt(9, undefined, { backfill: true })], d8, undefined],
  ])('comes to %s', (_, reports, expected, from) => {
    const { head: reached } = judge(reports, from ? { head: headAt(from) } : {});
    expect(reached).toEqual(expected && { ...headAt(expected), ...sourceOf(reached) });
  });

  const sourceOf = (reached: { keySource?: unknown } | undefined) =>
    reached?.keySource === undefined ? {} : { keySource: { from: 'ListPublicKeys', where: 'eu-west-1' } };

  test('comes to a head that has all that a later run needs', () => {
    const newest = { ...d2, etag: '"e"', versionId: 'v1' };
    expect(judge([d1, newest]).head).toEqual({
      place: { bucket: d2.bucket, key: d2.key },
      end: at(2),
      sha256: d2.sha256,
      signature: d2.signature,
      etag: '"e"',
      versionId: 'v1',
      keySource: { from: 'ListPublicKeys', where: 'eu-west-1' },
    });
  });

  test('comes to a head without signature, which a later one proves', () => {
    const { head: reached } = judge([d1, unsigned(d2), unread(d3)]);
    expect(reached?.end).toBe(at(1));
    expect(Object.keys(reached ?? {})).toEqual(['place', 'end', 'sha256', 'signature', 'keySource']);
    const other = digestAt(2.5, d2, { start: 2, backfill: true });
    const { head: proven } = judge([d1, unsigned(d2), unread(d3), other]);
    expect(proven).toEqual({
      place: { bucket: d2.bucket, key: d2.key },
      end: at(2),
      sha256: d2.sha256,
      signature: null,
    });
    expect(proven).not.toHaveProperty('keySource');
  });
});
