import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type { EventProof } from '../contracts/trailseal/finding';
import {
  laterProof,
  pendingProof,
  type Witness,
  type Witnesses,
  type WitnessName,
} from '../findings/witnesses';
import { dueRows, type RowKey } from './due-index';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** The partition of the index `due` that witnesses are in. */
const DUE_PARTITION = 'seal';

const KEEP_DAYS = 400;
/** Digests come hourly: before, there is nothing to be found by looking again. */
const FIRST_LOOK_MS = 75 * 60 * 1000;
/** A record that weighs more, compressed, does not fit into an item: its digest is all that is kept of it. */
const LARGEST_BYTES = 300 * 1024;
const ATTEMPTS = 12;
const LAST = '\uffff';

const keyOf = ({ account, eventTime, eventID }: WitnessName) => ({
  pk: `W#${account}`,
  sk: `${eventTime}#${eventID}`,
});

function nameOf({ pk, sk }: RowKey): WitnessName {
  const [eventTime = '', ...rest] = sk.split('#');
  return { account: pk.slice('W#'.length), eventTime, eventID: rest.join('#') };
}

const packed = (record: JsonObject): Uint8Array | undefined => {
  const bytes = gzipSync(JSON.stringify(record));
  return bytes.length <= LARGEST_BYTES ? bytes : undefined;
};

const unpacked = (bytes: unknown): JsonObject =>
  bytes instanceof Uint8Array ? (JSON.parse(gunzipSync(bytes).toString()) as JsonObject) : {};

const proofIn = (item: Record<string, unknown>): EventProof =>
  (item['proof'] as EventProof | undefined) ?? pendingProof;

const witnessOf = (item: Record<string, unknown>): Witness => ({
  ...nameOf({ pk: String(item['pk']), sk: String(item['sk']) }),
  record: unpacked(item['record']),
  findings: [...((item['findings'] as Set<string> | undefined) ?? [])].sort(),
  proof: proofIn(item),
  expectedSince: String(item['expectedSince'] ?? ''),
  seq: Number(item['seq'] ?? 0),
});

/** Witnesses in the findings' table: `W#<account>` / `<eventTime>#<eventID>`. */
export function witnessesTable(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): Witnesses {
  async function read(name: WitnessName): Promise<Witness | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keyOf(name), ConsistentRead: true }),
    );
    return Item && witnessOf(Item);
  }

  async function unproven(account: string, from: string, to: string): Promise<Witness[]> {
    const found: Witness[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': `W#${account}`, ':from': from, ':to': to + LAST },
        ConsistentRead: true,
      },
    );
    // Of those that are settled the records need not be held.
    for await (const { Items = [] } of pages) {
      found.push(...Items.filter((item) => !isSettled(proofIn(item))).map(witnessOf));
    }
    return found;
  }

  return {
    read,

    async expect({ record, ...name }, findingId, now) {
      const isNew = await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              ...keyOf(name),
              record: packed(record),
              findings: new Set([findingId]),
              proof: pendingProof,
              expectedSince: now,
              seq: 0,
              due: DUE_PARTITION,
              dueAt: laterThan(now, FIRST_LOOK_MS),
              expiresAt: Math.floor(Date.parse(now) / 1000) + KEEP_DAYS * 86_400,
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      if (isNew) return pendingProof;
      const joined = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(name),
            UpdateExpression: 'SET due = :due, dueAt = :dueAt ADD findings :findings',
            ConditionExpression: 'NOT contains(findings, :finding)',
            ExpressionAttributeValues: {
              ':due': DUE_PARTITION,
              ':dueAt': laterThan(now, FIRST_LOOK_MS),
              ':findings': new Set([findingId]),
              ':finding': findingId,
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      const known = joined?.Attributes ? witnessOf(joined.Attributes) : await read(name);
      return known?.proof ?? pendingProof;
    },

    unproven,

    due: async (by, limit) =>
      (await dueRows(client, { tableName, partition: DUE_PARTITION }, by, limit)).map(nameOf),

    async lookAgain(name, at) {
      const change = client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(name),
          ...(at === undefined
            ? { UpdateExpression: 'REMOVE due, dueAt' }
            : {
                UpdateExpression: 'SET due = :due, dueAt = :at',
                ExpressionAttributeValues: { ':due': DUE_PARTITION, ':at': at },
              }),
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
      await unlessRefused(change);
    },

    async learn(name, learned) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const known = await read(name);
        if (known === undefined) return undefined;
        const proof = laterProof(known.proof, learned);
        if (proof === known.proof) return known;
        const written = await unlessRefused(
          client.send(
            new UpdateCommand({
              TableName: tableName,
              Key: keyOf(name),
              UpdateExpression: 'SET proof = :proof, seq = :next',
              ConditionExpression: 'seq = :seq',
              ExpressionAttributeValues: { ':proof': proof, ':next': known.seq + 1, ':seq': known.seq },
              ReturnValues: 'ALL_NEW',
            }),
          ),
        );
        if (written) return written.Attributes && witnessOf(written.Attributes);
      }
      throw new Error(`the record of event ${name.eventID} was written by others ${ATTEMPTS} times in a row`);
    },
  };
}

const isSettled = ({ state, reason }: EventProof): boolean =>
  state === 'proven' || (state === 'contradicted' && reason === 'other-content');

const laterThan = (time: string, by: number): string => new Date(Date.parse(time) + by).toISOString();
