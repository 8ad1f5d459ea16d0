import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Transition } from '../contracts/trailseal/finding';
import type { RecordNeeds, StoredFinding } from '../findings/record';
import { dueRows } from './due-index';

/** The partition of the index `due` that findings are in. */
const DUE_PARTITION = 'due';

export type FindingsTable = RecordNeeds['table'] & {
  /** Ids of findings that were due by then, longest overdue first. */
  due(by: string, limit: number): Promise<string[]>;
};

let client: DynamoDBDocumentClient | undefined;

/** One for all tables of a function: each client has connections of its own, and takes time to be made. */
export const documentClient = (): DynamoDBDocumentClient => {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return client;
};

/** Attributes to set; those that are undefined are removed. */
type Attributes = Readonly<Record<string, unknown>>;

function updateExpression(attributes: Attributes) {
  const names = Object.keys(attributes);
  const set = names.filter((name) => attributes[name] !== undefined);
  const remove = names.filter((name) => attributes[name] === undefined);
  return {
    UpdateExpression: [
      `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`,
      ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(set.map((name) => [`:${name}`, attributes[name]])),
  };
}

/** Findings in DynamoDB, each the item `F#<finding>` / `STATE`. */
export function findingsTable(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): FindingsTable {
  /** @returns false when the condition didn't hold */
  async function update(
    id: string,
    attributes: Attributes,
    expectedSeq: number | undefined,
  ): Promise<boolean> {
    const expression = updateExpression(attributes);
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk: `F#${id}`, sk: 'STATE' },
          ...expression,
          ...(expectedSeq === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: '#seq = :expectedSeq',
                ExpressionAttributeNames: { ...expression.ExpressionAttributeNames, '#seq': 'seq' },
                ExpressionAttributeValues: {
                  ...expression.ExpressionAttributeValues,
                  ':expectedSeq': expectedSeq,
                },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
  const dueAttributes = (dueAt: string | undefined) => ({ due: dueAt && DUE_PARTITION, dueAt });

  return {
    async read(id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { pk: `F#${id}`, sk: 'STATE' }, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const { lastTransition, dueAt } = Item as { lastTransition?: string; dueAt?: string };
      return {
        finding: Item['finding'] as StoredFinding['finding'],
        seq: Item['seq'] as number,
        outbox: Item['outbox'] as Transition[],
        ...(lastTransition === undefined ? {} : { lastTransition }),
        ...(dueAt === undefined ? {} : { dueAt }),
      };
    },

    write({ finding, seq, outbox, lastTransition, dueAt }, expectedSeq) {
      const since = finding.exposure?.from ?? finding.judgement?.observedAt ?? '';
      return update(
        finding.id,
        {
          finding,
          seq,
          outbox,
          lastTransition,
          accountId: finding.accountId,
          stateSince: `${finding.state}#${since}`,
          ...dueAttributes(dueAt),
        },
        expectedSeq,
      );
    },

    clear: ({ finding, seq }, dueAt) => update(finding.id, { outbox: [], ...dueAttributes(dueAt) }, seq),

    async due(by, limit) {
      const rows = await dueRows(client, { tableName, partition: DUE_PARTITION }, by, limit);
      return rows.map(({ pk }) => pk.slice('F#'.length));
    },
  };
}
