import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { WitnessName } from '../findings/witnesses';
import { documentClient } from './findings-table';

/** What came of searching log files of one digest. */
export interface SearchedLogs {
  /** Valid, and searched from beginning to end. */
  readonly scanned: number;
  readonly invalid: number;
  readonly missing: number;
  readonly unverifiable: number;
}

/** How far one digest was searched for a record. */
export interface DigestSearch {
  /** Of the digest then. */
  readonly sha256: string;
  /** Of those log files in which, by the times of their events, the record may stand; undefined before they were read. */
  readonly likely?: SearchedLogs & { readonly at: string };
  /** Of all log files, the first `next` of them. */
  readonly all?: SearchedLogs & { readonly next: number };
}

/** By the digest: `<chain> <end>`. */
export type RecordSearch = Readonly<Record<string, DigestSearch>>;

/** How far log files were searched for a record, so that none is read twice for it. */
export interface RecordSearches {
  /** Strongly consistent; empty for one that was not searched for. */
  read(name: WitnessName): Promise<RecordSearch>;
  /** The last one written counts: of two at once, one does some of its work again. */
  write(name: WitnessName, search: RecordSearch, now: string): Promise<void>;
}

const KEEP_DAYS = 30;

/** Rows `V#<account>` / `<eventTime>#<eventID>` in the findings' table. */
export function recordSearches(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): RecordSearches {
  const keyOf = ({ account, eventTime, eventID }: WitnessName) => ({
    pk: `V#${account}`,
    sk: `${eventTime}#${eventID}`,
  });
  return {
    async read(name) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(name), ConsistentRead: true }),
      );
      return (Item?.['search'] as RecordSearch | undefined) ?? {};
    },

    async write(name, search, now) {
      const expiresAt = Math.floor(Date.parse(now) / 1000) + KEEP_DAYS * 86_400;
      await client.send(
        new PutCommand({ TableName: tableName, Item: { ...keyOf(name), search, expiresAt } }),
      );
    },
  };
}
