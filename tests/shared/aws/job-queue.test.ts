import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { jobQueue } from '../../../shared/aws/job-queue';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const queue = jobQueue<{ part: number }>('https://queue');
const jobs = Array.from({ length: 23 }, (_, part) => ({ part }));

test('sends all jobs, ten at a time, each as JSON', async () => {
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  await queue.send(jobs);
  const sent = sqs.commandCalls(SendMessageBatchCommand).map(({ args: [{ input }] }) => input);
  expect(sent.map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 3]);
  expect(
    sent.flatMap(({ Entries = [] }) => Entries.map(({ MessageBody = '' }) => JSON.parse(MessageBody))),
  ).toEqual(jobs);
  expect(new Set(sent.map(({ QueueUrl }) => QueueUrl))).toEqual(new Set(['https://queue']));
});

test('nothing to send is no call', async () => {
  await queue.send([]);
  expect(sqs.commandCalls(SendMessageBatchCommand)).toEqual([]);
});

test('one that is not taken fails the whole, so that all are sent again', async () => {
  sqs.on(SendMessageBatchCommand).resolves({
    Successful: [],
    Failed: [{ Id: '3', Code: 'InternalError', Message: 'try later', SenderFault: false }],
  });
  await expect(queue.send(jobs)).rejects.toThrow('1 jobs were not taken: InternalError try later');
});
