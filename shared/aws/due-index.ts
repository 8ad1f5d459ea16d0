import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** The key of a row. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** The sparse index of what needs another look. Its partitions tell what kind of look. */
const DUE_INDEX = 'due';

/** What was due in a partition by then, longest overdue first. */
export async function dueRows(
  client: DynamoDBDocumentClient,
  { tableName, partition }: { readonly tableName: string; readonly partition: string },
  by: string,
  limit: number,
): Promise<RowKey[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'due = :due AND dueAt <= :by',
      ExpressionAttributeValues: { ':due': partition, ':by': by },
      Limit: limit,
    }),
  );
  return Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
}
