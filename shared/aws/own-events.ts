import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { parseCloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../contracts/aws/configuration-item';
import type { OwnEvents } from '../findings/own-calls';
import { documentClient } from './findings-table';

/** As long as the runs that they belong to. */
const KEEP_DAYS = 400;
const LARGEST_BYTES = 300 * 1024;
const LAST = '\uffff';

/** In the findings' table, beside their finding: `F#<finding>` / `Y#<time>#<eventID>`. */
export function ownEvents(tableName: string, client: DynamoDBDocumentClient = documentClient()): OwnEvents {
  return {
    async put({ findingId, record, run }) {
      const { eventTime, eventID } = parseCloudTrailRecord(record);
      const packed = gzipSync(JSON.stringify(record));
      if (packed.length > LARGEST_BYTES) return;
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: `F#${findingId}`,
            sk: `Y#${eventTime}#${eventID}`,
            record: packed,
            ...(run === undefined ? {} : { run }),
            expiresAt: Math.floor(Date.parse(eventTime) / 1000) + KEEP_DAYS * 86_400,
          },
        }),
      );
    },

    async of(findingId, from) {
      const found = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': `F#${findingId}`, ':from': `Y#${from}`, ':to': `Y#${LAST}` },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages)
        found.push(
          ...Items.map(({ record, run }) => ({
            findingId,
            record: JSON.parse(gunzipSync(record as Uint8Array).toString()) as JsonObject,
            ...(run === undefined ? {} : { run: String(run) }),
          })),
        );
      return found;
    },
  };
}
