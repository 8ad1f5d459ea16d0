import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, locate, read, tagMap } from '../remediation';

/** Buckets of us-east-1 from before 2018 may have names of up to 255 characters, with capitals and underscores. */
export const bucketTarget = locate({
  resourceTypes: ['AWS::S3::Bucket'],
  id: /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/,
  arnOf: ({ partition, id }) => `arn:${partition}:s3:::${id}`,
});

const bucketInput = (target: Target, more: JsonObject = {}): JsonObject => ({
  Bucket: target.id,
  // Or the call would go to whoever has taken the name meanwhile.
  ExpectedBucketOwner: target.accountId,
  ...more,
});

export const readBucket = (
  as: string,
  target: Target,
  action: string,
  iamAction: string,
  ...absentOn: readonly string[]
) =>
  read(
    as,
    {
      service: 's3',
      action,
      region: target.region,
      input: bucketInput(target),
      allows: [allow(iamAction, target.arn)],
    },
    ...absentOn,
  );

/** A call on one bucket that may be made twice without harm. */
export const bucketCall = (
  target: Target,
  action: string,
  iamAction: string,
  says: string,
  more: JsonObject = {},
): AwsCall => ({
  service: 's3',
  action,
  region: target.region,
  input: bucketInput(target, more),
  allows: [allow(iamAction, target.arn)],
  says,
  again: 'harmless',
});

export const BucketTags = z.nullable(
  z.object({ TagSet: z.array(z.object({ Key: z.string(), Value: z.optional(z.string()) })) }),
);

export const readBucketTags = (target: Target) =>
  readBucket('tags', target, 'GetBucketTagging', 's3:GetBucketTagging', 'NoSuchTagSet');

export const bucketTags = ({ tags }: { readonly tags: z.infer<typeof BucketTags> }) => tagMap(tags?.TagSet);
