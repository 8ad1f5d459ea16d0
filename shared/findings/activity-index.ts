import type { JsonObject } from '../contracts/aws/configuration-item';
import { isGlobal } from '../proof/activity/resources-named';

/** A resource by one of the ids that calls may name it by. */
export interface ResourceKey {
  readonly account: string;
  /** A Region, or `global`. */
  readonly region: string;
  readonly resourceType: string;
  readonly id: string;
}

/** A configuration item, as far as it takes to find out who brought it about. */
export interface CapturedItem {
  readonly account: string;
  /** As AWS Config states it. */
  readonly region: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly arn?: string;
  /** configurationItemCaptureTime, ISO 8601. */
  readonly capturedAt: string;
  readonly configurationStateId: string;
  readonly changedPaths: readonly string[];
  readonly isGone?: boolean;
  /** Read by evaluate-account, and not captured by AWS Config: each of the two shows what the other doesn't. */
  readonly isSnapshot?: boolean;
  /** Those that say who manages it. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids of the findings about it. */
  readonly findings: readonly string[];
}

/** An item of which nobody knows who brought it about, in the time in which a call may have. */
export interface SoughtItem {
  readonly name: SoughtName;
  readonly item: CapturedItem;
  /** Times after `from` and not after `to`, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** When all that there is was searched, in vain. */
  readonly searchedAt?: string;
}

/** Names a sought item: `Q#<account>` / `<capturedAt>#<resource>`. */
export interface SoughtName {
  readonly account: string;
  readonly sk: string;
}

/** How long the index remembers a call or an item, from its own time on. */
export const REMEMBERED_DAYS = 90;

/** Calls and items by the resources that they are about: it remembers both for 90 days. Reads are consistent. */
export interface ActivityIndex {
  /** Files a mutating call under each resource that it names, once however often it comes; says which they are. */
  putCall(record: JsonObject): Promise<ResourceKey[]>;
  /** Files an item under each id that calls may name its resource by. */
  putItem(item: CapturedItem): Promise<void>;
  /** Raw records of calls on one resource, after `from` and not after `to`, each once; of very many, the latest. */
  calls(keys: readonly ResourceKey[], from: string, to: string): Promise<JsonObject[]>;
  /** Items captured from `from` to `to`, oldest first. */
  items(keys: readonly ResourceKey[], from: string, to: string): Promise<CapturedItem[]>;
  /** The last item captured before then, by AWS Config unless snapshots are asked for. */
  itemBefore(
    keys: readonly ResourceKey[],
    time: string,
    isSnapshot?: boolean,
  ): Promise<CapturedItem | undefined>;
  /** Has the causes of an item looked for elsewhere, once; says whether that has been done in vain. */
  seek(sought: Omit<SoughtItem, 'name' | 'searchedAt'>, now: string): Promise<'seeking' | 'searched'>;
  /** Items still sought of which a call with from ≤ eventTime ≤ to may be the cause. */
  sought(account: string, from: string, to: string): Promise<SoughtItem[]>;
  readSought(name: SoughtName): Promise<SoughtItem | undefined>;
  /** Names of those to be searched for by then, longest overdue first. */
  soughtDue(by: string, limit: number): Promise<SoughtName[]>;
  /** Somebody was found meanwhile. */
  noLongerSought(name: SoughtName): Promise<void>;
  /** The search is over; the item is no longer sought. */
  searched(name: SoughtName, now: string): Promise<void>;
}

/** Where calls and items of a resource are filed. */
export const filedUnder = (resourceType: string, region: string): string =>
  isGlobal(resourceType) ? 'global' : region;
