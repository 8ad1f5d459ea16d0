import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import {
  at,
  deleted,
  digestAt,
  digestsFrom,
  headAt,
  rewritten,
  unread,
} from '../../../support/chain-reports';
import { d1, d2, d3, d4, d5, judge, type More, told } from '../../../support/judge-chain';

describe('where the history of backfills begins', () => {
  const older = digestAt(2, undefined, { backfill: true });
  const newer = digestAt(4, older, { backfill: true });
  const hourly = digestsFrom(1, 5);
  const [first] = hourly as [DigestReport];

  test.each<[story: string, reports: DigestReport[], findings: string[][], more: More]>([
    [
      'is where the oldest is gone',
      [deleted(older), newer],
      [['history-truncated', 'medium', '01:00-02:00']],
      { window: { to: at(12) } },
    ],
    [
      'is not before the hours that were asked for',
      [deleted(older), newer],
      [['digest-missing', 'critical', '01:00-02:00']],
      { window: { from: at(0.5), to: at(12) } },
    ],
    [
      'is not where an older one is there',
      [older, deleted(newer)],
      [['digest-missing', 'critical', '03:00-04:00']],
      { window: { to: at(12) } },
    ],
    [
      'has nothing to do with what was verified by the hour',
      [deleted(older), newer],
      [['history-truncated', 'medium', '01:00-02:00']],
      { window: { to: at(12) }, head: headAt(first) },
    ],
  ])('%s', (_, reports, findings, more) => {
    expect(told([...hourly, ...reports], more)).toEqual(findings);
  });
});

describe('what was not settled before', () => {
  const late = (reports: DigestReport[]) =>
    judge(reports, { unsettled: [at(2)] }).findings.filter(({ code }) => code === 'digest-late');

  test('is told when it is there now, with its verdict', () => {
    expect(late([d1, d2, d3])).toEqual([
      {
        code: 'digest-late',
        severity: 'informational',
        says: `the digest that ends ${at(2)} is there now: valid`,
        digest: uri(d2),
        from: at(1),
        to: at(2),
      },
    ]);
    expect(late([d1, rewritten(d2), d3])[0]?.says).toBe(
      `the digest that ends ${at(2)} is there now: invalid`,
    );
  });

  test.each([
    ['missing', deleted(d2)],
    ['unread', unread(d2)],
  ])('is not told while it is %s', (_, still) => {
    expect(late([d1, still, d3])).toEqual([]);
  });
});

describe('a digest that was verified last', () => {
  const says = (reports: DigestReport[]) =>
    judge(reports, { window: { from: at(4), to: at(12) }, head: headAt(d4) })
      .findings.filter(({ code }) => code === 'chain-rollback')
      .map((finding) => finding.says);

  test('is said to have other content, or to be gone', () => {
    expect(says([rewritten(d4), d5])).toEqual([
      `the digest that ends ${at(4)} was verified, and has other content now`,
    ]);
    expect(says([deleted(d4)])).toEqual([
      `the digest that ends ${at(4)} was verified, and is gone, and so is all after it`,
    ]);
  });
});
