import { GetResourceConfigHistoryCommand } from '@aws-sdk/client-config-service';
import { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { startTestAws, stopAll } from '../support/local-aws';
import { sampleTemplate } from './sample-template';

afterEach(stopAll);

const TableName = 'trailseal-test-findings';
const Key = { pk: 'F#1', sk: 'STATE' };

const update = (seq: number) =>
  new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: 'SET #s = :s, seq = :next',
    ConditionExpression: 'attribute_not_exists(pk) OR seq = :seq',
    ExpressionAttributeNames: { '#s': 'state' },
    ExpressionAttributeValues: { ':s': 'open', ':seq': seq, ':next': seq + 1 },
  });

test('a conditional update is taken once, and read back from table and index', async () => {
  const { dynamodb } = (await startTestAws(sampleTemplate())).as('EvaluateFunction');
  await dynamodb.send(update(0));
  await expect(dynamodb.send(update(0))).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  await dynamodb.send(update(1));
  const { Item } = await dynamodb.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toEqual({ ...Key, state: 'open', seq: 2 });
  const byState = new QueryCommand({
    TableName,
    IndexName: 'byState',
    KeyConditionExpression: '#s = :s',
    ExpressionAttributeNames: { '#s': 'state' },
    ExpressionAttributeValues: { ':s': 'open' },
  });
  expect((await dynamodb.send(byState)).Items).toEqual([Item]);
});

test('what dynalite would ignore or not know is refused by name', async () => {
  const { operator } = await startTestAws(sampleTemplate());
  const input = { ...update(0).input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  await expect(operator.dynamodb.send(new UpdateCommand(input))).rejects.toThrow(
    "ReturnValuesOnConditionCheckFailure isn't simulated by local AWS",
  );
  const transact = new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: Key } }] });
  await expect(operator.dynamodb.send(transact)).rejects.toThrow(
    "dynamodb TransactWriteItems isn't simulated",
  );
  await expect(operator.dynamodb.send(new GetCommand({ TableName: 'other', Key }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

const item = (capturedAt: string, stateId: number) => ({
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  ARN: 'arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1',
  awsAccountId: '123456789012',
  awsRegion: 'eu-central-1',
  configurationItemVersion: '1.3',
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: capturedAt,
  configurationStateId: stateId,
  configuration: { groupId: 'sg-1', ipPermissions: [] },
  supplementaryConfiguration: { Tags: [], Text: 'as it is' },
  relationships: [
    { resourceType: 'AWS::EC2::VPC', resourceId: 'vpc-1', resourceName: null, name: 'Is contained in Vpc' },
  ],
  tags: { a: 'b' },
});

const sg = { resourceType: 'AWS::EC2::SecurityGroup' as const, resourceId: 'sg-1' };

test('an item sent as an event can be read from its history, in the encoding of the API', async () => {
  const aws = await startTestAws(sampleTemplate(), { 'trailseal-test-evaluate': () => undefined });
  aws.putEvents({
    source: 'aws.config',
    'detail-type': 'Config Configuration Item Change',
    detail: { configurationItem: item('2026-01-31T09:00:00.123Z', 7) },
  });
  const { configurationItems } = await aws
    .as('EvaluateFunction')
    .config.send(new GetResourceConfigHistoryCommand(sg));
  expect(configurationItems).toMatchObject([
    {
      version: '1.3',
      accountId: '123456789012',
      arn: item('', 0).ARN,
      configurationStateId: '7',
      configurationItemCaptureTime: new Date('2026-01-31T09:00:00.123Z'),
      configuration: '{"groupId":"sg-1","ipPermissions":[]}',
      supplementaryConfiguration: { Tags: '[]', Text: 'as it is' },
      relationships: [{ resourceId: 'vpc-1', relationshipName: 'Is contained in Vpc' }],
    },
  ]);
});

test('history is read by time, order and page', async () => {
  const aws = await startTestAws(sampleTemplate());
  for (const hour of [7, 8, 9]) aws.putConfigItem(item(`2026-01-31T0${hour}:00:00.000Z`, hour));
  const read = async (input: object) => {
    const answer = await aws.operator.config.send(new GetResourceConfigHistoryCommand({ ...sg, ...input }));
    return [
      answer.configurationItems?.map(({ configurationStateId }) => configurationStateId),
      answer.nextToken,
    ];
  };
  expect(await read({})).toEqual([['9', '8', '7'], undefined]);
  expect(await read({ chronologicalOrder: 'Forward', limit: 2 })).toEqual([['7', '8'], '2']);
  expect(await read({ chronologicalOrder: 'Forward', limit: 2, nextToken: '2' })).toEqual([['9'], undefined]);
  expect(await read({ laterTime: new Date('2026-01-31T08:30:00Z'), limit: 1 })).toEqual([['8'], '1']);
  expect(await read({ earlierTime: new Date('2026-01-31T08:30:00Z') })).toEqual([['9'], undefined]);
  await expect(read({ resourceId: 'sg-2' })).rejects.toMatchObject({
    name: 'ResourceNotDiscoveredException',
  });
});
