import type { Letter } from './letter';

/** Which dead letters are meant. What is left out selects all. */
export interface Selection {
  /** The first moment that is in. */
  readonly since?: Date;
  /** The first moment that is out. */
  readonly until?: Date;
  readonly reasons?: readonly string[];
  readonly functions?: readonly string[];
}

export const isSelected = (
  { sentAt, reason, functionName }: Letter,
  { since, until, reasons, functions }: Selection,
): boolean =>
  (since === undefined || sentAt >= since.getTime()) &&
  (until === undefined || sentAt < until.getTime()) &&
  (reasons === undefined || reasons.includes(reason)) &&
  (functions === undefined || (functionName !== undefined && functions.includes(functionName)));
