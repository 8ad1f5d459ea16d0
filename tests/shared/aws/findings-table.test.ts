import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { findingsTable } from '../../../shared/aws/findings-table';
import type { StoredFinding } from '../../../shared/findings/record';
import { at, exemptUntil, inMemory, joined, open, transitionEvent } from '../../support/findings';

const dynamodb = mockClient(DynamoDBDocumentClient);
const table = findingsTable('findings', dynamodb as unknown as DynamoDBDocumentClient);

beforeEach(() => dynamodb.reset());

const { finding } = joined([open(at(9))], at(10));
const { transition } = transitionEvent();
const stored: StoredFinding = {
  finding,
  seq: 4,
  outbox: [transition],
  lastTransition: transition.id,
  dueAt: at(10, 2),
};
const Key = { pk: `F#${finding.id}`, sk: 'STATE' };

const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
const throttled = new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
const sent = () => dynamodb.commandCalls(UpdateCommand)[0]?.args[0].input;

describe('a write', () => {
  test('sets state, sequence and outbox together, on condition that nobody wrote since', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    expect(await table.write(stored, 3)).toBe(true);
    expect(dynamodb.calls()).toHaveLength(1);
    expect(sent()).toEqual({
      TableName: 'findings',
      Key,
      UpdateExpression:
        'SET #finding = :finding, #seq = :seq, #outbox = :outbox, #lastTransition = :lastTransition, #accountId = :accountId, #stateSince = :stateSince, #due = :due, #dueAt = :dueAt',
      ConditionExpression: '#seq = :expectedSeq',
      ExpressionAttributeNames: {
        '#finding': 'finding',
        '#seq': 'seq',
        '#outbox': 'outbox',
        '#lastTransition': 'lastTransition',
        '#accountId': 'accountId',
        '#stateSince': 'stateSince',
        '#due': 'due',
        '#dueAt': 'dueAt',
      },
      ExpressionAttributeValues: {
        ':finding': finding,
        ':seq': 4,
        ':outbox': [transition],
        ':lastTransition': transition.id,
        ':accountId': '123456789012',
        ':stateSince': `open#${at(9)}`,
        ':due': 'due',
        ':dueAt': at(10, 2),
        ':expectedSeq': 3,
      },
    });
  });

  test('of a new finding expects that there is none', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    await table.write(stored, undefined);
    expect(sent()?.ConditionExpression).toBe('attribute_not_exists(pk)');
    expect(sent()?.ExpressionAttributeValues).not.toHaveProperty([':expectedSeq']);
  });

  test('takes a finding out of the index of what is due when nothing is', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    const { dueAt: _, lastTransition: __, ...idle } = stored;
    await table.write(idle, 3);
    expect(sent()?.UpdateExpression).toMatch(/ REMOVE #lastTransition, #due, #dueAt$/);
    expect(Object.keys(sent()?.ExpressionAttributeValues ?? {})).not.toContain(':due');
  });

  test('that another one came before is no error', async () => {
    dynamodb.on(UpdateCommand).rejects(refused);
    expect(await table.write(stored, 3)).toBe(false);
  });

  test('that fails otherwise is one', async () => {
    dynamodb.on(UpdateCommand).rejects(throttled);
    await expect(table.write(stored, 3)).rejects.toBe(throttled);
  });
});

describe('clearing the outbox', () => {
  test('empties it only while nobody wrote since', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    expect(await table.clear(stored, undefined)).toBe(true);
    expect(sent()).toEqual({
      TableName: 'findings',
      Key,
      UpdateExpression: 'SET #outbox = :outbox REMOVE #due, #dueAt',
      ConditionExpression: '#seq = :expectedSeq',
      ExpressionAttributeNames: { '#outbox': 'outbox', '#due': 'due', '#dueAt': 'dueAt', '#seq': 'seq' },
      ExpressionAttributeValues: { ':outbox': [], ':expectedSeq': 4 },
    });
  });

  test('keeps when the finding is to be looked at next', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    await table.clear(stored, at(20));
    expect(sent()?.UpdateExpression).toBe('SET #outbox = :outbox, #due = :due, #dueAt = :dueAt');
    expect(sent()?.ExpressionAttributeValues).toMatchObject({ ':due': 'due', ':dueAt': at(20) });
  });

  test('does nothing when somebody did', async () => {
    dynamodb.on(UpdateCommand).rejects(refused);
    expect(await table.clear(stored, undefined)).toBe(false);
  });
});

describe('reading', () => {
  test('is strongly consistent, and gives back what was written', async () => {
    dynamodb.on(GetCommand).resolves({ Item: { ...Key, ...stored, accountId: '123456789012', due: 'due' } });
    expect(await table.read(finding.id)).toEqual(stored);
    expect(dynamodb.commandCalls(GetCommand)[0]?.args[0].input).toEqual({
      TableName: 'findings',
      Key,
      ConsistentRead: true,
    });
  });

  test('a finding that is not there gives undefined', async () => {
    dynamodb.on(GetCommand).resolves({});
    expect(await table.read(finding.id)).toBeUndefined();
  });

  test('leaves out what an idle finding has not', async () => {
    const { dueAt: _, lastTransition: __, ...idle } = stored;
    dynamodb.on(GetCommand).resolves({ Item: { ...Key, ...idle } });
    expect(await table.read(finding.id)).toEqual(idle);
  });
});

test('what is due is found by time, longest overdue first', async () => {
  dynamodb.on(QueryCommand).resolves({ Items: [{ pk: 'F#A' }, { pk: 'F#B' }] });
  expect(await table.due(at(9), 25)).toEqual(['A', 'B']);
  expect(dynamodb.commandCalls(QueryCommand)[0]?.args[0].input).toEqual({
    TableName: 'findings',
    IndexName: 'due',
    KeyConditionExpression: 'due = :due AND dueAt <= :by',
    ExpressionAttributeValues: { ':due': 'due', ':by': at(9) },
    Limit: 25,
  });
});

test('the table in memory, by which other tests go, keeps the same conditions', async () => {
  const { table: memory } = inMemory(() => at(9));
  expect(await memory.write(stored, 3)).toBe(false);
  expect(await memory.write(stored, undefined)).toBe(true);
  expect(await memory.write(stored, undefined)).toBe(false);
  expect(await memory.write({ ...stored, seq: 5 }, 4)).toBe(true);
  expect(await memory.clear(stored, undefined)).toBe(false);
  expect(await memory.clear({ ...stored, seq: 5 }, at(11))).toBe(true);
  expect(await memory.read(finding.id)).toMatchObject({ seq: 5, outbox: [], dueAt: at(11) });
});

test('a finding since when it is exempt is filed by its judgement', async () => {
  dynamodb.on(UpdateCommand).resolves({});
  await table.write({ ...stored, finding: joined([exemptUntil(at(22), at(9))], at(10)).finding }, 3);
  expect(sent()?.ExpressionAttributeValues).toMatchObject({ ':stateSince': `exempt#${at(9)}` });
});
