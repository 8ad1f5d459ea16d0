/** One thing that was measured, beside its reference from the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly reference?: { readonly what: string; readonly value: number };
  /** What the ratio to the reference, or the value, should be: said, never enforced. */
  readonly aim?: string;
}

export const median = (values: readonly number[]): number => percentile(values, 50);

/** @param share from 0 to 100 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor((share / 100) * sorted.length))];
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

/** Seconds that the work took. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}
