import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { alertTopic } from '../../../shared/aws/alert-topic';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alerts';
const notification = {
  subject: '[HIGH] x',
  message: { default: '{"a":1}', email: 'text', sms: 'short' },
  attributes: { severity: 'high', account: '123456789012' },
};

test('an alert is published with a text for each kind of subscriber, and attributes to filter by', async () => {
  const sns = mockClient(SNSClient);
  sns.on(PublishCommand).resolves({ MessageId: 'm-1' });
  expect(await alertTopic(TOPIC, sns as unknown as SNSClient).publish(notification)).toBe('m-1');
  expect(sns.commandCalls(PublishCommand).map(({ args }) => args[0].input)).toEqual([
    {
      TopicArn: TOPIC,
      Subject: '[HIGH] x',
      MessageStructure: 'json',
      Message: JSON.stringify(notification.message),
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: 'high' },
        account: { DataType: 'String', StringValue: '123456789012' },
      },
    },
  ]);
  sns.restore();
});

test('a failure goes to the caller, who knows that the alert may have been delivered, after one attempt', async () => {
  const sns = mockClient(SNSClient);
  const lost = new Error('socket hang up');
  sns.on(PublishCommand).rejects(lost);
  await expect(alertTopic(TOPIC).publish(notification)).rejects.toBe(lost);
  const [call] = sns.commandCalls(PublishCommand);
  expect(await call?.thisValue.config.maxAttempts()).toBe(1);
  sns.restore();
});
