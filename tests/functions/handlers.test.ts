import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient, GetResourceConfigHistoryCommand } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { activityEvent } from '../support/activity-events';
import { itemChange } from '../support/config-events';

/** What a function finds when it is deployed: the variables of its function.yml and of serverless.yml. */
const deployed = {
  TABLE_NAME: 'findings',
  BUS_NAME: 'our-bus',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/own',
  DEAD_LETTERS_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alerts',
  ACCOUNT_ID: '123456789012',
  POLICY_SINCE: '2026-01-01T00:00:00.000Z',
  KEY_ARN: 'arn:aws:kms:eu-central-1:123456789012:key/own',
  EVIDENCE_BUCKET: 'evidence',
  JOBS_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/verify-trail',
  REMEDIATE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/remediate-finding',
  REMEDIATION_ROLE: 'trailseal-dev-remediation',
  EXTERNAL_ID: 'an-external-id',
  // Empty where compliance.yml lets nothing be changed.
  APPROVALS_URL: '',
};

const table = mockClient(DynamoDBDocumentClient);
const bus = mockClient(EventBridgeClient);
const topic = mockClient(SNSClient);
const queue = mockClient(SQSClient);
const config = mockClient(ConfigServiceClient);
const cloudtrail = mockClient(CloudTrailClient);
const ec2 = mockClient(EC2Client);
const iam = mockClient(IAMClient);

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, deployed);
  for (const mock of [table, bus, topic, queue, config, cloudtrail, ec2, iam]) mock.reset();
  cloudtrail.onAnyCommand().resolves({});
  config.onAnyCommand().resolves({});
  ec2.onAnyCommand().resolves({});
  iam.onAnyCommand().resolves({});
  table.on(GetCommand).resolves({});
  table.on(UpdateCommand).resolves({});
  table.on(PutCommand).resolves({});
  table.on(QueryCommand).resolves({});
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  topic.on(PublishCommand).resolves({ MessageId: 'm' });
  queue.on(SendMessageCommand).resolves({ MessageId: 'm' });
  config.on(GetResourceConfigHistoryCommand).resolves({ configurationItems: [] });
});
afterEach(() => {
  process.env = { ...before };
});

const context = { functionName: 'test', getRemainingTimeInMillis: () => 10_000 } as Context;
const batch = (...bodies: string[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body,
    eventSource: 'aws:sqs',
    attributes: { ApproximateReceiveCount: '1' },
  })),
});

test('evaluate-configuration writes to the table, publishes on our bus, and buries what is broken', async () => {
  const { handler } = await import('../../functions/evaluate-configuration/handler');
  expect(await handler(batch(JSON.stringify(itemChange()), 'broken'), context)).toEqual({
    batchItemFailures: [],
  });
  expect(table.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
    TableName: 'findings',
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  expect(bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toMatchObject([
    { EventBusName: 'our-bus', Source: 'trailseal', DetailType: 'Finding Opened' },
  ]);
  expect(queue.commandCalls(SendMessageCommand)[0]?.args[0].input).toMatchObject({
    QueueUrl: deployed.DEAD_LETTERS_URL,
    MessageBody: 'broken',
    MessageAttributes: {
      reason: { StringValue: 'invalid-json' },
      stage: { StringValue: 'evaluate-configuration' },
    },
  });
});

test('a partial failure of PutEvents fails that message alone, and the next try publishes again', async () => {
  bus
    .on(PutEventsCommand)
    .resolvesOnce({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try later' }],
    })
    .resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  const { handler } = await import('../../functions/evaluate-configuration/handler');
  const events = batch(
    JSON.stringify(itemChange()),
    JSON.stringify(itemChange({ resourceId: 'sg-another' })),
  );
  expect(await handler(events, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  // Neither the table nor the outbox in it is cleared for what was not published.
  const cleared = table
    .commandCalls(UpdateCommand)
    .filter(({ args: [{ input }] }) => !input.UpdateExpression?.includes('#finding'));
  expect(cleared).toHaveLength(1);
});

test('send-alert publishes to the topic what the bus tells', async () => {
  const { handler: evaluate } = await import('../../functions/evaluate-configuration/handler');
  await evaluate(itemChange(), context);
  const [entry] = bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  const event = {
    id: '1',
    source: entry?.Source,
    'detail-type': entry?.DetailType,
    account: '123456789012',
    region: 'eu-central-1',
    time: '2026-01-31T09:00:10Z',
    detail: JSON.parse(entry?.Detail ?? ''),
  };
  const { handler } = await import('../../functions/send-alert/handler');
  expect(await handler(event, context)).toMatchObject({ sent: 'm' });
  expect(topic.commandCalls(PublishCommand)[0]?.args[0].input).toMatchObject({
    TopicArn: deployed.ALERTS_TOPIC_ARN,
    Subject: '[HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012',
    MessageStructure: 'json',
    MessageAttributes: { severity: { StringValue: 'high' }, status: { StringValue: 'open' } },
  });
});

test('sweep-findings asks the index for what is due', async () => {
  table.on(QueryCommand).resolves({ Items: [] });
  const { handler } = await import('../../functions/sweep-findings/handler');
  expect(await handler({}, context)).toEqual({ due: 0, remediations: 0, settled: 0 });
  expect(table.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
    TableName: 'findings',
    IndexName: 'due',
  });
});

test('watch-trails asks for the chains that are known; no bucket is named, so there is nothing to list', async () => {
  table.on(QueryCommand).resolves({ Items: [] });
  const { handler } = await import('../../functions/watch-trails/handler');
  expect(await handler({}, context)).toEqual({ chains: 0, expected: 0, seals: 0, seeks: 0 });
  expect(table.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ TableName: 'findings' });
});

test('evaluate-account reads the own account, and records what it finds', async () => {
  const { handler } = await import('../../functions/evaluate-account/handler');
  expect(await handler({}, context)).toEqual({
    account: '123456789012',
    regions: ['eu-central-1'],
    judged: 2,
    // No trail, no recorder.
    transitions: ['Opened', 'Opened'],
    unread: [],
    accountsNotRead: [],
  });
});

test.each([
  ['verify-trail', 'CloudTrail validation message.', []],
  [
    'detect-activity',
    activityEvent({ eventSource: 'ec2.amazonaws.com', eventName: 'DescribeVpcs' }),
    { detected: [] },
  ],
  [
    'index-activity',
    activityEvent({ eventSource: 'ec2.amazonaws.com', eventName: 'DescribeVpcs', readOnly: true }),
    { resources: 0 },
  ],
])('%s takes a bare event', async (name, event, outcome) => {
  const { handler } = await import(`../../functions/${name}/handler`);
  expect(await handler(event, context)).toMatchObject(outcome);
});

test.each([
  ['evaluate-account', 'POLICY_SINCE'],
  ['evaluate-configuration', 'POLICY_SINCE'],
  ['send-alert', 'ALERTS_TOPIC_ARN'],
  ['sweep-findings', 'TABLE_NAME'],
  ['verify-trail', 'QUEUE_URL'],
  ['verify-trail', 'EVIDENCE_BUCKET'],
  ['watch-trails', 'JOBS_URL'],
  ['sweep-findings', 'REMEDIATE_URL'],
  ['remediate-finding', 'REMEDIATION_ROLE'],
  ['remediate-finding', 'EXTERNAL_ID'],
  ['approve-remediation', 'JOBS_URL'],
  ['detect-activity', 'POLICY_SINCE'],
  ['detect-activity', 'KEY_ARN'],
  ['import-finding', 'ACCOUNT_ID'],
  ['index-activity', 'BUS_NAME'],
])('%s without %s says so when it is loaded', async (name, variable) => {
  delete process.env[variable];
  await jest.isolateModulesAsync(async () => {
    await expect(import(`../../functions/${name}/handler`)).rejects.toThrow(
      `environment variable ${variable} is not set`,
    );
  });
});
