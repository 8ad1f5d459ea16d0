import {
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { propertiesOf, sampleTemplate } from './sample-template';

afterEach(stopAll);

async function start(): Promise<TestAws & { TopicArn: string }> {
  const aws = await startTestAws(sampleTemplate());
  return Object.assign(aws, { TopicArn: aws.arn('Alerts') });
}

test.each([
  ['101 characters', 'x'.repeat(101)],
  ['a line break', 'a\nb'],
  ['a letter beyond ASCII', 'Zürich'],
  ['a blank first', ' x'],
  ['nothing', ''],
])('a subject of %s is refused', async (_, Subject) => {
  const { operator, TopicArn } = await start();
  const publish = operator.sns.send(new PublishCommand({ TopicArn, Subject, Message: 'x' }));
  await expect(publish).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Invalid parameter: Subject',
  });
});

test.each([
  ['more than 256 KiB', { Message: 'x'.repeat(262_145) }, 'Message too long'],
  ['an empty message', { Message: '' }, 'Empty message'],
  ['a structure without default', { Message: '{"email":"x"}', MessageStructure: 'json' }, 'No default entry'],
  ['a structure that is no JSON', { Message: 'x', MessageStructure: 'json' }, 'failed to parse'],
  ['another structure', { Message: 'x', MessageStructure: 'xml' }, 'MessageStructure'],
])('%s is refused', async (_, input, reason) => {
  const { operator, TopicArn } = await start();
  await expect(operator.sns.send(new PublishCommand({ TopicArn, ...input }))).rejects.toThrow(reason);
});

test('with MessageStructure json each protocol gets its own text', async () => {
  const aws = await start();
  const { operator, TopicArn } = aws;
  await operator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sms', Endpoint: '+4912345' }));
  await operator.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint: 'https://example.com' }),
  );
  const Message = JSON.stringify({ default: 'all', email: 'a <letter> & "more"\r\n\tdone', sms: 'short' });
  await operator.sns.send(new PublishCommand({ TopicArn, Subject: 'S', Message, MessageStructure: 'json' }));
  await aws.idle();
  const [email, sms, https] = aws.inbox;
  expect(email).toMatchObject({ protocol: 'email', subject: 'S', text: 'a <letter> & "more"\r\n\tdone' });
  expect(sms).toMatchObject({ protocol: 'sms', text: 'short' });
  expect(sms).not.toHaveProperty('subject');
  expect(JSON.parse(https?.text ?? '')).toMatchObject({
    Type: 'Notification',
    TopicArn,
    Subject: 'S',
    Message: 'all',
  });
});

test('the viewer on this laptop is not among the subscriptions that AWS would list', async () => {
  const { operator, TopicArn } = await start();
  const { Subscriptions } = await operator.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions).toEqual([]);
});

type Attributes = NonNullable<PublishCommandInput['MessageAttributes']>;
const severity = (StringValue: string): Attributes => ({ severity: { DataType: 'String', StringValue } });

test.each([
  ['an equal attribute', { severity: ['high'] }, 'MessageAttributes', 'x', severity('high'), true],
  ['another attribute', { severity: ['high'] }, 'MessageAttributes', 'x', severity('low'), false],
  ['no attribute', { severity: ['high'] }, 'MessageAttributes', 'x', {}, false],
  ['a prefix', { severity: [{ prefix: 'cri' }] }, 'MessageAttributes', 'x', severity('critical'), true],
  [
    'an anything-but',
    { severity: [{ 'anything-but': ['low'] }] },
    'MessageAttributes',
    'x',
    severity('low'),
    false,
  ],
  [
    'a number',
    { n: [{ numeric: ['>', 5] }] },
    'MessageAttributes',
    'x',
    { n: { DataType: 'Number', StringValue: '6' } },
    true,
  ],
  [
    'a number too small',
    { n: [{ numeric: ['>', 5] }] },
    'MessageAttributes',
    'x',
    { n: { DataType: 'Number', StringValue: '5' } },
    false,
  ],
  [
    'an array',
    { tags: ['b'] },
    'MessageAttributes',
    'x',
    { tags: { DataType: 'String.Array', StringValue: '["a","b"]' } },
    true,
  ],
  ['the body', { kind: { of: ['Opened'] } }, 'MessageBody', '{"kind":{"of":"Opened"}}', {}, true],
  ['another body', { kind: { of: ['Opened'] } }, 'MessageBody', '{"kind":{"of":"Closed"}}', {}, false],
  ['a body that is no JSON', { kind: ['Opened'] }, 'MessageBody', 'Opened', {}, false],
] as [string, object, string, string, Attributes, boolean][])(
  'a filter policy on %s',
  async (_, FilterPolicy, FilterPolicyScope, Message, MessageAttributes, delivered) => {
    const template = sampleTemplate();
    template.Resources['Filtered'] = {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Alerts' },
        Protocol: 'sms',
        Endpoint: '+49',
        FilterPolicy,
        FilterPolicyScope,
      },
    };
    const aws = await startTestAws(template);
    await aws.operator.sns.send(
      new PublishCommand({ TopicArn: aws.arn('Alerts'), Message, MessageAttributes }),
    );
    await aws.idle();
    expect(aws.inbox.filter(({ protocol }) => protocol === 'sms')).toHaveLength(delivered ? 1 : 0);
  },
);

test.each([
  ['the envelope', false],
  ['the raw message with its attributes', true],
])('a queue that lets SNS in gets %s', async (_, RawMessageDelivery) => {
  const template = sampleTemplate();
  delete propertiesOf(template, 'Alerts')['KmsMasterKeyId'];
  template.Resources['ToQueue'] = {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Alerts' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['AlertDlq', 'Arn'] },
      RawMessageDelivery,
    },
  };
  template.Resources['LetSnsIn'] = {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'AlertDlq' }],
      PolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': 'AlertDlq.Arn' },
          Condition: { ArnLike: { 'aws:SourceArn': { Ref: 'Alerts' } } },
        },
      },
    },
  };
  const aws = await startTestAws(template);
  const MessageAttributes = severity('high');
  await aws.operator.sns.send(
    new PublishCommand({ TopicArn: aws.arn('Alerts'), Message: 'hi', MessageAttributes }),
  );
  await aws.idle();
  const [message] = aws.queue('trailseal-test-alert-dlq').messages;
  if (RawMessageDelivery) expect(message).toMatchObject({ body: 'hi', attributes: MessageAttributes });
  else {
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      Type: 'Notification',
      Message: 'hi',
      MessageAttributes: { severity: { Type: 'String', Value: 'high' } },
    });
  }
});

test('a queue that does not let SNS in: the loss is said aloud', async () => {
  const template = sampleTemplate();
  template.Resources['ToQueue'] = {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Alerts' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['AlertDlq', 'Arn'] },
    },
  };
  const aws = await startTestAws(template);
  await aws.operator.sns.send(new PublishCommand({ TopicArn: aws.arn('Alerts'), Message: 'hi' }));
  await aws.idle();
  expect(aws.queue('trailseal-test-alert-dlq').visible).toBe(0);
  expect(aws.said.error.join('\n')).toMatch(/sns.amazonaws.com is not authorized.*\n.*the message is LOST/s);
});
