import detection from '../../../../../shared/controls/detections/s3/activity-log-bucket-weakened';
import { call, denied, testDetection } from '../detecting';

const on = (eventName: string, parameters: object = {}) =>
  call('s3', eventName, { bucketName: 'logs-1', ...parameters });
const lifecycle = on('PutBucketLifecycle', {
  LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 1 } } },
});
const block = {
  RestrictPublicBuckets: true,
  BlockPublicPolicy: true,
  BlockPublicAcls: true,
  IgnorePublicAcls: 'true',
};

test('the buckets of the trails that are verified are log buckets', () => {
  const trails = { buckets: [{ name: 'named', owner: 'self', keys: [] }], topics: [], lookbackDays: 30 };
  const parameters = detection.completed?.({ logBuckets: ['a'], minDays: 1 }, { trails });
  expect(parameters).toEqual({ logBuckets: ['a', 'named'], minDays: 1 });
});

testDetection(detection, {
  parameters: { logBuckets: ['logs-*'] },
  fires: [
    [
      'versioning suspended',
      on('PutBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } }),
      {
        severity: 'critical',
        resourceId: 'logs-1',
        because: ['requestParameters.VersioningConfiguration.Status'],
      },
    ],
    [
      'MFA no longer asked for',
      on('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled', MfaDelete: 'Disabled' } }),
      {
        severity: 'critical',
        resourceId: 'logs-1',
        because: ['requestParameters.VersioningConfiguration.MfaDelete'],
      },
    ],
    [
      'logs deleted after a day',
      lifecycle,
      { severity: 'critical', resourceId: 'logs-1', says: 'log files are deleted after 1 days' },
    ],
    [
      'the same in a list of rules',
      on('PutBucketLifecycle', {
        LifecycleConfiguration: {
          Rule: [
            { Status: 'Disabled', Expiration: { Days: 1 } },
            { Status: 'Enabled', Expiration: { Days: 30 } },
          ],
        },
      }),
      { severity: 'critical', resourceId: 'logs-1', says: 'after 30 days' },
    ],
    [
      'logs deleted on a day',
      on('PutBucketLifecycle', {
        LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Date: '2026-02-01T00:00:00Z' } } },
      }),
      { severity: 'critical', resourceId: 'logs-1', says: 'deleted on 2026-02-01' },
    ],
    [
      'access no longer logged',
      on('PutBucketLogging', { BucketLoggingStatus: { xmlns: 'x' } }),
      { severity: 'critical', resourceId: 'logs-1' },
    ],
    [
      'the public not kept out',
      on('PutBucketPublicAccessBlock', {
        PublicAccessBlockConfiguration: { ...block, BlockPublicPolicy: false },
      }),
      {
        severity: 'critical',
        resourceId: 'logs-1',
        because: ['requestParameters.PublicAccessBlockConfiguration.BlockPublicPolicy'],
      },
    ],
    ['the policy deleted', on('DeleteBucketPolicy'), { severity: 'critical', resourceId: 'logs-1' }],
    ['the bucket deleted', on('DeleteBucket'), { severity: 'critical', resourceId: 'logs-1' }],
    [
      'parameters that CloudTrail left out',
      call('s3', 'DeleteBucketPolicy'),
      { severity: 'critical', resourceId: 'Ops', says: 'not recorded' },
    ],
  ],
  misses: [
    [
      'field',
      'another bucket',
      {
        ...lifecycle,
        requestParameters: { ...(lifecycle['requestParameters'] as object), bucketName: 'data' },
      },
    ],
    [
      'field',
      'logs kept for long',
      on('PutBucketLifecycle', {
        LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 365 } } },
      }),
    ],
    [
      'field',
      'versioning enabled',
      on('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }),
    ],
    [
      'field',
      'the public kept out',
      on('PutBucketPublicAccessBlock', { PublicAccessBlockConfiguration: block }),
    ],
    [
      'field',
      'access logged',
      on('PutBucketLogging', { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'x' } } }),
    ],
    ['field', 'a setting that weakens nothing', on('PutBucketNotification')],
    ['failed', 'refused', denied(lifecycle)],
    ['neighbour', 'tags', on('PutBucketTagging')],
  ],
});
