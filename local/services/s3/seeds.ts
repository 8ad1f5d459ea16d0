import { type BlockSettings, type Grant, putPolicy } from './access-settings';
import type { BucketOptions, Buckets } from './buckets';
import type { EncryptionRule } from './encryption';

/** A bucket to put in, as the calls that look at it show it. */
export interface BucketSeed {
  Name: string;
  PublicAccessBlockConfiguration?: BlockSettings;
  /** Text, as GetBucketPolicy has it. */
  Policy?: string;
  Grants?: Grant[];
  Tags?: Record<string, string>;
  /** Null: without S3's own default, as before January 2023. */
  EncryptionRules?: EncryptionRule[] | null;
}

/** Makes a bucket or takes the one that is there, and sets what is said of it. */
export function seedBucket(
  buckets: Buckets,
  seed: BucketSeed,
  of: Pick<BucketOptions, 'owner' | 'region'>,
): void {
  if (!seed.Name) throw new Error('Name must be given');
  const unencrypted = seed.EncryptionRules === null;
  const bucket = buckets.find(seed.Name) ?? buckets.create(seed.Name, { ...of, unencrypted });
  if (seed.PublicAccessBlockConfiguration) bucket.block = seed.PublicAccessBlockConfiguration;
  if (seed.Policy !== undefined) putPolicy(bucket, seed.Policy);
  if (seed.Grants) bucket.grants = seed.Grants;
  if (seed.Tags) bucket.tags = seed.Tags;
  if (seed.EncryptionRules) bucket.encryption = seed.EncryptionRules;
}
