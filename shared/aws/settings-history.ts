import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { TrailSettings } from '../proof/seal/trail-settings';
import type { ChainId } from '../proof/trail/verdict';
import { chainKey } from './chains-table';
import { documentClient } from './findings-table';
import type { ToldSettings } from './trail-service';
import { unlessRefused } from './unless-refused';

/** How trails were found to be set, each time that they were asked. */
export interface SettingsHistory {
  /** Remembers what was told: a row of its own as often as it changed, and until when it was so. */
  noteSettings(chain: ChainId, told: ToldSettings, now: string): Promise<void>;
  /** What was observed of the trail in that time, oldest first; `from` and `to` as ISO 8601 with milliseconds. */
  settings(chain: ChainId, from: string, to: string): Promise<TrailSettings[]>;
}

const KEEP_DAYS = 400;
const LAST = '\uffff';
/** As many changes of one trail are read; somebody who makes more of them in a day hides nothing by it: that is known. */
const MOST_ROWS = 200;

/** Rows `S#<observedFrom>` beside what else is known of the chain, in the findings' table. */
export function settingsHistory(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): SettingsHistory {
  /** Newest first. */
  async function observedBy(chain: ChainId, to: string, limit: number): Promise<TrailSettings[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': chainKey(chain), ':from': 'S#', ':to': `S#${to}${LAST}` },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return Items.map(({ settings, observedFrom, observedTo }) => ({
      ...(settings as ToldSettings),
      observedFrom: String(observedFrom),
      observedTo: String(observedTo),
    }));
  }

  return {
    async noteSettings(chain, told, now) {
      const [last] = await observedBy(chain, LAST, 1);
      if (last !== undefined && last.observedTo >= now) return;
      const expiresAt = Math.floor(Date.parse(now) / 1000) + KEEP_DAYS * 86_400;
      const isSame = last !== undefined && isDeepStrictEqual(toldOf(last), toldOf(told));
      if (last !== undefined && !isSame && isLackingSelectors(told, last)) return;
      const Key = { pk: chainKey(chain), sk: `S#${isSame ? last.observedFrom : now}` };
      await unlessRefused(
        isSame
          ? client.send(
              new UpdateCommand({
                TableName: tableName,
                Key,
                UpdateExpression: 'SET observedTo = :now, expiresAt = :expiresAt',
                ConditionExpression: 'observedTo < :now',
                ExpressionAttributeValues: { ':now': now, ':expiresAt': expiresAt },
              }),
            )
          : client.send(
              new PutCommand({
                TableName: tableName,
                Item: { ...Key, settings: toldOf(told), observedFrom: now, observedTo: now, expiresAt },
                ConditionExpression: 'attribute_not_exists(pk)',
              }),
            ),
      );
    },

    async settings(chain, from, to) {
      const rows = await observedBy(chain, to, MOST_ROWS);
      return rows.filter(({ observedTo }) => observedTo >= from).reverse();
    },
  };
}

/** That the selectors could not be read this once is no change, and nothing new is known by it. */
const isLackingSelectors = ({ selectors, ...told }: ToldSettings, last: TrailSettings): boolean => {
  const { selectors: _, ...known } = toldOf(last);
  return selectors === undefined && isDeepStrictEqual(toldOf(told), known);
};

type Observed = Pick<TrailSettings, 'observedFrom' | 'observedTo'>;

/** As it comes back out of the table: without what is undefined. */
function toldOf({
  observedFrom: _,
  observedTo: __,
  ...told
}: ToldSettings & Partial<Observed>): ToldSettings {
  return JSON.parse(JSON.stringify(told)) as ToldSettings;
}
