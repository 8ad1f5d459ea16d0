import { problemsOf, type Template, type TemplateResource } from '../../tools/template-checks';

const attribute = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] });
const KEY = { Ref: 'Key' };

const lambdaMay = {
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const roleThat = (...statements: unknown[]): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: lambdaMay,
    Policies: [{ PolicyDocument: { Statement: statements } }],
  },
});

const policyOn = (Type: string, statement: unknown): TemplateResource => ({
  Type,
  Properties: { PolicyDocument: { Statement: [statement] } },
});

const anyone = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: attribute('Queue') };
const fromTopic = (operator: string, key: string, value: unknown) => ({
  ...anyone,
  Condition: { [operator]: { [key]: value } },
});

/** A stack with one of everything, and nothing wrong. */
const sound: Record<string, TemplateResource> = {
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: {
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'kms:*',
          Resource: '*',
        },
      },
    },
  },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      KmsMasterKeyId: KEY,
      RedrivePolicy: { deadLetterTargetArn: attribute('Dead'), maxReceiveCount: 3 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: KEY } },
  QueuePolicy: policyOn('AWS::SQS::QueuePolicy', fromTopic('ArnEquals', 'aws:SourceArn', attribute('Rule'))),
  Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: attribute('Key') } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      SSESpecification: { SSEEnabled: true, KMSMasterKeyId: attribute('Key') },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Targets: [
        {
          Arn: attribute('Queue'),
          DeadLetterConfig: { Arn: attribute('Dead') },
          RetryPolicy: { MaximumRetryAttempts: 5 },
        },
      ],
    },
  },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } },
  Role: roleThat(
    { Effect: 'Allow', Action: ['sns:Publish'], Resource: { Ref: 'Topic' } },
    { Effect: 'Allow', Action: 'cloudtrail:DescribeTrails', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: '*' },
  ),
  Function: { Type: 'AWS::Lambda::Function', Properties: { Role: attribute('Role') } },
};

/** The sound stack with resources added, replaced, or taken away. */
const stack = (changes: Readonly<Record<string, TemplateResource | undefined>>): Template => ({
  Resources: Object.fromEntries(
    Object.entries({ ...sound, ...changes }).filter(
      (entry): entry is [string, TemplateResource] => entry[1] !== undefined,
    ),
  ),
});

const properties = (
  id: string,
  changes: Readonly<Record<string, unknown>>,
): Record<string, TemplateResource> => {
  const { Type = '', Properties = {} } = sound[id] ?? {};
  return { [id]: { Type, Properties: JSON.parse(JSON.stringify({ ...Properties, ...changes })) } };
};

const allow = (Action: unknown, Resource: unknown = { Ref: 'Topic' }) =>
  roleThat({ Effect: 'Allow', Action, Resource });

test('a sound stack has no problem', async () => {
  expect(await problemsOf(stack({}))).toEqual([]);
});

test.each<
  [name: string, changes: Readonly<Record<string, TemplateResource | undefined>>, ...problems: string[]]
>([
  [
    'a misspelled action',
    { Role: allow('sns:Publsh') },
    'Role: allows sns:Publsh, which is no action of AWS',
  ],
  [
    'an action without a service',
    { Role: allow('Publish') },
    'Role: allows Publish, which is no action of AWS',
  ],
  [
    'an action of no service',
    { Role: allow('snss:Publish') },
    'Role: allows snss:Publish, which is no action of AWS',
  ],
  ['every action', { Role: allow('*') }, 'Role: allows *: name the actions that are needed'],
  [
    'every action of a service',
    { Role: allow(['sns:*']) },
    'Role: allows sns:*: name the actions that are needed',
  ],
  [
    'some actions of a service',
    { Role: allow('sns:Get?opic*') },
    'Role: allows sns:Get?opic*: name the actions that are needed',
  ],
  [
    'every resource',
    { Role: allow('sns:Publish', ['*']) },
    'Role: allows sns:Publish on *, although AWS can narrow it to resources',
  ],
  [
    'every resource, in other words',
    { Role: allow('sns:Publish', { 'Fn::Sub': '*' }) },
    'Role: allows sns:Publish on *, although AWS can narrow it to resources',
  ],
  [
    'all but some actions',
    { Role: roleThat({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) },
    'Role: allows all but some actions: name those that are needed',
  ],
  [
    'all but some resources',
    { Role: roleThat({ Effect: 'Allow', Action: 'sns:Publish', NotResource: 'x' }) },
    'Role: allows all but some resources: name those that are needed',
  ],
  [
    'a wide policy beside the role',
    {
      Policy: policyOn('AWS::IAM::ManagedPolicy', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }),
    },
    'Policy: allows s3:GetObject on *, although AWS can narrow it to resources',
  ],
  [
    "a misspelled action in a queue's policy",
    {
      QueuePolicy: policyOn('AWS::SQS::QueuePolicy', {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMesage',
      }),
    },
    'QueuePolicy: names sqs:SendMesage, which is no action of AWS',
  ],

  [
    'an open queue',
    { QueuePolicy: policyOn('AWS::SQS::QueuePolicy', anyone) },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'an open queue, in other words',
    { QueuePolicy: policyOn('AWS::SQS::QueuePolicy', { ...anyone, Principal: { AWS: ['*'] } }) },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'a queue open to all but one',
    {
      QueuePolicy: policyOn('AWS::SQS::QueuePolicy', {
        Effect: 'Allow',
        NotPrincipal: { AWS: 'x' },
        Action: 'sqs:SendMessage',
      }),
    },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'a condition that narrows nothing',
    { QueuePolicy: policyOn('AWS::SQS::QueuePolicy', fromTopic('Bool', 'aws:SecureTransport', 'true')) },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'a condition that anyone meets',
    { QueuePolicy: policyOn('AWS::SQS::QueuePolicy', fromTopic('StringLike', 'aws:SourceAccount', '*')) },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'a condition for those who have the key',
    {
      QueuePolicy: policyOn(
        'AWS::SQS::QueuePolicy',
        fromTopic('StringEqualsIfExists', 'aws:SourceAccount', '111122223333'),
      ),
    },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'a condition that keeps just one out',
    {
      QueuePolicy: policyOn(
        'AWS::SQS::QueuePolicy',
        fromTopic('StringNotEquals', 'aws:SourceAccount', '111122223333'),
      ),
    },
    'QueuePolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'an open topic',
    { TopicPolicy: policyOn('AWS::SNS::TopicPolicy', { ...anyone, Action: 'sns:Publish' }) },
    'TopicPolicy: lets anyone in: no condition narrows the principal',
  ],
  [
    'an open key',
    {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: { KeyPolicy: { Statement: [{ ...anyone, Action: 'kms:Decrypt' }] } },
      },
    },
    'Key: lets anyone in: no condition narrows the principal',
  ],
  [
    'an open bus',
    {
      Bus: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: { Action: 'events:PutEvents', Principal: '*' },
      },
    },
    'Bus: lets anyone in: no condition narrows the principal',
  ],
  [
    'a role that anyone may take',
    {
      Open: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
          },
        },
      },
    },
    'Open: lets anyone in: no condition narrows the principal',
  ],
  [
    'a function that anyone may invoke',
    {
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Principal: '*', Action: 'lambda:InvokeFunction' },
      },
    },
    'Permission: lets anyone invoke the function',
  ],
  [
    'a function with an open URL',
    { Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } } },
    'Url: is a function URL without IAM authorisation',
  ],

  ['two functions with one role', { Other: sound['Function'] }, 'Role: is shared by Function, Other'],
  [
    'a function with a role from elsewhere',
    { Function: { Type: 'AWS::Lambda::Function', Properties: { Role: 'arn:aws:iam::111122223333:role/x' } } },
    'Function: has no role of its own in the template',
    'Role: is a role for Lambda that no function has',
  ],
  [
    'a function without a role',
    { Function: { Type: 'AWS::Lambda::Function' } },
    'Function: has no role of its own in the template',
    'Role: is a role for Lambda that no function has',
  ],
  ['a role left over', { Spare: allow('sns:Publish') }, 'Spare: is a role for Lambda that no function has'],

  [
    'a queue without dead letters',
    properties('Queue', { RedrivePolicy: undefined }),
    'Queue: has no redrive policy, and is no dead letter queue itself',
  ],
  [
    'a target without dead letters',
    properties('Rule', { Targets: [{ Arn: 'x', RetryPolicy: {} }] }),
    'Rule: has a target without DeadLetterConfig',
  ],
  [
    'a target without retries',
    properties('Rule', { Targets: [{ Arn: 'x', DeadLetterConfig: { Arn: 'y' } }] }),
    'Rule: has a target without RetryPolicy',
  ],
  [
    'a schedule without either',
    { Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: { Target: { Arn: 'x' } } } },
    'Schedule: has a target without DeadLetterConfig',
    'Schedule: has a target without RetryPolicy',
  ],
  [
    'logs for ever',
    { Logs: { Type: 'AWS::Logs::LogGroup' } },
    'Logs: keeps its logs for ever: no RetentionInDays',
  ],
  [
    'an unencrypted topic',
    { Topic: { Type: 'AWS::SNS::Topic' } },
    'Topic: is not encrypted with a key of the stack',
  ],
  [
    "a topic with AWS's key",
    { Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'alias/aws/sns' } } },
    'Topic: is not encrypted with a key of the stack',
  ],
  [
    'an unencrypted queue',
    properties('Dead', { KmsMasterKeyId: undefined }),
    'Dead: is not encrypted with a key of the stack',
  ],
  [
    "a table with AWS's key",
    properties('Table', { SSESpecification: { SSEEnabled: true } }),
    'Table: is not encrypted with a key of the stack',
  ],
  [
    'a table without recovery',
    properties('Table', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } }),
    'Table: has no point-in-time recovery',
  ],
  [
    'a table that can be deleted',
    properties('Table', { DeletionProtectionEnabled: undefined }),
    'Table: has no deletion protection',
  ],
])('%s', async (_, changes, ...expected) => {
  const problems = await problemsOf(stack(changes));
  expect(problems.map(({ resource, says }) => `${resource}: ${says}`)).toEqual(expected);
});

test.each<[name: string, operator: string, key: string, value: unknown]>([
  ['a source', 'ArnLike', 'aws:SourceArn', 'arn:aws:events:*:111122223333:rule/*'],
  ['an account', 'StringEquals', 'AWS:SourceAccount', '111122223333'],
  ['an organization', 'StringEquals', 'aws:PrincipalOrgID', ['o-abcdefghij']],
])('anyone is narrowed down by %s', async (_, operator, key, value) => {
  expect(
    await problemsOf(
      stack({ QueuePolicy: policyOn('AWS::SQS::QueuePolicy', fromTopic(operator, key, value)) }),
    ),
  ).toEqual([]);
});

test("an alias of the stack's key is its key, and Sub points at it as Ref does", async () => {
  const Alias = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/trailseal' } };
  const byAlias = stack({
    Alias,
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { 'Fn::Sub': '${Alias}' } } },
  });
  expect(await problemsOf(byAlias)).toEqual([]);
});

test('a queue that only a function fails into is a dead letter queue', async () => {
  const Config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { DestinationConfig: { OnFailure: { Destination: attribute('Failed') } } },
  };
  const failed = { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: KEY } };
  expect(await problemsOf(stack({ Config, Failed: failed }))).toEqual([]);
});
