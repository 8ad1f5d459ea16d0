import type { Digest } from '../../../../shared/contracts/aws/cloudtrail-digest';
import { digestKey } from '../../../../shared/contracts/aws/trail-object-key';
import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import { at, digestAt, headAt, resigned, rewritten, unsigned } from '../../../support/chain-reports';
import { d1, d2, d3, d4, d5, d6, judge, type More, told, withFiles } from '../../../support/judge-chain';

/** A digest that states something else. */
const stating = (report: DigestReport, change: Partial<Digest>): DigestReport => ({
  ...report,
  digest: { ...(report.digest as Digest), ...change },
});

type Row = [story: string, reports: DigestReport[], findings: string[][], more?: More];

const next: More = { window: { from: at(4), to: at(12) } };

test.each<Row>([
  ['an old start that comes again', [digestAt(2)], [], { ...next, head: headAt(d4) }],
  ['a start that is the head, once more', [digestAt(4)], [], { ...next, head: headAt(digestAt(4)) }],
  [
    'a new start that overlaps the head',
    [digestAt(4.5, undefined, { start: 3.5 })],
    [['chain-restart', 'high', '04:00-04:30']],
    { ...next, head: headAt(d4) },
  ],
  [
    'a predecessor after the head that was not looked at',
    [d6],
    [['digest-unverifiable', 'medium', '04:00-05:00']],
    { ...next, head: headAt(d4) },
  ],
  [
    'a predecessor in the hour of the head that is another',
    [digestAt(5, digestAt(4, d3, { bucket: 'other-logs' }), { bucket: 'other-logs' })],
    [['chain-rollback', 'critical', '04:00-05:00']],
    { ...next, head: headAt(d4) },
  ],
  [
    'a predecessor before a gap that was not looked at',
    [digestAt(5, d3)],
    [
      ['coverage-gap', 'high', '03:00-04:00'],
      ['digest-unverifiable', 'medium', '02:00-03:00'],
    ],
  ],
  [
    'a predecessor that ends as the window begins',
    [d5],
    [['digest-unverifiable', 'medium', '03:00-04:00']],
    { window: { from: at(4), to: at(12) } },
  ],
  ['a predecessor from before the window', [d5], [], { window: { from: at(4.5), to: at(12) } }],
  [
    'a predecessor, when there is no window',
    [d5],
    [['digest-unverifiable', 'medium', '03:00-04:00']],
    { window: { to: at(12) } },
  ],
  [
    'a predecessor whose signature is not stated',
    withFiles(stating(d5, { previousDigestSignature: null })),
    [],
  ],
  [
    'a predecessor whose hash is stated in no way',
    withFiles(stating(d5, { previousDigestHashValue: null })),
    [],
  ],
  [
    'one that another stands beside',
    [d1, d2, d3, digestAt(3, d2, { bucket: 'other-logs' }), d4],
    [
      ['chain-fork', 'critical', '02:00-03:00'],
      ['chain-fork', 'critical', '02:00-04:00'],
      ['bucket-moved', 'medium', '02:00-02:00'],
    ],
  ],
  [
    'one that passes over another',
    [d2, d3, d4, digestAt(5, d3, { start: 3 })],
    [['chain-fork', 'critical', '03:00-05:00']],
    { window: { from: at(1), to: at(12) }, head: headAt(d1) },
  ],
  [
    'one that follows the head and passes over another',
    [d5, digestAt(6, d4, { start: 4 })],
    [['chain-fork', 'critical', '04:00-06:00']],
    { ...next, head: headAt(d4) },
  ],
  [
    'a start an hour after another',
    [digestAt(2), digestAt(5)],
    [
      ['chain-restart', 'high', '02:00-05:00'],
      ['coverage-gap', 'high', '02:00-04:00'],
    ],
  ],
  ['a start right after another', [digestAt(2), digestAt(3)], [['chain-restart', 'high', '02:00-03:00']]],
  [
    'a wrong one that the next does not follow',
    [d1, rewritten(digestAt(4, d3, { bucket: 'other-logs' })), digestAt(5, d1, { start: 1 })],
    [['digest-invalid', 'critical', '03:00-04:00']],
  ],
  [
    'an unsigned one at the end, long after the one before',
    [d1, unsigned(d4)],
    [
      ['coverage-gap', 'high', '01:00-03:00'],
      ['digest-unsigned', 'high', '03:00-04:00'],
    ],
  ],
  [
    'a wrong one at the end, long after the one before',
    [d1, rewritten(d4)],
    [['digest-invalid', 'critical', '03:00-04:00']],
  ],
])('what is said of %s', (_, reports, findings, more = {}) => {
  expect(told(reports, more)).toEqual(findings);
});

test('a predecessor whose key is none of a digest is taken to end as its successor begins', () => {
  for (const key of [
    'elsewhere',
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2024/07/31/111122223333_CloudTrail_eu-west-1_20240731T0305Z_6VigqfDTuvpuJX5c.json.gz',
  ]) {
    const { findings, head } = judge([d3, stating(d5, { previousDigestS3Object: key })], {
      window: { from: at(2.5), to: at(12) },
    });
    expect(findings).toEqual([
      {
        code: 'digest-unverifiable',
        severity: 'medium',
        says: `the digest that ends ${at(5)} follows one that was not looked at`,
        digest: `s3://${d4.bucket}/${key}`,
        from: at(3),
        to: at(4),
      },
    ]);
    expect(head?.end).toBe(at(3));
  }
});

test('a successor of something older than the head says of what, and of what it should be', () => {
  const early = digestAt(2, d1, { bucket: 'other-logs' });
  const other = digestAt(5, early, { start: 2 });
  expect(judge([other], { ...next, head: headAt(d4) }).findings).toEqual([
    {
      code: 'chain-rollback',
      severity: 'critical',
      says: `the digest that ends ${at(5)} follows another than the last that was verified`,
      digest: uri(other),
      from: at(2),
      to: at(5),
      expected: uri(d4),
      computed: uri(early),
    },
  ]);
});

test('another signature than the stated one is said to be that', () => {
  const other = resigned(d4);
  expect(judge(withFiles(other)).findings.find(({ code }) => code === 'chain-signature-mismatch')).toEqual({
    code: 'chain-signature-mismatch',
    severity: 'high',
    says: `the digest that ends ${at(5)} states another signature of its predecessor than that has`,
    digest: uri(d4),
    from: at(3),
    to: at(4),
    expected: d4.signature,
    computed: other.signature,
  });
});

test('a hash in upper case is the same hash', () => {
  const shouting = { ...d4, signature: d4.signature?.toUpperCase() ?? '' };
  expect(told([d1, d2, d3, shouting, d5])).toEqual([]);
});

test('a move to another organization is a move', () => {
  const name = { ...d2.name, organizationId: 'o-exampleorg1' };
  const key = digestKey(name);
  const moved = { ...stating(d2, { digestS3Object: key }), name, key };
  const [finding, ...others] = judge([d1, moved]).findings;
  expect(finding).toEqual({
    code: 'bucket-moved',
    severity: 'medium',
    says: `with the digest that ends ${at(2)} the chain moves to another place`,
    digest: uri(moved),
    from: at(1),
    to: at(1),
    expected: uri(d1),
    computed: uri(moved),
  });
  expect(others).toEqual([]);
});

describe('why hours are not covered', () => {
  test.each<[reports: DigestReport[], why: string]>([
    [
      [d1, digestAt(5, d1)],
      'no digest covers 3 h: the digest after these hours begins later than its predecessor ends',
    ],
    [[d1, digestAt(5)], 'no digest covers 3 h: the chain had ended, and began anew after these hours'],
    [[d1, unsigned(d4)], `no digest covers 2 h: the digest that ends ${at(4)} can't tell what was before it`],
  ])('%#', (reports, why) => {
    expect(judge(reports).findings.find(({ code }) => code === 'coverage-gap')?.says).toBe(why);
  });
});

describe('why there are two', () => {
  const over = digestAt(5, d3, { start: 3 });
  const early = digestAt(5, d4, { start: 3.5 });
  const again = digestAt(2.5, undefined, { start: 1.5 });

  test.each<[what: string, reports: DigestReport[], fork: DigestReport, other: DigestReport]>([
    ['passes over another of its chain', [d2, d3, d4, over], over, d4],
    ['begins before its predecessor ends', [d3, d4, early], early, d4],
    ['begins the chain a second time within the same hour', [digestAt(2), again], again, digestAt(2)],
  ])('%s', (what, reports, fork, other) => {
    const { findings } = judge(reports, { window: { from: at(2.5), to: at(12) } });
    expect(findings.find(({ code }) => code === 'chain-fork')).toMatchObject({
      says: `the digest that ends ${fork.name.end} ${what}: ${uri(other)}`,
      digest: uri(fork),
    });
  });
});

test.each([
  ['as the chain ended', at(1), true],
  ['before the chain ended', at(0.9), false],
  ['in the first hour', at(4.5), true],
  ['10 minutes after it', at(5 + 10 / 60), true],
  ['later', at(5 + 11 / 60), false],
])('a new start is explained by logging that was started %s: %s is %s', (_, startedAt, isExplained) => {
  const state = { exists: true, startedAt };
  const restart = judge([d1, digestAt(5)], { state }).findings.find(({ code }) => code === 'chain-restart');
  expect(restart?.severity).toBe(isExplained ? 'medium' : 'high');
  expect(restart?.says).toBe(
    `the chain begins anew with the digest that ends ${at(5)}, 4 h after the one before${
      isExplained ? `; logging was started at ${startedAt}` : ''
    }`,
  );
});
