import type { JsonObject } from '../contracts/aws/configuration-item';
import type { EventProof } from '../contracts/trailseal/finding';

/** Names a call for whose record somebody waits: `W#<account>` / `<eventTime>#<eventID>`. */
export interface WitnessName {
  readonly account: string;
  /** ISO 8601 with milliseconds, as `parseCloudTrailRecord` writes it. */
  readonly eventTime: string;
  readonly eventID: string;
}

/** A call that findings rest on, and what is known of its record in the log files of CloudTrail. */
export interface Witness extends WitnessName {
  /** The record as the event brought it, untouched: what a log file has to hold. */
  readonly record: JsonObject;
  /** Ids of the findings that rest on it. */
  readonly findings: readonly string[];
  readonly proof: EventProof;
  readonly expectedSince: string;
  /** Rises with each write of `proof`. */
  readonly seq: number;
}

/**
 * Of two things learned of one record the greater holds, whatever came first: another content over a proof, a proof
 * over what was only not there, and that over not knowing.
 */
export function laterProof(known: EventProof, learned: EventProof): EventProof {
  return rankOf(learned) > rankOf(known) ? learned : known;
}

function rankOf({ state, reason }: EventProof): number {
  if (state === 'contradicted') return reason === 'other-content' ? 4 : 2;
  return { pending: 0, missing: 1, proven: 3 }[state];
}

export const pendingProof: EventProof = {
  state: 'pending',
  says: 'the digest that covers this record has not been verified yet',
};

/** The calls whose records are awaited. All reads are strongly consistent. */
export interface Witnesses {
  /** Awaits the record of a call for a finding; says what is known of it. Repeating it changes nothing. */
  expect(
    call: Pick<Witness, 'account' | 'eventTime' | 'eventID' | 'record'>,
    findingId: string,
    now: string,
  ): Promise<EventProof>;
  read(name: WitnessName): Promise<Witness | undefined>;
  /** Those not proven or contradicted for good, with from ≤ eventTime ≤ to (ISO 8601), oldest first. */
  unproven(account: string, from: string, to: string): Promise<Witness[]>;
  /** Names of those to be looked at again by then, longest overdue first. */
  due(by: string, limit: number): Promise<WitnessName[]>;
  /** When to look at it again; undefined: never. */
  lookAgain(name: WitnessName, at: string | undefined): Promise<void>;
  /** Lets what was learned join what is known by `laterProof`; returns the witness as it then is. */
  learn(name: WitnessName, learned: EventProof): Promise<Witness | undefined>;
}
