import {
  DeleteObjectCommand,
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { s3Client, s3Template, subscription } from './s3-template';
import { propertiesOf } from './sample-template';

afterEach(stopAll);

const Bucket = 'logs';
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:files';
const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:from-bucket';

const configure = (s3: S3Client, configuration: NotificationConfiguration) =>
  s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: configuration }),
  );

const filter = (prefix: string, suffix: string) => ({
  Key: {
    FilterRules: [
      { Name: 'prefix' as const, Value: prefix },
      { Name: 'suffix' as const, Value: suffix },
    ],
  },
});

function bodies(aws: TestAws, queue: string): Record<string, unknown>[] {
  return aws.queue(queue).messages.map(({ body }) => JSON.parse(body));
}

async function startNotifying(configuration: NotificationConfiguration) {
  const aws = await startTestAws(s3Template());
  const s3 = s3Client(aws);
  await configure(s3, configuration);
  return { aws, s3 };
}

test('a bucket announces itself to a topic, then tells of each object, in the envelope and raw', async () => {
  const { aws, s3 } = await startNotifying({
    TopicConfigurations: [{ Id: 'digests', TopicArn: TOPIC, Events: ['s3:ObjectCreated:*'] }],
  });
  await aws.idle();
  expect(bodies(aws, 'raw')).toEqual([
    {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-01-31T10:00:00.000Z',
      Bucket,
      RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
      HostId: expect.any(String),
    },
  ]);
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a b+c/(ü).json.gz', Body: 'abc' }));
  await aws.idle();
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-central-1',
    eventTime: '2026-01-31T10:00:00.000Z',
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'digests',
      bucket: { name: Bucket, arn: 'arn:aws:s3:::logs' },
      object: {
        key: 'a+b%2Bc/%28%C3%BC%29.json.gz',
        size: 3,
        eTag: ETag?.slice(1, -1),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
      },
    },
  };
  expect(bodies(aws, 'raw')[1]).toMatchObject({ Records: [record] });
  const envelope = bodies(aws, 'from-topic')[1];
  expect(envelope).toMatchObject({
    Type: 'Notification',
    TopicArn: TOPIC,
    Subject: 'Amazon S3 Notification',
  });
  expect(JSON.parse(String(envelope?.['Message']))).toMatchObject({ Records: [record] });
});

test('a queue gets what its filter lets through, later events with a larger sequencer', async () => {
  const { aws, s3 } = await startNotifying({
    QueueConfigurations: [
      {
        QueueArn: QUEUE,
        Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'],
        Filter: filter('AWSLogs/', '.gz'),
      },
    ],
  });
  for (const Key of ['AWSLogs/1.gz', 'AWSLogs/1.txt', 'other/1.gz', 'AWSLogs/2.gz']) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'AWSLogs/1.gz' }));
  // Nothing was there: nothing is told.
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'AWSLogs/none.gz' }));
  await aws.idle();
  const [test, ...told] = bodies(aws, 'from-bucket');
  expect(test).toMatchObject({ Event: 's3:TestEvent' });
  const records = told.flatMap(({ Records }) => Records as { eventName: string; s3: { object: Told } }[]);
  type Told = { key: string; sequencer: string; size?: number };
  expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.size])).toEqual([
    ['ObjectCreated:Put', 'AWSLogs/1.gz', 1],
    ['ObjectCreated:Put', 'AWSLogs/2.gz', 1],
    ['ObjectRemoved:Delete', 'AWSLogs/1.gz', undefined],
  ]);
  const sequencers = records.map(({ s3: { object } }) => object.sequencer);
  expect(sequencers).toEqual([...new Set(sequencers)].sort());
});

test('EventBridge gets creation and deletion, keys in plain, versions where there are some', async () => {
  const { aws, s3 } = await startNotifying({ EventBridgeConfiguration: {} });
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'a b+c', Body: 'abc' }));
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b+c' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b+c', VersionId: put.VersionId }));
  await aws.idle();
  const [created, hidden, deleted] = bodies(aws, 'from-bus');
  const event = {
    version: '0',
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-01-31T10:00:00Z',
    region: 'eu-central-1',
    resources: ['arn:aws:s3:::logs'],
  };
  const sequencer = expect.stringMatching(/^[0-9A-F]{18}$/);
  expect(created).toMatchObject({
    ...event,
    'detail-type': 'Object Created',
    detail: {
      version: '0',
      bucket: { name: Bucket },
      object: {
        key: 'a b+c',
        size: 3,
        etag: put.ETag?.slice(1, -1),
        'version-id': put.VersionId,
        sequencer,
      },
      'request-id': expect.any(String),
      requester: '123456789012',
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  });
  expect(hidden).toMatchObject({
    ...event,
    'detail-type': 'Object Deleted',
    detail: {
      object: {
        key: 'a b+c',
        etag: 'd41d8cd98f00b204e9800998ecf8427e',
        'version-id': marker.VersionId,
        sequencer,
      },
      reason: 'DeleteObject',
      'deletion-type': 'Delete Marker Created',
    },
  });
  expect(deleted).toMatchObject({
    detail: { object: { 'version-id': put.VersionId }, 'deletion-type': 'Permanently Deleted' },
  });
});

test('the bus of another account or region stays silent here', async () => {
  const aws = await startTestAws(s3Template());
  const eventBridge = { rules: [], eventBridge: true };
  aws.s3.createBucket('theirs', { owner: '999999999999' });
  aws.s3.createBucket('far-away', { region: 'us-west-2' });
  for (const bucket of ['theirs', 'far-away', 'logs']) {
    await aws.s3.notify(bucket, eventBridge);
    aws.s3.deliver({ bucket, key: 'k', body: Buffer.from('x') });
  }
  await aws.idle();
  expect(bodies(aws, 'from-bus')).toMatchObject([
    { detail: { bucket: { name: 'logs' }, requester: 'cloudtrail.amazonaws.com' } },
  ]);
});

test('a configuration is told as it was put, and takes the place of the one before', async () => {
  const { s3 } = await startNotifying({ EventBridgeConfiguration: {} });
  const configuration = {
    TopicConfigurations: [
      {
        Id: 'a<b>',
        TopicArn: TOPIC,
        Events: ['s3:ObjectCreated:*' as const],
        Filter: { Key: { FilterRules: [{ Name: 'Prefix' as unknown as 'prefix', Value: 'x & y/' }] } },
      },
    ],
  };
  await configure(s3, configuration);
  const told = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  expect(told).toMatchObject(configuration);
  expect(told.EventBridgeConfiguration).toBeUndefined();
});

test('a topic that does not let the bucket in: the configuration is refused and the old one stays', async () => {
  const template = s3Template();
  delete template.Resources['TopicPolicy'];
  const aws = await startTestAws(template);
  const s3 = s3Client(aws);
  const refused = configure(s3, {
    TopicConfigurations: [{ TopicArn: TOPIC, Events: ['s3:ObjectCreated:*'] }],
    EventBridgeConfiguration: {},
  });
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidArgument',
    message: `Unable to validate the following destination configurations: ${TOPIC}`,
  });
  expect(aws.said.error.join()).toContain('s3.amazonaws.com is not authorized to perform: sns:Publish');
  const told = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  expect(told.EventBridgeConfiguration).toBeUndefined();
});

const rule = (prefix: string, suffix: string, event: Event = 's3:ObjectCreated:*') => ({
  TopicArn: TOPIC,
  Events: [event],
  Filter: filter(prefix, suffix),
});

test.each([
  ['one prefix begins with the other', [rule('a/', ''), rule('a/b/', '')], false],
  ['one event stands for the other', [rule('', ''), rule('', '', 's3:ObjectCreated:Put')], false],
  ['prefixes part them', [rule('a/', '.gz'), rule('b/', '.gz')], true],
  ['suffixes part them', [rule('a/', '.gz'), rule('a/', '.txt')], true],
  ['events part them', [rule('a/', ''), rule('a/', '', 's3:ObjectRemoved:*')], true],
])('two rules where %s', async (_, TopicConfigurations, taken) => {
  const started = startNotifying({ TopicConfigurations });
  if (taken) await started;
  else await expect(started).rejects.toThrow('Configurations overlap');
});

test('an event that is never raised here is refused', async () => {
  const strange = startNotifying({
    TopicConfigurations: [{ TopicArn: TOPIC, Events: ['s3:ObjectRestore:Post'] }],
  });
  await expect(strange).rejects.toThrow('s3:ObjectRestore:Post is not supported');
});

test('the template may declare a versioned bucket and whom it notifies', async () => {
  const template = s3Template();
  Object.assign(propertiesOf(template, 'Logs'), {
    VersioningConfiguration: { Status: 'Enabled' },
    NotificationConfiguration: {
      TopicConfigurations: [
        {
          Topic: { Ref: 'Topic' },
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.gz' }] } },
        },
      ],
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    },
  });
  const aws = await startTestAws(template);
  const s3 = s3Client(aws);
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a.gz', Body: 'x' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a.txt', Body: 'x' }));
  await aws.idle();
  expect(bodies(aws, 'raw')).toMatchObject([
    { Event: 's3:TestEvent' },
    { Records: [{ s3: { object: { key: 'a.gz', versionId: VersionId } } }] },
  ]);
  expect(bodies(aws, 'from-bus')).toHaveLength(2);
});

test('a property of a bucket that would have no effect is refused', async () => {
  const template = s3Template();
  propertiesOf(template, 'Logs')['LifecycleConfiguration'] = { Rules: [] };
  await expect(startTestAws(template)).rejects.toThrow("LifecycleConfiguration isn't simulated");
});

test('a queue that throttles gets the notice later; one that is gone loses it aloud', async () => {
  const { aws, s3 } = await startNotifying({
    QueueConfigurations: [{ QueueArn: QUEUE, Events: ['s3:ObjectCreated:*'] }],
  });
  let refusals = 2;
  const heal = aws.fail(({ action }) => {
    if (action !== 'SendMessage' || refusals === 0) return undefined;
    refusals -= 1;
    return { code: 'ThrottlingException' };
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await aws.idle();
  expect(bodies(aws, 'from-bucket')).toHaveLength(2);
  heal();
  aws.fail(({ action }) =>
    action === 'SendMessage' ? { code: 'QueueDoesNotExist', statusCode: 400 } : undefined,
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await aws.idle();
  expect(aws.said.error.join()).toContain(`logs couldn't notify ${QUEUE}, the event is LOST`);
});

test('a stack may subscribe to a topic that is not its own', async () => {
  const theirs = 'arn:aws:sns:eu-central-1:999999999999:trail-files';
  const template = s3Template();
  template.Resources['Theirs'] = subscription(theirs, 'FromTopic', false);
  const aws = await startTestAws(template);
  aws.s3.createBucket('theirs', { owner: '999999999999' });
  const rules = [
    { id: 'r', to: 'topic' as const, arn: theirs, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' },
  ];
  await aws.s3.notify('theirs', { rules, eventBridge: false });
  await aws.idle();
  expect(bodies(aws, 'from-topic')).toMatchObject([{ TopicArn: theirs }]);
  // Its notices are not for the person at this machine.
  expect(aws.inbox.filter(({ topicArn }) => topicArn === theirs)).toEqual([]);
  template.Resources['Theirs'] = subscription('trail-files', 'FromTopic', false);
  await expect(startTestAws(template)).rejects.toThrow('Not the ARN of a topic: trail-files');
});
