import { createHash } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LENGTH = 26;

/** 26 characters of base32 (RFC 4648): 130 bits of SHA-256. */
export function shortHash(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  let [hash, rest, bits] = ['', 0, 0];
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) hash += BASE32[(rest >>> (bits - 5)) & 31];
    rest &= (1 << bits) - 1;
    if (hash.length >= LENGTH) break;
  }
  return hash.slice(0, LENGTH);
}
