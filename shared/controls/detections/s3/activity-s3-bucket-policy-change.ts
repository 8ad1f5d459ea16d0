import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller } from '../metadata';
import { hasFailed } from '../outcome';
import { resourceAt } from '../resource';

export default defineDetection({
  id: 'activity-s3-bucket-policy-change',
  version: 1,
  title: 'S3 bucket policy and ACL changes are detected',
  severity: 'medium',
  rationale:
    'Policy, ACL, CORS, lifecycle and replication of a bucket decide who reads its data, how long it is kept, and to whom it is copied.',
  whatToDo: [
    'Read the policy and ACL of the bucket as they are now: Principal * and other accounts above all.',
    askTheCaller,
    'For a replication, look at whose the destination bucket is; for a lifecycle, at what would expire.',
    "If it was not planned, put back the former setting, which the bucket's configuration history has.",
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.8', '3.0.0': '4.8', '4.0.0': '4.8', '5.0.0': '4.8', '6.0.0': '5.8', '7.0.0': '5.8' },
    securityHub: ['CloudWatch.8'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2'],
  },
  resourceTypes: ['AWS::S3::Bucket'],
  attack: ['T1530', 'T1537'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      's3.amazonaws.com': [
        'PutBucketAcl',
        'PutBucketPolicy',
        'PutBucketCors',
        'PutBucketLifecycle',
        'PutBucketReplication',
        'DeleteBucketPolicy',
        'DeleteBucketCors',
        'DeleteBucketLifecycle',
        'DeleteBucketReplication',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::S3::Bucket', ['requestParameters.bucketName']),
      severity: 'medium',
      noun: 'bucket',
      expected: 'no change of a bucket that was not planned',
    });
  },
});
