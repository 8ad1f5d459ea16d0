import {
  type ChainFinding,
  chainFinding,
  digestFinding,
  sentence,
  statusFindings,
  worstFirst,
} from '../../../../shared/proof/trail/chain-findings';
import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import {
  at,
  deleted,
  digestAt,
  ofUnknownKey,
  resigned,
  unread,
  unsigned,
} from '../../../support/chain-reports';
import { d1, d2, d3, d4, d5 } from '../../../support/judge-chain';

test('what is not known of a finding is not in it', () => {
  const finding = chainFinding('chain-fork', 'two', { digest: 's3://b/d', from: undefined, to: undefined });
  expect(Object.keys(finding)).toEqual(['code', 'severity', 'says', 'digest']);
});

test.each<[Partial<DigestReport>, string]>([
  [{ status: 'valid' }, 'it is valid'],
  [{ status: 'invalid', reason: 'not-json' }, 'it is invalid (not-json)'],
  [
    { status: 'invalid', reason: 'not-json', says: 'its content is no JSON' },
    'it is invalid: its content is no JSON',
  ],
  [{ status: 'missing' }, 'it is not there'],
  [{ status: 'unknown-key' }, 'it is signed with a key that is not known'],
  [{ status: 'unsigned' }, 'it has no signature'],
  [{ status: 'unverifiable' }, 'it could not be verified this time'],
])('%j is said as a sentence', (report, text) => {
  const { kind, bucket, key, name } = d1;
  expect(sentence('it', { kind, bucket, key, name, ...report } as DigestReport)).toBe(text);
});

test('a log file that no digest lists is said to be that', () => {
  expect(sentence('it', { kind: 'log', bucket: 'b', key: 'k', status: 'unreferenced' })).toBe(
    'it is listed by no digest',
  );
});

test('a finding about a backfill digest says so', () => {
  const backfill = digestAt(3, undefined, { backfill: true });
  expect(digestFinding(resigned(backfill))?.says).toBe(
    `the backfill digest that ends ${at(3)} is invalid (signature-mismatch)`,
  );
  expect(digestFinding(resigned(d3))?.says).toBe(
    `the digest that ends ${at(3)} is invalid (signature-mismatch)`,
  );
});

describe('what digests amount to', () => {
  const proven = (report: DigestReport): DigestReport => ({ ...report, provenBy: 'successor' });
  const long = digestAt(2, d1, { start: 0.5 });

  test.each<
    [
      story: string,
      digests: DigestReport[],
      findings: (readonly [code: string, digest: DigestReport, from: string])[],
    ]
  >([
    ['one alone', [unsigned(d1)], [['digest-unsigned', d1, at(0)]]],
    ['two alike', [unsigned(d3), unsigned(d2)], [['digest-unsigned', d3, at(1)]]],
    ['two valid ones', [d3, d2], []],
    [
      'two with a valid one between them',
      [unsigned(d3), d2, unsigned(d1)],
      [
        ['digest-unsigned', d3, at(2)],
        ['digest-unsigned', d1, at(0)],
      ],
    ],
    [
      'two of which one is proven',
      [proven(unsigned(d3)), unsigned(d2)],
      [
        ['digest-unsigned', d3, at(2)],
        ['digest-unsigned', d2, at(1)],
      ],
    ],
    [
      'two of which the older says when it began',
      [proven(unsigned(d3)), proven(unsigned(long))],
      [['digest-unsigned', d3, at(0.5)]],
    ],
    [
      'two of which the older can not be believed',
      [unsigned(d3), unsigned(long)],
      [['digest-unsigned', d3, at(1)]],
    ],
    [
      'two of other keys',
      [ofUnknownKey(d3), { ...ofUnknownKey(d2), fingerprint: 'f2' }],
      [
        ['digest-unknown-key', d3, at(2)],
        ['digest-unknown-key', d2, at(1)],
      ],
    ],
    [
      'two that could not be read for other reasons',
      [unread(d3), { ...unread(d2), reason: 'throttled' }],
      [
        ['digest-unverifiable', d3, at(2)],
        ['digest-unverifiable', d2, at(1)],
      ],
    ],
    [
      'two that are gone',
      [deleted(d5), deleted(d4)],
      [
        ['digest-missing', d5, at(4)],
        ['digest-missing', d4, at(3)],
      ],
    ],
  ])('%s', (_, digests, findings) => {
    expect(statusFindings(digests).map(({ code, digest, from }) => [code, digest, from])).toEqual(
      findings.map(([code, digest, from]) => [code, uri(digest), from]),
    );
  });

  test('is counted where it is more than one', () => {
    const says = (digests: DigestReport[]) => statusFindings(digests).map((finding) => finding.says);
    const one = `the digest that ends ${at(3)} has no signature: its metadata hold no signature`;
    expect(says([unsigned(d3)])).toEqual([one]);
    expect(says([unsigned(d3), unsigned(d2)])).toEqual([`${one}; the same holds for 1 before it`]);
  });
});

test('findings are told worst first, then as they happened', () => {
  const finding = (severity: ChainFinding['severity'], more: Partial<ChainFinding>): ChainFinding => ({
    code: 'chain-fork',
    severity,
    says: '',
    ...more,
  });
  const sorted = [
    finding('critical', { from: at(5) }),
    finding('high', { from: at(1), code: 'chain-fork' }),
    finding('high', { from: at(1), code: 'coverage-gap', digest: 's3://a' }),
    finding('high', { from: at(1), code: 'coverage-gap', digest: 's3://b', says: 'a' }),
    finding('high', { from: at(1), code: 'coverage-gap', digest: 's3://b', says: 'b' }),
    finding('high', { from: at(2), code: 'chain-fork' }),
    finding('informational', { from: at(0) }),
  ];
  expect([...sorted].reverse().sort(worstFirst)).toEqual(sorted);
  expect([...sorted].sort(worstFirst)).toEqual(sorted);
});
