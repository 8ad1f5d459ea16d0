import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { Reason } from '../../../contracts/trailseal/finding';
import { matchesAny } from '../../glob';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { isTrue, objectsAt, textAt, valueAt } from '../reading';
import { principalOf } from '../resource';

const PARAMETERS = 'requestParameters';
const LIFECYCLE = `${PARAMETERS}.LifecycleConfiguration.Rule`;
const BLOCK = `${PARAMETERS}.PublicAccessBlockConfiguration`;

/** What each call takes from a log bucket; nothing where it takes nothing. */
const losses: Readonly<Record<string, (record: CloudTrailRecord, minDays: number) => Reason[]>> = {
  PutBucketVersioning(record) {
    const at = `${PARAMETERS}.VersioningConfiguration`;
    return [
      ...(['Enabled', undefined].includes(textAt(record, `${at}.Status`))
        ? []
        : [reasonAt(record, `${at}.Status`, 'Enabled', 'overwritten log files are lost')]),
      ...(textAt(record, `${at}.MfaDelete`) === 'Disabled'
        ? [reasonAt(record, `${at}.MfaDelete`, 'Enabled', 'log files can be deleted without MFA')]
        : []),
    ];
  },
  PutBucketLifecycle: (record, minDays) =>
    objectsAt(record, LIFECYCLE).flatMap((rule): Reason[] => {
      const { Status, Expiration } = rule;
      const { Days, Date: on } = (
        typeof Expiration === 'object' && Expiration !== null ? Expiration : {}
      ) as {
        Days?: unknown;
        Date?: unknown;
      };
      const days = Number(Days);
      if (Status !== 'Enabled' || !(days < minDays || typeof on === 'string')) return [];
      return [
        {
          says:
            typeof on === 'string'
              ? `log files are deleted on ${on.slice(0, 40)}`
              : `log files are deleted after ${days} days`,
          path: `${LIFECYCLE}.Expiration`,
          value: typeof on === 'string' ? on.slice(0, 40) : days,
          expected: `at least ${minDays} days`,
        },
      ];
    }),
  PutBucketLogging: (record) =>
    valueAt(record, `${PARAMETERS}.BucketLoggingStatus.LoggingEnabled`) === undefined
      ? [
          reasonAt(
            record,
            `${PARAMETERS}.BucketLoggingStatus.LoggingEnabled`,
            'a target bucket',
            'access to the bucket is no longer logged',
          ),
        ]
      : [],
  PutBucketPublicAccessBlock: (record) =>
    ['RestrictPublicBuckets', 'BlockPublicPolicy', 'BlockPublicAcls', 'IgnorePublicAcls']
      .filter((name) => !isTrue(valueAt(record, `${BLOCK}.${name}`)))
      .map((name) => reasonAt(record, `${BLOCK}.${name}`, 'true', `${name} is off`)),
};

const isDeletion = (eventName: string): boolean => eventName.startsWith('Delete');

export default defineDetection({
  id: 'activity-log-bucket-weakened',
  version: 1,
  title: 'Weakening the log bucket is detected',
  severity: 'critical',
  rationale:
    'Logs are evidence only as long as nobody can change or remove them; versioning, policy, lifecycle and access block of their bucket see to that.',
  whatToDo: [
    'Put the setting back at once: versioning on, lifecycle as before, public access blocked, the policy that CloudTrail needs.',
    askTheCaller,
    'Verify that no file was changed or removed meanwhile: trailseal verify s3://BUCKET.',
    'Keep logs in an account of their own whose buckets only a break-glass role can change.',
  ],
  exemptible: false,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::S3::Bucket'],
  attack: ['T1562.008', 'T1485'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      's3.amazonaws.com': [
        'PutBucketVersioning',
        'PutBucketLifecycle',
        'PutBucketLogging',
        'DeleteBucketEncryption',
        'DeleteBucketPolicy',
        'PutBucketPolicy',
        'PutBucketPublicAccessBlock',
        'DeleteBucketPublicAccessBlock',
        'PutBucketAcl',
        'DeleteBucket',
        'PutBucketObjectLockConfiguration',
        'PutBucketNotification',
      ],
    },
  },

  parameters: z.object({
    logBuckets: z._default(
      z
        .array(z.string())
        .check(
          z.describe(
            'Names of buckets that hold logs, beside those under trails.buckets; "*" stands for any text.',
          ),
        ),
      ['aws-cloudtrail-logs-*', '*cloudtrail*', 'config-bucket-*', '*-audit-logs*'],
    ),
    minDays: z._default(
      z
        .int()
        .check(z.minimum(1), z.describe('A lifecycle that deletes after fewer days than this is a finding.')),
      365,
    ),
  }),
  completed: (parameters, { trails }) => ({
    ...parameters,
    logBuckets: [...parameters.logBuckets, ...trails.buckets.map(({ name }) => name)],
  }),
  quietHours: 24,
  detect(record, { logBuckets, minDays }) {
    if (hasFailed(record)) return undefined;
    const { eventName } = record;
    const bucket = textAt(record, `${PARAMETERS}.bucketName`);
    const isUnknown = record.requestParameters === undefined;
    if (!isUnknown && (bucket === undefined || !matchesAny(logBuckets, bucket))) return undefined;
    const because = isUnknown ? [] : (losses[eventName]?.(record, minDays) ?? []);
    if (because.length === 0 && !isDeletion(eventName)) return undefined;
    return detectedCall(record, {
      resource:
        bucket === undefined ? principalOf(record) : { resourceType: 'AWS::S3::Bucket', resourceId: bucket },
      severity: 'critical',
      noun: bucket === undefined ? 'called by' : 'log bucket',
      detail: isUnknown
        ? 'its parameters were not recorded'
        : because.map(({ says }) => says).join(', ') || undefined,
      expected: 'no weakening of a log bucket',
      because,
    });
  },
});
