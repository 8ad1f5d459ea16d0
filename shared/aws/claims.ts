import {
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Transition } from '../contracts/trailseal/finding';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** What is claimed: a transition, or what else is to be done once. */
export type Claimed = Pick<Transition, 'findingId' | 'id' | 'seq'> & {
  readonly kind: string;
  /** It says nothing of how the finding stands, so it raises no number: nothing is superseded by it. */
  readonly late?: boolean | undefined;
};

/** Taken, and when it was for the first time, ISO 8601: whatever has become of whoever took it then. */
export interface Taken {
  readonly firstTakenAt: string;
}

/**
 * Who handles a transition: rows `F#<finding>` / `T#<transition>#<consumer>`, taken by one worker at a time for as
 * long as its lease, and closed for ever once the work is done. `F#<finding>` / `H#<consumer>` keeps the greatest
 * sequence number that the consumer has handled.
 */
export interface Claims {
  take(claimed: Claimed, leaseUntil: string): Promise<Taken | 'held' | 'done'>;
  isDone(findingId: string, transitionId: string): Promise<boolean>;
  /** The greatest sequence number of this finding that was handled, late exposures aside; 0 when none was. */
  handledSeq(findingId: string): Promise<number>;
  /** Closes the claim; `outcome` says what came of it, such as the message id. */
  finish(claimed: Claimed, outcome: string): Promise<void>;
  /** Gives a claim of ours back, so that a retry needn't wait for the lease to end. */
  release(claimed: Claimed, leaseUntil: string): Promise<void>;
}

/** How long a handled transition is remembered. */
const KEEP_DAYS = 400;

export function claims(
  tableName: string,
  consumer: string,
  now: () => string,
  client: DynamoDBDocumentClient = documentClient(),
): Claims {
  const claimKey = (findingId: string, transitionId: string) => ({
    pk: `F#${findingId}`,
    sk: `T#${transitionId}#${consumer}`,
  });
  const handledKey = (findingId: string) => ({ pk: `F#${findingId}`, sk: `H#${consumer}` });
  type Key = ReturnType<typeof handledKey>;

  const read = async (Key: Key) =>
    (await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;

  /** @returns undefined when the condition didn't hold */
  const update = (Key: Key, expression: Omit<UpdateCommandInput, 'TableName' | 'Key'>) =>
    unlessRefused(client.send(new UpdateCommand({ TableName: tableName, Key, ...expression })));

  const isDone = async (findingId: string, transitionId: string) =>
    (await read(claimKey(findingId, transitionId)))?.['doneAt'] !== undefined;

  return {
    isDone,

    async take({ findingId, id, kind, seq }, leaseUntil) {
      const taken = await update(claimKey(findingId, id), {
        UpdateExpression:
          'SET leaseUntil = :leaseUntil, expiresAt = :expiresAt, kind = :kind, seq = :seq, ' +
          'firstTakenAt = if_not_exists(firstTakenAt, :now)',
        ConditionExpression:
          'attribute_not_exists(doneAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
        ExpressionAttributeValues: {
          ':leaseUntil': leaseUntil,
          ':now': now(),
          ':expiresAt': Math.floor(Date.parse(now()) / 1000) + KEEP_DAYS * 86_400,
          ':kind': kind,
          ':seq': seq,
        },
        ReturnValues: 'ALL_NEW',
      });
      if (taken) return { firstTakenAt: String(taken.Attributes?.['firstTakenAt'] ?? now()) };
      return (await isDone(findingId, id)) ? 'done' : 'held';
    },

    handledSeq: async (findingId) =>
      ((await read(handledKey(findingId)))?.['seq'] as number | undefined) ?? 0,

    async finish({ findingId, id, seq, late }, outcome) {
      // First the number: were the claim closed and the number lost, an older transition could come to be the last word.
      if (!late) {
        await update(handledKey(findingId), {
          UpdateExpression: 'SET seq = :seq',
          ConditionExpression: 'attribute_not_exists(seq) OR seq < :seq',
          ExpressionAttributeValues: { ':seq': seq },
        });
      }
      await update(claimKey(findingId, id), {
        UpdateExpression: 'SET doneAt = :doneAt, outcome = :outcome REMOVE leaseUntil',
        ExpressionAttributeValues: { ':doneAt': now(), ':outcome': outcome },
      });
    },

    async release({ findingId, id }, leaseUntil) {
      await update(claimKey(findingId, id), {
        UpdateExpression: 'REMOVE leaseUntil',
        ConditionExpression: 'leaseUntil = :leaseUntil',
        ExpressionAttributeValues: { ':leaseUntil': leaseUntil },
      });
    },
  };
}
