import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** What never can be handled, kept with the reason until somebody redrives it. */
export interface DeadLetter {
  /** The message as it came. */
  readonly body: string;
  readonly reason: string;
  readonly error: string;
  /** The function that gave up on it. */
  readonly stage: string;
}

export interface Queues {
  /** Keeps a message that will never succeed: its body as it came, everything else in message attributes. */
  bury(letter: DeadLetter): Promise<void>;
  /** Hides a received message for longer, so that its retries spread out. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

const ATTRIBUTE_LENGTH = 1024;
// SQS takes no control characters but these, and no empty attribute.
const text = (value: string) => ({
  DataType: 'String',
  StringValue: value.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?').slice(0, ATTRIBUTE_LENGTH) || '?',
});

/**
 * @param queueUrl the function's own queue
 * @param deadLettersUrl where all functions put what can't be handled
 */
export const queues = (queueUrl: string, deadLettersUrl: string, client = new SQSClient({})): Queues => ({
  async bury({ body, reason, error, stage }) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: deadLettersUrl,
        MessageBody: body,
        MessageAttributes: {
          reason: text(reason),
          error: text(error),
          stage: text(stage),
        },
      }),
    );
  },
  async hide(receiptHandle, seconds) {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  },
});
