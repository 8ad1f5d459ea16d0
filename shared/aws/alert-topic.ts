import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notification } from '../tell/alerts/notification';

export interface AlertTopic {
  /** @returns the id that SNS gave the message */
  publish(notification: Notification): Promise<string>;
}

/** A lost answer is not tried again here: the caller knows that it may have been delivered, the SDK does not. */
const ONE_ATTEMPT = { maxAttempts: 1 };

export const alertTopic = (topicArn: string, client = new SNSClient(ONE_ATTEMPT)): AlertTopic => ({
  async publish({ subject, message, attributes }) {
    const { MessageId } = await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify(message),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
    return MessageId ?? '';
  },
});
