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

const sub = (text: string) => ({ 'Fn::Sub': text });
const ownLog = (name: string) =>
  sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${name}:*`);

/** An API with one route to the function, which only that API may invoke. */
const api: Record<string, TemplateResource> = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { AuthorizationType: 'AWS_IAM' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: {
      DefaultRouteSettings: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 },
      AccessLogSettings: { DestinationArn: attribute('Logs') },
    },
  },
  Invoke: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub('arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/POST/x'),
    },
  },
};
const withApi = (id: string, Properties: Readonly<Record<string, unknown>>) => ({
  ...api,
  [id]: { Type: api[id]?.Type ?? '', Properties },
});

/** A role of remediations, which another role of the stack assumes. */
const remediations = (
  Condition: unknown = { StringEquals: { 'sts:ExternalId': 'x' } },
  Action: unknown = 'sts:AssumeRole',
) => ({
  RemediationRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'mends',
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: attribute('Role') }, Action, Condition }],
      },
      Policies: [{ PolicyDocument: { Statement: [stops] } }],
    },
  },
});
const stops = {
  Effect: 'Allow',
  Action: 'ec2:StopInstances',
  Resource: sub('arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*'),
};

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
    'Role: allows sns:Publish on what is not of the stack',
  ],
  [
    'every resource, in other words',
    { Role: allow('sns:Publish', { 'Fn::Sub': '*' }) },
    'Role: allows sns:Publish on *, although AWS can narrow it to resources',
    'Role: allows sns:Publish on what is not of the stack',
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
    'Open: is assumed without an external id',
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

  [
    'a route for anybody',
    withApi('Route', { AuthorizationType: 'NONE' }),
    'Route: is a route without IAM authorisation',
  ],
  ['a route that says nothing', withApi('Route', {}), 'Route: is a route without IAM authorisation'],
  [
    'an API with a route of its own making',
    withApi('Api', { ProtocolType: 'HTTP', Target: attribute('Function') }),
    'Api: brings routes that are no resources',
  ],
  [
    'a function for every API',
    withApi('Invoke', { Principal: 'apigateway.amazonaws.com', SourceAccount: '111122223333' }),
    'Invoke: lets any API invoke the function',
  ],
  [
    'an API without limits or logs',
    withApi('Stage', { DefaultRouteSettings: { ThrottlingBurstLimit: 1 } }),
    'Stage: has no limit on how often it is called',
    'Stage: keeps no log of who called',
  ],

  [
    "a change of the user's",
    { Role: roleThat(stops) },
    'Role: allows ec2:StopInstances on what is not of the stack',
  ],
  [
    "a change of the user's beside one of our own",
    { Role: allow('sqs:SendMessage', [attribute('Queue'), 'arn:aws:sqs:eu-west-1:111122223333:theirs']) },
    'Role: allows sqs:SendMessage on what is not of the stack',
  ],
  [
    "a change of the user's in a policy beside the role",
    { Policy: policyOn('AWS::IAM::ManagedPolicy', stops) },
    'Policy: allows ec2:StopInstances on what is not of the stack',
  ],
  [
    'the log of another stack',
    { Role: allow('logs:PutLogEvents', ownLog('/aws/lambda/theirs')) },
    'Role: allows logs:PutLogEvents on what is not of the stack',
  ],
  [
    'another role',
    { Role: allow('sts:AssumeRole', sub('arn:aws:iam::${AWS::AccountId}:role/mends')) },
    'Role: allows sts:AssumeRole on what is not of the stack',
  ],
  [
    'roles of any name',
    {
      ...remediations(),
      Role: allow('sts:AssumeRole', sub('arn:aws:iam::${AWS::AccountId}:role/*')),
    },
    'Role: allows sts:AssumeRole on what is not of the stack',
  ],
  [
    'a role for whoever may assume roles, whatever that stands beside',
    remediations({}, ['sts:TagSession', 'sts:AssumeRole']),
    'RemediationRole: is assumed without an external id',
  ],
  [
    'a role for whoever may assume roles',
    remediations({ StringLike: { 'sts:SourceIdentity': 'x' } }),
    'RemediationRole: is assumed without an external id',
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

test.each<[name: string, changes: Readonly<Record<string, TemplateResource>>]>([
  ['an API that only callers with IAM rights reach', api],
  [
    'what a role changes below a resource of the stack',
    { Role: allow('sqs:SendMessage', sub('${Queue.Arn}/x')) },
  ],
  [
    'a log that the stack names',
    {
      Logs: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { RetentionInDays: 9, LogGroupName: '/aws/lambda/own' },
      },
      Role: allow('logs:PutLogEvents', ownLog('/aws/lambda/own')),
    },
  ],
  ["reading what is the user's", { Role: allow(['s3:GetObject', 'kms:Decrypt'], 'arn:aws:s3:::theirs/x') }],
  [
    'remediations in a role of their own, here and in a member account',
    {
      ...remediations(),
      RemediationPolicy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { Roles: [{ Ref: 'RemediationRole' }], PolicyDocument: { Statement: [stops] } },
      },
      Role: allow('sts:AssumeRole', [
        sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/mends'),
        sub('arn:${AWS::Partition}:iam::111122223333:role/mends'),
      ]),
    },
  ],
])('%s is no problem', async (_, changes) => {
  expect(await problemsOf(stack(changes))).toEqual([]);
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
