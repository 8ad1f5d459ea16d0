import type { Need } from '../../access';
import type { JsonObject } from '../../json';
import type { Bucket } from './buckets';
import type { S3Request } from './request';

export interface S3Answer {
  statusCode: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
}

/** One operation on a bucket that exists, or on an object of it. */
export interface S3Operation {
  needs(request: S3Request, bucket: Bucket): Need[];
  run(request: S3Request, bucket: Bucket): S3Answer | Promise<S3Answer>;
  /** Of one that changes the bucket itself: what CloudTrail records of it beside the bucket's name. */
  activity?(request: S3Request): { readonly eventName: string; readonly parameters: JsonObject };
}

/** A right on the bucket itself. */
export const onBucket = (bucket: Bucket, action: string, keys: Need['keys'] = {}): Need => ({
  action: `s3:${action}`,
  resource: bucket.arn,
  policy: bucket.policy,
  keys: { ...placeOf(bucket), ...keys },
});

/** A right on one of its objects. */
export const onObject = (bucket: Bucket, key: string, action: string, keys: Need['keys'] = {}): Need => ({
  action: `s3:${action}`,
  resource: `${bucket.arn}/${key}`,
  policy: bucket.policy,
  keys: { ...placeOf(bucket), ...keys },
});

const placeOf = ({ owner, region }: Bucket): Need['keys'] => ({
  'aws:ResourceAccount': owner,
  's3:ResourceAccount': owner,
  'aws:RequestedRegion': region,
});
