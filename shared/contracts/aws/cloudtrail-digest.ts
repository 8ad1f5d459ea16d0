import * as z from 'zod/mini';
import { parseAs } from '../parse';
import { isTime } from './trail-object-key';

const Time = z
  .string()
  .check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), z.refine(isTime, { error: 'a time that there is' }));
/** Of events, which have fractions in some services; null when there is none. */
const EventTime = z.nullable(
  z.string().check(
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/),
    z.refine((time) => !Number.isNaN(Date.parse(time)), { error: 'a time that there is' }),
  ),
);
// Lengths are bounded where a verdict shows the value.
const Hex = z.string().check(z.regex(/^[0-9a-f]{2,2048}$/));
const Algorithm = z.string().check(z.maxLength(64));
const Bucket = z.string().check(z.minLength(1), z.maxLength(255));
const Key = z.string().check(z.minLength(1), z.maxLength(1024));

const DigestLogFile = z.object({
  s3Bucket: Bucket,
  s3Object: Key,
  /** Lower-case hex, of the inflated bytes. */
  hashValue: Hex,
  /** `SHA-256`; others are for `verifyLog` to refuse. */
  hashAlgorithm: Algorithm,
  newestEventTime: EventTime,
  oldestEventTime: EventTime,
});

const previous = [
  'previousDigestS3Bucket',
  'previousDigestS3Object',
  'previousDigestHashValue',
  'previousDigestHashAlgorithm',
  'previousDigestSignature',
] as const;

const Digest = z
  .object({
    awsAccountId: z.string().check(z.regex(/^\d{12}$/)),
    digestStartTime: Time,
    digestEndTime: Time,
    digestS3Bucket: Bucket,
    digestS3Object: Key,
    /** The MD5 of the public key's DER, in hex. */
    digestPublicKeyFingerprint: z.string().check(z.minLength(1), z.maxLength(128)),
    digestSignatureAlgorithm: Algorithm,
    newestEventTime: EventTime,
    oldestEventTime: EventTime,
    /** A starting digest has none of the five: logging or validation began with it. */
    previousDigestS3Bucket: z.nullable(Bucket),
    previousDigestS3Object: z.nullable(Key),
    previousDigestHashValue: z.nullable(Hex),
    previousDigestHashAlgorithm: z.nullable(Algorithm),
    previousDigestSignature: z.nullable(Hex),
    logFiles: z.array(DigestLogFile),
  })
  .check(
    z.refine((digest) => new Set(previous.map((field) => digest[field] === null)).size === 1, {
      path: ['previousDigestS3Object'],
      error: 'all fields of the previous digest, or null in each',
    }),
    z.refine(({ digestStartTime, digestEndTime }) => digestStartTime <= digestEndTime, {
      path: ['digestStartTime'],
      error: 'a time that is not after digestEndTime',
    }),
  );

/** A log file as its digest lists it. */
export type DigestLogFile = Readonly<z.infer<typeof DigestLogFile>>;

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html */
export type Digest = Readonly<Omit<z.infer<typeof Digest>, 'logFiles'>> & {
  readonly logFiles: readonly DigestLogFile[];
};

/**
 * The shape alone: what the fields say is for `verifyDigest`. Fields that are new to us are left out.
 * @throws InvalidInput naming field and expectation
 */
export const parseDigest = (json: unknown): Digest => parseAs(Digest, 'CloudTrail digest', json);
