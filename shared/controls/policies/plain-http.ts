import type { Condition, Statement } from './policy-document';
import { matchesAllBelow, matchesWildcards } from './wildcards';

/** Which of a bucket's requests are denied to everyone who makes them without TLS. */
export interface DeniedWithoutTls {
  /** Those about the bucket itself: listing, its settings. */
  readonly bucket: boolean;
  /** Those about any of its objects. */
  readonly objects: boolean;
}

const operator = /^(?:ForAnyValue:|ForAllValues:)?Bool(?:IfExists)?$/;

/**
 * Each request says whether it came by TLS, so that all forms of Bool say the same of it. A condition on
 * `s3:TlsVersion` is about requests that have one.
 */
const holdsWithoutTls = (condition: Condition): boolean =>
  operator.test(condition.operator) &&
  condition.key.toLowerCase() === 'aws:securetransport' &&
  condition.values.includes('false');

const deniesAllWithoutTls = ({ effect, forEveryone, actions, conditions }: Statement): boolean =>
  effect === 'Deny' &&
  forEveryone &&
  actions.some((action) => matchesAllBelow(action.toLowerCase(), 's3:')) &&
  conditions.every(holdsWithoutTls);

/**
 * What the Deny statements of a bucket's policy, taken together, close to plain HTTP. Only Deny counts: who is allowed
 * by an identity policy needs no Allow here. A statement counts when it is for everyone without exception, for all
 * actions of S3, and under no condition that a request by plain HTTP may fail.
 *
 * Source: AWS Config Developer Guide, s3-bucket-ssl-requests-only; S3 User Guide, "Security best practices".
 * @param bucketArn `arn:aws:s3:::name`
 */
export function deniedWithoutTls(statements: readonly Statement[], bucketArn: string): DeniedWithoutTls {
  const resources = statements.filter(deniesAllWithoutTls).flatMap((statement) => statement.resources);
  return {
    bucket: resources.some((resource) => matchesWildcards(resource, bucketArn)),
    objects: resources.some((resource) => matchesAllBelow(resource, `${bucketArn}/`)),
  };
}
