import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { claims } from '../../../shared/aws/claims';
import { at, transitionEvent } from '../../support/findings';

const dynamodb = mockClient(DynamoDBDocumentClient);
const mine = claims('findings', 'send-alert', () => at(9), dynamodb as unknown as DynamoDBDocumentClient);

beforeEach(() => dynamodb.reset());

const { transition } = transitionEvent({ seq: 3 });
const pk = `F#${transition.findingId}`;
const claimKey = { pk, sk: `T#${transition.id}#send-alert` };
const handledKey = { pk, sk: 'H#send-alert' };
const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
const updates = () => dynamodb.commandCalls(UpdateCommand).map(({ args }) => args[0].input);

describe('taking a transition', () => {
  test('is done on condition that it is neither done nor held', async () => {
    dynamodb.on(UpdateCommand).resolves({ Attributes: { firstTakenAt: at(8) } });
    expect(await mine.take(transition, at(9, 2))).toEqual({ firstTakenAt: at(8) });
    expect(updates()).toEqual([
      {
        TableName: 'findings',
        Key: claimKey,
        UpdateExpression:
          'SET leaseUntil = :leaseUntil, expiresAt = :expiresAt, kind = :kind, seq = :seq, firstTakenAt = if_not_exists(firstTakenAt, :now)',
        ConditionExpression:
          'attribute_not_exists(doneAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
        ExpressionAttributeValues: {
          ':leaseUntil': at(9, 2),
          ':now': at(9),
          ':expiresAt': Date.parse('2027-03-07T09:00:00Z') / 1000,
          ':kind': 'Opened',
          ':seq': 3,
        },
        ReturnValues: 'ALL_NEW',
      },
    ]);
    expect(dynamodb.commandCalls(GetCommand)).toHaveLength(0);
  });

  test.each([
    ['held', { leaseUntil: at(9, 1) }],
    ['done', { doneAt: at(8) }],
    ['held', undefined],
  ])('says that it is %s', async (state, Item) => {
    dynamodb.on(UpdateCommand).rejects(refused);
    dynamodb.on(GetCommand, { Key: claimKey, ConsistentRead: true }).resolves(Item ? { Item } : {});
    expect(await mine.take(transition, at(9, 2))).toBe(state);
  });

  test('fails when the table does', async () => {
    const failure = new Error('timed out');
    dynamodb.on(UpdateCommand).rejects(failure);
    await expect(mine.take(transition, at(9, 2))).rejects.toBe(failure);
  });
});

describe('finishing', () => {
  const raised = {
    TableName: 'findings',
    Key: handledKey,
    UpdateExpression: 'SET seq = :seq',
    ConditionExpression: 'attribute_not_exists(seq) OR seq < :seq',
    ExpressionAttributeValues: { ':seq': 3 },
  };
  const closed = {
    TableName: 'findings',
    Key: claimKey,
    UpdateExpression: 'SET doneAt = :doneAt, outcome = :outcome REMOVE leaseUntil',
    ExpressionAttributeValues: { ':doneAt': at(9), ':outcome': 'sent as m-1' },
  };

  test('raises the greatest number handled, then closes the claim', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    await mine.finish(transition, 'sent as m-1');
    expect(updates()).toEqual([raised, closed]);
  });

  test('of a late exposure raises no number', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    await mine.finish({ ...transition, late: true }, 'sent as m-1');
    expect(updates()).toEqual([closed]);
  });

  test('leaves a greater number as it is', async () => {
    dynamodb.on(UpdateCommand, { Key: claimKey }).resolves({});
    dynamodb.on(UpdateCommand, { Key: handledKey }).rejects(refused);
    await expect(mine.finish(transition, 'superseded')).resolves.toBeUndefined();
  });
});

test.each([
  [{ Item: { doneAt: at(8) } }, true],
  [{ Item: { leaseUntil: at(9, 1) } }, false],
  [{}, false],
])('of %j, done is %j', async (answer, done) => {
  dynamodb.on(GetCommand, { Key: claimKey, ConsistentRead: true }).resolves(answer);
  expect(await mine.isDone(transition.findingId, transition.id)).toBe(done);
});

test.each([
  [{ Item: { seq: 7 } }, 7],
  [{}, 0],
])('of %j, the greatest number handled is %j', async (answer, seq) => {
  dynamodb.on(GetCommand, { Key: handledKey, ConsistentRead: true }).resolves(answer);
  expect(await mine.handledSeq(transition.findingId)).toBe(seq);
});

describe('releasing', () => {
  test('gives back our own lease', async () => {
    dynamodb.on(UpdateCommand).resolves({});
    await mine.release(transition, at(9, 2));
    expect(updates()).toMatchObject([
      {
        Key: claimKey,
        UpdateExpression: 'REMOVE leaseUntil',
        ConditionExpression: 'leaseUntil = :leaseUntil',
        ExpressionAttributeValues: { ':leaseUntil': at(9, 2) },
      },
    ]);
  });

  test('leaves that of another worker', async () => {
    dynamodb.on(UpdateCommand).rejects(refused);
    await expect(mine.release(transition, at(9, 2))).resolves.toBeUndefined();
  });
});
