import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import { canonicalJson } from '../plan';

/** S3 refuses longer ones. Source: Amazon S3 User Guide, "Bucket policies": 20 KB. */
export const MOST_POLICY_BYTES = 20_480;
const SID = 'DenyInsecureTransport';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** IAM lets one value stand for a list of one. */
const list = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** @returns undefined where the text is no policy that could be added to without changing what is there */
export function parsePolicy(text: string): JsonObject | undefined {
  let policy: Json;
  let isExact = true;
  try {
    policy = JSON.parse(text, (_key, value) => {
      // It would be written differently: 12345678901234567890 as 12345678901234567000.
      if (typeof value === 'number' && !Number.isSafeInteger(value)) isExact = false;
      return value as unknown;
    }) as Json;
  } catch {
    return undefined;
  }
  if (!isExact) return undefined;
  return isObject(policy) && list(policy['Statement']).every(isObject) ? policy : undefined;
}

const isEverybody = (principal: Json | undefined) =>
  principal === '*' ||
  (isObject(principal) && Object.keys(principal).length === 1 && list(principal['AWS']).includes('*'));

/** Denies every call on the bucket and its objects to everybody without TLS, and asks for nothing else. */
const deniesWithoutTls = (statement: JsonObject, bucketArn: string): boolean => {
  const resources = list(statement['Resource']);
  return (
    statement['Effect'] === 'Deny' &&
    isEverybody(statement['Principal']) &&
    list(statement['Action']).some((action) => action === 's3:*' || action === '*') &&
    (resources.includes('*') || (resources.includes(bucketArn) && resources.includes(`${bucketArn}/*`))) &&
    ['{"Bool":{"aws:SecureTransport":"false"}}', '{"Bool":{"aws:SecureTransport":false}}'].includes(
      canonicalJson(statement['Condition'] ?? null),
    )
  );
};

export const hasTlsOnly = (policy: JsonObject, bucketArn: string): boolean =>
  list(policy['Statement']).some(
    (statement) => isObject(statement) && deniesWithoutTls(statement, bucketArn),
  );

/** The policy with one statement more; all that was there stays as it was, and in its order. */
export function withTlsOnly(policy: JsonObject | undefined, bucketArn: string): JsonObject {
  const statements = list(policy?.['Statement']);
  const taken = new Set(statements.map((statement) => (isObject(statement) ? statement['Sid'] : undefined)));
  let sid = SID;
  for (let number = 2; taken.has(sid); number += 1) sid = `${SID}${number}`;
  const statement: JsonObject = {
    Sid: sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return { ...(policy ?? { Version: '2012-10-17' }), Statement: [...statements, statement] };
}
