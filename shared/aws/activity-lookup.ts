import { setTimeout as wait } from 'node:timers/promises';
import { CloudTrailClient, type LookupAttribute, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { JsonObject } from '../contracts/aws/configuration-item';
import { type AwsPlace, clientSettings } from './operator-place';

/** What LookupEvents answered. Only what was `answered` says anything of what it does not hold. */
export type LookedUp =
  | {
      readonly state: 'answered';
      /** As a log file has them. */
      readonly records: readonly JsonObject[];
      /** There is more than was read. */
      readonly more: boolean;
    }
  | { readonly state: 'throttled' }
  /** Not allowed to, or not reachable: for a person to read. */
  | { readonly state: 'unread'; readonly detail: string };

/** The event history of CloudTrail: 90 days of management events of the account that asks, in each Region its own. */
export interface ActivityLookup {
  /** The record of this id, if there is one; `from` and `to` as ISO 8601 make the search short. */
  byEventId(region: string, eventID: string, from: string, to: string): Promise<LookedUp>;
  /** Records that name a resource with from ≤ eventTime ≤ to, newest first, of at most some pages. */
  byResource(region: string, name: string, from: string, to: string): Promise<LookedUp>;
}

export interface ActivityLookupOptions extends Omit<AwsPlace, 'region'> {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** CloudTrail takes two requests a second of an account in a Region. @see its quotas */
const BETWEEN_MS = 550;
const PAGE = 50;
const PAGES = 4;
const LONGEST_DETAIL = 300;
/** CloudTrail answers to the second. */
const SECOND_MS = 1000;

/** Asks in turn: whoever comes later waits. One process keeps to the limit; several are told that they are throttled. */
export function activityLookup({
  now = Date.now,
  sleep = (ms) => wait(ms),
  ...place
}: ActivityLookupOptions = {}): ActivityLookup {
  const clients = new Map<string, CloudTrailClient>();
  const free = new Map<string, number>();

  function clientIn(region: string): CloudTrailClient {
    // A second attempt of the client's own would be a request that nobody counted.
    const client =
      clients.get(region) ?? new CloudTrailClient({ ...clientSettings(place), region, maxAttempts: 1 });
    clients.set(region, client);
    return client;
  }

  async function turn(region: string): Promise<void> {
    const at = Math.max(now(), free.get(region) ?? 0);
    free.set(region, at + BETWEEN_MS);
    if (at > now()) await sleep(at - now());
  }

  async function lookUp(
    region: string,
    attribute: LookupAttribute,
    from: string,
    to: string,
  ): Promise<LookedUp> {
    const records: JsonObject[] = [];
    let NextToken: string | undefined;
    try {
      for (let page = 0; page < PAGES; page += 1) {
        await turn(region);
        const answer = await clientIn(region).send(
          new LookupEventsCommand({
            LookupAttributes: [attribute],
            StartTime: new Date(Math.floor(Date.parse(from) / SECOND_MS) * SECOND_MS),
            EndTime: new Date(Math.ceil(Date.parse(to) / SECOND_MS) * SECOND_MS),
            MaxResults: PAGE,
            NextToken,
          }),
        );
        records.push(...(answer.Events ?? []).flatMap(({ CloudTrailEvent }) => recordIn(CloudTrailEvent)));
        NextToken = answer.NextToken;
        if (NextToken === undefined) break;
      }
      return { state: 'answered', records, more: NextToken !== undefined };
    } catch (error) {
      return refusedWith(error, region);
    }
  }

  return {
    byEventId: (region, eventID, from, to) =>
      lookUp(region, { AttributeKey: 'EventId', AttributeValue: eventID }, from, to),
    byResource: (region, name, from, to) =>
      lookUp(region, { AttributeKey: 'ResourceName', AttributeValue: name }, from, to),
  };
}

/** None, where it is no JSON object. */
function recordIn(text: string | undefined): JsonObject[] {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as JsonObject] : [];
  } catch {
    return [];
  }
}

function refusedWith(error: unknown, region: string): LookedUp {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(name)) return { state: 'throttled' };
  const detail = `LookupEvents in ${region}: ${name}: ${message}`.slice(0, LONGEST_DETAIL);
  return { state: 'unread', detail };
}
