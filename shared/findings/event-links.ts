import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type {
  ActorSummary,
  Call,
  EventProof,
  Finding,
  ObservationLinks,
} from '../contracts/trailseal/finding';
import { activityOf } from '../proof/actor/activity';
import { linksTo, type Observation, observationsToLink, stateIdOfEvent } from './observations';
import type { Witnesses } from './witnesses';

export interface EventLinkNeeds {
  readonly witnesses: Pick<Witnesses, 'expect' | 'read'>;
  /** Whether compliance.yml names any trail to look for records in. */
  readonly isWatched: boolean;
  /** Who started the session of root that an access key is of. */
  readonly rootSession?: (accessKeyId: string) => Promise<{ readonly startedBy: string } | undefined>;
  readonly now: () => string;
}

/** The raw record that a judgement is about, as its event brought it. */
export type UsedRecord = JsonObject;

/**
 * Works out who brought about what a finding shows, from what the table knows now. Reading before the finding is
 * written on the condition that nobody else has, makes the last one who writes know all that was known.
 */
export type LinkFinding = (finding: Finding, used?: UsedRecord) => Promise<ObservationLinks[]>;

const notWatched: EventProof = {
  state: 'missing',
  reason: 'not-watched',
  says: 'compliance.yml names no bucket of a trail under trails.buckets, so no log file is looked into',
};
const notLogged: EventProof = {
  state: 'missing',
  reason: 'not-selected',
  says: 'records of this kind stand in no log file that CloudTrail signs',
};

/** For findings that are about calls: each call is its own explanation. */
export const linkEvents =
  (needs: EventLinkNeeds): LinkFinding =>
  async (finding, used) => {
    const found = await Promise.all(
      observationsToLink(finding).map((observation) => byEvent(finding, observation, used, needs)),
    );
    return found.filter((links) => links !== undefined);
  };

/** Of what a detection found: the call is its own explanation. */
export async function byEvent(
  finding: Finding,
  observation: Observation,
  used: UsedRecord | undefined,
  needs: EventLinkNeeds,
): Promise<ObservationLinks | undefined> {
  const { judgement } = finding;
  if (judgement?.activity === undefined) return undefined;
  const known = linksTo(finding.links, observation);
  const record = used && isOf(used, observation) ? used : undefined;
  if (record !== undefined) {
    return { ...observation, actor: 'named', calls: [await callOf(record, undefined, finding, needs)] };
  }
  return known && (await kept(known, finding, needs));
}

/** What is known of an observation, with what its proofs have come to. */
export async function kept(
  known: ObservationLinks,
  finding: Finding,
  needs: EventLinkNeeds,
): Promise<ObservationLinks> {
  const calls = await Promise.all(known.calls.map((call) => proofAnew(call, finding, needs)));
  return { ...known, calls };
}

function isOf(record: UsedRecord, { observedAt, configurationStateId }: Observation): boolean {
  const { eventTime, eventID, requestID = '' } = parseCloudTrailRecord(record);
  return eventTime === observedAt && stateIdOfEvent(eventID || requestID) === configurationStateId;
}

async function proofAnew(
  call: Call,
  { id, accountId }: Finding,
  { witnesses, now }: EventLinkNeeds,
): Promise<Call> {
  const { eventTime, eventID } = call;
  const name = { account: accountId, eventTime, eventID };
  const witness = await witnesses.read(name);
  if (witness === undefined) return call;
  // Only others await it: this finding has to hear, too, what becomes of it.
  const proof = witness.findings.includes(id)
    ? witness.proof
    : await witnesses.expect({ ...name, record: witness.record }, id, now());
  return { ...call, proof };
}

export async function callOf(
  record: UsedRecord,
  resourceTags: Readonly<Record<string, string>> | undefined,
  finding: Finding,
  needs: EventLinkNeeds,
): Promise<Call> {
  const parsed = parseCloudTrailRecord(record);
  const activity = activityOf(parsed, resourceTags ? { resourceTags } : {});
  return {
    ...activity,
    actor: await withRootSession(activity.actor, needs),
    proof: await proofOf(record, finding, needs),
  };
}

async function proofOf(
  record: UsedRecord,
  finding: Finding,
  { witnesses, isWatched, now }: EventLinkNeeds,
): Promise<EventProof> {
  const { eventID, eventTime, eventCategory } = parseCloudTrailRecord(record);
  if (eventID === '' || (eventCategory !== undefined && eventCategory !== 'Management')) return notLogged;
  const name = { account: finding.accountId, eventTime, eventID };
  // A finding that rests on it already costs no write.
  const known = [
    ...(finding.links ?? []),
    ...(finding.remediation?.calls ? [finding.remediation.calls] : []),
  ];
  const isKnown = known.some(({ calls }) => calls.some((call) => call.eventID === eventID));
  const witness = isKnown ? await witnesses.read(name) : undefined;
  // Where no trail is watched any more, what was proven stays so.
  if (witness?.findings.includes(finding.id)) return witness.proof;
  return isWatched ? await witnesses.expect({ ...name, record }, finding.id, now()) : notWatched;
}

/** What a session of root does is recorded as plain root: by its access key somebody can be asked. */
async function withRootSession(actor: ActorSummary, { rootSession }: EventLinkNeeds): Promise<ActorSummary> {
  if (actor.type !== 'root' || actor.accessKeyId === undefined) return actor;
  const session = await rootSession?.(actor.accessKeyId);
  return session === undefined ? actor : { ...actor, onBehalfOf: session.startedBy };
}
