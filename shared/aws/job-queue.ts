import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

export interface JobQueue<Job> {
  /**
   * @param delaySeconds how long SQS keeps them back, at most 900
   * @throws Error when a message was not taken: whoever sends them does so again, and jobs can come twice
   */
  send(jobs: readonly Job[], delaySeconds?: number): Promise<void>;
}

/** SQS takes so many messages in one request. */
const AT_ONCE = 10;

/** Messages of our own functions to one of them. */
export const jobQueue = <Job>(queueUrl: string, client = new SQSClient({})): JobQueue<Job> => ({
  async send(jobs, delaySeconds) {
    for (let first = 0; first < jobs.length; first += AT_ONCE) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: jobs.slice(first, first + AT_ONCE).map((job, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(job),
            ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
          })),
        }),
      );
      const [failed] = Failed;
      if (failed)
        throw new Error(`${Failed.length} jobs were not taken: ${failed.Code} ${failed.Message ?? ''}`);
    }
  },
});
