import * as z from 'zod/mini';
import { defineRemediation, nothingToDo } from '../remediation';
import {
  BucketTags,
  bucketCall,
  bucketTags,
  bucketTarget,
  readBucket,
  readBucketTags,
} from '../resources/bucket';
import {
  blockMeaning,
  blocksEverything,
  everythingBlocked,
  NO_BLOCK,
  observedBlock,
  PublicAccessBlock,
} from '../resources/public-access-block';

const PUT = 's3:PutBucketPublicAccessBlock';
const EVERYBODY = ['/AllUsers', '/AuthenticatedUsers'];

const PolicyStatus = z.nullable(z.object({ PolicyStatus: z.object({ IsPublic: z.boolean() }) }));
const Acl = z.object({
  Grants: z.array(
    z.object({ Grantee: z.object({ URI: z.optional(z.string()) }), Permission: z.optional(z.string()) }),
  ),
});

const put = (
  target: Parameters<typeof bucketCall>[0],
  configuration: typeof everythingBlocked | object,
  says: string,
) =>
  bucketCall(target, 'PutPublicAccessBlock', PUT, says, {
    PublicAccessBlockConfiguration: { ...configuration },
  });

export default defineRemediation({
  id: 's3-enable-block-public-access',
  version: 1,
  title: 'Block public access to a bucket',
  fixes: ['s3-bucket-public-access-block', 'guardduty-s3-exposure'],
  restoresEvidence: false,
  cap: 20,
  settleSeconds: 10,
  autoWhen: {
    says: 'Neither the policy of the bucket nor its ACL grants anything to the public: nobody loses access.',
    holds: ({ captured: { policyStatus, acl } }) => {
      if (policyStatus?.PolicyStatus.IsPublic) return 'the policy of the bucket is public';
      const open = acl.Grants.some(({ Grantee }) => EVERYBODY.some((group) => Grantee.URI?.endsWith(group)));
      return open ? 'the ACL of the bucket grants access to the public' : true;
    },
  },
  permissions: {
    capture: [
      's3:GetBucketAcl',
      's3:GetBucketPolicyStatus',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
    ],
    apply: [PUT],
    undo: [PUT],
  },
  settings: z.object({}),
  captured: z.object({ block: PublicAccessBlock, policyStatus: PolicyStatus, acl: Acl, tags: BucketTags }),
  exposesAgain: 'Policies and ACLs of the bucket can make it public again, and those that do count again.',
  target: bucketTarget,
  reads: (target) => [
    readBucket('block', target, 'GetPublicAccessBlock', 's3:GetBucketPublicAccessBlock', NO_BLOCK),
    readBucket(
      'policyStatus',
      target,
      'GetBucketPolicyStatus',
      's3:GetBucketPolicyStatus',
      'NoSuchBucketPolicy',
    ),
    readBucket('acl', target, 'GetBucketAcl', 's3:GetBucketAcl'),
    readBucketTags(target),
  ],
  tags: bucketTags,
  meaning: ({ block }) => blockMeaning(block),
  observed: ({ block }) => {
    const observed = observedBlock(block);
    return {
      resourceType: 'AWS::S3::Bucket',
      configuration: {},
      supplementaryConfiguration: observed === null ? {} : { PublicAccessBlockConfiguration: observed },
    };
  },
  plan({ captured, target }) {
    if (blocksEverything(captured.block)) return nothingToDo('the bucket blocks all public access');
    return {
      outcome: 'change',
      calls: [put(target, everythingBlocked, `Block all public access to bucket ${target.id}`)],
      after: { ...captured, block: { PublicAccessBlockConfiguration: everythingBlocked } },
      notes: captured.policyStatus?.PolicyStatus.IsPublic
        ? ['The policy of the bucket is public: whoever reads by it from outside the account is refused.']
        : [],
    };
  },
  undo: ({ captured: { block }, target }) => ({
    reversible: true,
    calls: [
      block
        ? put(
            target,
            block.PublicAccessBlockConfiguration,
            `Set the public access block of bucket ${target.id} as it was`,
          )
        : bucketCall(
            target,
            'DeletePublicAccessBlock',
            PUT,
            `Take the public access block of bucket ${target.id} away`,
          ),
    ],
  }),
});
