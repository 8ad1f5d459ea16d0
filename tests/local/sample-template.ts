import type { Template } from '../../local/template';

/**
 * A compact stack of the same shape as the app's: a rule on the default bus feeds a queue, a function reads it
 * and publishes onto our own bus, whose rule feeds a second queue and function, which writes to a topic.
 */
export function sampleTemplate(): Template {
  return {
    Parameters: { alertEmail: { Type: 'String', Default: '' } },
    Conditions: { HasEmail: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'alertEmail' }, ''] }] } },
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                Action: 'kms:*',
                Resource: '*',
              },
              {
                Effect: 'Allow',
                Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
                Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
                Resource: '*',
              },
            ],
          },
        },
      },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'trailseal-test' } },
      Alerts: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: 'trailseal-test-alerts', KmsMasterKeyId: { Ref: 'Key' } },
      },
      AlertEmail: {
        Type: 'AWS::SNS::Subscription',
        Condition: 'HasEmail',
        Properties: { TopicArn: { Ref: 'Alerts' }, Protocol: 'email', Endpoint: { Ref: 'alertEmail' } },
      },
      Findings: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'trailseal-test-findings',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk', 'state', 'due', 'dueAt'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'byState',
              KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
            {
              IndexName: 'due',
              KeySchema: [
                { AttributeName: 'due', KeyType: 'HASH' },
                { AttributeName: 'dueAt', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { Ref: 'Key' } },
        },
      },
      ...queueWithDeadLetters('Evaluate', 'evaluate'),
      ...queueWithDeadLetters('Alert', 'alert'),
      ...rule('EvaluateRule', 'Evaluate', { source: ['aws.config'] }),
      ...rule('AlertRule', 'Alert', { source: ['trailseal'] }, { Ref: 'Bus' }),
      ...reader('Evaluate', 'evaluate', [
        { Effect: 'Allow', Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
        {
          Effect: 'Allow',
          Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:Query'],
          Resource: [{ 'Fn::GetAtt': ['Findings', 'Arn'] }, { 'Fn::Sub': '${Findings.Arn}/index/*' }],
        },
        { Effect: 'Allow', Action: 'config:GetResourceConfigHistory', Resource: '*' },
        keyGrant('kms:Decrypt', 'dynamodb'),
      ]),
      ...reader('Alert', 'alert', [
        { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Alerts' } },
        keyGrant(['kms:GenerateDataKey', 'kms:Decrypt'], 'sns'),
      ]),
    },
  };
}

type Resources = Template['Resources'];

/** The named resource's properties, to change one thing of the sample. */
export function propertiesOf(template: Template, logicalId: string): Record<string, unknown> {
  const properties = template.Resources[logicalId]?.Properties;
  if (!properties) throw new Error(`the sample has no ${logicalId}`);
  return properties;
}

/** Takes one action out of a role's policy. */
export function withoutGrant(template: Template, role: string, action: string): Template {
  const without = JSON.parse(JSON.stringify(propertiesOf(template, role)), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((v) => v !== action) : value === action ? [] : value,
  );
  template.Resources[role] = { Type: 'AWS::IAM::Role', Properties: without };
  return template;
}

function queueWithDeadLetters(id: string, name: string): Resources {
  return {
    [`${id}Queue`]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: { 'Fn::Sub': `trailseal-test-${name}` },
        VisibilityTimeout: 60,
        KmsMasterKeyId: { Ref: 'Key' },
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [`${id}Dlq`, 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    [`${id}Dlq`]: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: `trailseal-test-${name}-dlq`, MessageRetentionPeriod: 1_209_600 },
    },
    [`${id}QueuePolicy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: `${id}Queue` }, { Ref: `${id}Dlq` }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: [{ 'Fn::GetAtt': [`${id}Queue`, 'Arn'] }, { 'Fn::GetAtt': [`${id}Dlq`, 'Arn'] }],
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [`${id}Rule`, 'Arn'] } } },
            },
          ],
        },
      },
    },
  };
}

function rule(id: string, queue: string, pattern: object, bus?: object): Resources {
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `trailseal-test-${id}`,
        ...(bus ? { EventBusName: bus } : {}),
        EventPattern: pattern,
        Targets: [
          {
            Id: 'queue',
            Arn: { 'Fn::GetAtt': [`${queue}Queue`, 'Arn'] },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': [`${queue}Dlq`, 'Arn'] } },
            RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          },
        ],
      },
    },
  };
}

function reader(id: string, name: string, statements: object[]): Resources {
  const queueArn = { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] };
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'calls',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
                  Resource: queueArn,
                },
                keyGrant('kms:Decrypt', 'sqs'),
                {
                  Effect: 'Allow',
                  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  Resource: {
                    'Fn::Sub': `arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/trailseal-test-${name}:*`,
                  },
                },
                ...statements,
              ],
            },
          },
        ],
      },
    },
    [`${id}Function`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: `trailseal-test-${name}`,
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        Timeout: 30,
        Environment: { Variables: { TOPIC_ARN: { Ref: 'Alerts' }, QUEUE_URL: { Ref: `${id}Queue` } } },
      },
    },
    [`${id}Mapping`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: queueArn,
        FunctionName: { 'Fn::GetAtt': [`${id}Function`, 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
  };
}

function keyGrant(actions: string | string[], service: string): object {
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: { 'Fn::GetAtt': ['Key', 'Arn'] },
    Condition: {
      StringEquals: { 'kms:ViaService': { 'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com` } },
    },
  };
}
