import { createHash, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import type { Digest } from '../../contracts/aws/cloudtrail-digest';
import type { KeyFound } from './public-keys';
import type { Reason } from './verdict';

/** RSASSA-PKCS1-v1_5 with SHA-256, in Java's word: the only one that CloudTrail uses. */
export const SIGNATURE_ALGORITHM = 'SHA256withRSA';

/** What is wrong with a file. `expected` is what it states or should be, `computed` what was found. */
export interface Fault {
  readonly reason: Reason;
  readonly says: string;
  readonly expected?: string;
  readonly computed?: string;
}

/** What is wrong with the metadata of a signature, whatever its key; undefined when nothing is. */
export function checkSignatureForm(signature: string, algorithm: string): Fault | undefined {
  if (algorithm !== SIGNATURE_ALGORITHM)
    return {
      reason: 'unknown-algorithm',
      says: 'its metadata name another algorithm for the signature than CloudTrail uses',
      expected: SIGNATURE_ALGORITHM,
      computed: algorithm,
    };
  if (!/^(?:[0-9a-f]{2})+$/.test(signature))
    return { reason: 'signature-not-hex', says: 'its signature is not lower-case hex' };
  return undefined;
}

/**
 * What CloudTrail signs for a digest: four lines, the texts as its JSON has them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 * @param sha256 of the inflated bytes, lower-case hex
 */
export const stringToSign = (digest: Digest, sha256: string): string =>
  [
    digest.digestEndTime,
    `${digest.digestS3Bucket}/${digest.digestS3Object}`,
    sha256,
    digest.previousDigestSignature ?? 'null',
  ].join('\n');

export type SignatureJudgement =
  | { readonly status: 'valid'; readonly provenBy: 'signature' }
  | (Fault & { readonly status: 'invalid' | 'unknown-key' });

/**
 * @param signed the string to sign
 * @param signature as the metadata have it: lower-case hex
 * @param signedAt when CloudTrail must have signed (ISO 8601); undefined when nobody says
 */
export function judgeSignature(
  found: KeyFound,
  signed: string,
  signature: string,
  signedAt: string | undefined,
): SignatureJudgement {
  if (found.state === 'unusable') return { status: 'unknown-key', reason: found.reason, says: found.says };
  const { key, windows } = found;
  const bytes = Buffer.from(signature, 'hex');
  if (!verify('sha256', Buffer.from(signed), key, bytes)) return mismatch(key, signed, bytes);
  // A right signature of another time is none: whoever got hold of an old key could go on signing.
  if (signedAt !== undefined && found.isInForce(signedAt)) return { status: 'valid', provenBy: 'signature' };
  return {
    status: 'unknown-key',
    reason: 'key-not-in-force',
    says:
      signedAt === undefined
        ? 'its metadata do not say when it was signed'
        : 'it is signed with a key that was not in force then',
    expected: windows.map(({ from, to }) => `${from} to ${to}`).join(', '),
    ...(signedAt === undefined ? {} : { computed: signedAt }),
  };
}

function mismatch(key: KeyObject, signed: string, signature: Buffer): SignatureJudgement {
  const computed = createHash('sha256').update(signed).digest('hex');
  const expected = signedHash(key, signature);
  return expected === undefined
    ? {
        status: 'invalid',
        reason: 'signature-mismatch',
        says: 'its signature was not made with the key that it names',
        computed,
      }
    : {
        status: 'invalid',
        reason: 'signature-mismatch',
        says: 'its signature is that of other content',
        expected,
        computed,
      };
}

/** https://www.rfc-editor.org/rfc/rfc8017#section-9.2 note 1 */
const SHA256_DIGEST_INFO = '3031300d060960864801650304020105000420';

/** The SHA-256 that a signature was made over; undefined when this key did not make it. */
function signedHash(key: KeyObject, signature: Buffer): string | undefined {
  try {
    const opened = publicDecrypt(key, signature).toString('hex');
    return opened.startsWith(SHA256_DIGEST_INFO) ? opened.slice(SHA256_DIGEST_INFO.length) : undefined;
  } catch {
    return undefined;
  }
}
