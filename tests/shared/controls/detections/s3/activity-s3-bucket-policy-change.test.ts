import detection from '../../../../../shared/controls/detections/s3/activity-s3-bucket-policy-change';
import { call, denied, testDetection } from '../detecting';

const policy = call('s3', 'PutBucketPolicy', { bucketName: 'data', bucketPolicy: { Statement: [] } });

testDetection(detection, {
  fires: [
    ['a policy', policy, { severity: 'medium', resourceId: 'data', says: 'PutBucketPolicy: bucket data' }],
    [
      'an ACL',
      call('s3', 'PutBucketAcl', { bucketName: 'data', 'x-amz-acl': ['public-read'] }),
      { severity: 'medium', resourceId: 'data' },
    ],
    [
      'a lifecycle',
      call('s3', 'DeleteBucketLifecycle', { bucketName: 'data' }),
      { severity: 'medium', resourceId: 'data' },
    ],
    [
      'nothing but the name of the call',
      call('s3', 'PutBucketReplication'),
      { severity: 'medium', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...policy, eventSource: 's3-outposts.amazonaws.com' }],
    ['failed', 'refused', denied(policy)],
    ['neighbour', 'tags', call('s3', 'PutBucketTagging', { bucketName: 'data' })],
    ['neighbour', 'looking', call('s3', 'GetBucketPolicy', { bucketName: 'data' }, { readOnly: true })],
  ],
});
