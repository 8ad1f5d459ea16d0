import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type {
  ActorSummary,
  Call,
  EventProof,
  Finding,
  ObservationLinks,
} from '../contracts/trailseal/finding';
import { type ActorLink, type ChangedItem, joinActors, joinWindow } from '../proof/activity/join';
import { idsOf } from '../proof/activity/resources-named';
import { activityOf } from '../proof/actor/activity';
import {
  type ActivityIndex,
  type CapturedItem,
  filedUnder,
  REMEMBERED_DAYS,
  type ResourceKey,
} from './activity-index';
import { linksTo, type Observation, observationsToLink, stateIdOfEvent } from './observations';
import type { Witnesses } from './witnesses';

export interface LinkNeeds {
  readonly index: Pick<ActivityIndex, 'calls' | 'items' | 'itemBefore' | 'seek'>;
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

const MOST_CALLS = 5;

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

export const linkFinding =
  (needs: LinkNeeds): LinkFinding =>
  async (finding, used) => {
    const found = await Promise.all(
      observationsToLink(finding).map(
        async (observation) =>
          (await byEvent(finding, observation, used, needs)) ?? (await byItem(finding, observation, needs)),
      ),
    );
    return found.filter((links) => links !== undefined);
  };

/** Of what a detection found: the call is its own explanation. */
async function byEvent(
  finding: Finding,
  observation: Observation,
  used: UsedRecord | undefined,
  needs: LinkNeeds,
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
async function kept(known: ObservationLinks, finding: Finding, needs: LinkNeeds): Promise<ObservationLinks> {
  const calls = await Promise.all(known.calls.map((call) => proofAnew(call, finding, needs)));
  return { ...known, calls };
}

/** Whether a call is no longer in the index for its age alone: who did it is not known any less for that. */
const isForgotten = ({ eventID, eventTime }: Call, records: readonly JsonObject[], now: string): boolean =>
  Date.parse(now) >= Date.parse(eventTime) + REMEMBERED_DAYS * 86_400_000 &&
  !records.some((record) => record['eventID'] === eventID);

function isOf(record: UsedRecord, { observedAt, configurationStateId }: Observation): boolean {
  const { eventTime, eventID, requestID = '' } = parseCloudTrailRecord(record);
  return eventTime === observedAt && stateIdOfEvent(eventID || requestID) === configurationStateId;
}

async function proofAnew(
  call: Call,
  { id, accountId }: Finding,
  { witnesses, now }: LinkNeeds,
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

/** Of a configuration: the calls that explain its change. */
async function byItem(
  finding: Finding,
  observation: Observation,
  needs: LinkNeeds,
): Promise<ObservationLinks | undefined> {
  const keys = keysOf(finding);
  const { observedAt, configurationStateId } = observation;
  const captured = await needs.index.items(keys, observedAt, observedAt);
  const item = captured.find((one) => one.configurationStateId === configurationStateId);
  if (item === undefined) return linksTo(finding.links, observation);
  const { state, candidates, records, from, to } = await causesOf(item, keys, needs.index, CHAINED);
  const known = linksTo(finding.links, observation);
  if (known?.calls.some((call) => isForgotten(call, records, needs.now())))
    return await kept(known, finding, needs);
  if (state === 'missing') {
    const sought = await needs.index.seek({ item, from, to }, needs.now());
    return {
      ...observation,
      actor: state,
      reason: sought === 'searched' ? 'not-found' : 'not-yet',
      calls: [],
    };
  }
  const named = candidates.slice(0, MOST_CALLS);
  const calls: Call[] = [];
  for (const { eventID } of named) {
    const record = records.find((one) => one['eventID'] === eventID);
    if (record) calls.push(await callOf(record, item.tags, finding, needs));
  }
  const omitted = candidates.length - named.length;
  return { ...observation, actor: state, calls, ...(omitted > 0 ? { omitted } : {}) };
}

interface Causes extends Pick<ActorLink, 'state' | 'candidates'> {
  readonly records: readonly JsonObject[];
  readonly from: string;
  readonly to: string;
}

/** How many items in a row are asked what the one before was brought about by. */
const CHAINED = 3;

/**
 * The calls that explain an item. What was done a moment before the item before may show in this one only, unless it
 * alone explains that one: then it showed there.
 */
async function causesOf(
  item: CapturedItem,
  keys: readonly ResourceKey[],
  index: Pick<ActivityIndex, 'calls' | 'itemBefore'>,
  chained: number,
): Promise<Causes> {
  const previous = await index.itemBefore(keys, item.capturedAt);
  const changed = changedItem(item, previous);
  const { from, to } = joinWindow(changed);
  const records = await index.calls(keys, from, to);
  const joined = joinOf(changed, records);
  const isDoubtful = joined.candidates.some(({ eventTime }) => eventTime <= (previous?.capturedAt ?? ''));
  if (previous === undefined || chained === 0 || !isDoubtful) return { ...joined, records, from, to };
  const before = await causesOf(previous, keys, index, chained - 1);
  const shown = before.state === 'named' ? before.candidates[0]?.eventID : undefined;
  const others = records.filter(({ eventID }) => eventID !== shown);
  return { ...joinOf(changed, others), records: others, from, to };
}

const joinOf = (item: ChangedItem, records: readonly JsonObject[]): ActorLink =>
  joinActors({ item, events: records.map(parseCloudTrailRecord) });

export const changedItem = (item: CapturedItem, previous: CapturedItem | undefined): ChangedItem => ({
  ...item,
  ...(previous === undefined ? {} : { previousCapturedAt: previous.capturedAt }),
});

/** Where calls and items of a resource are filed, by each id that calls may name it by. */
export const keysOf = ({
  accountId,
  region,
  resourceType,
  resourceId,
  resourceName,
  arn,
}: Pick<
  Finding,
  'accountId' | 'region' | 'resourceType' | 'resourceId' | 'resourceName' | 'arn'
>): ResourceKey[] =>
  idsOf({
    resourceType,
    resourceId,
    ...(resourceName === undefined ? {} : { resourceName }),
    ...(arn === undefined ? {} : { arn }),
  }).map((id) => ({ account: accountId, region: filedUnder(resourceType, region), resourceType, id }));

async function callOf(
  record: UsedRecord,
  resourceTags: Readonly<Record<string, string>> | undefined,
  finding: Finding,
  needs: LinkNeeds,
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
  { witnesses, isWatched, now }: LinkNeeds,
): Promise<EventProof> {
  const { eventID, eventTime, eventCategory } = parseCloudTrailRecord(record);
  if (eventID === '' || (eventCategory !== undefined && eventCategory !== 'Management')) return notLogged;
  const name = { account: finding.accountId, eventTime, eventID };
  // A finding that rests on it already costs no write.
  const isKnown = finding.links?.some(({ calls }) => calls.some((call) => call.eventID === eventID));
  const known = isKnown ? await witnesses.read(name) : undefined;
  // Where no trail is watched any more, what was proven stays so.
  if (known?.findings.includes(finding.id)) return known.proof;
  return isWatched ? await witnesses.expect({ ...name, record }, finding.id, now()) : notWatched;
}

/** What a session of root does is recorded as plain root: by its access key somebody can be asked. */
async function withRootSession(actor: ActorSummary, { rootSession }: LinkNeeds): Promise<ActorSummary> {
  if (actor.type !== 'root' || actor.accessKeyId === undefined) return actor;
  const session = await rootSession?.(actor.accessKeyId);
  return session === undefined ? actor : { ...actor, onBehalfOf: session.startedBy };
}
