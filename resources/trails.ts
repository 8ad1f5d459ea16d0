import type { TrailBucket, Trails } from '../shared/contracts/trailseal/compliance-policy';

/** What compliance.yml says under `trails`, as the stack needs it, by the name that function.yml includes it by. */
export const trailResources = ({ buckets, topics }: Trails) => ({
  objectCreated: objectCreated(buckets),
  listLogs: listLogs(buckets),
  readLogs: [...listLogs(buckets), ...readLogs(buckets)],
  topics,
  deliveringServices: [
    'cloudwatch.amazonaws.com',
    'events.amazonaws.com',
    ...(topics.length > 0 ? ['sns.amazonaws.com'] : []),
  ],
});

/**
 * S3's events of the digest and log files in these buckets, when they arrive and when they are deleted; nothing without
 * buckets. With few wildcards: EventBridge refuses patterns that take many steps to match.
 */
export const objectCreated = (buckets: readonly Pick<TrailBucket, 'name'>[]) =>
  buckets.length === 0
    ? {}
    : {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: buckets.map(({ name }) => name) },
          object: {
            key: [{ wildcard: '*/CloudTrail-Digest/*.json.gz' }, { wildcard: '*/CloudTrail/*.json.gz' }],
          },
        },
      };

const arnsOf = (buckets: readonly TrailBucket[], suffix = '') =>
  buckets.map(({ name }) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${name}${suffix}` }));

/** The right to see which objects these buckets hold. */
const listLogs = (buckets: readonly TrailBucket[]) =>
  buckets.length === 0
    ? []
    : [
        {
          // Without s3:ListBucket a file that is gone looks like one that may not be read.
          Sid: 'ListFilesOfTrails',
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: arnsOf(buckets),
        },
      ];

/** The right to read the files of CloudTrail in these buckets, no other object in them, and when they expire there. */
function readLogs(buckets: readonly TrailBucket[]) {
  if (buckets.length === 0) return [];
  const keys = [...new Set(buckets.flatMap((bucket) => bucket.keys))];
  return [
    {
      Sid: 'ReadFilesOfTrails',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: arnsOf(buckets, '/*AWSLogs/*'),
    },
    {
      Sid: 'KnowWhenFilesExpire',
      Effect: 'Allow',
      Action: 's3:GetLifecycleConfiguration',
      Resource: arnsOf(buckets),
    },
    ...(keys.length === 0
      ? []
      : [
          {
            Sid: 'DecryptFilesOfTrails',
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: keys,
            Condition: { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com*' } },
          },
        ]),
  ];
}
