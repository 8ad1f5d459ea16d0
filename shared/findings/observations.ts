import { createHash } from 'node:crypto';
import type { Finding, HistoryEntry, ObservationLinks } from '../contracts/trailseal/finding';
import { isConclusive } from './judgement';

export type Observation = Pick<HistoryEntry, 'observedAt' | 'configurationStateId'>;

/** A finding has to fit into one DynamoDB item. */
const KEPT = 8;

export const isSameObservation = (a: Observation, b: Observation): boolean =>
  a.observedAt === b.observedAt && a.configurationStateId === b.configurationStateId;

/** The links of one observation, if any are known. */
export const linksTo = (
  links: readonly ObservationLinks[] | undefined,
  observation: Observation | undefined,
): ObservationLinks | undefined =>
  observation && links?.find((other) => isSameObservation(other, observation));

/**
 * The observations of which people ask who brought them about: with which a control ceased to hold, with which it held
 * again, and the latest while it doesn't hold. It follows from the history alone, in whatever order that came.
 */
export function observationsToLink({ history }: Pick<Finding, 'history'>): Observation[] {
  const conclusive = history.filter(isConclusive);
  const found: Observation[] = [];
  for (const [index, entry] of conclusive.entries()) {
    const previous = conclusive[index - 1];
    const isBroken = entry.compliance === 'NON_COMPLIANT';
    const isTurn = isBroken !== wasBroken(previous, entry.observedAt);
    const isLatest = isBroken && index === conclusive.length - 1;
    const last = found.at(-1);
    // One observation may have been judged under several policies.
    if ((isTurn || isLatest) && !(last && isSameObservation(last, entry))) found.push(entry);
  }
  return found
    .slice(-KEPT)
    .map(({ observedAt, configurationStateId }) => ({ observedAt, configurationStateId }));
}

const wasBroken = (previous: HistoryEntry | undefined, now: string): boolean =>
  previous?.compliance === 'NON_COMPLIANT' &&
  (previous.quietUntil === undefined || previous.quietUntil > now);

/** Two events of one millisecond are told apart by their ids: the order key wants a number. */
export const stateIdOfEvent = (eventID: string): string =>
  BigInt(`0x${createHash('sha256').update(eventID).digest('hex').slice(0, 15)}`).toString();
