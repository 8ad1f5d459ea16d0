import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { functionQueues } from '../../../shared/aws/function-queues';
import { operatorSqs } from '../../../shared/aws/operator-place';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const queues = functionQueues(operatorSqs({ region: 'eu-west-1' }));

test('a queue is found by its name', async () => {
  sqs.on(GetQueueUrlCommand, { QueueName: 'trailseal-dev-a' }).resolves({ QueueUrl: 'https://sqs/1/a' });
  await expect(queues.urlOf('trailseal-dev-a')).resolves.toBe('https://sqs/1/a');
  await expect(queues.region()).resolves.toBe('eu-west-1');
});

test('one that is not there is no error, but one that may not be seen is', async () => {
  sqs.on(GetQueueUrlCommand).rejectsOnce(new QueueDoesNotExist({ message: 'no', $metadata: {} }));
  await expect(queues.urlOf('trailseal-dev-a')).resolves.toBeUndefined();
  sqs.on(GetQueueUrlCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  await expect(queues.urlOf('trailseal-dev-a')).rejects.toThrow('no');
});

test('a body is sent as it is', async () => {
  sqs.on(SendMessageCommand).resolves({});
  await queues.send('https://sqs/1/a', '{"a":1}');
  expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual([
    { QueueUrl: 'https://sqs/1/a', MessageBody: '{"a":1}' },
  ]);
});
