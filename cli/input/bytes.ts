import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileErrorText, type InputFile } from './files';

/** Why the bytes of a file end before the file does. What came before them is good. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export interface ByteSource {
  /** Asked for only where it is read. */
  standardInput(): Readable;
  readonly stop: AbortSignal;
  /** Called with every so many bytes taken from the file as it is, gzipped or not. */
  bytesRead?(count: number): void;
}

const READ_BYTES = 256 * 1024;
/** Gzip holds up to a thousand times what it weighs: this much of it at once stays within memory. */
const GZIP_BYTES = 64 * 1024;
/** Enough to tell what a file is. */
const HEAD_BYTES = 512;

/**
 * The text of a file as UTF-8 bytes, unzipped if it is gzip, without a byte order mark. Ends early when told to stop.
 * @throws Unreadable after what could be read
 */
export async function* textBytes(file: InputFile, source: ByteSource): AsyncGenerator<Buffer> {
  const raw = counted(rawBytes(file, source), source);
  try {
    const [head, bytes] = await peeked(raw);
    const [textHead, text] = isGzip(head) ? await peeked(gunzipped(bytes)) : [head, bytes];
    yield* withoutMark(textHead, text);
  } finally {
    // Closes the file, also where reading it has not begun.
    await raw.return(undefined);
  }
}

async function* rawBytes(file: InputFile, source: ByteSource): AsyncGenerator<Buffer> {
  const { stop } = source;
  const stream =
    file.path === undefined
      ? addAbortSignal(stop, source.standardInput())
      : createReadStream(file.path, { highWaterMark: READ_BYTES, signal: stop });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (!stop.aborted) throw new Unreadable(fileErrorText(error));
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, { bytesRead }: ByteSource): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    bytesRead?.(chunk.length);
  }
}

/** How bytes begin, and all of them. An error on the way comes after the bytes before it. */
async function peeked(chunks: AsyncGenerator<Buffer>): Promise<[head: Buffer, all: AsyncGenerator<Buffer>]> {
  let head: Buffer = Buffer.alloc(0);
  let failure: unknown;
  try {
    while (head.length < HEAD_BYTES) {
      const { value, done } = await chunks.next();
      if (done) break;
      head = head.length === 0 ? value : Buffer.concat([head, value]);
    }
  } catch (error) {
    failure = error;
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    if (failure !== undefined) throw failure;
    yield* chunks;
  }
  return [head, all()];
}

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * Unzips, one gzip member after another. Written by hand, as a stream that fails takes along what it has not handed
 * out yet: here a cut file gives all that it holds.
 */
async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  const ready: Buffer[] = [];
  let failure: Error | undefined;
  let goOn = (): void => undefined;
  gunzip.on('data', (data: Buffer) => ready.push(data));
  gunzip.on('error', (error) => {
    failure = error;
    goOn();
  });
  const done = (act: (whenDone: () => void) => void) =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      if (failure === undefined) act(resolve);
      else resolve();
    });
  try {
    let pending = Promise.resolve();
    for await (const piece of pieces(chunks)) {
      await pending;
      const unzipped = ready.splice(0);
      // Another thread unzips this piece while the one before is looked at.
      pending = done((resolve) => gunzip.write(piece, resolve));
      yield* unzipped;
      if (failure !== undefined) break;
    }
    await pending;
    await done((resolve) => gunzip.once('end', resolve).end());
    yield* ready;
    if (failure !== undefined) throw new Unreadable(gzipErrorText(failure));
  } finally {
    gunzip.destroy();
  }
}

async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += GZIP_BYTES) yield chunk.subarray(from, from + GZIP_BYTES);
  }
}

const gzipErrorText = (error: Error): string =>
  'code' in error && error.code === 'Z_BUF_ERROR'
    ? 'the gzip data ends too early; what came before was read'
    : `the gzip data is damaged (${error.message}); what came before was read`;

/** Refuses what is no UTF-8 text, by how it begins. */
async function* withoutMark(head: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const encoding = otherEncoding(head);
  if (encoding !== undefined) throw new Unreadable(`expected JSON as UTF-8 text, found ${encoding}`);
  let skip = head.subarray(0, 3).toString() === '\uFEFF' ? 3 : 0;
  for await (const chunk of chunks) {
    if (skip < chunk.length) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

const UTF_16 = 'UTF-16: convert it, for example by iconv';

/** How files begin that are no UTF-8 text, in hexadecimal. */
const signatures: readonly (readonly [begins: string, what: string])[] = [
  ['fffe', UTF_16],
  ['feff', UTF_16],
  ['1f8b', 'gzip within gzip: unzip it once'],
  ['504b0304', 'a zip archive: unpack it'],
  ['28b52ffd', 'zstd: unpack it'],
  ['425a68', 'bzip2: unpack it'],
  ['fd377a585a', 'xz: unpack it'],
  ['50415231', 'Parquet'],
];

function otherEncoding(head: Buffer): string | undefined {
  const begins = head.toString('hex', 0, 8);
  const [, signed] = signatures.find(([signature]) => begins.startsWith(signature)) ?? [];
  if (signed !== undefined) return signed;
  // Without a mark: every other byte of a bracket and a space or a quote is zero.
  if (head.length > 1 && (head[0] === 0) !== (head[1] === 0)) return UTF_16;
  return head.subarray(0, HEAD_BYTES).some(isControl) ? 'binary data' : undefined;
}

/** Control characters that stand in no text; escapes do, in coloured logs, which are broken for other reasons. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
