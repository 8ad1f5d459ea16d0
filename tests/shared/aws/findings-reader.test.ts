import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { findingsClient, findingsReader, NoSuchTable } from '../../../shared/aws/findings-reader';

const dynamodb = mockClient(DynamoDBDocumentClient);
beforeEach(() => dynamodb.reset());

const TABLE = 'trailseal-dev-findings';
const reader = findingsReader(TABLE, DynamoDBDocumentClient.from(new DynamoDBClient({})));
const keyOf = (id: string) => ({ pk: `F#${id}`, sk: 'STATE' });

test('ids of an account and a state come from the index, all pages of it', async () => {
  const LastEvaluatedKey = keyOf('A');
  dynamodb
    .on(QueryCommand)
    .resolvesOnce({ Items: [keyOf('A')], LastEvaluatedKey })
    .resolvesOnce({ Items: [keyOf('B')] });
  await expect(reader.idsOf('123456789012', 'open')).resolves.toEqual(['A', 'B']);
  const [first, second] = dynamodb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(first).toMatchObject({
    TableName: TABLE,
    IndexName: 'by-account-state',
    ExpressionAttributeValues: { ':account': '123456789012', ':state': 'open#' },
  });
  expect(second?.ExclusiveStartKey).toEqual(LastEvaluatedKey);
});

describe('summaries', () => {
  /** Answers with what was asked for, but for what the test leaves unprocessed. */
  const answering = (left: (keys: readonly unknown[]) => number) =>
    dynamodb.on(BatchGetCommand).callsFake(({ RequestItems }) => {
      const keys: { pk: string }[] = RequestItems[TABLE].Keys;
      const processed = keys.slice(0, keys.length - left(keys));
      const rest = keys.slice(processed.length);
      return {
        Responses: { [TABLE]: processed.map(({ pk }) => ({ finding: { id: pk.slice(2) } })) },
        UnprocessedKeys: rest.length === 0 ? {} : { [TABLE]: { Keys: rest } },
      };
    });

  test('a hundred at a time, consistently, without the history', async () => {
    answering(() => 0);
    const ids = Array.from({ length: 250 }, (_, index) => `ID${index}`);
    const found = await reader.summaries(ids);
    expect(found).toEqual(ids.map((id) => ({ id })));
    const requests = dynamodb
      .commandCalls(BatchGetCommand)
      .map(({ args }) => args[0].input.RequestItems?.[TABLE]);
    expect(requests.map((request) => request?.Keys?.length)).toEqual([100, 100, 50]);
    expect(requests[0]?.ConsistentRead).toBe(true);
    expect(requests[0]?.ProjectionExpression).toContain('finding.#exposure');
    expect(requests[0]?.ProjectionExpression).not.toContain('history');
  });

  test('what DynamoDB leaves unprocessed is asked for again', async () => {
    answering((keys) => Math.floor(keys.length / 2));
    await expect(reader.summaries(['A', 'B', 'C', 'D', 'E'])).resolves.toHaveLength(5);
    expect(dynamodb.commandCalls(BatchGetCommand).length).toBeGreaterThan(2);
  });

  test('none asks for nothing', async () => {
    await expect(reader.summaries([])).resolves.toEqual([]);
    expect(dynamodb.calls()).toEqual([]);
  });
});

describe('all rows of a finding', () => {
  test('its state, and the claims of its transitions', async () => {
    dynamodb.on(QueryCommand).resolves({
      Items: [
        { pk: 'F#A', sk: 'H#send-alert', seq: 2 },
        { pk: 'F#A', sk: 'STATE', seq: 2 },
        { pk: 'F#A', sk: 'T#X#send-alert', kind: 'Opened', outcome: 'sent as 1' },
        { pk: 'F#A', sk: 'X', latest: 'R2' },
        { pk: 'F#A', sk: 'X#R1', run: { id: 'R1', begunAt: '2026-02', steps: [] } },
        { pk: 'F#A', sk: 'X#R2', run: { id: 'R2', steps: [{ at: '2026-01' }] } },
        { pk: 'F#A', sk: 'X#R1#PLAN', value: new Uint8Array([1]) },
      ],
    });
    await expect(reader.rowsOf('A')).resolves.toEqual({
      state: { pk: 'F#A', sk: 'STATE', seq: 2 },
      claims: [
        expect.objectContaining({
          transition: 'X',
          consumer: 'send-alert',
          kind: 'Opened',
          outcome: 'sent as 1',
        }),
      ],
      runs: [expect.objectContaining({ id: 'R2' }), expect.objectContaining({ id: 'R1' })],
    });
    expect(dynamodb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      ConsistentRead: true,
      ExpressionAttributeValues: { ':pk': 'F#A' },
    });
  });

  test('none', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [] });
    await expect(reader.rowsOf('A')).resolves.toBeUndefined();
  });
});

test('a scan finds ids by their beginning', async () => {
  dynamodb.on(ScanCommand).resolves({ Items: [keyOf('ABC')] });
  await expect(reader.idsStartingWith('AB')).resolves.toEqual(['ABC']);
  expect(dynamodb.commandCalls(ScanCommand)[0]?.args[0].input.ExpressionAttributeValues).toEqual({
    ':prefix': 'F#AB',
    ':state': 'STATE',
  });
});

test('the account is the one in the ARN of the table', async () => {
  const TableArn = `arn:aws:dynamodb:eu-central-1:111122223333:table/${TABLE}`;
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableArn } });
  await expect(reader.accountId()).resolves.toBe('111122223333');
});

test('a missing table has an error of its own, whatever was asked of it', async () => {
  const missing = new ResourceNotFoundException({ message: 'Requested resource not found', $metadata: {} });
  dynamodb.onAnyCommand().rejects(missing);
  const answers = await Promise.allSettled([
    reader.accountId(),
    reader.idsOf('123456789012', 'open'),
    reader.summaries(['A']),
    reader.rowsOf('A'),
    reader.idsStartingWith('A'),
  ]);
  expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: new NoSuchTable(TABLE) })));
});

test('the client goes where it is told', async () => {
  const { config } = findingsClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    accessKeyId: 'operator',
  });
  await expect(config.region()).resolves.toBe('eu-west-1');
  await expect(config.credentials()).resolves.toMatchObject({ accessKeyId: 'operator' });
});
