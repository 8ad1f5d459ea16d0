/**
 * What a function gets besides its own lines in function.yml: a role that lets it write its own log, an alarm on its
 * errors, and, if it has `rules`, a queue that they deliver to, with its dead-letter queue, their policy, their alarms
 * and the right to consume it.
 */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const names = readdirSync(join(__dirname, '..', 'functions'));

/** `send-alert` is `SendAlert` in logical ids. */
const pascal = (name) => name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase());
const att = (id, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const sub = (text) => ({ 'Fn::Sub': text });

const RETENTION_S = 14 * 24 * 3600;
/** Six times the function's 60 s, as Lambda asks for; a message that always fails is buried after about an hour. */
const VISIBILITY_S = 360;
const RECEIVED_AT_MOST = 12;

module.exports = async ({ resolveVariable }) => {
  const prefix = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const described = await Promise.all(
    names.map(async (name) => {
      const part = (key) => resolveVariable(`file(functions/${name}/function.yml):${key}, ''`);
      return [name, await part('permissions'), (await part('rules')) || undefined];
    }),
  );
  return Object.fromEntries(
    described.map(([name, permissions, rules]) => [
      name,
      {
        Resources: {
          [`${pascal(name)}Role`]: role(prefix, name, [...(rules ? [consume(name)] : []), ...permissions]),
          [`${pascal(name)}ErrorsAlarm`]: errorsAlarm(prefix, name),
          ...(rules ? queueResources(prefix, name, rules) : {}),
        },
      },
    ]),
  );
};

/** Where a rule of EventBridge delivers to: the function's queue; what can't be delivered goes to its dead letters. */
const queueTarget = (name) => ({
  Id: name,
  Arn: att(`${pascal(name)}Queue`),
  DeadLetterConfig: { Arn: att(`${pascal(name)}DeadLetterQueue`) },
  RetryPolicy: { MaximumEventAgeInSeconds: 24 * 3600, MaximumRetryAttempts: 185 },
});

const role = (prefix, name, statements) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Description: `What ${prefix}-${name} may do`,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [
      {
        PolicyName: name,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'WriteOwnLog',
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: sub(
                `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${prefix}-${name}:*`,
              ),
            },
            ...statements,
          ],
        },
      },
    ],
  },
});

const consume = (name) => ({
  Sid: 'ConsumeOwnQueue',
  Effect: 'Allow',
  Action: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueAttributes',
  ],
  Resource: att(`${pascal(name)}Queue`),
});

function queueResources(prefix, name, rules) {
  const [queue, deadLetters] = [`${pascal(name)}Queue`, `${pascal(name)}DeadLetterQueue`];
  const common = { MessageRetentionPeriod: RETENTION_S, KmsMasterKeyId: { Ref: 'Key' } };
  return {
    ...Object.fromEntries(
      Object.entries(rules).map(([id, rule]) => [
        id,
        { Type: 'AWS::Events::Rule', Properties: { ...rule, Targets: [queueTarget(name)] } },
      ]),
    ),
    [queue]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${prefix}-${name}`,
        ...common,
        VisibilityTimeout: VISIBILITY_S,
        RedrivePolicy: { deadLetterTargetArn: att(deadLetters), maxReceiveCount: RECEIVED_AT_MOST },
      },
    },
    [deadLetters]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${prefix}-${name}-dlq`, ...common } },
    [`${queue}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: queue }, { Ref: deadLetters }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'OwnRulesDeliver',
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: [att(queue), att(deadLetters)],
              Condition: { ArnEquals: { 'aws:SourceArn': Object.keys(rules).map((rule) => att(rule)) } },
            },
          ],
        },
      },
    },
    [`${queue}AgeAlarm`]: alarm(`${prefix}-${name}-age`, {
      AlarmDescription: `${name} has not got to its oldest message for 15 minutes. Is it throttled, or does it fail?`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: att(queue, 'QueueName') }],
      Statistic: 'Maximum',
      Threshold: 15 * 60,
    }),
    [`${deadLetters}Alarm`]: alarm(`${prefix}-${name}-dlq`, {
      AlarmDescription: `Messages failed in ${name} until they were given up. npx trailseal redrive lists them.`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: att(deadLetters, 'QueueName') }],
      Statistic: 'Maximum',
      Threshold: 0,
    }),
  };
}

const errorsAlarm = (prefix, name) =>
  alarm(`${prefix}-${name}-errors`, {
    AlarmDescription: `${name} fails as a whole. Its log says why.`,
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: `${prefix}-${name}` }],
    Statistic: 'Sum',
    Threshold: 0,
  });

const alarm = (AlarmName, properties) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    Period: 300,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'OperationsTopic' }],
    OKActions: [{ Ref: 'OperationsTopic' }],
    ...properties,
  },
});
