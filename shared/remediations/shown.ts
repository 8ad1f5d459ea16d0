import type { Json } from '../contracts/aws/configuration-item';
import type { DiffLine, Plan, ThreeWayLine } from '../contracts/trailseal/remediation';
import { type Difference, differences } from './differences';
import { canonicalJson } from './plan';

const MOST_LINES = 50;
const LONGEST = 300;

const shown = (value: Json | undefined): string | null => {
  if (value === undefined) return null;
  const text = canonicalJson(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
};

/** What a plan changes, place by place; at most 50 of them, and the last says how many more there are. */
export const diffLines = ({ before, after }: Pick<Plan, 'before' | 'after'>): DiffLine[] =>
  atMost(
    differences(before, before, after).map(({ path, left, live }) => ({
      path,
      before: shown(left),
      after: shown(live),
    })),
    (more) => ({ path: `and ${more} more`, before: null, after: null }),
  );

export const threeWayLines = (found: readonly Difference[]): ThreeWayLine[] =>
  atMost(
    found.map(({ path, captured, left, live }) => ({
      path,
      captured: shown(captured),
      left: shown(left),
      live: shown(live),
    })),
    (more) => ({ path: `and ${more} more`, captured: null, left: null, live: null }),
  );

const atMost = <Line>(lines: Line[], rest: (more: number) => Line): Line[] =>
  lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES - 1), rest(lines.length - MOST_LINES + 1)];
