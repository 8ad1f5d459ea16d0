import { createHash, createPublicKey } from 'node:crypto';
import type { KeyFound, PublicKeyRecord } from '../../shared/proof/trail/public-keys';
import type { KeyEncoding } from './checks';

/** A key as ListPublicKeys gave it, for each window that it gave it for. */
export interface SigningKey {
  readonly fingerprint: string;
  readonly region: string;
  readonly encoding: KeyEncoding;
  readonly records: readonly PublicKeyRecord[];
}

/** The records that a key was read from: its DER is the one encoding that has its fingerprint. */
export function signingKeys(
  fingerprint: string,
  { key, windows }: Extract<KeyFound, { state: 'known' }>,
  region: string,
): SigningKey {
  const spki = key.export({ format: 'der', type: 'spki' });
  // Node.js 24 can't write in PKCS #1 what it has read in PKCS #1.
  const pkcs1 = createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({
    format: 'der',
    type: 'pkcs1',
  });
  const encoding: KeyEncoding = md5(pkcs1) === fingerprint ? 'pkcs1' : 'spki';
  const der = { pkcs1, spki }[encoding];
  return {
    fingerprint,
    region,
    encoding,
    records: windows.map(({ from, to }) => ({
      Fingerprint: fingerprint,
      Value: der.toString('base64'),
      ValidityStartTime: from,
      ValidityEndTime: to,
    })),
  };
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
