import { createHash } from 'node:crypto';
import { type Reason, type Severity, severities } from '../../contracts/trailseal/finding';

/** An alert shows so many reasons, and a finding keeps that many of this length. */
const REASONS = 10;

/** A hash is shown whole, so that a person can compare it. */
const SHOWN_WHOLE = 128;
const BEGINNING = 32;

/** One thing that verifying the files of a trail brought up. */
export interface Problem {
  /** Stable: `chain-hash-mismatch`, `log-missing` … */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, without the file, the hours and the values below. */
  readonly says: string;
  /** `s3://bucket/key`; undefined for what is wrong with the chain as a whole. */
  readonly file?: string;
  readonly expected?: string;
  readonly computed?: string;
  /** The hours that are affected, ISO 8601 in UTC. */
  readonly from?: string;
  readonly to?: string;
}

/**
 * Why a control does not hold, worst first; none when nothing breaks it. What would not fit into an alert is counted
 * by the first reason.
 * @param expected what should be, where a problem doesn't say
 */
export function reasonsOf(problems: readonly Problem[], expected: string): Reason[] {
  const all = breaking(problems);
  const reasons = all.map((problem) => reasonOf(problem, expected));
  return reasons.length <= REASONS ? reasons : [countOf(all, expected), ...reasons.slice(0, REASONS - 1)];
}

/** Worst first, without what is only worth knowing, such as a history that the bucket's own expiry has shortened. */
export const breaking = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ severity }) => severity !== 'informational').sort(compare);

const rank = (severity: Severity): number => severities.indexOf(severity);

/** Total, so that the same problems in another order say the same. */
const compare = (a: Problem, b: Problem): number =>
  rank(a.severity) - rank(b.severity) || compareText(sortText(a), sortText(b));

const sortText = ({
  from = '',
  to = '',
  code,
  file = '',
  says,
  expected = '',
  computed = '',
}: Problem): string => [from || to, code, file, says, to, expected, computed].join('\n');

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const reasonOf = ({ says, file, expected, computed, from, to }: Problem, otherwise: string): Reason => ({
  says: says + hours(from, to),
  path: file ?? 'chain',
  value: computed === undefined ? null : comparable(computed),
  expected: expected === undefined ? otherwise : comparable(expected),
});

/** How many there are of which kind, and the hours from the first to the last of them. */
function countOf(problems: readonly Problem[], expected: string): Reason {
  const codes = new Map<string, number>();
  for (const { code } of problems) codes.set(code, (codes.get(code) ?? 0) + 1);
  const counts = [...codes].sort(([a, m], [b, n]) => n - m || compareText(a, b));
  const times = problems.flatMap(({ from, to }) => [from, to]).filter((time) => time !== undefined);
  const said = counts.map(([code, count]) => `${count} ${code}`).join(', ');
  return {
    says: `${problems.length} problems (${said})${hours(...ends(times))}, the worst of them below`,
    path: 'chain',
    value: null,
    expected,
  };
}

const ends = (times: readonly string[]): [first?: string, last?: string] => {
  const [first, ...others] = times.toSorted(compareText);
  const last = others.at(-1);
  return first === undefined ? [] : last === undefined ? [first] : [first, last];
};

/** ` (2026-01-31 09:00 to 2026-01-31 10:00 UTC)`; nothing where no time is known. */
function hours(from?: string, to?: string): string {
  if (from === undefined) return to === undefined ? '' : ` (until ${minute(to)} UTC)`;
  if (to === undefined) return ` (from ${minute(from)} UTC)`;
  return minute(from) === minute(to)
    ? ` (at ${minute(from)} UTC)`
    : ` (${minute(from)} to ${minute(to)} UTC)`;
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** A signature is too long for an alert: its beginning, and a hash by which two of them can still be told apart. */
const comparable = (text: string): string =>
  text.length <= SHOWN_WHOLE
    ? text
    : `${text.slice(0, BEGINNING)}... (${text.length} characters, SHA-256 ${createHash('sha256').update(text).digest('hex')})`;
