import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  paginateListQueues,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface NamedQueue {
  readonly name: string;
  readonly url: string;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Milliseconds since 1970. A message that SQS moved to a dead-letter queue keeps the time it was first sent. */
  readonly sentAt: number;
  /** The sender's attributes that are text or numbers. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ARN of the queue that gave the message up, if SQS moved it. */
  readonly movedFrom?: string;
}

export interface RedriveQueues {
  region(): Promise<string>;
  namedLike(prefix: string): Promise<readonly NamedQueue[]>;
  /** Approximate, as SQS counts. */
  count(url: string): Promise<{ visible: number; inFlight: number }>;
  /** Up to 10 messages, hidden from others for five minutes; none when the queue is empty. */
  receive(url: string): Promise<readonly ReceivedMessage[]>;
  send(url: string, body: string): Promise<void>;
  remove(url: string, receiptHandle: string): Promise<void>;
  /** Ends the hiding. @returns how many stay hidden until their time is over */
  showAgain(url: string, receiptHandles: readonly string[]): Promise<number>;
}

/** Long enough to look through 100 000 messages, short enough for a colleague to wait for if we are killed. */
const HIDDEN_S = 300;
/** Any wait makes SQS ask all its servers, so that an empty answer means an empty queue. */
const WAIT_S = 1;
const BATCH = 10;

/** What redriving asks of SQS. */
export const redriveQueues = (client: SQSClient): RedriveQueues => ({
  region: () => client.config.region(),

  async namedLike(prefix) {
    const found: NamedQueue[] = [];
    // Without a page size, SQS answers with the first 1000 and says nothing about the others.
    for await (const { QueueUrls = [] } of paginateListQueues(
      { client, pageSize: 1000 },
      { QueueNamePrefix: prefix },
    )) {
      found.push(...QueueUrls.map((url) => ({ name: url.slice(url.lastIndexOf('/') + 1), url })));
    }
    return found;
  },

  async count(url) {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    };
  },

  async receive(url) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HIDDEN_S,
        WaitTimeSeconds: WAIT_S,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp', 'DeadLetterQueueSourceArn'],
      }),
    );
    return Messages.map(received);
  },

  async send(url, body) {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  },

  async remove(url, receiptHandle) {
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receiptHandle }));
  },

  async showAgain(url, receiptHandles) {
    let stillHidden = 0;
    for (let start = 0; start < receiptHandles.length; start += BATCH) {
      const { Failed = [] } = await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: url,
          Entries: receiptHandles.slice(start, start + BATCH).map((handle, index) => ({
            Id: String(index),
            ReceiptHandle: handle,
            VisibilityTimeout: 0,
          })),
        }),
      );
      // Refused as the sender's fault: the hiding is over already, or somebody else has received the message.
      stillHidden += Failed.filter(({ SenderFault }) => SenderFault !== true).length;
    }
    return stillHidden;
  },
});

const received = ({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
  MessageAttributes = {},
}: Message): ReceivedMessage => ({
  id: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  sentAt: Number(Attributes.SentTimestamp ?? 0),
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  ),
  ...(Attributes.DeadLetterQueueSourceArn === undefined
    ? {}
    : { movedFrom: Attributes.DeadLetterQueueSourceArn }),
});
