import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Json } from '../contracts/aws/configuration-item';
import type { Approval } from '../contracts/trailseal/remediation';
import type { CapName, Part, Run, Runs, UndoAsked } from '../remediations/run';
import { dueRows } from './due-index';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** The partition of the index `due` that runs are in. */
const DUE_PARTITION = 'remediate';

/** For so long an undo can be asked for, and a request be known as ours. */
const KEEP_DAYS = 400;
const CAP_KEEP_DAYS = 2;
/** Approvals of one run that are looked at; who may approve could write more. */
const MOST_APPROVALS = 20;
/** BatchGetItem takes so many keys. */
const AT_ONCE = 100;

const packed = (value: Json): Uint8Array => gzipSync(JSON.stringify(value));
const unpacked = (bytes: unknown): Json | undefined =>
  bytes instanceof Uint8Array ? (JSON.parse(gunzipSync(bytes).toString()) as Json) : undefined;

type Named = Pick<Run, 'findingId' | 'id'>;
const pkOf = (findingId: string) => `F#${findingId}`;
const headKey = (findingId: string) => ({ pk: pkOf(findingId), sk: 'X' });
const runKey = ({ findingId, id }: Named, ...more: readonly string[]) => ({
  pk: pkOf(findingId),
  sk: ['X', id, ...more].join('#'),
});
const capKey = ({ control, accountId, at }: CapName) => ({
  pk: `N#${control}#${accountId}`,
  sk: at.slice(0, 'yyyy-mm-ddThh'.length),
});
const requestKey = (requestId: string) => ({ pk: `Q#${requestId}`, sk: 'OURS' });

/**
 * Runs in the findings' table, beside their finding `F#<finding>`: `X` is the lease and the latest run, `X#<run>` a run
 * with its steps, `X#<run>#CAPTURE`, `#PLAN` and `#LEFT` its parts, `X#<run>#APPROVAL#…` and `X#<run>#UNDO` what people
 * want. `N#<control>#<account>` / `<hour>` counts runs, `Q#<requestID>` names a request of ours.
 */
export function remediationsTable(
  tableName: string,
  now: () => string,
  client: DynamoDBDocumentClient = documentClient(),
): Runs {
  type Key = ReturnType<typeof headKey>;
  const expiresAt = (days = KEEP_DAYS) => Math.floor(Date.parse(now()) / 1000) + days * 86_400;
  const read = async (Key: Key) =>
    (await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  /** @returns whether the condition held */
  const put = async (
    Item: Key & Record<string, unknown>,
    ConditionExpression?: string,
    values?: Record<string, unknown>,
  ) =>
    (await unlessRefused(
      client.send(
        new PutCommand({
          TableName: tableName,
          Item,
          ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
          ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        }),
      ),
    )) !== undefined;

  return {
    async lease(findingId, until, at) {
      const taken = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: headKey(findingId),
            UpdateExpression: 'SET leaseUntil = :until, expiresAt = :expiresAt ADD fence :one',
            ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now',
            ExpressionAttributeValues: { ':until': until, ':now': at, ':one': 1, ':expiresAt': expiresAt() },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      if (taken?.Attributes === undefined) return 'held';
      const { fence, latest, follows } = taken.Attributes as {
        fence: number;
        latest?: string;
        follows?: string;
      };
      return {
        fence,
        ...(latest === undefined ? {} : { run: latest }),
        ...(follows === undefined ? {} : { follows }),
      };
    },

    async release(findingId, fence) {
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: headKey(findingId),
            UpdateExpression: 'REMOVE leaseUntil',
            ConditionExpression: 'fence = :fence',
            ExpressionAttributeValues: { ':fence': fence },
          }),
        ),
      );
    },

    point: async (findingId, fence, run, follows) =>
      (await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: headKey(findingId),
            UpdateExpression:
              follows === undefined
                ? 'SET latest = :run REMOVE follows'
                : 'SET latest = :run, follows = :follows',
            ConditionExpression: 'fence = :fence',
            ExpressionAttributeValues: {
              ':fence': fence,
              ':run': run,
              ...(follows === undefined ? {} : { ':follows': follows }),
            },
          }),
        ),
      )) !== undefined,

    async read(findingId, id) {
      const item = await read(runKey({ findingId, id }));
      return item === undefined ? undefined : (item['run'] as Run);
    },

    write: (run, expectedSeq) =>
      put(
        {
          ...runKey(run),
          run,
          seq: run.seq,
          expiresAt: expiresAt(),
          ...(run.dueAt === undefined ? {} : { due: DUE_PARTITION, dueAt: run.dueAt }),
        },
        expectedSeq === undefined ? 'attribute_not_exists(pk)' : 'seq = :expected',
        expectedSeq === undefined ? undefined : { ':expected': expectedSeq },
      ),

    keep: (run, part, value, fence) =>
      put(
        { ...runKey(run, part), value: packed(value), fence, expiresAt: expiresAt() },
        'attribute_not_exists(fence) OR fence <= :fence',
        { ':fence': fence },
      ),

    part: async (run: Named, part: Part) => unpacked((await read(runKey(run, part)))?.['value']),

    async approve(run, approval) {
      const name = createHash('sha256').update(JSON.stringify(approval)).digest('hex').slice(0, 32);
      await put({ ...runKey(run, 'APPROVAL', name), approval, expiresAt: expiresAt() });
    },

    async approvals(run) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: {
            ':pk': pkOf(run.findingId),
            ':sk': `${runKey(run, 'APPROVAL').sk}#`,
          },
          ConsistentRead: true,
          Limit: MOST_APPROVALS,
        }),
      );
      return Items.map((item) => item['approval'] as Approval);
    },

    async askUndo(run, asked) {
      await put({ ...runKey(run, 'UNDO'), asked, expiresAt: expiresAt() });
    },

    undoAsked: async (run) => (await read(runKey(run, 'UNDO')))?.['asked'] as UndoAsked | undefined,

    admit: async (cap, run, most) =>
      (await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: capKey(cap),
            UpdateExpression: 'SET expiresAt = :expiresAt ADD runs :runs',
            ConditionExpression:
              '(attribute_not_exists(runs) AND :most > :none) OR size(runs) < :most OR contains(runs, :run)',
            ExpressionAttributeValues: {
              ':expiresAt': expiresAt(CAP_KEEP_DAYS),
              ':runs': new Set([run]),
              ':run': run,
              ':most': most,
              ':none': 0,
            },
          }),
        ),
      )) !== undefined,

    admitted: async (cap) => [...(((await read(capKey(cap)))?.['runs'] as Set<string> | undefined) ?? [])],

    async noteRequest({ requestId, ...request }) {
      await put({ ...requestKey(requestId), ...request, expiresAt: expiresAt() });
    },

    async ours(requestIds) {
      const found = new Set<string>();
      const wanted = [...new Set(requestIds)].filter((id) => id.length > 0);
      for (let first = 0; first < wanted.length; first += AT_ONCE) {
        let keys: Key[] = wanted.slice(first, first + AT_ONCE).map(requestKey);
        while (keys.length > 0) {
          const { Responses, UnprocessedKeys } = await client.send(
            new BatchGetCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
          );
          for (const { pk } of Responses?.[tableName] ?? []) found.add(String(pk).slice('Q#'.length));
          keys = (UnprocessedKeys?.[tableName]?.Keys ?? []) as Key[];
        }
      }
      return found;
    },

    due: async (by, limit) => {
      const rows = await dueRows(client, { tableName, partition: DUE_PARTITION }, by, limit);
      return [...new Set(rows.map(({ pk }) => pk.slice('F#'.length)))];
    },
  };
}

/** What people ask of the runs of a finding. All reads are strongly consistent. */
export interface StoredRuns {
  /** In the order in which they were first written down; a run without steps is none yet. */
  all(findingId: string): Promise<readonly Run[]>;
  /** The one that counts; undefined when there is none, or its worker died before it was written. */
  latest(findingId: string): Promise<Run | undefined>;
}

/** Runs for people: read, never written. The parts of a run, which are large, stay where they are. */
export function storedRuns(tableName: string, client: DynamoDBDocumentClient = documentClient()): StoredRuns {
  async function rowsOf(findingId: string) {
    const rows: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        FilterExpression: 'attribute_exists(#run) OR attribute_exists(latest)',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':pk': pkOf(findingId), ':sk': headKey(findingId).sk },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) rows.push(...Items);
    return rows;
  }
  return {
    all: async (findingId) => runsIn(await rowsOf(findingId)),
    async latest(findingId) {
      const rows = await rowsOf(findingId);
      const head = rows.find(({ sk }) => sk === headKey(findingId).sk);
      return runsIn(rows).find(({ id }) => id === head?.['latest']);
    },
  };
}

/** The runs among rows of a finding, oldest first. */
export const runsIn = (rows: readonly Readonly<Record<string, unknown>>[]): Run[] =>
  rows
    .flatMap(({ sk, run }) => (/^X#[^#]+$/.test(String(sk)) && run !== undefined ? [run as Run] : []))
    .sort(byBeginning);

const byBeginning = (a: Run, b: Run): number => (firstStep(a) < firstStep(b) ? -1 : 1);
const firstStep = ({ begunAt, steps }: Run): string => begunAt ?? steps[0]?.at ?? '';
