import { ambiguousTrailNames } from '../../../../shared/proof/trail/chain';
import { exitCodeOf } from '../../../../shared/proof/trail/chain-findings';
import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import {
  at,
  chain,
  deleted,
  digestAt,
  digestsFrom,
  headAt,
  ofUnknownKey,
  resigned,
  rewritten,
  unread,
  unsigned,
} from '../../../support/chain-reports';
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
  window,
  withFiles,
  without,
} from '../../../support/judge-chain';

type Row = [story: string, reports: DigestReport[], findings: string[][], more?: More];

describe('what is said of a chain', () => {
  const stopped = digestAt(5.5, d5, { start: 5 });
  const restarted = digestAt(8, undefined, { start: 7 });
  const moved = digestAt(9, d8, { bucket: 'new-logs' });

  test.each<Row>([
    ['a whole chain', whole, []],
    ['a chain from its very beginning', digestsFrom(1, 4), []],
    [
      'a rewritten digest',
      withFiles(rewritten(d4)),
      [
        ['chain-hash-mismatch', 'critical', '03:00-04:00'],
        ['digest-invalid', 'critical', '03:00-04:00'],
      ],
    ],
    [
      'a digest with the signature of somebody else',
      withFiles(resigned(d4)),
      [
        ['digest-invalid', 'critical', '03:00-04:00'],
        ['chain-signature-mismatch', 'high', '03:00-04:00'],
      ],
    ],
    [
      'another digest with a valid signature in place of one',
      withFiles(digestAt(4, d3, { variant: 'other' })),
      [
        ['chain-hash-mismatch', 'critical', '03:00-04:00'],
        ['chain-signature-mismatch', 'high', '03:00-04:00'],
      ],
    ],
    ['a deleted digest', withFiles(deleted(d4)), [['digest-missing', 'critical', '03:00-04:00']]],
    [
      'several deleted digests, of which only the newest is pointed to',
      [...without(d2, d3, d4), deleted(d4)],
      [
        ['digest-missing', 'critical', '03:00-04:00'],
        ['coverage-gap', 'high', '01:00-03:00'],
      ],
    ],
    [
      'a rewritten digest that hides deleted ones',
      [...without(d3, d4, d5), rewritten(d5)],
      [
        ['chain-hash-mismatch', 'critical', '04:00-05:00'],
        ['digest-invalid', 'critical', '04:00-05:00'],
        ['coverage-gap', 'high', '02:00-04:00'],
      ],
    ],
    [
      'a copy that has lost its metadata, but for the newest file',
      withFiles(...without(d8).map(unsigned)),
      [['digest-unsigned', 'medium', '00:00-07:00']],
    ],
    [
      'a copy that has lost its metadata altogether',
      whole.map(unsigned),
      [['digest-unsigned', 'high', '00:00-08:00']],
    ],
    [
      'keys that are forgotten',
      withFiles(...[d1, d2, d3].map(ofUnknownKey)),
      [['digest-unknown-key', 'medium', '00:00-03:00']],
    ],
    [
      'keys that are not known at all',
      whole.map(ofUnknownKey),
      [['digest-unknown-key', 'high', '00:00-08:00']],
    ],
    [
      'a signature that is lost from a digest whose predecessor is gone too',
      [...without(d3, d4), unsigned(d4), deleted(d3)],
      [
        ['digest-missing', 'critical', '02:00-03:00'],
        ['digest-unsigned', 'medium', '03:00-04:00'],
      ],
    ],
    [
      'a digest that can not be read, among others',
      withFiles(unread(d4)),
      [['digest-unverifiable', 'medium', '03:00-04:00']],
    ],
    [
      'unreadable digests before a stretch that is not there',
      [...without(d1, d2, d3, d4, d5), unread(d4), unread(d5), d1],
      [
        ['coverage-gap', 'high', '01:00-03:00'],
        ['digest-unverifiable', 'medium', '03:00-05:00'],
      ],
    ],
    ['a predecessor that nobody looked at', without(d4), [['digest-unverifiable', 'medium', '03:00-04:00']]],
    [
      'a file of somebody else between two digests',
      [...whole, rewritten(digestAt(4.5, d4, { start: 4 }))],
      [['digest-invalid', 'critical', '03:30-04:30']],
    ],
    [
      'a file of somebody else after the end, which makes no gap before it',
      [...whole, rewritten(digestAt(12))],
      [['digest-invalid', 'critical', '11:00-12:00']],
    ],
    [
      'an interval that CloudTrail itself left out',
      [d1, d2, digestAt(5, d2)],
      [['coverage-gap', 'high', '02:00-04:00']],
    ],
    [
      'a trail that was stopped and started again',
      [...without(d6, d7, d8), stopped, restarted],
      [
        ['chain-restart', 'high', '05:30-08:00'],
        ['coverage-gap', 'high', '05:30-07:00'],
      ],
    ],
    [
      'the same, when the start of logging explains it',
      [...without(d6, d7, d8), stopped, restarted],
      [
        ['coverage-gap', 'high', '05:30-07:00'],
        ['chain-restart', 'medium', '05:30-08:00'],
      ],
      { state: { exists: true, startedAt: at(8) } },
    ],
    [
      'the same, when logging was last started at another time',
      [...without(d6, d7, d8), stopped, restarted],
      [
        ['chain-restart', 'high', '05:30-08:00'],
        ['coverage-gap', 'high', '05:30-07:00'],
      ],
      { state: { exists: true, startedAt: at(9) } },
    ],
    [
      'a stop of some minutes, so that the starting digest looks back on the last one',
      [...without(d6, d7, d8), stopped, digestAt(6, undefined, { start: 5 })],
      [['chain-restart', 'high', '05:30-06:00']],
    ],
    [
      'two starting digests within an hour',
      [digestAt(5), digestAt(5.5, undefined, { start: 4.5 })],
      [
        ['chain-fork', 'critical', '04:00-05:30'],
        ['chain-restart', 'high', '05:00-05:30'],
      ],
    ],
    [
      'two digests that follow the same one',
      [...without(d6, d7, d8), digestAt(6, d5), digestAt(6.5, d5, { start: 5.5 })],
      [
        ['chain-fork', 'critical', '05:00-06:30'],
        ['coverage-gap', 'high', '05:00-05:30'],
      ],
    ],
    [
      'two digests of one hour in two buckets',
      [...whole, digestAt(8, d7, { bucket: 'other-logs' })],
      [
        ['chain-fork', 'critical', '07:00-08:00'],
        ['bucket-moved', 'medium', '07:00-07:00'],
      ],
    ],
    [
      'a digest that begins before its predecessor ends',
      [d1, d2, digestAt(3, d2, { start: 1.5 })],
      [['chain-fork', 'critical', '01:00-03:00']],
    ],
    [
      'a chain that goes on past a start of its own',
      [d1, d2, digestAt(3, undefined), digestAt(4, d2, { start: 3 })],
      [
        ['chain-fork', 'critical', '02:00-04:00'],
        ['chain-restart', 'high', '02:00-03:00'],
        ['coverage-gap', 'high', '02:00-03:00'],
      ],
    ],
    ['another bucket', [...whole, moved], [['bucket-moved', 'medium', '08:00-08:00']]],
    [
      'another bucket that the trail is known to deliver to',
      [...whole, moved],
      [['bucket-moved', 'informational', '08:00-08:00']],
      { state: { exists: true, bucket: 'new-logs' } },
    ],
    [
      'another prefix',
      [...whole, digestAt(9, d8, { prefix: 'org/' })],
      [['bucket-moved', 'medium', '08:00-08:00']],
    ],
    ['nothing at all', [], [['no-digests', 'high', '00:30-12:00']]],
    [
      'nothing but backfills',
      [digestAt(3, undefined, { backfill: true })],
      [['no-digests', 'high', '00:30-12:00']],
    ],
    ['a backfill beside its hour', [...whole, digestAt(3, undefined, { backfill: true })], []],
    [
      'a backfill with a wrong signature',
      [...whole, rewritten(digestAt(3, undefined, { backfill: true }))],
      [['digest-invalid', 'critical', '02:00-03:00']],
    ],
    [
      'a backfill that follows a rewritten one',
      (() => {
        const first = digestAt(3, undefined, { backfill: true });
        return [...whole, rewritten(first), digestAt(6, first, { backfill: true })];
      })(),
      [
        ['chain-hash-mismatch', 'critical', '02:00-03:00'],
        ['digest-invalid', 'critical', '02:00-03:00'],
      ],
    ],
    [
      'a digest that was missing in the run before',
      whole,
      [['digest-late', 'informational', '03:00-04:00']],
      { unsettled: [at(4)] },
    ],
    [
      'a digest that is still missing',
      withFiles(deleted(d4)),
      [['digest-missing', 'critical', '03:00-04:00']],
      { unsettled: [at(4)] },
    ],
  ])('%s', (_, reports, findings, more = {}) => {
    expect(told(reports, more)).toEqual(findings);
  });
});

describe('where history begins', () => {
  const old = [deleted(d1), d2, d3];
  const start = digestAt(1);
  const second = digestAt(2, start);
  const third = digestAt(3, second);

  test.each<[story: string, reports: DigestReport[], findings: string[][], statuses: string[], more: More]>([
    [
      'nobody asked for a time',
      old,
      [['history-truncated', 'medium', '00:00-01:00']],
      ['valid', 'valid'],
      { window: { to: at(12) } },
    ],
    [
      'the bucket expires files of that age',
      old,
      [['history-truncated', 'informational', '00:00-01:00']],
      ['valid', 'valid'],
      { window: { to: at(12) }, expiryDays: 2, now: at(49) },
    ],
    [
      'the bucket keeps files for longer',
      old,
      [['history-truncated', 'medium', '00:00-01:00']],
      ['valid', 'valid'],
      { window: { to: at(12) }, expiryDays: 2, now: at(48.5) },
    ],
    [
      'the time that was asked for covers it',
      old,
      [['digest-missing', 'critical', '00:00-01:00']],
      ['valid', 'valid', 'missing'],
      { window: { from: at(1), to: at(12) } },
    ],
    [
      'the time that was asked for covers it, but the bucket has expired it',
      old,
      [['history-truncated', 'informational', '00:00-01:00']],
      ['valid', 'valid'],
      { window: { from: at(1), to: at(12) }, expiryDays: 1, now: at(30) },
    ],
    [
      'something older is there',
      [start, deleted(second), third],
      [['digest-missing', 'critical', '01:00-02:00']],
      ['valid', 'missing', 'valid'],
      { window: { to: at(12) } },
    ],
    [
      'it follows what was verified before',
      [deleted(d2), d3],
      [['digest-missing', 'critical', '01:00-02:00']],
      ['valid', 'missing'],
      { window: { to: at(12) }, head: headAt(d1) },
    ],
    [
      'the predecessor lies before the time asked for',
      [d2, d3],
      [],
      ['valid', 'valid'],
      { window: { from: at(1.5), to: at(12) } },
    ],
  ])('%s', (_, reports, findings, statuses, more) => {
    expect(told(reports, more)).toEqual(findings);
    expect(judge(reports, more).digests.map(({ status }) => status)).toEqual(statuses);
  });

  test('is no reason to exit with 1 when the bucket itself explains it', () => {
    const [finding] = judge(old, { window: { to: at(12) }, expiryDays: 1, now: at(30) }).findings;
    expect(finding && exitCodeOf(finding)).toBe(0);
  });
});

describe('how a chain ends', () => {
  const silent = ['tail-overdue', 'medium', '08:00-12:00'];

  test.each<[story: string, reports: DigestReport[], findings: string[][], more: More]>([
    ['in silence', whole, [silent], { live: true }],
    ['in silence, as a copy does', whole, [], { live: false }],
    [
      'with one that could not be read, an hour ago',
      withFiles(unread(d8)),
      [['digest-unverifiable', 'medium', '07:00-08:00']],
      { live: true, now: at(11) },
    ],
    [
      'with one that can not be believed, an hour ago',
      withFiles(rewritten(d8)),
      [
        ['digest-invalid', 'critical', '07:00-08:00'],
        ['tail-overdue', 'medium', '07:00-11:00'],
      ],
      { live: true, now: at(11) },
    ],
    ['with its head', [], [['tail-overdue', 'medium', '08:00-12:00']], { live: true, head: headAt(d8) }],
    ['after its head', [d8], [silent], { live: true, head: headAt(d7) }],
    ['with its head, which is newer than all', [d7], [silent], { live: true, head: headAt(d8) }],
    ['before its log files', whole, [['tail-missing', 'high', '08:00-10:00']], { logsAfterTail: [at(10)] }],
    [
      'because it was stopped',
      whole,
      [['trail-stopped', 'high', '08:30-12:00']],
      { live: true, state: { exists: true, isLogging: false, stoppedAt: at(8.5) } },
    ],
  ])('%s', (_, reports, findings, more) => {
    expect(told(reports, more)).toEqual(findings);
  });
});

describe('what a finding holds', () => {
  test('both hashes, and which digest has the wrong one', () => {
    const other = rewritten(d4);
    const [finding] = judge(withFiles(other)).findings;
    expect(finding).toEqual({
      code: 'chain-hash-mismatch',
      severity: 'critical',
      says: `the digest that ends ${at(5)} states another hash of its predecessor than that has`,
      digest: uri(d4),
      from: at(3),
      to: at(4),
      expected: d4.sha256,
      computed: other.sha256,
    });
  });

  test('both signatures', () => {
    const other = resigned(d4);
    expect(judge(withFiles(other)).findings[1]).toMatchObject({
      code: 'chain-signature-mismatch',
      digest: uri(d4),
      expected: d4.signature,
      computed: other.signature,
    });
  });

  test('the hash that was verified, and that which is there now', () => {
    const other = rewritten(d4);
    expect(judge([other], { window, head: headAt(d4) }).findings[0]).toMatchObject({
      code: 'chain-rollback',
      digest: uri(d4),
      expected: d4.sha256,
      computed: other.sha256,
    });
  });

  test('where the chain came from and where it went', () => {
    const moved = digestAt(9, d8, { bucket: 'new-logs' });
    expect(judge([...whole, moved]).findings[0]).toMatchObject({
      expected: uri(d8),
      computed: uri(moved),
    });
  });

  test('how long a pause or a gap was', () => {
    const restarted = digestAt(8, undefined, { start: 7 });
    expect(judge([d1, restarted]).findings.map(({ says }) => says)).toEqual([
      `the chain begins anew with the digest that ends ${at(8)}, 7 h after the one before`,
      'no digest covers 6 h: the chain had ended, and began anew after these hours',
    ]);
  });

  test('for which time there is nothing', () => {
    expect(judge([]).findings[0]?.says).toBe(`there is no digest from ${at(0.5)} to ${at(12)}`);
    expect(judge([], { window: { to: at(12) } }).findings[0]?.says).toBe(
      `there is no digest up to ${at(12)}`,
    );
  });

  test('since when history is kept, and why', () => {
    const old = [deleted(d1), d2];
    const more = { window: { to: at(12) }, now: at(50) };
    expect(judge(old, more).findings[0]).toMatchObject({
      says: `history begins after ${at(1)}: that digest is 2 days old and not there, nor is any older one`,
      digest: uri(d1),
    });
    expect(judge(old, { ...more, expiryDays: 2 }).findings[0]?.says).toBe(
      `history begins after ${at(1)}: the bucket expires digests after 2 days`,
    );
  });

  test('how many digests it is about', () => {
    const [finding] = judge(whole.map(unsigned)).findings;
    expect(finding).toMatchObject({ digest: uri(d8), from: at(0), to: at(8) });
    expect(finding?.says).toContain('the same holds for 7 before it');
  });

  test('for each wrong file a finding of its own', () => {
    const codes = told(withFiles(rewritten(d4), rewritten(d5))).map(([code]) => code);
    expect(codes.filter((code) => code === 'digest-invalid')).toHaveLength(2);
  });
});

test('a gap says of which chain it is', () => {
  expect(judge([d1, digestAt(5, d1)]).gaps).toEqual([
    { kind: 'gap', account: '111122223333', region: 'eu-west-1', trail: 'audit', from: at(1), to: at(4) },
  ]);
});

test('digests come newest first, with what proves them', () => {
  const backfill = digestAt(2, undefined, { backfill: true });
  const { digests } = judge([unsigned(d1), rewritten(d2), d3, backfill]);
  expect(digests.map(({ name, status, provenBy }) => [name.end, status, provenBy])).toEqual([
    [at(3), 'valid', 'signature'],
    [at(2), 'invalid', undefined],
    [at(2), 'valid', 'signature'],
    [at(1), 'unsigned', undefined],
  ]);
});

test('what a report claims to be proven by is not taken over', () => {
  const { digests } = judge([{ ...unsigned(d1), provenBy: 'successor' }]);
  expect(digests[0]).not.toHaveProperty('provenBy');
});

test('trails of one name are told apart by their home Regions', () => {
  const abroad = { ...chain, homeRegion: 'us-east-1' };
  const findings = ambiguousTrailNames([abroad, chain, { ...chain, trail: 'other' }, chain]);
  expect(findings).toEqual([
    {
      code: 'ambiguous-trail-names',
      severity: 'informational',
      says: '2 trails are called audit of 111122223333 in eu-west-1: of eu-west-1, us-east-1',
    },
  ]);
  expect(ambiguousTrailNames([chain, { ...chain, region: 'us-east-1' }])).toEqual([]);
});
