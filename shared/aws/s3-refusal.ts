import type { Unread } from '../proof/trail/verdict';
import { readError } from './s3-xml';

/** Why S3 did not give what it was asked for. */
export type Refusal =
  | { readonly state: 'missing'; readonly what: 'object' | 'bucket' | 'lifecycle'; readonly detail: string }
  | { readonly state: 'unread'; readonly reason: Unread; readonly detail: string };

export interface Classified {
  readonly refusal: Refusal;
  /** Another attempt may succeed. */
  readonly passing: boolean;
}

const LONGEST_DETAIL = 300;

/**
 * An answer of S3 that is not a success, with the meaning of its code.
 * @param body its XML; undefined after HEAD, where only the status speaks
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function classify(status: number, body: string | undefined): Classified {
  const { code = '', message = '' } = readError(body ?? '');
  const detail = `${code || 'no code'} (HTTP ${status})${message === '' ? '' : `: ${message}`}`.slice(
    0,
    LONGEST_DETAIL,
  );
  const unread = (reason: Unread, passing = false): Classified => ({
    refusal: { state: 'unread', reason, detail },
    passing,
  });
  const missing = (what: 'object' | 'bucket' | 'lifecycle'): Classified => ({
    refusal: { state: 'missing', what, detail },
    passing: false,
  });

  if (status === 429 || status === 503 || /Throttl|^SlowDown$|TooManyRequests/.test(code)) {
    return unread('throttled', true);
  }
  // RequestTimeout is a 400: S3 waited for us in vain.
  if (status >= 500 || status === 408 || code === 'RequestTimeout') return unread('unavailable', true);
  if (status === 404) {
    if (body === undefined || code === 'NoSuchKey') return missing('object');
    if (code === 'NoSuchBucket') return missing('bucket');
    if (code === 'NoSuchLifecycleConfiguration') return missing('lifecycle');
    // Whoever says that, it is not S3: a proxy on the way, say. Nothing is known of the object.
    return unread('unavailable');
  }
  if (code === 'InvalidObjectState') return unread('archived');
  if (code.startsWith('KMS.') || /\bkms:|ciphertext refers to|Server Side Encryption/i.test(message)) {
    return unread('decryption-denied');
  }
  if (code === 'RequestTimeTooSkewed') return unread('unavailable');
  if (status === 401 || status === 403 || code === 'ExpiredToken') return unread('access-denied');
  return unread('unavailable');
}
