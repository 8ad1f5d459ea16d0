/**
 * Addresses are fixed-width hexadecimal text, 8 digits for IPv4 and 32 for IPv6, so that text order is
 * address order.
 */

const IPV4_LIKE = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const IPV6_LIKE = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;
const IPV4_MAPPED = '00000000000000000000FFFF';
/**
 * Java's address parser reads no longer dotted text; without the limit any number of leading zeros would
 * pass.
 */
const MAX_IPV4_LENGTH = '255.255.255.255'.length;

/** A run of addresses of one family, both ends included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** True for text of the shape of an address, even when it is none (999.1.1.1). */
export function looksLikeAddress(text: string): boolean {
  return IPV4_LIKE.test(text) || IPV6_LIKE.test(text);
}

/**
 * Reads an IPv4 or IPv6 address; an IPv4-mapped IPv6 address counts as the IPv4 address it carries.
 * @returns undefined when the text is not an address (a zone or dotted IPv6 notation is not read by AWS either)
 */
export function addressToHex(text: string): string | undefined {
  if (IPV4_LIKE.test(text)) return ipv4ToHex(text);
  if (!IPV6_LIKE.test(text)) return undefined;
  const hex = ipv6ToHex(text);
  return hex?.startsWith(IPV4_MAPPED) ? hex.slice(IPV4_MAPPED.length) : hex;
}

function ipv4ToHex(text: string): string | undefined {
  if (text.length > MAX_IPV4_LENGTH) return undefined;
  // Octets with leading zeros are decimal to AWS, not octal: 010.0.0.1 is 10.0.0.1.
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet <= 255) ? octets.map((octet) => toHex(octet, 2)).join('') : undefined;
}

function ipv6ToHex(text: string): string | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<string>(missing).fill('0000'), ...after].join('');
}

function groupsOf(text: string): string[] | undefined {
  if (text === '') return [];
  const groups = text.split(':').map((group) => (group === '' ? Number.NaN : Number.parseInt(group, 16)));
  return groups.every((group) => group <= 0xffff) ? groups.map((group) => toHex(group, 4)) : undefined;
}

/**
 * Reads CIDR notation; bits of the address behind the mask are cleared (10.0.0.77/24 is 10.0.0.0/24).
 * @throws Error whose message is the reason AWS gives for refusing it
 */
export function cidrRange(text: string): AddressRange {
  const parts = text.replace(/\/+$/, '').split('/');
  const [address = '', mask = ''] = parts;
  if (parts.length !== 2) throw new Error("Malformed CIDR, one '/' required");
  const maskBits = /^[+-]?[0-9]+$/.test(mask) ? Number(mask) : Number.NaN;
  // The upper bound is that of the 32-bit integer AWS parses the mask into.
  if (!(Math.abs(maskBits) <= 0x7fffffff)) throw new Error('Malformed CIDR, mask bits must be an integer');
  if (maskBits < 0) throw new Error('Malformed CIDR, mask bits must not be negative');
  if (!looksLikeAddress(address)) throw new Error(`Nonstandard IP address: ${address}`);
  const hex = addressToHex(address);
  if (hex === undefined) throw new Error(`Invalid IP address: ${address}`);

  const width = hex.length * 4;
  if (maskBits >= width) throw new Error(`IPv${width === 32 ? 4 : 6} mask bits must be < ${width}`);
  const hostBits = (1n << BigInt(width - maskBits)) - 1n;
  const number = BigInt(`0x${hex}`);
  return { first: toHex(number & ~hostBits, hex.length), last: toHex(number | hostBits, hex.length) };
}

/** True when the address lies in the range; addresses of the other family never do. */
export function inRange(hex: string, range: AddressRange): boolean {
  return hex.length === range.first.length && hex >= range.first && hex <= range.last;
}

function toHex(value: number | bigint, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
