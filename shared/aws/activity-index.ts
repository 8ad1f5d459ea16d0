import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import {
  type ActivityIndex,
  type CapturedItem,
  REMEMBERED_DAYS,
  type ResourceKey,
  type SoughtItem,
  type SoughtName,
} from '../findings/activity-index';
import { keysOf } from '../findings/links';
import { keysNamed } from '../findings/named';
import { dueRows } from './due-index';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** The partition of the index `due` that sought items are in. */
const DUE_PARTITION = 'seek';

/** So long before an item was captured its cause is looked for, whenever the item before was captured. */
const SOUGHT_WITHIN_MS = 24 * 3_600_000;
/** By then the digest of the hour has come, and its log files have been scanned. */
const FIRST_SEARCH_MS = 3 * 3_600_000;
/** Nobody is helped by more calls on one resource in one window. */
const MOST_CALLS = 500;
const LARGEST_BYTES = 350 * 1024;
const LAST = '\uffff';
const DAY_S = 86_400;

/** DynamoDB takes 2,048 bytes of a partition key; whoever makes a call may choose names and the parts of ARNs. */
const LONGEST_KEY_BYTES = 1024;

function rowsOf({ account, region, resourceType, id }: ResourceKey): string {
  const rows = `R#${account}#${region}#${resourceType}#${id}`;
  return Buffer.byteLength(rows) <= LONGEST_KEY_BYTES ? rows : `R#${account}#${hashOf(rows)}`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

const expiresAt = (time: string): number => Math.floor(Date.parse(time) / 1000) + REMEMBERED_DAYS * DAY_S;

const unpacked = (bytes: unknown): JsonObject[] =>
  bytes instanceof Uint8Array ? [JSON.parse(gunzipSync(bytes).toString()) as JsonObject] : [];

const itemKey = ({ capturedAt, configurationStateId }: CapturedItem) =>
  `I#${capturedAt}#${configurationStateId}`;

const oldestFirst = (a: CapturedItem, b: CapturedItem): number => (itemKey(a) < itemKey(b) ? -1 : 1);

/**
 * The index in the findings' table: `R#<account>#<region>#<type>#<id>` with `E#<time>#<eventID>` for calls and
 * `I#<captured>#<stateId>` for items; `Q#<account>` / `<captured>#<resource>` for items sought.
 */
export function activityIndex(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): ActivityIndex {
  async function* query(input: Omit<QueryCommandInput, 'TableName'>) {
    const pages = paginateQuery({ client }, { TableName: tableName, ConsistentRead: true, ...input });
    for await (const { Items = [] } of pages) yield* Items;
  }

  const between = (pk: string, from: string, to: string, newestFirst = false) =>
    query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
      ScanIndexForward: !newestFirst,
    });

  async function itemsBetween(
    keys: readonly ResourceKey[],
    from: string,
    to: string,
    newestThat?: (item: CapturedItem) => boolean,
  ) {
    const found = new Map<string, CapturedItem>();
    for (const key of keys) {
      const rows = between(rowsOf(key), `I#${from}`, `I#${to}${LAST}`, newestThat !== undefined);
      for await (const row of rows) {
        const item = row['item'] as CapturedItem;
        if (newestThat?.(item) === false) continue;
        found.set(itemKey(item), item);
        if (newestThat) break;
      }
    }
    return [...found.values()].sort(oldestFirst);
  }

  async function readSought({ account, sk }: SoughtName): Promise<SoughtItem | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: `Q#${account}`, sk }, ConsistentRead: true }),
    );
    return Item && soughtOf(Item);
  }

  return {
    async putCall(record) {
      const parsed = parseCloudTrailRecord(record);
      const keys = keysNamed(parsed);
      const packed = gzipSync(JSON.stringify(record));
      // One that doesn't fit into a row says next to nothing of who did what.
      if (packed.length > LARGEST_BYTES) return [];
      for (const key of keys) {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: rowsOf(key),
              sk: `E#${parsed.eventTime}#${parsed.eventID}`,
              record: packed,
              expiresAt: expiresAt(parsed.eventTime),
            },
          }),
        );
      }
      return keys;
    },

    async putItem(item) {
      for (const key of keysOf(asSubject(item))) {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: { pk: rowsOf(key), sk: itemKey(item), item, expiresAt: expiresAt(item.capturedAt) },
          }),
        );
      }
    },

    async calls(keys, from, to) {
      const found = new Map<string, JsonObject>();
      for (const key of keys) {
        let read = 0;
        for await (const { sk, record } of between(rowsOf(key), `E#${from}${LAST}`, `E#${to}${LAST}`, true)) {
          for (const one of unpacked(record)) found.set(String(sk), one);
          read += 1;
          if (read === MOST_CALLS) break;
        }
      }
      return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
    },

    items: (keys, from, to) => itemsBetween(keys, from, to),

    async itemBefore(keys, time, isSnapshot = false) {
      const justBefore = new Date(Date.parse(time) - 1).toISOString();
      const isAlike = (item: CapturedItem) => (item.isSnapshot ?? false) === isSnapshot;
      return (await itemsBetween(keys, '', justBefore, isAlike)).at(-1);
    },

    async seek({ item, from, to }, now) {
      const name = { account: item.account, sk: `${item.capturedAt}#${hashOf(resourceOf(item))}` };
      const isNew = await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: `Q#${name.account}`,
              sk: name.sk,
              item,
              from,
              to,
              due: DUE_PARTITION,
              dueAt: new Date(Date.parse(now) + FIRST_SEARCH_MS).toISOString(),
              expiresAt: expiresAt(now),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      if (isNew) return 'seeking';
      return (await readSought(name))?.searchedAt === undefined ? 'seeking' : 'searched';
    },

    async sought(account, from, to) {
      const found: SoughtItem[] = [];
      // An item is sought for a day before it was captured at most.
      const latest = new Date(Date.parse(to) + SOUGHT_WITHIN_MS).toISOString();
      for await (const row of between(`Q#${account}`, from, latest + LAST)) {
        const item = soughtOf(row);
        if (item.searchedAt === undefined && item.from < to && item.to >= from) found.push(item);
      }
      return found;
    },

    readSought,

    async soughtDue(by, limit) {
      const rows = await dueRows(client, { tableName, partition: DUE_PARTITION }, by, limit);
      return rows.map(({ pk, sk }) => ({ account: pk.slice('Q#'.length), sk }));
    },

    async noLongerSought({ account, sk }) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { pk: `Q#${account}`, sk } }));
    },

    async searched({ account, sk }, now) {
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { pk: `Q#${account}`, sk },
            UpdateExpression: 'SET searchedAt = :now REMOVE due, dueAt',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':now': now },
          }),
        ),
      );
    },
  };
}

const soughtOf = ({ pk, sk, item, from, to, searchedAt }: Record<string, unknown>): SoughtItem => ({
  name: { account: String(pk).slice('Q#'.length), sk: String(sk) },
  item: item as CapturedItem,
  from: String(from),
  to: String(to),
  ...(searchedAt === undefined ? {} : { searchedAt: String(searchedAt) }),
});

const resourceOf = ({ region, resourceType, resourceId }: CapturedItem): string =>
  [region, resourceType, resourceId].join('\n');

const asSubject = ({ account, ...item }: CapturedItem) => ({ accountId: account, ...item });
