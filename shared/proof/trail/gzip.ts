import { createHash } from 'node:crypto';
import { crc32, createInflateRaw, type InflateRaw, inflateRaw, inflateRawSync } from 'node:zlib';
import { type Broken, broken, checkGzipTrailer, readGzipHeader, TRAILER_LENGTH } from './gzip-frame';

/** Inflated bytes of a digest file: some 80,000 log files in an hour. */
export const DIGEST_LIMIT = 32 * 2 ** 20;

/** Inflated bytes of a log file. CloudTrail's have at most 50 MB compressed, text that has shrunk to a tenth or so. */
export const LOG_LIMIT = 2 * 2 ** 30;

export type Inflated = { readonly state: 'whole'; readonly bytes: Buffer } | Broken;
export type Hashed = { readonly state: 'whole'; readonly sha256: string; readonly size: number } | Broken;

/**
 * The one file in a gzip stream (RFC 1952). Stricter than gunzip, which joins several members and lets zeros follow:
 * exactly one member with its checksum and length, and nothing after it.
 * @param limit inflated bytes; not more than these are ever held
 */
export function inflate(bytes: Buffer, limit: number): Inflated {
  const header = readGzipHeader(bytes);
  if (header.state !== 'read') return header;
  const data = bytes.subarray(header.length);
  try {
    return ended(data, inflateRawSync(data, inOnePiece(bytes, limit)) as unknown as Raw);
  } catch (error) {
    return faultOf(error, limit);
  }
}

/** The same on another thread, which costs a little more and leaves this one free. */
export async function inflateAside(bytes: Buffer, limit: number): Promise<Inflated> {
  const header = readGzipHeader(bytes);
  if (header.state !== 'read') return header;
  const data = bytes.subarray(header.length);
  try {
    return ended(data, (await inflateRawAside(data, inOnePiece(bytes, limit))) as unknown as Raw);
  } catch (error) {
    return faultOf(error, limit);
  }
}

const inflateRawAside = (data: Buffer, options: object): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    inflateRaw(data, options, (error, result) => (error ? reject(error) : resolve(result))),
  );

/** What zlib answers when asked for `info`. */
interface Raw {
  readonly buffer: Buffer;
  readonly engine: InflateRaw;
}

const inOnePiece = (bytes: Buffer, limit: number) => ({
  info: true,
  maxOutputLength: limit,
  // What comes out in one piece need not be joined. One byte more, or zlib asks for a second piece.
  chunkSize: Math.max(Math.min(statedSize(bytes), limit, bytes.length * MOST_SHRUNK) + 1, SMALLEST_PIECE),
});

/** Whether what follows the deflated data is what has to. */
const ended = (data: Buffer, { buffer, engine }: Raw): Inflated =>
  checkGzipTrailer(data.subarray(engine.bytesWritten), crc32(buffer), buffer.length) ?? {
    state: 'whole',
    bytes: buffer,
  };

/** Deflate makes nothing smaller than to a 1,032nd: one that says so lies. */
const MOST_SHRUNK = 1032;

/** Or a bomb that says to be small would come out in millions of them. */
const SMALLEST_PIECE = 4 * 2 ** 10;

/** Of what is inflated, as the end of the stream says, modulo 2^32. Anybody can write what they like there. */
export const statedSize = (bytes: Buffer): number =>
  bytes.length < TRAILER_LENGTH ? 0 : bytes.readUInt32LE(bytes.length - 4);

const tooLarge = (limit: number) => broken('too-large', `more than ${limit} bytes come out of it`);

/** @throws all that is not zlib's word on its input */
function faultOf(error: unknown, limit: number): Broken {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limit);
  if (code === 'Z_BUF_ERROR') return broken('truncated', 'it ends within its data');
  if (code === 'Z_DATA_ERROR') return broken('corrupt', `its data can't be inflated: ${message}`);
  throw error;
}

/**
 * The SHA-256 of the one file in a gzip stream, as strict as `inflate`, in memory that doesn't grow with it.
 * @param limit inflated bytes, after which the rest is not read
 * @throws what reading throws
 */
export async function hashInflated(chunks: AsyncIterable<Buffer>, limit: number): Promise<Hashed> {
  const inflater = createInflateRaw({ chunkSize: 64 * 2 ** 10 });
  const sha256 = createHash('sha256');
  let size = 0;
  let crc = 0;
  inflater.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > limit) inflater.destroy(new BrokenGzip(tooLarge(limit)));
    crc = crc32(piece, crc);
    sha256.update(piece);
  });
  const atEnd = new Promise<void>((resolve, reject) => inflater.on('end', resolve).on('error', reject));
  // Awaited below unless reading fails first: then it is that failure that counts.
  atEnd.catch(() => {});
  try {
    const rest = await inflateAll(withoutHeader(chunks), inflater, atEnd);
    inflater.end();
    await atEnd;
    return checkGzipTrailer(rest, crc, size) ?? { state: 'whole', sha256: sha256.digest('hex'), size };
  } catch (error) {
    return error instanceof BrokenGzip ? error.broken : faultOf(error, limit);
  } finally {
    inflater.destroy();
  }
}

class BrokenGzip extends Error {
  constructor(readonly broken: Broken) {
    super(broken.says);
  }
}

/** What follows the header. @throws BrokenGzip */
async function* withoutHeader(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (begun === undefined) {
      yield chunk;
      continue;
    }
    begun = Buffer.concat([begun, chunk]);
    const header = readGzipHeader(begun);
    if (header.state === 'read') {
      yield begun.subarray(header.length);
      begun = undefined;
    } else if (header.fault !== 'truncated' && header.fault !== 'empty') throw new BrokenGzip(header);
  }
  const header = begun && readGzipHeader(begun);
  if (header?.state === 'broken') throw new BrokenGzip(header);
}

/** Feeds the inflater for as long as it takes anything. Returns what follows the data, as far as it matters. */
async function inflateAll(chunks: AsyncIterable<Buffer>, inflater: InflateRaw, atEnd: Promise<void>) {
  let fed = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (rest.length === 0) {
      await Promise.race([atEnd, new Promise<void>((resolve) => inflater.write(chunk, () => resolve()))]);
      fed += chunk.length;
      rest = Buffer.from(chunk.subarray(chunk.length - (fed - inflater.bytesWritten)));
    } else rest = Buffer.concat([rest, chunk]);
    if (rest.length >= TRAILER_LENGTH + 2) break;
  }
  return rest;
}
