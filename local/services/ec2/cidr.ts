import { isIPv4, isIPv6 } from 'node:net';

/** The range as EC2 keeps it: bits behind the prefix are nil. Undefined when it is none. */
export function canonicalCidr(text: string, version: 4 | 6): string | undefined {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const bits = Number(prefix);
  const width = version === 4 ? 32 : 128;
  const isAddress = version === 4 ? isIPv4(address) : isIPv6(address) && !address.includes('%');
  if (!isAddress || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || bits > width) return undefined;
  const dropped = BigInt(width - bits);
  const network = ((version === 4 ? numberOf4(address) : numberOf6(address)) >> dropped) << dropped;
  return `${version === 4 ? text4(network) : text6(network)}/${bits}`;
}

const numberOf4 = (address: string): bigint =>
  address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);

const text4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');

function numberOf6(address: string): bigint {
  // What URLs are written with is always in the short form, and has no dots.
  const [head = '', tail] = hostOf(address).split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [words(head), words(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(gap).fill('0'), ...right].reduce(
    (sum, word) => (sum << 16n) + BigInt(`0x${word}`),
    0n,
  );
}

const text6 = (address: bigint): string =>
  hostOf(
    Array.from({ length: 8 }, (_, i) => ((address >> BigInt(16 * (7 - i))) & 0xffffn).toString(16)).join(':'),
  );

const hostOf = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);
