import { crc32 } from 'node:zlib';
import type { GzipFault } from './verdict';

/** What stands around the data of a gzip member: https://www.rfc-editor.org/rfc/rfc1952#section-2.3 */

export interface Broken {
  readonly state: 'broken';
  readonly fault: GzipFault;
  /** For a person, without the name of the file. */
  readonly says: string;
}

export const broken = (fault: GzipFault, says: string): Broken => ({ state: 'broken', fault, says });

export const TRAILER_LENGTH = 8;
const FIXED_LENGTH = 10;
/** Extra field, name and comment; whoever writes more than this there doesn't mean them to be read. */
const HEADER_LIMIT = 128 * 2 ** 10;

const FLAG = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** Of bytes that may go on: fault `truncated` means that the header is right so far, and not whole yet. */
export function readGzipHeader(bytes: Buffer): { readonly state: 'read'; readonly length: number } | Broken {
  if (bytes.length === 0) return broken('empty', 'it has no bytes');
  const magic = Buffer.from([0x1f, 0x8b, 8]).subarray(0, bytes.length);
  if (!bytes.subarray(0, magic.length).equals(magic))
    return broken('not-gzip', 'it does not begin as gzip does, with 1f8b08');
  if (bytes.length < FIXED_LENGTH) return truncated;
  const flags = bytes.readUInt8(3);
  if ((flags & FLAG.reserved) !== 0) return broken('not-gzip', 'its header has flags that gzip reserves');
  let end = FIXED_LENGTH;
  if ((flags & FLAG.extra) !== 0) {
    if (bytes.length < end + 2) return truncated;
    end += 2 + bytes.readUInt16LE(end);
  }
  for (const field of [FLAG.name, FLAG.comment]) {
    if ((flags & field) === 0) continue;
    const zero = bytes.indexOf(0, end);
    if (zero === -1 && bytes.length < HEADER_LIMIT) return truncated;
    end = zero === -1 ? HEADER_LIMIT + 1 : zero + 1;
  }
  if (end > HEADER_LIMIT) return broken('not-gzip', `its header is longer than ${HEADER_LIMIT} bytes`);
  if ((flags & FLAG.headerChecksum) !== 0) {
    if (bytes.length < end + 2) return truncated;
    const stated = bytes.readUInt16LE(end);
    if (stated !== crc32(bytes.subarray(0, end)) % 2 ** 16)
      return broken('checksum-mismatch', 'its header is not what the checksum of the header says');
    end += 2;
  }
  return bytes.length < end ? truncated : { state: 'read', length: end };
}

const truncated = broken('truncated', 'it ends within its header');

/**
 * The trailer of what came out of the data, which must be the end of it all.
 * @param rest all that follows the data, or at least its first ten bytes
 */
export function checkGzipTrailer(rest: Buffer, crc: number, size: number): Broken | undefined {
  if (rest.length < TRAILER_LENGTH)
    return broken('truncated', `${rest.length} bytes follow its data, a trailer has ${TRAILER_LENGTH}`);
  const statedCrc = rest.readUInt32LE(0);
  if (statedCrc !== crc)
    return broken('checksum-mismatch', `its data has CRC-32 ${hex(crc)}, its trailer says ${hex(statedCrc)}`);
  const statedSize = rest.readUInt32LE(4);
  if (statedSize !== size % 2 ** 32)
    return broken('checksum-mismatch', `${size} bytes come out of it, its trailer says ${statedSize}`);
  if (rest.length === TRAILER_LENGTH) return undefined;
  return rest.readUInt8(TRAILER_LENGTH) === 0x1f && rest[TRAILER_LENGTH + 1] === 0x8b
    ? broken('several-members', 'another gzip member follows its first')
    : broken('trailing-bytes', 'bytes follow its end');
}

const hex = (crc: number) => crc.toString(16).padStart(8, '0');
