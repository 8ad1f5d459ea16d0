import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { queues } from '../../../shared/aws/queues';

const sqs = mockClient(SQSClient);
const own = queues('https://sqs/own', 'https://sqs/dead-letters', sqs as unknown as SQSClient);

beforeEach(() => sqs.reset());

const buried = async (error: string) => {
  await own.bury({ body: '{"broken"', reason: 'invalid-json', error, stage: 'send-alert' });
  return sqs.commandCalls(SendMessageCommand)[0]?.args[0].input;
};

test('a dead letter keeps its body, and says why it is one in its attributes', async () => {
  expect(await buried('message body: expected JSON')).toEqual({
    QueueUrl: 'https://sqs/dead-letters',
    MessageBody: '{"broken"',
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: 'invalid-json' },
      error: { DataType: 'String', StringValue: 'message body: expected JSON' },
      stage: { DataType: 'String', StringValue: 'send-alert' },
    },
  });
});

test.each([
  ['what SQS takes as it is', 'ä\n\t東', 'ä\n\t東'],
  ['no control characters', 'a\0b\u001b[31m\uffff', 'a?b?[31m?'],
  ['at most 1024 characters', 'x'.repeat(5000), 'x'.repeat(1024)],
  ['never nothing', '', '?'],
])('an attribute has %s', async (_, error, value) => {
  expect((await buried(error))?.MessageAttributes?.['error']?.StringValue).toBe(value);
});

test('a failure to bury goes through, so that the message is not lost', async () => {
  const failure = new Error('denied');
  sqs.on(SendMessageCommand).rejects(failure);
  await expect(own.bury({ body: 'x', reason: 'r', error: 'e', stage: 's' })).rejects.toBe(failure);
});

test('a message is hidden for longer in its own queue', async () => {
  await own.hide('receipt', 240);
  expect(sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input)).toEqual([
    { QueueUrl: 'https://sqs/own', ReceiptHandle: 'receipt', VisibilityTimeout: 240 },
  ]);
});
