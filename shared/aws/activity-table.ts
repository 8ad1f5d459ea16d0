import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Judgement } from '../contracts/trailseal/finding';
import type { CountedEvent } from '../controls/detections/episodes';
import type { RootSession } from '../controls/detections/root-session';
import type { Subject } from '../findings/finding';
import { documentClient } from './findings-table';

/** An event that counts, with what is to be recorded once it is one of enough. */
export interface Counted {
  readonly event: CountedEvent;
  readonly subject: Subject;
  readonly judgement: Judgement;
}

/** What has to be remembered of API activity until it says something together with other activity. */
export interface ActivityTable {
  /** Remembers an event that counts, once however often it comes. */
  count(counter: string, counted: Counted, expiresAt: string): Promise<void>;
  /** Those that were counted with from ≤ eventTime ≤ to. Strongly consistent. */
  counted(counter: string, from: string, to: string): Promise<Counted[]>;
  remember(session: RootSession, expiresAt: string): Promise<void>;
  /** The session of root that an access key is of. */
  rootSession(accessKeyId: string): Promise<RootSession | undefined>;
}

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);
const LAST = '\uffff';

/** Activity in the findings' table: `N#<counter>` / `<eventTime>#<eventID>`, and `K#<access key>` / `ROOT`. */
export function activityTable(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): ActivityTable {
  return {
    async count(counter, { event, subject, judgement }, expiresAt) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: `N#${counter}`,
            sk: `${event.eventTime}#${event.eventID}`,
            event,
            subject,
            judgement,
            expiresAt: seconds(expiresAt),
          },
        }),
      );
    },

    async counted(counter, from, to) {
      const found: Counted[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': `N#${counter}`, ':from': from, ':to': to + LAST },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        found.push(
          ...Items.map(({ event, subject, judgement }) => ({
            event: event as CountedEvent,
            subject: subject as Subject,
            judgement: judgement as Judgement,
          })),
        );
      }
      return found;
    },

    async remember(session, expiresAt) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { pk: `K#${session.accessKeyId}`, sk: 'ROOT', session, expiresAt: seconds(expiresAt) },
        }),
      );
    },

    async rootSession(accessKeyId) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { pk: `K#${accessKeyId}`, sk: 'ROOT' },
          ConsistentRead: true,
        }),
      );
      return Item?.['session'] as RootSession | undefined;
    },
  };
}
