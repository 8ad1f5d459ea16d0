import type { Letter } from './letter';

/**
 * What became of a letter:
 * - `found`: nothing, this was a dry run.
 * - `redriven`: it is on its function's queue, and no longer a dead letter.
 * - `no-queue`: its function has no queue to put it back on; it stays a dead letter.
 * - `not-sent`: its function's queue did not take it; it stays a dead letter.
 * - `not-removed`: it is on its function's queue, and still a dead letter: the next redrive sends it again.
 */
export type Status = 'found' | 'redriven' | 'no-queue' | 'not-sent' | 'not-removed';

export interface Outcome {
  readonly letter: Letter;
  readonly status: Status;
  /** Why it is no other, where that needs words. */
  readonly because?: string;
}

export interface Total {
  readonly functionName: string | undefined;
  readonly reason: string;
  readonly count: number;
}

/** How many of each function and reason, the most first. */
export function totalsOf(outcomes: readonly Outcome[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { letter } of outcomes) {
    const { functionName, reason } = letter;
    const key = JSON.stringify([functionName, reason]);
    totals.set(key, { functionName, reason, count: (totals.get(key)?.count ?? 0) + 1 });
  }
  return [...totals.values()].sort((left, right) => right.count - left.count);
}

export const countOf = (outcomes: readonly Outcome[], ...statuses: readonly Status[]): number =>
  outcomes.filter(({ status }) => statuses.includes(status)).length;
