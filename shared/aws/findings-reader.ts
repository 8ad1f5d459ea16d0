import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type Finding, FindingSummary } from '../contracts/trailseal/finding';
import type { Run } from '../remediations/run';
import { type AwsPlace, clientSettings } from './operator-place';
import { runsIn } from './remediations-table';

/** A row of the table as it is stored. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** All that the table holds of one finding. */
export interface FindingRows {
  /** The item `STATE`: `finding`, `seq`, `outbox` … */
  readonly state: StoredRow;
  /** Who handled its transitions: rows `T#<transition>#<consumer>`, with the two taken from their key. */
  readonly claims: readonly (StoredRow & { readonly transition: string; readonly consumer: string })[];
  /** What was done about it: rows `X#<run>`, oldest first. */
  readonly runs: readonly Run[];
}

/** What people ask of the table of findings. Everything throws NoSuchTable when there is none. */
export interface FindingsReader {
  region(): Promise<string>;
  /** The account that the table belongs to, by its ARN. */
  accountId(): Promise<string>;
  /** By the index, which lags behind the findings a little: one that changes just now may be in two states, or none. */
  idsOf(accountId: string, state: Finding['state']): Promise<readonly string[]>;
  /** Strongly consistent, each without its history, unchecked. Those that are gone are left out. */
  summaries(ids: readonly string[]): Promise<readonly unknown[]>;
  /** Strongly consistent; undefined when there is no such finding. */
  rowsOf(id: string): Promise<FindingRows | undefined>;
  /** Reads the whole table. */
  idsStartingWith(prefix: string): Promise<readonly string[]>;
}

export class NoSuchTable extends Error {
  override readonly name = 'NoSuchTable';

  constructor(readonly table: string) {
    super(`there is no table ${table}`);
  }
}

/** @throws NoSuchTable where DynamoDB says so of what works on a table */
export async function demanding<T>(table: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw new NoSuchTable(table);
    throw error;
  }
}

const STATE_INDEX = 'by-account-state';
/** As many items as one request may ask for. */
const BATCH = 100;
const BATCHES_AT_ONCE = 4;
/** So many times in a row DynamoDB may give us nothing of what we asked for. */
const FRUITLESS = 8;
const FIRST_PAUSE_MS = 50;

export const findingsClient = (place: AwsPlace): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(place)));

/** Findings for people: read, never written. */
export function findingsReader(tableName: string, client: DynamoDBDocumentClient): FindingsReader {
  const demandingTable = <T>(work: Promise<T>): Promise<T> => demanding(tableName, work);

  async function queryIds(accountId: string, state: string): Promise<string[]> {
    const ids: string[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        IndexName: STATE_INDEX,
        KeyConditionExpression: 'accountId = :account AND begins_with(stateSince, :state)',
        ExpressionAttributeValues: { ':account': accountId, ':state': `${state}#` },
      },
    );
    for await (const { Items = [] } of pages) ids.push(...Items.map(idOf));
    return ids;
  }

  async function batch(ids: readonly string[]): Promise<unknown[]> {
    const found: unknown[] = [];
    let keys: Record<string, unknown>[] = ids.map((id) => ({ pk: `F#${id}`, sk: 'STATE' }));
    for (let fruitless = 0; keys.length > 0; ) {
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetCommand({
          RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true, ...withoutHistory } },
        }),
      );
      found.push(...(Responses[tableName] ?? []).map(({ finding }) => finding as unknown));
      const left = UnprocessedKeys[tableName]?.Keys ?? [];
      fruitless = left.length < keys.length ? 0 : fruitless + 1;
      if (fruitless > FRUITLESS) throw new Error(`DynamoDB leaves ${left.length} findings unread: try again`);
      if (fruitless > 0) await sleep(FIRST_PAUSE_MS * 2 ** fruitless);
      keys = left;
    }
    return found;
  }

  async function summaries(ids: readonly string[]): Promise<unknown[]> {
    const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) =>
      ids.slice(index * BATCH, (index + 1) * BATCH),
    );
    const found: unknown[] = [];
    while (batches.length > 0) {
      found.push(...(await Promise.all(batches.splice(0, BATCHES_AT_ONCE).map(batch))).flat());
    }
    return found;
  }

  async function rowsOf(id: string): Promise<FindingRows | undefined> {
    const rows: StoredRow[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `F#${id}` },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) rows.push(...Items);
    const state = rows.find(({ sk }) => sk === 'STATE');
    return state && { state, claims: rows.flatMap(claimOf), runs: runsIn(rows) };
  }

  async function idsStartingWith(prefix: string): Promise<string[]> {
    const ids: string[] = [];
    const pages = paginateScan(
      { client },
      {
        TableName: tableName,
        FilterExpression: 'begins_with(pk, :prefix) AND sk = :state',
        ExpressionAttributeValues: { ':prefix': `F#${prefix}`, ':state': 'STATE' },
        ProjectionExpression: 'pk',
      },
    );
    for await (const { Items = [] } of pages) ids.push(...Items.map(idOf));
    return ids;
  }

  async function accountId(): Promise<string> {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const [, , , , account] = Table?.TableArn?.split(':') ?? [];
    if (!account) throw new Error(`DynamoDB gives no ARN of ${tableName}`);
    return account;
  }

  return {
    region: () => client.config.region(),
    accountId: () => demandingTable(accountId()),
    idsOf: (account, state) => demandingTable(queryIds(account, state)),
    summaries: (ids) => demandingTable(summaries(ids)),
    rowsOf: (id) => demandingTable(rowsOf(id)),
    idsStartingWith: (prefix) => demandingTable(idsStartingWith(prefix)),
  };
}

const idOf = ({ pk }: StoredRow): string => String(pk).slice('F#'.length);

function claimOf(row: StoredRow): FindingRows['claims'][number][] {
  const [kind, transition, consumer] = String(row['sk']).split('#');
  return kind === 'T' && transition && consumer ? [{ ...row, transition, consumer }] : [];
}

/** The members of a finding but the history, which is most of it. Some of their names are reserved words. */
const withoutHistory = (() => {
  const members = Object.keys(FindingSummary.shape).filter((name) => name !== 'history');
  return {
    ProjectionExpression: members.map((name) => `finding.#${name}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(members.map((name) => [`#${name}`, name])),
  };
})();
