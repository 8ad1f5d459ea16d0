import { createHash } from 'node:crypto';
import { type Digest, parseDigest } from '../../contracts/aws/cloudtrail-digest';
import { type DigestKey, parseTrailKey } from '../../contracts/aws/trail-object-key';
import { InvalidInput } from '../../contracts/permanent-failure';
import { checkDigestContent } from './digest-content';
import { checkSignatureForm, type Fault, judgeSignature, stringToSign } from './digest-signature';
import { DIGEST_LIMIT, inflate } from './gzip';
import type { KeysAnswer } from './public-keys';
import type { Fetched } from './source';
import { type KeySource, type Place, type Reason, type Status, uri } from './verdict';

/** What a digest file is, by itself: what its chain says of it is added by `judgeChain`. */
export interface DigestReport extends Place {
  readonly kind: 'digest';
  readonly name: DigestKey;
  readonly status: Exclude<Status, 'unreferenced'>;
  readonly reason?: Reason;
  /** For a person, without the name of the file. */
  readonly says?: string;
  readonly expected?: string;
  readonly computed?: string;
  /** What the bytes say, when they could be read as a digest. To be believed only when `provenBy` is there. */
  readonly digest?: Digest;
  /** Lower-case hex, of the inflated bytes. */
  readonly sha256?: string;
  /** As the object's metadata have it. */
  readonly signature?: string;
  readonly etag?: string;
  readonly versionId?: string;
  readonly keySource?: KeySource;
  readonly fingerprint?: string;
  /** What proves the bytes: their own signature, or the hash in a proven successor. */
  readonly provenBy?: 'signature' | 'successor';
}

/**
 * Judges a digest file by its bytes, its metadata and the keys of its Region. What is wrong with the content comes
 * first, as no key can mend it; then the signature, so that a digest whose key isn't known is still seen to be altered
 * where that shows. The order is aws-cli's but for missing metadata, which a proven successor can make up for.
 * @param place where it was read: it must state the same
 * @throws InvalidInput when the key is not that of a digest file
 */
export function verifyDigest(place: Place, fetched: Fetched<Buffer>, keys: KeysAnswer): DigestReport {
  const name = parseTrailKey(place.key);
  if (name?.kind !== 'digest') throw new InvalidInput(uri(place), 'key', 'the key of a digest file');
  const { bucket, key } = place;
  const report = { kind: 'digest', bucket, key, name } as const;
  if (fetched.state === 'missing') return { ...report, status: 'missing', reason: 'not-found' };
  if (fetched.state === 'too-large') return { ...report, status: 'invalid', ...tooLarge(fetched) };
  if (fetched.state === 'unread')
    return { ...report, status: 'unverifiable', reason: fetched.reason, says: fetched.detail };

  const { metadata, etag, versionId } = fetched;
  const signature = metadata['signature'] || undefined;
  const found = {
    ...report,
    ...(signature === undefined ? {} : { signature }),
    ...(etag === undefined ? {} : { etag }),
    ...(versionId === undefined ? {} : { versionId }),
  };
  const inflated = inflate(fetched.body, DIGEST_LIMIT);
  if (inflated.state === 'broken')
    return { ...found, status: 'invalid', reason: inflated.fault, says: inflated.says };
  const sha256 = createHash('sha256').update(inflated.bytes).digest('hex');
  const digest = readDigest(inflated.bytes);
  if ('reason' in digest) return { ...found, sha256, status: 'invalid', ...digest };
  const read = { ...found, sha256, digest, fingerprint: digest.digestPublicKeyFingerprint };
  const fault = checkDigestContent(place, name, digest);
  if (fault) return { ...read, status: 'invalid', ...fault };
  return { ...read, ...judgeProof(read, metadata, keys) };
}

/** Of a stored object; what comes out of a small one is limited as well. */
export const tooLarge = ({ limit }: { readonly limit: number }) =>
  ({ reason: 'too-large', says: `it is larger than ${limit} bytes` }) as const;

/** What signature and keys say of a digest whose content has nothing wrong in it. */
function judgeProof(
  {
    name,
    digest,
    sha256,
    signature,
  }: Pick<DigestReport, 'name' | 'signature'> & { digest: Digest; sha256: string },
  metadata: Readonly<Record<string, string>>,
  keys: KeysAnswer,
): Pick<DigestReport, 'status' | 'reason' | 'says' | 'expected' | 'computed' | 'provenBy' | 'keySource'> {
  if (signature === undefined)
    return { status: 'unsigned', reason: 'no-signature', says: 'its metadata hold no signature' };
  const fault = checkSignatureForm(signature, metadata['signature-algorithm'] ?? '');
  if (fault) return { status: 'invalid', ...fault };
  if (keys.state === 'unread')
    return { status: 'unverifiable', reason: 'keys-unreachable', says: keys.detail };
  const signedAt = name.backfill
    ? metadata['backfill-generation-timestamp'] || undefined
    : digest.digestEndTime;
  const key = keys.keys.find(digest.digestPublicKeyFingerprint);
  return {
    keySource: keys.keys.source,
    ...judgeSignature(key, stringToSign(digest, sha256), signature, signedAt),
  };
}

/** JSON.parse takes the last of two members of one name. It may: the signature is over the bytes, whoever reads them. */
function readDigest(bytes: Buffer): Digest | Fault {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { reason: 'not-json', says: 'its content is no JSON' };
  }
  try {
    return parseDigest(json);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { reason: 'wrong-shape', says: error.message };
  }
}
