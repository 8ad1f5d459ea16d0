import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type { Call, Finding, ObservationLinks } from '../contracts/trailseal/finding';
import { type ActorLink, type ChangedItem, joinActors, joinWindow } from '../proof/activity/join';
import { idsOf } from '../proof/activity/resources-named';
import {
  type ActivityIndex,
  type CapturedItem,
  filedUnder,
  REMEMBERED_DAYS,
  type ResourceKey,
} from './activity-index';
import { byEvent, callOf, type EventLinkNeeds, kept, type LinkFinding } from './event-links';
import { linksTo, type Observation, observationsToLink } from './observations';

export interface LinkNeeds extends EventLinkNeeds {
  readonly index: Pick<ActivityIndex, 'calls' | 'items' | 'itemBefore' | 'seek'>;
}

const MOST_CALLS = 5;

/** For findings of every kind: by the call that they are about, else by the calls that explain a configuration. */
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

/** Whether a call is no longer in the index for its age alone: who did it is not known any less for that. */
const isForgotten = ({ eventID, eventTime }: Call, records: readonly JsonObject[], now: string): boolean =>
  Date.parse(now) >= Date.parse(eventTime) + REMEMBERED_DAYS * 86_400_000 &&
  !records.some((record) => record['eventID'] === eventID);

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
  const previous = await itemBefore(item, keys, index);
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

/** A snapshot is taken every hour, and told of when it shows something else: the last one may be long ago. */
const SNAPSHOTS_WITHIN_MS = 24 * 3_600_000;

/** The item that a change is told from: of its own kind, and of snapshots none that is older than a day. */
export async function itemBefore(
  { capturedAt, isSnapshot = false }: CapturedItem,
  keys: readonly ResourceKey[],
  index: Pick<ActivityIndex, 'itemBefore'>,
): Promise<CapturedItem | undefined> {
  const previous = await index.itemBefore(keys, capturedAt, isSnapshot);
  const isTooOld =
    isSnapshot &&
    previous !== undefined &&
    Date.parse(capturedAt) - Date.parse(previous.capturedAt) > SNAPSHOTS_WITHIN_MS;
  return isTooOld ? undefined : previous;
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
