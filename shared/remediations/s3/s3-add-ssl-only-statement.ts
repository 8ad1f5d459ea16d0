import * as z from 'zod/mini';
import { cannot, defineRemediation, nothingToDo } from '../remediation';
import {
  BucketTags,
  bucketCall,
  bucketTags,
  bucketTarget,
  readBucket,
  readBucketTags,
} from '../resources/bucket';
import { hasTlsOnly, MOST_POLICY_BYTES, parsePolicy, withTlsOnly } from '../resources/bucket-policy';

const PUT = 's3:PutBucketPolicy';
const DELETE = 's3:DeleteBucketPolicy';

export default defineRemediation({
  id: 's3-add-ssl-only-statement',
  version: 1,
  title: 'Add a statement to the policy of a bucket that denies requests without TLS',
  fixes: ['s3-bucket-ssl-only'],
  restoresEvidence: false,
  cap: 20,
  settleSeconds: 10,
  autoWhen: { never: 'Who still comes without TLS shows only in access logs, and would be refused.' },
  permissions: { capture: ['s3:GetBucketPolicy', 's3:GetBucketTagging'], apply: [PUT], undo: [DELETE, PUT] },
  settings: z.object({}),
  captured: z.object({ policy: z.nullable(z.object({ Policy: z.string() })), tags: BucketTags }),
  exposesAgain: false,
  target: bucketTarget,
  reads: (target) => [
    readBucket('policy', target, 'GetBucketPolicy', 's3:GetBucketPolicy', 'NoSuchBucketPolicy'),
    readBucketTags(target),
  ],
  tags: bucketTags,
  // S3 gives back the text that was put, though not always in its own layout.
  meaning: ({ policy }) => (policy === null ? null : (parsePolicy(policy.Policy) ?? policy.Policy)),
  observed: ({ policy }) => ({
    resourceType: 'AWS::S3::Bucket',
    configuration: {},
    supplementaryConfiguration: { BucketPolicy: { policyText: policy?.Policy ?? null } },
  }),
  plan({ captured, target }) {
    const before = captured.policy === null ? undefined : parsePolicy(captured.policy.Policy);
    if (captured.policy !== null && before === undefined)
      return cannot('the policy of the bucket is none that a statement could be added to');
    if (before && hasTlsOnly(before, target.arn))
      return nothingToDo('the policy denies requests without TLS');
    const text = JSON.stringify(withTlsOnly(before, target.arn));
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_POLICY_BYTES)
      return cannot(`the policy would have ${bytes} bytes, and S3 takes ${MOST_POLICY_BYTES}`);
    return {
      outcome: 'change',
      calls: [
        bucketCall(
          target,
          'PutBucketPolicy',
          PUT,
          `Add a statement that denies requests without TLS to the policy of bucket ${target.id}`,
          { Policy: text },
        ),
      ],
      after: { ...captured, policy: { Policy: text } },
      notes: ['Whoever still uses plain HTTP is refused.'],
    };
  },
  undo: ({ captured: { policy }, target }) => ({
    reversible: true,
    calls: [
      policy
        ? bucketCall(target, 'PutBucketPolicy', PUT, `Put the policy of bucket ${target.id} back as it was`, {
            Policy: policy.Policy,
          })
        : bucketCall(target, 'DeleteBucketPolicy', DELETE, `Delete the policy of bucket ${target.id}`),
    ],
  }),
});
