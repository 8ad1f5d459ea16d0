import { GetResourceConfigHistoryCommand } from '@aws-sdk/client-config-service';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { clientsFor, startTestAws, stopAll } from '../support/local-aws';
import { propertiesOf, sampleTemplate, withoutGrant } from './sample-template';

afterEach(stopAll);

test('each service refuses in its own words what the role does not allow', async () => {
  const aws = await startTestAws(sampleTemplate());
  const [evaluate, alert] = [aws.as('EvaluateFunction'), aws.as('AlertFunction')];
  const TopicArn = aws.arn('Alerts');
  const QueueUrl = `${aws.url}/123456789012/trailseal-test-alert`;
  const Entries = [{ Source: 'a', DetailType: 'b', Detail: '{}' }];
  const TableName = 'trailseal-test-findings';
  await expect(evaluate.sns.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
    message: `User: arn:aws:sts::123456789012:assumed-role/trailseal-test-EvaluateRole/trailseal-test-evaluate is not authorized to perform: sns:Publish on resource: ${TopicArn} because no identity-based policy allows the sns:Publish action`,
  });
  const refused = { name: 'AccessDeniedException' };
  await expect(alert.events.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject(refused);
  await expect(alert.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject(
    refused,
  );
  await expect(
    evaluate.dynamodb.send(new PutCommand({ TableName, Item: { pk: 'a', sk: 'b' } })),
  ).rejects.toMatchObject(refused);
  await expect(
    alert.config.send(
      new GetResourceConfigHistoryCommand({ resourceType: 'AWS::S3::Bucket', resourceId: 'b' }),
    ),
  ).rejects.toMatchObject(refused);
  expect(aws.deniedCalls().map(({ caller, action }) => `${caller} ${action}`)).toEqual([
    'trailseal-test-evaluate sns:Publish',
    'trailseal-test-alert events:PutEvents',
    'trailseal-test-alert sqs:SendMessage',
    'trailseal-test-evaluate dynamodb:PutItem',
    'trailseal-test-alert config:GetResourceConfigHistory',
  ]);
});

test('a key that the role may not use refuses a call that the role allows', async () => {
  const aws = await startTestAws(withoutGrant(sampleTemplate(), 'AlertRole', 'kms:GenerateDataKey'));
  const publish = aws
    .as('AlertFunction')
    .sns.send(new PublishCommand({ TopicArn: aws.arn('Alerts'), Message: 'x' }));
  await expect(publish).rejects.toMatchObject({
    name: 'KMSAccessDeniedException',
    message: expect.stringContaining('kms:GenerateDataKey'),
  });
  await aws.idle();
  expect(aws.inbox).toEqual([]);
});

test('a key that is allowed via another service only, is not allowed', async () => {
  const template = JSON.parse(
    JSON.stringify(sampleTemplate()).replaceAll('dynamodb.${AWS::Region}', 'ssm.${AWS::Region}'),
  );
  const aws = await startTestAws(template);
  const get = new GetCommand({ TableName: 'trailseal-test-findings', Key: { pk: 'a', sk: 'b' } });
  await expect(aws.as('EvaluateFunction').dynamodb.send(get)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('kms:Decrypt'),
  });
});

test('a topic policy that names the role lets it publish without a grant of its own, and its Deny beats all', async () => {
  const statement = (Effect: string) => ({
    Effect,
    Principal: { AWS: { 'Fn::GetAtt': ['AlertRole', 'Arn'] } },
    Action: 'sns:Publish',
    Resource: { Ref: 'Alerts' },
  });
  const withPolicy = (Effect: string) => {
    const template =
      Effect === 'Allow' ? withoutGrant(sampleTemplate(), 'AlertRole', 'sns:Publish') : sampleTemplate();
    template.Resources['Policy'] = {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Alerts' }], PolicyDocument: { Statement: [statement(Effect)] } },
    };
    return startTestAws(template);
  };
  const publish = async (Effect: string) => {
    const aws = await withPolicy(Effect);
    return aws
      .as('AlertFunction')
      .sns.send(new PublishCommand({ TopicArn: aws.arn('Alerts'), Message: 'x' }));
  };
  await expect(publish('Allow')).resolves.toHaveProperty('MessageId');
  await expect(publish('Deny')).rejects.toThrow('with an explicit deny in a resource-based policy');
});

test.each([
  ['sqs', 'UnrecognizedClientException'],
  ['sns', 'InvalidClientTokenId'],
] as const)('an access key that nobody has is refused by %s', async (service, name) => {
  const aws = await startTestAws(sampleTemplate());
  const stranger = clientsFor(aws.url, 'AKIAIOSFODNN7EXAMPLE');
  const QueueUrl = `${aws.url}/123456789012/trailseal-test-alert`;
  const call =
    service === 'sqs'
      ? stranger.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
      : stranger.sns.send(new PublishCommand({ TopicArn: aws.arn('Alerts'), Message: 'x' }));
  await expect(call).rejects.toMatchObject({ name });
});

test.each([
  [
    'operator',
    { NumericLessThan: { 'aws:SourceAccount': '1' } },
    /condition operator NumericLessThan isn't simulated/,
  ],
  ['key', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, /condition key aws:SourceVpc isn't simulated/],
])('a policy with an unknown condition %s is refused when it is read', async (_, Condition, message) => {
  const template = sampleTemplate();
  const { PolicyDocument } = propertiesOf(template, 'EvaluateQueuePolicy') as {
    PolicyDocument: { Statement: object[] };
  };
  PolicyDocument.Statement[0] = { ...PolicyDocument.Statement[0], Condition };
  await expect(startTestAws(template)).rejects.toThrow(message);
});

test('a property that real AWS would honour and local AWS would not is refused', async () => {
  const template = sampleTemplate();
  propertiesOf(template, 'EvaluateMapping')['FilterCriteria'] = {};
  await expect(startTestAws(template)).rejects.toThrow(/EvaluateMapping: FilterCriteria isn't simulated/);
});

test('a function’s environment is resolved and carries its own key', async () => {
  const aws = await startTestAws(sampleTemplate());
  expect(aws.environment('trailseal-test-alert')).toMatchObject({
    TOPIC_ARN: aws.arn('Alerts'),
    QUEUE_URL: `${aws.url}/123456789012/trailseal-test-alert`,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'LOCALAlertFunction',
    AWS_REGION: 'eu-central-1',
  });
});
