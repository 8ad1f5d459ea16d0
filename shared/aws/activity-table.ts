import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type RootSession, rootSessionRank } from '../contracts/aws/root-session';
import type { Judgement } from '../contracts/trailseal/finding';
import type { CountedEvent } from '../controls/detections/episodes';
import type { UsedRecord } from '../findings/event-links';
import type { Subject } from '../findings/finding';
import { documentClient } from './findings-table';
import { unlessRefused } from './unless-refused';

/** An event that counts, with what is to be recorded once it is one of enough. */
export interface Counted {
  readonly event: CountedEvent;
  readonly subject: Subject;
  readonly judgement: Judgement;
  /** The record as its event brought it; none of what an operator sent. */
  readonly used?: UsedRecord;
}

/** What was found of a call by root, as it is as long as no session is known that the call was made in. */
export type RootUse = Omit<Counted, 'event'>;

/** What has to be remembered of API activity until it says something together with other activity. */
export interface ActivityTable {
  /** Remembers an event that counts, once however often it comes. */
  count(counter: string, counted: Counted, expiresAt: string): Promise<void>;
  /** Those that were counted with from ≤ eventTime ≤ to. Strongly consistent. */
  counted(counter: string, from: string, to: string): Promise<Counted[]>;
  /** Remembers a session of root; of several records of one, that of the greatest `rootSessionRank`. */
  remember(session: RootSession, expiresAt: string): Promise<void>;
  /** The session of root that an access key is of. */
  rootSession(accessKeyId: string): Promise<RootSession | undefined>;
  /** Remembers what was found of a call with an access key of root, once however often it comes. */
  rememberUse(accessKeyId: string, use: RootUse, expiresAt: string): Promise<void>;
  /** Strongly consistent. */
  rootUses(accessKeyId: string): Promise<RootUse[]>;
}

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);
const LAST = '\uffff';

/**
 * Activity in the findings' table: `N#<counter>` / `<eventTime>#<eventID>`; and by access keys of root their session and
 * what was found of its calls, `K#<access key>` / `ROOT` and `U#<state id>#<control>`.
 */
export function activityTable(
  tableName: string,
  client: DynamoDBDocumentClient = documentClient(),
): ActivityTable {
  return {
    async count(counter, { event, subject, judgement, used }, expiresAt) {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: `N#${counter}`,
            sk: `${event.eventTime}#${event.eventID}`,
            event,
            subject,
            judgement,
            used,
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
          ...Items.map(({ event, subject, judgement, used }) => ({
            event: event as CountedEvent,
            subject: subject as Subject,
            judgement: judgement as Judgement,
            ...(used === undefined ? {} : { used: used as UsedRecord }),
          })),
        );
      }
      return found;
    },

    async remember(session, expiresAt) {
      const rank = rootSessionRank(session);
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              pk: `K#${session.accessKeyId}`,
              sk: 'ROOT',
              session,
              rank,
              expiresAt: seconds(expiresAt),
            },
            ConditionExpression: 'attribute_not_exists(#rank) OR #rank < :rank',
            ExpressionAttributeNames: { '#rank': 'rank' },
            ExpressionAttributeValues: { ':rank': rank },
          }),
        ),
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

    async rememberUse(accessKeyId, use, expiresAt) {
      const { subject, judgement } = use;
      const sk = `U#${judgement.configurationStateId}#${subject.control}`;
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { pk: `K#${accessKeyId}`, sk, use, expiresAt: seconds(expiresAt) },
        }),
      );
    },

    async rootUses(accessKeyId) {
      const found: RootUse[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :use)',
          ExpressionAttributeValues: { ':pk': `K#${accessKeyId}`, ':use': 'U#' },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) found.push(...Items.map(({ use }) => use as RootUse));
      return found;
    },
  };
}
