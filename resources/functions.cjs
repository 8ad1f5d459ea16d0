/**
 * What a function gets besides its own lines in function.yml: a role that lets it write its own log, an alarm on its
 * errors, and, if it has `rules`, `topics` or `queue: true`, a queue with its dead-letter queue, their policy, their
 * alarms and the right to consume it.
 *
 * - `rules`: rules of EventBridge by logical id, which deliver to the queue. One with an empty pattern is left out.
 * - `topics`: ARNs of SNS topics, maybe of other accounts and Regions, which the queue subscribes to.
 * - `queue: true`: a queue even without these, for messages of our own functions, which need the right to send them.
 * - `permissions`: statements of its role, or lists of them.
 * - `tries`: how often a message is tried at least before it is buried; 5 unless said.
 */
const { createHash } = require('node:crypto');
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '..', 'functions');
/** One without function.yml is in the making: nothing of it is deployed. */
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'function.yml')));

/** `send-alert` is `SendAlert` in logical ids. */
const pascal = (name) => name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase());
const att = (id, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const sub = (text) => ({ 'Fn::Sub': text });

const RETENTION_S = 14 * 24 * 3600;
/** As in serverless.yml, for functions that say nothing else. */
const TIMEOUT_S = 60;
/** A message that always fails is buried after this time, but not before it was tried some times. */
const GIVEN_UP_AFTER_S = 72 * 60;
const TRIED_AT_LEAST = 5;

/** Asked for once by each function, and worked out once. */
let stacks;
module.exports = (context) => {
  stacks ??= stacksOf(context);
  return stacks;
};

const stacksOf = async ({ resolveVariable }) => {
  const prefix = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const described = await Promise.all(
    names.map(async (name) => {
      const part = (key, fallback) =>
        resolveVariable(`file(functions/${name}/function.yml):${key}, ${fallback}`);
      const [permissions, rules, topics, queue, timeout, tries] = await Promise.all([
        part('permissions', "''"),
        part('rules', "''"),
        part('topics', "''"),
        part('queue', false),
        part('function.timeout', TIMEOUT_S),
        part('tries', TRIED_AT_LEAST),
      ]);
      const brings = { rules: withPattern(rules || {}), topics: topics || [], timeout, tries };
      return [name, permissions.flat(), rules || topics || queue ? brings : undefined];
    }),
  );
  return Object.fromEntries(
    described.map(([name, permissions, brings]) => [
      name,
      {
        Resources: {
          [`${pascal(name)}Role`]: role(prefix, name, [...(brings ? [consume(name)] : []), ...permissions]),
          [`${pascal(name)}ErrorsAlarm`]: errorsAlarm(prefix, name),
          ...(brings ? queueResources(prefix, name, brings) : {}),
        },
      },
    ]),
  );
};

/** What compliance.yml leaves nothing to listen to has an empty pattern, which EventBridge would refuse. */
const withPattern = (rules) =>
  Object.fromEntries(
    Object.entries(rules).filter(([, { EventPattern = {} }]) => Object.keys(EventPattern).length > 0),
  );

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

function queueResources(prefix, name, { rules, topics, timeout, tries }) {
  const [queue, deadLetters] = [`${pascal(name)}Queue`, `${pascal(name)}DeadLetterQueue`];
  // Six times the function's timeout, as Lambda asks for.
  const visibility = 6 * timeout;
  const late = Math.max(15 * 60, 2 * visibility);
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
        VisibilityTimeout: visibility,
        RedrivePolicy: {
          deadLetterTargetArn: att(deadLetters),
          maxReceiveCount: Math.max(tries, Math.round(GIVEN_UP_AFTER_S / visibility)),
        },
      },
    },
    [deadLetters]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${prefix}-${name}-dlq`, ...common } },
    ...Object.fromEntries(topics.map((topic) => [subscriptionId(name, topic), subscription(name, topic)])),
    ...queuePolicy(queue, deadLetters, [
      ['OwnRulesDeliver', 'events.amazonaws.com', Object.keys(rules).map((rule) => att(rule))],
      ['KnownTopicsDeliver', 'sns.amazonaws.com', topics],
    ]),
    [`${queue}AgeAlarm`]: alarm(`${prefix}-${name}-age`, {
      AlarmDescription: `${name} has not got to its oldest message for ${late / 60} minutes. Is it throttled, or does it fail?`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: att(queue, 'QueueName') }],
      Statistic: 'Maximum',
      Threshold: late,
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

/** Who may send to a queue and its dead letters. Without anybody to deliver, none is needed. */
function queuePolicy(queue, deadLetters, senders) {
  const statements = senders
    .filter(([, , sources]) => sources.length > 0)
    .map(([Sid, service, sources]) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sqs:SendMessage',
      Resource: [att(queue), att(deadLetters)],
      Condition: { ArnEquals: { 'aws:SourceArn': sources } },
    }));
  if (statements.length === 0) return {};
  return {
    [`${queue}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: queue }, { Ref: deadLetters }],
        PolicyDocument: { Version: '2012-10-17', Statement: statements },
      },
    },
  };
}

/** By the topic's ARN, so that one more in compliance.yml replaces none of the others. */
const subscriptionId = (name, topic) =>
  `${pascal(name)}Topic${createHash('sha256').update(topic).digest('hex').slice(0, 8).toUpperCase()}`;

const subscription = (name, topic) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: topic,
    // A topic can be in another Region than the stack.
    Region: topic.split(':')[3],
    Protocol: 'sqs',
    Endpoint: att(`${pascal(name)}Queue`),
    RawMessageDelivery: false,
    RedrivePolicy: { deadLetterTargetArn: att(`${pascal(name)}DeadLetterQueue`) },
  },
});

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
