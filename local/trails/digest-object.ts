import { createHash, sign } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Place } from '../../shared/proof/trail/verdict';
import { addObject, objectAt, type TrailObject, type TrailObjects } from './objects';
import { fingerprint, type KeyEncoding, privateKey, type SigningKey } from './signing-keys';

/** The JSON of a digest file, in CloudTrail's order of members. Tests may put in what CloudTrail never would. */
export interface DigestJson {
  awsAccountId: string;
  digestStartTime: string;
  digestEndTime: string;
  digestS3Bucket: string;
  digestS3Object: string;
  digestPublicKeyFingerprint: string;
  digestSignatureAlgorithm: string;
  newestEventTime: string | null;
  oldestEventTime: string | null;
  previousDigestS3Bucket: string | null;
  previousDigestS3Object: string | null;
  previousDigestHashValue: string | null;
  previousDigestHashAlgorithm: string | null;
  previousDigestSignature: string | null;
  logFiles: LogFileJson[];
}

export interface LogFileJson {
  s3Bucket: string;
  s3Object: string;
  hashValue: string;
  hashAlgorithm: string;
  newestEventTime: string | null;
  oldestEventTime: string | null;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The signature of these inflated bytes, lower-case hex, by CloudTrail's recipe. `hash` is there to be wrong. */
export function signDigest(bytes: Buffer, key: SigningKey, hash: 'sha256' | 'sha1' = 'sha256'): string {
  const { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature } = JSON.parse(
    bytes.toString('utf8'),
  ) as DigestJson;
  const lines = [
    digestEndTime,
    `${digestS3Bucket}/${digestS3Object}`,
    sha256(bytes),
    previousDigestSignature ?? 'null',
  ];
  return sign(hash, Buffer.from(lines.join('\n')), privateKey(key)).toString('hex');
}

/** The object that holds this digest, signed, at the place that it states. */
export function digestObject(
  json: DigestJson,
  key: SigningKey,
  metadata: Record<string, string> = {},
): TrailObject {
  const bytes = Buffer.from(JSON.stringify(json));
  return {
    place: { bucket: json.digestS3Bucket, key: json.digestS3Object },
    body: gzipSync(bytes),
    metadata: { signature: signDigest(bytes, key), 'signature-algorithm': 'SHA256withRSA', ...metadata },
    lastModified: json.digestEndTime,
  };
}

export const readDigestJson = (objects: TrailObjects, place: Place): DigestJson =>
  JSON.parse(gunzipSync(objectAt(objects, place).body).toString('utf8')) as DigestJson;

/**
 * Puts another digest into the place of one, validly signed, as if CloudTrail had written it so; those that come
 * after it still point to the one before.
 * @param change is given the JSON to change; what it returns, if anything, takes its place
 */
export function rewriteDigest(
  objects: TrailObjects,
  place: Place,
  change: (json: DigestJson) => unknown,
  key: SigningKey = 'a',
  encoding: KeyEncoding = 'pkcs1',
): void {
  const json = { ...readDigestJson(objects, place), digestPublicKeyFingerprint: fingerprint(key, encoding) };
  const changed = change(json) ?? json;
  const { metadata, lastModified } = objectAt(objects, place);
  addObject(objects, {
    ...digestObject(changed as DigestJson, key),
    place,
    lastModified,
    metadata: { ...metadata, signature: signDigest(Buffer.from(JSON.stringify(changed)), key) },
  });
}
