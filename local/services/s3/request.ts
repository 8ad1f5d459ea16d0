import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Caller } from '../../access';
import { S3Error } from './errors';

/** A request to S3, read as far as every operation needs it. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Empty for a request about the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Without the framing of aws-chunked. */
  readonly body: Buffer;
  readonly caller: Caller;
  /** That of the signature. */
  readonly region: string;
  /** S3's id of the request. */
  readonly id: string;
}

/** Bucket and key by the path as it was sent (`..` in a key stays), or by a host such as `bucket.localhost`. */
export function readAddress(
  target: string,
  host: string | undefined,
): Pick<S3Request, 'bucket' | 'key' | 'query'> {
  const [path = '/', ...query] = target.split('?');
  const decoded = decode(path.slice(1));
  const named = /^(.+)\.localhost(?::\d+)?$/.exec(host ?? '')?.[1];
  const slash = decoded.indexOf('/');
  const [bucket, key] =
    named !== undefined
      ? [named, decoded]
      : slash < 0
        ? [decoded, '']
        : [decoded.slice(0, slash), decoded.slice(slash + 1)];
  return { bucket, key, query: new URLSearchParams(query.join('?')) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

export const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  crc32: (body) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return sum.toString('base64');
  },
  sha1: (body) => createHash('sha1').update(body).digest('base64'),
  sha256: (body) => createHash('sha256').update(body).digest('base64'),
};

/**
 * The bytes that were meant, taken out of aws-chunked where it was used, after every digest that came with them
 * was compared. Throws what S3 answers when one differs.
 */
export function readPayload(
  headers: IncomingHttpHeaders,
  raw: Buffer,
): { body: Buffer; checksums: Record<string, string> } {
  const declared = header(headers, 'x-amz-content-sha256') ?? '';
  const { body, trailers } = declared.startsWith('STREAMING-')
    ? readChunks(raw)
    : { body: raw, trailers: {} as Record<string, string> };
  const length = header(headers, 'x-amz-decoded-content-length');
  if (length !== undefined && Number(length) !== body.length) throw new S3Error('IncompleteBody');
  if (/^[\da-f]{64}$/.test(declared) && createHash('sha256').update(body).digest('hex') !== declared) {
    throw new S3Error('XAmzContentSHA256Mismatch');
  }
  const md5 = header(headers, 'content-md5');
  if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5) {
    throw new S3Error('BadDigest');
  }
  const checksums: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...headers, ...trailers })) {
    const algorithm = /^x-amz-checksum-(?!algorithm|type|mode)(\w+)$/.exec(name)?.[1];
    if (algorithm === undefined) continue;
    const compute = CHECKSUMS[algorithm];
    if (!compute) throw new S3Error('NotImplemented', `${name} isn't simulated by local AWS`);
    if (compute(body) !== value) throw new S3Error('BadDigest');
    checksums[algorithm] = value;
  }
  return { body, checksums };
}

/** aws-chunked: `size[;chunk-signature=…]CRLF bytes CRLF …`, a chunk of size 0, then trailing headers. */
function readChunks(raw: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = raw.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(raw.toString('latin1', at, end), 16);
    if (!(size >= 0) || end + 2 + size > raw.length) throw new S3Error('IncompleteBody');
    if (size === 0)
      return { body: Buffer.concat(chunks), trailers: readTrailers(raw.toString('latin1', end)) };
    chunks.push(raw.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

/** The bytes that a Range header asks for; undefined when S3 would answer with the whole. */
export function readRange(range: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (from >= size || (first === '' && Number(last) === 0)) {
    throw new S3Error('InvalidRange', undefined, {
      headers: { 'content-range': `bytes */${size}` },
      details: { RangeRequested: String(range), ActualObjectSize: String(size) },
    });
  }
  return { from, to };
}
