import {
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** What feeding a function by hand asks of SQS. */
export interface FunctionQueues {
  region(): Promise<string>;
  /** undefined when there is no such queue. */
  urlOf(name: string): Promise<string | undefined>;
  send(url: string, body: string): Promise<void>;
}

export const functionQueues = (client: SQSClient): FunctionQueues => ({
  region: () => client.config.region(),

  async urlOf(name) {
    try {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
      return QueueUrl;
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return undefined;
      throw error;
    }
  },

  async send(url, body) {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  },
});
