import { S3Error } from './errors';
import { onBucket, type S3Answer, type S3Operation } from './operation';
import { readPayload } from './request';
import { childrenOf, type Element, readXml, textOf, type Xml, xmlDocument } from './xml';

/** A rule of a bucket's encryption, as GetBucketEncryption shows it. */
export interface EncryptionRule {
  ApplyServerSideEncryptionByDefault?: { SSEAlgorithm: string; KMSMasterKeyID?: string };
  BucketKeyEnabled?: boolean;
  BlockedEncryptionTypes?: { EncryptionType?: string[] };
}

type Names = 'GetBucketEncryption' | 'PutBucketEncryption' | 'DeleteBucketEncryption';

const ROOT = 'ServerSideEncryptionConfiguration';
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];
const OK: S3Answer = { statusCode: 200 };

/** What a bucket has since January 2023 of which nobody has said anything. */
export const byS3: readonly EncryptionRule[] = [
  { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
];

/** How new objects of a bucket are encrypted. */
export const encryptionSettings: Record<Names, S3Operation> = {
  GetBucketEncryption: {
    needs: (_, bucket) => [onBucket(bucket, 'GetEncryptionConfiguration')],
    run: (_, { encryption, name }) => {
      if (!encryption)
        throw new S3Error('ServerSideEncryptionConfigurationNotFoundError', undefined, {
          details: { BucketName: name },
        });
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/xml' },
        body: xmlDocument(ROOT, { Rule: encryption as unknown as Xml }),
      };
    },
  },
  PutBucketEncryption: {
    needs: (_, bucket) => [onBucket(bucket, 'PutEncryptionConfiguration')],
    run: ({ headers, body }, bucket) => {
      bucket.encryption = readRules(readPayload(headers, body).body.toString());
      const byDefault = bucket.encryption[0]?.ApplyServerSideEncryptionByDefault;
      bucket.kmsKeyId = byDefault?.SSEAlgorithm === 'AES256' ? undefined : byDefault?.KMSMasterKeyID;
      return OK;
    },
    activity: ({ headers, body }) => ({
      eventName: 'PutBucketEncryption',
      parameters: {
        encryption: '',
        [ROOT]: { Rule: readRules(readPayload(headers, body).body.toString()) },
      },
    }),
  },
  DeleteBucketEncryption: {
    needs: (_, bucket) => [onBucket(bucket, 'PutEncryptionConfiguration')],
    run: (_, bucket) => {
      bucket.encryption = bucket.unsaidEncryption;
      bucket.kmsKeyId = undefined;
      return { statusCode: 204 };
    },
    activity: () => ({ eventName: 'DeleteBucketEncryption', parameters: { encryption: '' } }),
  },
};

function readRules(text: string): EncryptionRule[] {
  const rules = childrenOf(readXml(text, ROOT), 'Rule').map(readRule);
  if (rules.length !== 1) throw new S3Error('MalformedXML');
  return rules;
}

function readRule(element: Element): EncryptionRule {
  const [byDefault] = childrenOf(element, 'ApplyServerSideEncryptionByDefault');
  const [blocked] = childrenOf(element, 'BlockedEncryptionTypes');
  const algorithm = byDefault && textOf(byDefault, 'SSEAlgorithm');
  if (byDefault && !ALGORITHMS.includes(algorithm ?? '')) throw new S3Error('MalformedXML');
  const key = byDefault && textOf(byDefault, 'KMSMasterKeyID');
  if (key !== undefined && algorithm === 'AES256')
    throw new S3Error(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is AES256',
    );
  const bucketKey = textOf(element, 'BucketKeyEnabled');
  return {
    ...(algorithm === undefined
      ? {}
      : {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: algorithm,
            ...(key === undefined ? {} : { KMSMasterKeyID: key }),
          },
        }),
    ...(bucketKey === undefined ? {} : { BucketKeyEnabled: bucketKey === 'true' }),
    ...(blocked
      ? {
          BlockedEncryptionTypes: {
            EncryptionType: childrenOf(blocked, 'EncryptionType').map(({ text }) => text.trim()),
          },
        }
      : {}),
  };
}
