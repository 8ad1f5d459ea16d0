import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfigurationItem } from '../../../shared/contracts/aws/configuration-item';
import { itemChange, oversizedChange } from '../../support/config-events';
import { captured, capturedItems, inApiForm, inSnapshotForm, withoutMember } from '../../support/judge-rule';
import { itemsIn } from './reading';

const GROUP = 'AWS::EC2::SecurityGroup sg-0123456789abcdef0';
const event = itemChange();
const message = event.detail as { readonly configurationItem: object };
const item = message.configurationItem as Parameters<typeof inApiForm>[0];
const oversized = oversizedChange();

const invocation = (invokingEvent: unknown) => ({
  version: '1.0',
  invokingEvent: JSON.stringify(invokingEvent),
  ruleParameters: '',
  resultToken: 'x',
  eventLeftScope: false,
  accountId: '123456789012',
});
const notification = (Message: string) => ({ Type: 'Notification', MessageId: '1', TopicArn: 'x', Message });
const queued = (...bodies: unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: String(index),
    body: JSON.stringify(body),
    eventSource: 'aws:sqs',
  })),
});
const withHeader = `View the Timeline for this Resource in AWS Config:\nhttps://console.aws.amazon.com/config/\n\nNew State and Change Record:\n----------------------------\n${JSON.stringify(message, null, 2)}`;

describe('one item, in every envelope of AWS', () => {
  test.each<[string, unknown]>([
    ['by itself, as in events', item],
    ['by itself, as the API gives it', inApiForm(item)],
    ['by itself, as in snapshots', inSnapshotForm(item)],
    ['an array', [item]],
    [
      'a snapshot file',
      { fileVersion: '1.0', configSnapshotId: 'x', configurationItems: [inSnapshotForm(item)] },
    ],
    ['a history file', { fileVersion: '1.0', configurationItems: [item] }],
    ['GetResourceConfigHistory', { configurationItems: [inApiForm(item)], nextToken: 'x' }],
    ['BatchGetResourceConfig', { baseConfigurationItems: [inApiForm(item)], unprocessedResourceKeys: [] }],
    ['an event', event],
    ['events', [event]],
    ['a notification by itself, as on S3', message],
    ['the invocation of a custom rule', invocation(message)],
    ['SNS to HTTP', notification(JSON.stringify(message))],
    ['SNS with words for people', notification(withHeader)],
    [
      'SNS of 2014, the item in a list',
      notification(JSON.stringify({ ...message, configurationItem: [item] })),
    ],
    ['SNS to Lambda', { Records: [{ EventSource: 'aws:sns', Sns: notification(JSON.stringify(message)) }] }],
    ['SNS to SQS to Lambda', queued(notification(withHeader))],
    ['EventBridge to SQS to Lambda', queued(event)],
    ['SNS, raw, to SQS to Lambda', queued(message)],
    ['a message of SQS', { Messages: [{ MessageId: '1', ReceiptHandle: 'x', Body: JSON.stringify(event) }] }],
    ['one record of a batch', queued(event).Records[0]],
  ])('%s', async (_, value) => {
    expect(await itemsIn(value)).toEqual([GROUP]);
    // One a line, and printed.
    expect(await itemsIn(`${JSON.stringify(value)}\n${JSON.stringify(value, null, 2)}`)).toEqual([
      GROUP,
      GROUP,
    ]);
  });
});

test('every captured item is read from a snapshot as it is by itself', async () => {
  const known = capturedItems.map(({ item }) => {
    try {
      const { resourceType, resourceId } = parseConfigurationItem(item);
      return `${resourceType} ${resourceId}`;
    } catch (error) {
      return expect.stringContaining((error as Error).message);
    }
  });
  expect(
    await itemsIn({ fileVersion: '1.0', configurationItems: capturedItems.map(({ item }) => item) }),
  ).toEqual(known);
  expect(await itemsIn(capturedItems.map(({ item }) => JSON.stringify(item)).join('\n'))).toEqual(known);
});

test('rows that wrap an item as AWS does not are no items', async () => {
  const rows = readFileSync(join(__dirname, '../../fixtures/config-items/items.jsonl'), 'utf8').split('\n');
  expect(await itemsIn(rows.slice(0, 2).join('\n'))).toEqual([
    expect.stringMatching(/^stream:1:1: expected a configuration item .* found an object with id, source, /),
    expect.stringMatching(/^stream:2:1: expected a configuration item/),
  ]);
  expect(await itemsIn({ event })).toEqual([expect.stringContaining('found an object with event')]);
});

describe('items that came without their configuration', () => {
  const why = 'the item is too large for a notification, which came without its configuration';
  const detail = oversized.detail as { readonly configurationItemSummary: object };

  test.each<[string, unknown]>([
    ['an event', oversized],
    ['the invocation of a custom rule', invocation(detail)],
    ['SNS', notification(JSON.stringify(detail))],
  ])('%s', async (_, value) => {
    expect(await itemsIn(value)).toEqual([`oversized ${GROUP}: ${why}`]);
  });

  test('where the item is, or why it is nowhere', async () => {
    const delivered = { ...detail, s3DeliverySummary: { s3BucketLocation: 'bucket/key', errorCode: null } };
    const failed = {
      ...detail,
      messageType: 'OversizedConfigurationItemChangeDeliveryFailed',
      s3DeliverySummary: { s3BucketLocation: null, errorCode: 'NoSuchBucket', errorMessage: 'no bucket' },
    };
    expect(await itemsIn([delivered, failed])).toEqual([
      `oversized ${GROUP}: ${why}; AWS Config put it at s3://bucket/key`,
      `oversized ${GROUP}: ${why}, and AWS Config could not put it on S3: no bucket`,
    ]);
  });
});

test.each([
  'ComplianceChangeNotification',
  'ConfigurationSnapshotDeliveryCompleted',
  'ConfigurationHistoryDeliveryCompleted',
  'ConfigRulesEvaluationStarted',
  'ScheduledNotification',
])('%s is about no item', async (messageType) => {
  const other = { messageType, recordVersion: '1.0' };
  const said = `other message ${messageType}`;
  const status = { ...event, 'detail-type': 'Config Configuration Snapshot Delivery Status', detail: other };
  expect(await itemsIn([invocation(other), notification(JSON.stringify(other)), status, item])).toEqual([
    said,
    said,
    said,
    GROUP,
  ]);
});

test('the account and the Region come from what is around the item, if it does not say', async () => {
  const anonymous = withoutMember(withoutMember(withoutMember(item, 'awsAccountId'), 'awsRegion'), 'ARN');
  const within = (envelope: object) => itemsIn(envelope);
  expect(await within({ ...event, detail: { ...message, configurationItem: anonymous } })).toEqual([GROUP]);
  expect(await within(invocation({ ...message, configurationItem: anonymous }))).toEqual([GROUP]);
  expect(await within(anonymous)).toEqual([expect.stringContaining('awsAccountId: expected the account')]);
});

describe('what is no item, beside what is', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'found null'],
    ['a number', 1, 'found a number'],
    ['an empty object', {}, 'found an empty object'],
    [
      'an event of another service',
      { ...event, source: 'aws.ec2', 'detail-type': 'EC2 x' },
      'found an event "EC2 x" of aws.ec2',
    ],
    [
      'a record of CloudTrail',
      { eventVersion: '1.08', eventName: 'RunInstances' },
      'found an object with eventVersion, eventName',
    ],
    ['an item without its type', withoutMember(item, 'resourceType'), 'expected a configuration item'],
    [
      'an item without its id',
      withoutMember(item, 'resourceId'),
      'configuration item: resourceId: expected a string',
    ],
    [
      'a notification without its item',
      { ...message, configurationItem: null },
      'without a configuration item',
    ],
    ['an invocation of no JSON', { ...invocation({}), invokingEvent: '{"x' }, 'invokingEvent: expected JSON'],
    ['a body of words', { messageId: '1', body: 'hello' }, 'body: expected JSON'],
    ['a body of another shape', queued({ x: 1 }), 'body: expected a configuration item'],
    [
      'an object of S3',
      { Records: [{ eventSource: 'aws:s3', s3: {} }] },
      'found an object with eventSource, s3',
    ],
    ['too many envelopes', nested(10), 'is in more than 8 envelopes'],
  ])('%s', async (_, value, reason) => {
    expect(await itemsIn([item, value, item])).toEqual([GROUP, expect.stringContaining(reason), GROUP]);
  });

  test('names of members may be any text', async () => {
    expect(await itemsIn('{"__proto__":1,"constructor":2,"toString":3}')).toEqual([
      expect.stringContaining('found an object with __proto__, constructor, toString'),
    ]);
  });

  test('what AWS Config left out of an answer', async () => {
    const answer = {
      baseConfigurationItems: [inApiForm(item)],
      unprocessedResourceKeys: [{ resourceType: 'AWS::S3::Bucket', resourceId: 'x' }],
    };
    expect(await itemsIn(answer)).toEqual([
      GROUP,
      'stream:1:1: unprocessedResourceKeys: AWS Config left out 1 of the resources it was asked for',
    ]);
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? captured('ci-c7n-6098384ec8') : notification(JSON.stringify(nested(depth - 1)));
}
