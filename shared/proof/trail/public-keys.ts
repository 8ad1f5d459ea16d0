import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { KeySource } from './verdict';

/** As `aws cloudtrail list-public-keys` prints it; times are ISO 8601, `Value` is base64 of DER. */
export interface PublicKeyRecord {
  readonly Fingerprint: string;
  readonly Value: string;
  readonly ValidityStartTime: string;
  readonly ValidityEndTime: string;
}

/**
 * How far from its window a key may have signed: CloudTrail signs a digest some time after the hour it is about, and
 * has been seen to take the next key for it already.
 */
export const KEY_MARGIN_MS = 2 * 60 * 60 * 1000;

/** The keys that sign the digests of one Region. */
export interface PublicKeys {
  readonly source: KeySource;
  find(fingerprint: string): KeyFound;
}

export type KeyFound =
  | {
      readonly state: 'known';
      readonly key: KeyObject;
      /** @param time ISO 8601 */
      isInForce(time: string): boolean;
      /** ISO 8601; the windows that it was given for. */
      readonly windows: readonly { readonly from: string; readonly to: string }[];
    }
  | {
      readonly state: 'unusable';
      readonly reason: 'fingerprint-unknown' | 'fingerprint-mismatch' | 'key-unreadable';
      readonly says: string;
    };

/** What came of asking for keys; `unread` when nobody answered. */
export type KeysAnswer =
  | { readonly state: 'known'; readonly keys: PublicKeys }
  | { readonly state: 'unread'; readonly detail: string };

export function publicKeys(records: readonly PublicKeyRecord[], source: KeySource): PublicKeys {
  const found = new Map<string, KeyFound>();
  return {
    source,
    find(fingerprint) {
      const known = found.get(fingerprint);
      if (known) return known;
      const named = records.filter(({ Fingerprint }) => Fingerprint === fingerprint);
      if (named.length === 0)
        return { state: 'unusable', reason: 'fingerprint-unknown', says: 'no key has its fingerprint' };
      const key = readKey(named);
      found.set(fingerprint, key);
      return key;
    },
  };
}

/** @param records all those of one fingerprint: a key may be given for several windows */
function readKey(records: readonly PublicKeyRecord[]): KeyFound {
  const given = records.map((record) => ({ ...record, der: Buffer.from(record.Value, 'base64') }));
  // Not for security: it is how CloudTrail names its keys. It keeps a mixed-up file from blaming a digest.
  const own = given.filter(({ der, Fingerprint }) => md5(der) === Fingerprint);
  const [first] = own;
  if (first === undefined)
    return {
      state: 'unusable',
      reason: 'fingerprint-mismatch',
      says: `the key given for it has the fingerprint ${given.map(({ der }) => md5(der)).join(', ')}`,
    };
  const key = rsaKey(first.der);
  if (key === undefined)
    return { state: 'unusable', reason: 'key-unreadable', says: 'the key given for it is no RSA key in DER' };
  const windows = own.map(({ ValidityStartTime: from, ValidityEndTime: to }) => ({ from, to }));
  return {
    state: 'known',
    key,
    windows,
    isInForce: (time) =>
      windows.some(
        ({ from, to }) =>
          Date.parse(time) >= Date.parse(from) - KEY_MARGIN_MS &&
          Date.parse(time) <= Date.parse(to) + KEY_MARGIN_MS,
      ),
  };
}

const md5 = (der: Buffer) => createHash('md5').update(der).digest('hex');

/** CloudTrail documents PKCS #1 and says that the encoding may change; one of its published keys is an SPKI. */
function rsaKey(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      const key = createPublicKey({ key: der, format: 'der', type });
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Not of this form: the other may fit.
    }
  }
  return undefined;
}
