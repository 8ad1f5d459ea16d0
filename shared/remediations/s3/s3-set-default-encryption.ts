import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import { defineRemediation, nothingToDo } from '../remediation';
import {
  BucketTags,
  bucketCall,
  bucketTags,
  bucketTarget,
  readBucket,
  readBucketTags,
} from '../resources/bucket';

const PUT = 's3:PutEncryptionConfiguration';

const Encryption = z.nullable(
  z.object({
    ServerSideEncryptionConfiguration: z.object({
      Rules: z.array(
        z.object({
          ApplyServerSideEncryptionByDefault: z.optional(
            z.object({ SSEAlgorithm: z.string(), KMSMasterKeyID: z.optional(z.string()) }),
          ),
          BucketKeyEnabled: z.optional(z.boolean()),
          BlockedEncryptionTypes: z.optional(z.object({ EncryptionType: z.optional(z.array(z.string())) })),
        }),
      ),
    }),
  }),
);
type Rules = NonNullable<z.infer<typeof Encryption>>['ServerSideEncryptionConfiguration']['Rules'];

const rulesOf = (encryption: z.infer<typeof Encryption>): Rules =>
  encryption?.ServerSideEncryptionConfiguration.Rules ?? [];

export default defineRemediation({
  id: 's3-set-default-encryption',
  version: 1,
  title: 'Encrypt new objects of a bucket by default',
  fixes: ['s3-bucket-default-encryption'],
  restoresEvidence: false,
  cap: 20,
  settleSeconds: 10,
  autoWhen: {
    says: 'No default is set: keys of S3 need no rights, so that nobody loses access.',
    holds: ({ captured: { encryption } }) =>
      rulesOf(encryption).length === 0 || 'settings of the encryption are there already',
  },
  permissions: {
    capture: ['s3:GetBucketTagging', 's3:GetEncryptionConfiguration'],
    apply: [PUT],
    undo: [PUT],
  },
  settings: z.object({}),
  captured: z.object({ encryption: Encryption, tags: BucketTags }),
  exposesAgain: false,
  target: bucketTarget,
  reads: (target) => [
    readBucket(
      'encryption',
      target,
      'GetBucketEncryption',
      's3:GetEncryptionConfiguration',
      'ServerSideEncryptionConfigurationNotFoundError',
    ),
    readBucketTags(target),
  ],
  tags: bucketTags,
  meaning: ({ encryption }) =>
    encryption === null ? null : { rules: rulesOf(encryption) as unknown as readonly JsonObject[] },
  observed: ({ encryption }) => ({
    resourceType: 'AWS::S3::Bucket',
    configuration: {},
    supplementaryConfiguration:
      encryption === null
        ? {}
        : {
            ServerSideEncryptionConfiguration: {
              rules: rulesOf(encryption).map(({ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
                applyServerSideEncryptionByDefault:
                  ApplyServerSideEncryptionByDefault === undefined
                    ? null
                    : {
                        sseAlgorithm: ApplyServerSideEncryptionByDefault.SSEAlgorithm,
                        kmsMasterKeyID: ApplyServerSideEncryptionByDefault.KMSMasterKeyID ?? null,
                      },
                bucketKeyEnabled: BucketKeyEnabled ?? false,
              })),
            },
          },
  }),
  plan({ captured, target }) {
    const [rule, ...others] = rulesOf(captured.encryption);
    if (rule?.ApplyServerSideEncryptionByDefault) return nothingToDo('new objects are encrypted by default');
    const Rules = [{ ...rule, ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }, ...others];
    return {
      outcome: 'change',
      calls: [
        bucketCall(
          target,
          'PutBucketEncryption',
          PUT,
          `Encrypt new objects of bucket ${target.id} with keys of S3 by default`,
          { ServerSideEncryptionConfiguration: { Rules: Rules as unknown as readonly JsonObject[] } },
        ),
      ],
      after: { ...captured, encryption: { ServerSideEncryptionConfiguration: { Rules } } },
      notes: ['Objects that are there already stay as they are.'],
    };
  },
  undo: ({ captured: { encryption }, target }) => ({
    reversible: true,
    calls: [
      encryption
        ? bucketCall(
            target,
            'PutBucketEncryption',
            PUT,
            `Set the default encryption of bucket ${target.id} as it was`,
            {
              ServerSideEncryptionConfiguration: {
                Rules: rulesOf(encryption) as unknown as readonly JsonObject[],
              },
            },
          )
        : bucketCall(
            target,
            'DeleteBucketEncryption',
            PUT,
            `Take the default encryption of bucket ${target.id} away`,
          ),
    ],
    ...(encryption
      ? {}
      : { sameMeaning: 'S3 encrypts new objects with its own keys since 2023, whatever the bucket says.' }),
    leaves: ['Objects that were written meanwhile stay encrypted.'],
  }),
});
