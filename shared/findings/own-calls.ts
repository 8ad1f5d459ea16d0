import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type { Finding, ObservationLinks } from '../contracts/trailseal/finding';
import { callOf, type EventLinkNeeds } from './event-links';

/** CloudTrail's record of a call of ours for a finding: `F#<finding>` / `Y#<time>#<eventID>`. */
export interface OwnEvent {
  readonly findingId: string;
  /** The record as the event brought it, untouched. */
  readonly record: JsonObject;
  /** Of the session in which a run was made: which run. */
  readonly run?: string;
}

/** Calls of our own, by the findings that they were made for. Reads are consistent. */
export interface OwnEvents {
  /** Once however often it comes. */
  put(event: OwnEvent): Promise<void>;
  /** Those with a time from then on, oldest first. */
  of(findingId: string, from: string): Promise<OwnEvent[]>;
}

/** As much of the runs of a finding as tells which records are of their calls. */
export interface RunCalls {
  /** The latest that began to change something, and the run that it undoes. */
  readonly runs: readonly string[];
  /** When the first of these began, ISO 8601 in UTC. */
  readonly begunAt: string;
  /** AWS's ids of the requests that they made. */
  readonly requestIds: readonly string[];
}

export interface OwnCallNeeds extends EventLinkNeeds {
  readonly events: Pick<OwnEvents, 'of'>;
  /** Undefined while no run has begun to change something. */
  readonly runCalls: (findingId: string, latest: string) => Promise<RunCalls | undefined>;
}

/** AWS's clock and ours may differ. */
const MARGIN_MS = 5 * 60_000;
const MOST_CALLS = 20;

/**
 * The records of the sessions in which the latest run of a finding was made, and the one that it undoes, which name who
 * approved them; and of the calls that were made, with their proofs.
 * @returns undefined while none is known
 */
export const ownCallsOf =
  (needs: OwnCallNeeds) =>
  async (finding: Finding): Promise<ObservationLinks | undefined> => {
    const made = finding.remediation && (await needs.runCalls(finding.id, finding.remediation.run));
    if (made === undefined) return undefined;
    const from = new Date(Date.parse(made.begunAt) - MARGIN_MS).toISOString();
    const own = (await needs.events.of(finding.id, from))
      .filter(
        ({ run, record }) =>
          (run !== undefined && made.runs.includes(run)) || made.requestIds.includes(requestOf(record)),
      )
      .sort(bySession);
    // Of very many the latest.
    const named = own.slice(-MOST_CALLS);
    if (named.length === 0) return undefined;
    const calls = [];
    for (const { record } of named) calls.push(await callOf(record, undefined, finding, needs));
    const omitted = own.length - named.length;
    return {
      observedAt: made.begunAt,
      configurationStateId: '0',
      actor: 'named',
      calls,
      ...(omitted > 0 ? { omitted } : {}),
    };
  };

/** By time; of one second, which is all that CloudTrail tells, the session before what was done in it. */
const bySession = (a: OwnEvent, b: OwnEvent): number => {
  const [one, other] = [timeOf(a.record), timeOf(b.record)];
  if (one !== other) return one < other ? -1 : 1;
  return Number(a.run === undefined) - Number(b.run === undefined);
};

const timeOf = (record: JsonObject): string => parseCloudTrailRecord(record).eventTime;
const requestOf = (record: JsonObject): string => parseCloudTrailRecord(record).requestID ?? '';
