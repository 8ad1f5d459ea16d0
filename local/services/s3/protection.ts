import { isObject, type JsonObject, list } from '../../json';
import type { Resource } from '../../template';
import type { Bucket, Retention } from './buckets';

/**
 * How a bucket of the template protects what is put into it: the key of its encryption, and its Object Lock.
 * @throws Error where AWS would refuse the template
 */
export function declaredProtection({
  logicalId,
  properties,
}: Resource): Partial<Pick<Bucket, 'kmsKeyId' | 'retention'>> {
  const kmsKeyId = declaredKey(properties);
  const retention = declaredRetention(properties, logicalId);
  return {
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(retention === undefined ? {} : { retention }),
  };
}

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

function declaredKey(properties: JsonObject): string | undefined {
  const [rule] = list(member(properties['BucketEncryption'], 'ServerSideEncryptionConfiguration'));
  const byDefault = member(rule, 'ServerSideEncryptionByDefault');
  const key = member(byDefault, 'KMSMasterKeyID');
  return member(byDefault, 'SSEAlgorithm') === 'aws:kms' && key !== undefined ? String(key) : undefined;
}

function declaredRetention(properties: JsonObject, logicalId: string): Retention | undefined {
  const lock = properties['ObjectLockConfiguration'];
  if (lock === undefined) return undefined;
  if (properties['ObjectLockEnabled'] !== true || member(lock, 'ObjectLockEnabled') !== 'Enabled') {
    throw new Error(`${logicalId}: ObjectLockConfiguration needs ObjectLockEnabled`);
  }
  const retention = member(member(lock, 'Rule'), 'DefaultRetention');
  const mode = member(retention, 'Mode');
  const days = Number(member(retention, 'Days'));
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || !(days >= 1)) {
    throw new Error(`${logicalId}: DefaultRetention needs Mode GOVERNANCE or COMPLIANCE, and Days`);
  }
  return { mode, days };
}
