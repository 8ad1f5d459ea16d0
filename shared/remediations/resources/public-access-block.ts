import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';

const flag = z.optional(z.boolean());

export const PublicAccessBlock = z.nullable(
  z.object({
    PublicAccessBlockConfiguration: z.object({
      BlockPublicAcls: flag,
      IgnorePublicAcls: flag,
      BlockPublicPolicy: flag,
      RestrictPublicBuckets: flag,
    }),
  }),
);
export type PublicAccessBlock = z.infer<typeof PublicAccessBlock>;

/** What S3 answers where no block is set, for buckets and for accounts. */
export const NO_BLOCK = 'NoSuchPublicAccessBlockConfiguration';

export const everythingBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const blocksEverything = (block: PublicAccessBlock): boolean =>
  Object.keys(everythingBlocked).every(
    (name) => block?.PublicAccessBlockConfiguration[name as keyof typeof everythingBlocked] === true,
  );

/** A flag that is not set is off. */
export const blockMeaning = (block: PublicAccessBlock): JsonObject | null => {
  if (!block) return null;
  const {
    BlockPublicAcls = false,
    IgnorePublicAcls = false,
    BlockPublicPolicy = false,
    RestrictPublicBuckets = false,
  } = block.PublicAccessBlockConfiguration;
  return { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets };
};

/** As AWS Config spells it. */
export const observedBlock = (block: PublicAccessBlock): JsonObject | null => {
  const configuration = block?.PublicAccessBlockConfiguration;
  return configuration === undefined
    ? null
    : {
        blockPublicAcls: configuration.BlockPublicAcls ?? null,
        ignorePublicAcls: configuration.IgnorePublicAcls ?? null,
        blockPublicPolicy: configuration.BlockPublicPolicy ?? null,
        restrictPublicBuckets: configuration.RestrictPublicBuckets ?? null,
      };
};
