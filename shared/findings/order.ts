import type { HistoryEntry } from '../contracts/trailseal/finding';

/** What orders judgements: see `HistoryEntry`. */
export type OrderKey = Pick<HistoryEntry, 'observedAt' | 'configurationStateId' | 'policyVersion'>;

const since = (key: OrderKey) => key.policyVersion.slice(0, key.policyVersion.lastIndexOf('.'));

export const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compareDigits = (a: string, b: string) => {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Negative when `a` is the older judgement. */
export const compareKeys = (a: OrderKey, b: OrderKey): number =>
  compareText(a.observedAt, b.observedAt) ||
  compareDigits(a.configurationStateId, b.configurationStateId) ||
  compareText(a.policyVersion, b.policyVersion);

/** Names a judgement. */
export const keyText = (key: OrderKey): string =>
  [key.observedAt, key.configurationStateId, key.policyVersion].join('|');

/** The instant at which a judgement begins to hold: a new policy can't reach back to when the item was observed. */
export const holdsFrom = (key: OrderKey, previous: OrderKey | undefined): string =>
  previous?.observedAt === key.observedAt &&
  previous.configurationStateId === key.configurationStateId &&
  since(key) > key.observedAt
    ? since(key)
    : key.observedAt;
