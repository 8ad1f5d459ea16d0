import { createHash } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 26 characters of base32 (RFC 4648): 130 bits of SHA-256. */
export function shortHash(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  let bits = '';
  for (const byte of bytes.subarray(0, 17)) bits += byte.toString(2).padStart(8, '0');
  return Array.from(
    { length: 26 },
    (_, index) => BASE32[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)],
  ).join('');
}
