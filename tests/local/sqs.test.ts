import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { sampleTemplate } from './sample-template';

afterEach(stopAll);

// The dead-letter queue: nobody reads it, so a test has it for itself.
const NAME = 'trailseal-test-evaluate-dlq';

async function start(): Promise<TestAws & { QueueUrl: string }> {
  const aws = await startTestAws(sampleTemplate());
  return Object.assign(aws, { QueueUrl: `${aws.url}/123456789012/${NAME}` });
}

test('a message keeps its body and attributes, and comes back when it was not deleted in time', async () => {
  const { operator, QueueUrl, clock } = await start();
  const MessageAttributes = {
    reason: { DataType: 'String', StringValue: 'späť' },
    blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
  };
  await operator.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: '<b>"ünïcode"</b>', MessageAttributes }),
  );
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const first = await operator.sqs.send(receive);
  expect(first.Messages).toMatchObject([
    { Body: '<b>"ünïcode"</b>', MessageAttributes, Attributes: { ApproximateReceiveCount: '1' } },
  ]);
  expect((await operator.sqs.send(receive)).Messages).toBeUndefined();
  clock.advance(30_000);
  const [again] = (await operator.sqs.send(receive)).Messages ?? [];
  expect(again?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
  await operator.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
  clock.advance(30_000);
  expect((await operator.sqs.send(receive)).Messages).toBeUndefined();
});

test('the digest of attributes is the one that AWS documents', async () => {
  const { operator, QueueUrl } = await start();
  const MessageAttributes = { timestamp: { StringValue: '1493147359900', DataType: 'Number' } };
  const sent = await operator.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }),
  );
  expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
});

test('visibility can be given back, and only while the message is in flight', async () => {
  const { operator, QueueUrl } = await start();
  await operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const [message] = (await operator.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
  const ReceiptHandle = message?.ReceiptHandle;
  const giveBack = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await operator.sqs.send(giveBack);
  await expect(operator.sqs.send(giveBack)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  expect((await operator.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toHaveLength(1);
});

test('a waiting receiver gets a message as soon as it is there', async () => {
  const { operator, QueueUrl, clock } = await start();
  const waiting = operator.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 5 }));
  clock.advance(5000);
  expect((await waiting).Messages).toMatchObject([{ Body: 'late' }]);
});

test('in a batch, a bad entry fails alone', async () => {
  const { operator, QueueUrl } = await start();
  const Entries = [
    { Id: 'good', MessageBody: 'x' },
    { Id: 'bad', MessageBody: 'x\u0001' },
  ];
  const sent = await operator.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(sent.Successful).toMatchObject([{ Id: 'good' }]);
  expect(sent.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidMessageContents', SenderFault: true }]);
});

test.each([
  ['an empty batch', { Entries: [] }, 'EmptyBatchRequest'],
  [
    'eleven entries',
    { Entries: Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, MessageBody: 'x' })) },
    'TooManyEntriesInBatchRequest',
  ],
  [
    'a repeated id',
    {
      Entries: [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
    },
    'BatchEntryIdsNotDistinct',
  ],
  [
    'two halves of 1 MiB and a bit',
    { Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(524_289) })) },
    'BatchRequestTooLong',
  ],
])('%s is refused whole', async (_, input, name) => {
  const { operator, QueueUrl } = await start();
  await expect(operator.sqs.send(new SendMessageBatchCommand({ QueueUrl, ...input }))).rejects.toMatchObject({
    name,
  });
});

test('a message of 1 MiB is taken, one byte more is not', async () => {
  const { operator, QueueUrl } = await start();
  const send = (size: number) =>
    operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(size) }));
  await send(1_048_576);
  await expect(send(1_048_577)).rejects.toMatchObject({
    message: expect.stringContaining('must be shorter than'),
  });
});

test('queues are found, described, listed and purged', async () => {
  const { operator, QueueUrl, queue } = await start();
  const found = await operator.sqs.send(new GetQueueUrlCommand({ QueueName: NAME }));
  expect(found.QueueUrl).toBe(QueueUrl);
  await operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const AttributeNames = ['ApproximateNumberOfMessages' as const, 'MessageRetentionPeriod' as const];
  const { Attributes } = await operator.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1', MessageRetentionPeriod: '1209600' });
  const { QueueUrls } = await operator.sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: 'trailseal-test-alert' }),
  );
  expect(QueueUrls).toHaveLength(2);
  await operator.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(queue(NAME).visible).toBe(0);
});

test('deleting twice succeeds, as in AWS', async () => {
  const { operator, QueueUrl } = await start();
  const Entries = [{ Id: 'a', ReceiptHandle: 'gone' }];
  const { Successful } = await operator.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(Successful).toEqual([{ Id: 'a' }]);
});

test('a message that nobody takes is forgotten after the retention period', async () => {
  const { operator, QueueUrl, clock, queue } = await start();
  await operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  clock.advance(1_209_600_001);
  expect(queue(NAME).visible).toBe(0);
});

test('a queue that is not there, and an operation that is not simulated, are errors that say so', async () => {
  const { operator, url, deniedCalls } = await start();
  await expect(
    operator.sqs.send(new SendMessageCommand({ QueueUrl: `${url}/123456789012/other`, MessageBody: 'x' })),
  ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  await expect(operator.sqs.send(new CreateQueueCommand({ QueueName: 'other' }))).rejects.toThrow(
    "sqs CreateQueue isn't simulated by local AWS",
  );
  expect(deniedCalls()).toMatchObject([{ action: 'sqs:CreateQueue', allowed: false }]);
});
