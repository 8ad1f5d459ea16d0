import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { Severity } from '../../../contracts/trailseal/finding';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { hasFailed, isDenied } from '../outcome';
import { lastSegment, textAt, textsAt } from '../reading';

/** How the calls of a service name what they are on. */
interface Service {
  readonly noun: string;
  readonly resourceType: string;
  /** Paths of texts, or of lists of them. */
  readonly named: readonly string[];
  /** They stop the watch, or change what it says. */
  readonly breaking: readonly string[];
  /** They may do so, and are what a deployment does, too. */
  readonly changing: readonly string[];
}

const p = (name: string): string => `requestParameters.${name}`;

/** What Trailseal is made of, by event source. */
const services: Readonly<Record<string, Service>> = {
  'cloudformation.amazonaws.com': {
    noun: 'stack',
    resourceType: 'AWS::CloudFormation::Stack',
    named: [p('stackName')],
    breaking: ['DeleteStack'],
    changing: ['UpdateStack', 'ExecuteChangeSet', 'SetStackPolicy', 'UpdateTerminationProtection'],
  },
  'dynamodb.amazonaws.com': {
    noun: 'table',
    resourceType: 'AWS::DynamoDB::Table',
    named: [p('tableName'), p('resourceArn')],
    breaking: ['DeleteTable'],
    changing: ['UpdateTable', 'UpdateContinuousBackups', 'UpdateTimeToLive', 'PutResourcePolicy'],
  },
  'events.amazonaws.com': {
    noun: 'rule or bus',
    resourceType: 'AWS::Events::Rule',
    named: [p('name'), p('rule'), p('eventBusName')],
    breaking: ['DeleteRule', 'DisableRule', 'RemoveTargets', 'DeleteEventBus'],
    changing: ['PutRule', 'PutTargets', 'PutPermission', 'RemovePermission', 'UpdateEventBus'],
  },
  'iam.amazonaws.com': {
    noun: 'role',
    resourceType: 'AWS::IAM::Role',
    named: [p('roleName')],
    breaking: ['DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy', 'PutRolePermissionsBoundary'],
    changing: [
      'PutRolePolicy',
      'AttachRolePolicy',
      'UpdateAssumeRolePolicy',
      'DeleteRolePermissionsBoundary',
    ],
  },
  'kms.amazonaws.com': {
    noun: 'key',
    resourceType: 'AWS::KMS::Key',
    named: [p('keyId'), p('aliasName')],
    breaking: ['DisableKey', 'ScheduleKeyDeletion'],
    changing: ['PutKeyPolicy', 'UpdateAlias', 'DeleteAlias', 'RevokeGrant', 'RetireGrant'],
  },
  'lambda.amazonaws.com': {
    noun: 'function',
    resourceType: 'AWS::Lambda::Function',
    named: [p('functionName'), 'responseElements.functionArn', 'responseElements.functionName'],
    breaking: ['DeleteFunction', 'PutFunctionConcurrency', 'DeleteEventSourceMapping', 'RemovePermission'],
    changing: [
      'UpdateFunctionCode',
      'UpdateFunctionConfiguration',
      'UpdateEventSourceMapping',
      'AddPermission',
      'PutFunctionEventInvokeConfig',
    ],
  },
  'logs.amazonaws.com': {
    noun: 'log group',
    resourceType: 'AWS::Logs::LogGroup',
    named: [p('logGroupName'), p('logGroupIdentifier')],
    breaking: ['DeleteLogGroup', 'DeleteLogStream'],
    changing: ['PutRetentionPolicy', 'DeleteMetricFilter', 'DeleteSubscriptionFilter'],
  },
  'monitoring.amazonaws.com': {
    noun: 'alarm',
    resourceType: 'AWS::CloudWatch::Alarm',
    named: [p('alarmName'), p('alarmNames')],
    breaking: ['DeleteAlarms', 'DisableAlarmActions', 'SetAlarmState'],
    changing: ['PutMetricAlarm'],
  },
  's3.amazonaws.com': {
    noun: 'bucket',
    resourceType: 'AWS::S3::Bucket',
    named: [p('bucketName')],
    breaking: [
      'DeleteBucket',
      'DeleteBucketEncryption',
      'DeleteBucketPolicy',
      'PutBucketLifecycle',
      'PutBucketObjectLockConfiguration',
      'PutBucketVersioning',
    ],
    changing: [
      'PutBucketAcl',
      'PutBucketPolicy',
      'PutBucketPublicAccessBlock',
      'DeleteBucketPublicAccessBlock',
    ],
  },
  'sns.amazonaws.com': {
    noun: 'topic',
    resourceType: 'AWS::SNS::Topic',
    named: [p('topicArn'), p('subscriptionArn')],
    breaking: ['DeleteTopic', 'Unsubscribe'],
    changing: ['SetTopicAttributes', 'SetSubscriptionAttributes', 'AddPermission', 'RemovePermission'],
  },
  'sqs.amazonaws.com': {
    noun: 'queue',
    resourceType: 'AWS::SQS::Queue',
    named: [p('queueUrl')],
    breaking: ['DeleteQueue', 'PurgeQueue'],
    changing: ['SetQueueAttributes', 'AddPermission', 'RemovePermission'],
  },
};

const calls = Object.fromEntries(
  Object.entries(services).map(([source, { breaking, changing }]) => [source, [...breaking, ...changing]]),
);

/** What our own deployment does, it does by the stack: that call is told, and not each of those that follow. */
const isByDeployment = ({ userIdentity, eventSource }: CloudTrailRecord): boolean =>
  userIdentity.invokedBy === 'cloudformation.amazonaws.com' && eventSource !== 'cloudformation.amazonaws.com';

interface Part {
  readonly name: string;
  readonly text: string;
}

/**
 * Which part of ours a call names: by a name that starts as ours do, whether as an ARN, a URL, a path or by itself;
 * or a key that has no name.
 */
function partNamed(record: CloudTrailRecord, { named }: Service, own: Own): Part | undefined {
  const texts = named.flatMap((path) => textsAt(record, path));
  for (const text of texts) {
    const name = text.split(/[/:]/).find((part) => part.startsWith(own.prefix) || part === own.bare);
    if (name !== undefined) return { name, text };
    if (own.keys.some((key) => lastSegment(key) === lastSegment(text)))
      return { name: lastSegment(text), text };
  }
  return undefined;
}

interface Own {
  readonly prefix: string;
  /** The prefix without its hyphen. */
  readonly bare: string;
  readonly keys: readonly string[];
}

function severityOf(record: CloudTrailRecord, { breaking }: Service): Severity {
  if (hasFailed(record)) return 'high';
  const { eventName } = record;
  if (breaking.some((name) => eventName === name || eventName.startsWith(`${name}20`))) return 'critical';
  return 'medium';
}

export default defineDetection({
  id: 'activity-trailseal-tamper',
  version: 1,
  title: 'Tampering with Trailseal itself is detected',
  severity: 'critical',
  rationale:
    'Whoever may change the rules, functions, queues, topics, table, buckets, keys or roles of Trailseal can silence every other alert before doing anything else.',
  whatToDo: [
    'Find out whether that was a deployment of yours: the alert names principal, address and session.',
    'If not, deploy the stack again from your code at once, and look at what happened since the call by hand: alerts of that time may be missing.',
    "Look at the subscriptions of the alert topic and at the permissions of its key: they are how alerts are silenced without a trace in Trailseal's own data.",
    "Deactivate the caller's access keys, revoke the sessions of the role, and treat the account as taken over.",
    'Deny changes of names that begin as those of Trailseal to all but its deployment role, by a service control policy.',
  ],
  exemptible: false,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['AU-9', 'AU-6', 'IR-5', 'SI-4'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: [
    'AWS::::Account',
    'AWS::CloudFormation::Stack',
    'AWS::CloudWatch::Alarm',
    'AWS::DynamoDB::Table',
    'AWS::Events::Rule',
    'AWS::IAM::Role',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
    'AWS::SNS::Topic',
    'AWS::SQS::Queue',
  ],
  attack: ['T1562.001', 'T1562.008'],
  listensTo: {
    detailTypes: [API_CALL],
    calls,
    failed: [...new Set(Object.values(calls).flat())],
  },
  parameters: z.object({
    prefix: z._default(
      z.string().check(z.minLength(3), z.describe('How the names of what the stack is made of begin.')),
      'trailseal-',
    ),
    keys: z._default(
      z
        .array(z.string())
        .check(z.describe("Ids or ARNs of KMS keys that Trailseal needs, beside the stack's own.")),
      [],
    ),
  }),
  completed: (parameters, { ownKeys = [] }) => ({ ...parameters, keys: [...parameters.keys, ...ownKeys] }),
  quietHours: 24,
  detect(record, { prefix, keys }) {
    // A call that failed for want of permission was an attempt; one on what is not there was none.
    if (isByDeployment(record) || (hasFailed(record) && !isDenied(record.errorCode))) return undefined;
    const service = services[record.eventSource];
    const part = service && partNamed(record, service, { prefix, bare: prefix.replace(/-$/, ''), keys });
    if (service === undefined || part === undefined) return undefined;
    const alias = textAt(record, p('aliasName'));
    return detectedCall(record, {
      resource: {
        resourceType: service.resourceType,
        resourceId: part.name,
        ...(part.text.startsWith('arn:') ? { arn: part.text } : {}),
      },
      severity: severityOf(record, service),
      noun: alias === undefined ? `${service.noun} of Trailseal` : 'alias of Trailseal',
      expected: 'no change of Trailseal but by its deployment',
      attempted: hasFailed(record),
    });
  },
});
