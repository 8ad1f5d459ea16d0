import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Severity } from '../contracts/trailseal/finding';
import type { BurstWindow } from '../tell/alerts/burst';
import type { FoldedAlert } from '../tell/alerts/folded';
import { type FoldedOfWindow, worstOf } from '../tell/alerts/summary';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/**
 * How many alerts of a control came in a window: row `B#<control>#<from>` / `WINDOW` holds the ids of those that are
 * sent by themselves, rows `M#<recordedAt>#<alertId>` beside it are those that its summary lists. All reads are
 * strongly consistent, and doing anything again changes nothing.
 */
export interface Bursts {
  /** @returns whether an alert is one of the first `most` of its window: the same whenever it is asked again */
  admit(window: BurstWindow, alertId: string, most: number): Promise<boolean>;
  fold(window: BurstWindow, folded: FoldedAlert): Promise<void>;
  isFolded(window: BurstWindow, folded: FoldedAlert): Promise<boolean>;
  /** Whether the summary of a window has been asked for. */
  isSummaryAsked(window: BurstWindow): Promise<boolean>;
  noteSummaryAsked(window: BurstWindow): Promise<void>;
  /** @returns undefined when none was folded */
  foldedOf(window: BurstWindow, most: number): Promise<FoldedOfWindow | undefined>;
}

/** As long as a message can be kept in a queue and in its dead letters, and then some. */
const KEEP_DAYS = 60;

export function bursts(
  tableName: string,
  now: () => string,
  client: DynamoDBDocumentClient = documentClient(),
): Bursts {
  const pk = ({ control, from }: BurstWindow) => `B#${control}#${from}`;
  const windowKey = (window: BurstWindow) => ({ pk: pk(window), sk: 'WINDOW' });
  const memberKey = (window: BurstWindow, { recordedAt, alertId }: FoldedAlert) => ({
    pk: pk(window),
    sk: `M#${recordedAt}#${alertId}`,
  });
  const expiresAt = () => Math.floor(Date.parse(now()) / 1000) + KEEP_DAYS * 86_400;
  const read = async (Key: { readonly pk: string; readonly sk: string }) =>
    (await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;

  return {
    async admit(window, alertId, most) {
      const admitted = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: windowKey(window),
            UpdateExpression: 'SET expiresAt = if_not_exists(expiresAt, :expiresAt) ADD admitted :ids',
            ConditionExpression:
              'attribute_not_exists(admitted) OR size(admitted) < :most OR contains(admitted, :id)',
            ExpressionAttributeValues: {
              ':expiresAt': expiresAt(),
              ':ids': new Set([alertId]),
              ':id': alertId,
              ':most': most,
            },
          }),
        ),
      );
      return admitted !== undefined;
    },

    async fold(window, folded) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...memberKey(window, folded), folded, expiresAt: expiresAt() },
        }),
      );
    },

    isFolded: async (window, folded) => (await read(memberKey(window, folded))) !== undefined,

    isSummaryAsked: async (window) => (await read(windowKey(window)))?.['summaryAskedAt'] !== undefined,

    async noteSummaryAsked(window) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: windowKey(window),
          UpdateExpression: 'SET summaryAskedAt = if_not_exists(summaryAskedAt, :now)',
          ExpressionAttributeValues: { ':now': now() },
        }),
      );
    },

    async foldedOf(window, most) {
      const listed: FoldedAlert[] = [];
      const found = new Set<Severity>();
      let count = 0;
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :member)',
          ExpressionAttributeValues: { ':pk': pk(window), ':member': 'M#' },
          ConsistentRead: true,
        },
      );
      // Of thousands only the first are kept: page by page.
      for await (const { Items = [] } of pages) {
        const folded = Items.map((item) => item['folded'] as FoldedAlert);
        count += folded.length;
        for (const { severity } of folded) found.add(severity);
        listed.push(...folded.slice(0, most - listed.length));
      }
      const [first, ...others] = listed;
      return first === undefined ? undefined : { listed: [first, ...others], count, worst: worstOf(found) };
    },
  };
}
