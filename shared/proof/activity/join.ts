import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { RootSession } from '../../contracts/aws/root-session';
import { type Actor, actorOf } from '../actor/actor';
import { arnParts } from './arn';
import { mutates } from './mutates';
import { explains, isWhole, touchesRecorded } from './property-paths';
import { accountOf, effectOn, idsOf, isGlobal, type KnownEffect, resourcesNamed } from './resources-named';

/** A recorded change of a resource: what the join is asked about. */
export interface ChangedItem {
  readonly account: string;
  /** A Region, or `global`. */
  readonly region: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly arn?: string;
  /** configurationItemCaptureTime of this item, and of the one before it. ISO 8601. */
  readonly capturedAt: string;
  readonly previousCapturedAt?: string;
  /** As AWS Config reports them. Empty: it doesn't say what changed. */
  readonly changedPaths: readonly string[];
  /** Whether the item says that the resource is deleted, where that is known. */
  readonly isGone?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Candidate {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly actor: Actor;
}

/** `named`: one call did it. `candidates`: one of these may have. `missing`: no call is known that could have. */
export interface ActorLink {
  readonly state: 'named' | 'candidates' | 'missing';
  /** In the order of their times. */
  readonly candidates: readonly Candidate[];
}

export interface JoinInput {
  readonly item: ChangedItem;
  /** Any calls, in any order and with repetitions; those that have nothing to do with the item don't matter. */
  readonly events: readonly CloudTrailRecord[];
  readonly rootSessions?: readonly RootSession[];
}

const MINUTE = 60_000;
/** AWS Config may capture an item that doesn't show yet what was done a moment before. */
const OVERLAP = 5 * MINUTE;
const FIRST_LOOK_BACK = 24 * 60 * MINUTE;

/** Times between which a call is looked for: after `from`, and not after `to`. ISO 8601. */
export function joinWindow({
  capturedAt,
  previousCapturedAt,
}: Pick<ChangedItem, 'capturedAt' | 'previousCapturedAt'>): {
  readonly from: string;
  readonly to: string;
} {
  const from =
    previousCapturedAt === undefined
      ? Date.parse(capturedAt) - FIRST_LOOK_BACK
      : Date.parse(previousCapturedAt) - OVERLAP;
  return { from: new Date(from).toISOString(), to: new Date(capturedAt).toISOString() };
}

/**
 * Who changed a resource, by the calls that name it: of the same account, which worked, in the item's window, and of
 * which the tables under resources/ say that they change one of the changed properties. Naming somebody who didn't do
 * it is worse than naming nobody, so:
 *
 * - A call that is known to change other properties is never a candidate.
 * - A call of which nothing is known is one only where no known call explains the change, and never `named`.
 * - Where AWS Config doesn't say what changed, or records a resource for the first time, each call that is known to
 *   change anything is one.
 * - The call that made a resource explains its first item, and deleting it that it is gone.
 */
export function joinActors({ item, events, rootSessions = [] }: JoinInput): ActorLink {
  const { from, to } = joinWindow(item);
  const ids = new Set(idsOf(item));
  const naming = distinct(events).filter(
    (event) =>
      event.eventTime > from && event.eventTime <= to && isCauseOf(event, item) && names(event, item, ids),
  );
  const known = naming.map((event) => ({ event, effect: effectOn(item.resourceType, event) }));
  const explaining = known.flatMap(({ event, effect }) =>
    effect !== undefined && isExplained(item, event, effect) ? [event] : [],
  );
  const unknown = known.flatMap(({ event, effect }) => (effect === undefined ? [event] : []));
  const found = explaining.length > 0 ? explaining : unknown;
  return {
    state:
      found.length === 0 ? 'missing' : found.length === 1 && explaining.length === 1 ? 'named' : 'candidates',
    candidates: [...found].sort(byTime).map((record) => ({
      eventID: record.eventID,
      eventTime: record.eventTime,
      eventName: record.eventName,
      actor: actorOf(record, { rootSessions, ...(item.tags ? { resourceTags: item.tags } : {}) }),
    })),
  };
}

function isExplained(item: ChangedItem, { eventTime }: CloudTrailRecord, effect: KnownEffect): boolean {
  const { previousCapturedAt, changedPaths, isGone } = item;
  if (isGone) return effect.deletes;
  const isFirst = previousCapturedAt === undefined;
  // What made a resource that was recorded before can't have changed it since, unless it was gone meanwhile.
  if (effect.creates && (isFirst || eventTime > new Date(previousCapturedAt).toISOString())) return true;
  // A first item shows all that was done to it until then, by whomever.
  if (changedPaths.length === 0 || (isFirst && isWhole(changedPaths)))
    return effect.deletes || touchesRecorded(effect.touches);
  if (isWhole(changedPaths)) return effect.deletes || effect.touches === 'everything';
  return explains(effect.touches, changedPaths);
}

/** A record may come by a trail and by an event, and each more than once. */
function distinct(events: readonly CloudTrailRecord[]): CloudTrailRecord[] {
  const byId = new Map<string, CloudTrailRecord>();
  for (const event of events) {
    const key = event.eventID || JSON.stringify(event);
    const twin = byId.get(key);
    // Whichever of two copies comes first, the same one counts.
    if (twin === undefined || JSON.stringify(event) < JSON.stringify(twin)) byId.set(key, event);
  }
  return [...byId.values()];
}

const isCauseOf = (event: CloudTrailRecord, { account }: ChangedItem): boolean =>
  event.errorCode === undefined &&
  event.addendum === undefined &&
  mutates(event) &&
  accountOf(event) === account;

function names(event: CloudTrailRecord, item: ChangedItem, ids: ReadonlySet<string>): boolean {
  const anywhere = item.region === 'global' || isGlobal(item.resourceType);
  return resourcesNamed(event).some(({ type, id, arn }) => {
    if (type !== item.resourceType || !ids.has(id)) return false;
    const parts = arn === undefined ? undefined : arnParts(arn);
    // What stands in an ARN may belong to another account or Region than the call.
    if (parts !== undefined && parts.account !== '' && parts.account !== item.account) return false;
    return anywhere || (parts?.region || event.awsRegion) === item.region;
  });
}

const byTime = (a: CloudTrailRecord, b: CloudTrailRecord): number =>
  compare(a.eventTime, b.eventTime) || compare(a.eventID, b.eventID);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
