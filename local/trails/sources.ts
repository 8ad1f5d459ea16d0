import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Fetched, Listed, ObjectSource } from '../../shared/proof/trail/source';
import type { Place, Unread } from '../../shared/proof/trail/verdict';
import { uri } from '../../shared/proof/trail/verdict';
import type { TrailObject, TrailObjects } from './objects';

const etag = (body: Buffer) => createHash('md5').update(body).digest('hex');

/**
 * These objects as a source in memory. It follows their changes.
 * @param faults why a place can't be read this time, by `s3://bucket/key`; listing shows it all the same
 */
export function asSource(
  objects: TrailObjects,
  faults: ReadonlyMap<string, Unread> = new Map(),
): ObjectSource {
  function fetch<Body>(place: Place, body: (object: TrailObject) => Body): Fetched<Body> {
    const fault = faults.get(uri(place));
    if (fault !== undefined) return { state: 'unread', reason: fault, detail: `made for the test: ${fault}` };
    const object = objects.get(uri(place));
    if (object === undefined) return { state: 'missing' };
    return {
      state: 'found',
      body: body(object),
      metadata: object.metadata,
      size: object.body.length,
      etag: etag(object.body),
      ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
    };
  }

  const under = (bucket: string, prefix: string) =>
    [...objects.values()].filter(({ place }) => place.bucket === bucket && place.key.startsWith(prefix));

  return {
    async *list(bucket, prefix, after = ''): AsyncIterable<Listed> {
      const found = under(bucket, prefix).filter(({ place }) => bytewise(place.key, after) > 0);
      for (const { place, body, lastModified } of found.sort((a, b) => bytewise(a.place.key, b.place.key)))
        yield { key: place.key, size: body.length, etag: etag(body), lastModified };
    },
    async folders(bucket, prefix) {
      const names = under(bucket, prefix).map(({ place: { key } }) =>
        key.slice(0, key.indexOf('/', prefix.length) + 1),
      );
      return [...new Set(names.filter((name) => name !== ''))].sort(bytewise);
    },
    async read(place, limit) {
      const fetched = fetch(place, ({ body }) => body);
      return fetched.state === 'found' && fetched.body.length > limit
        ? { state: 'too-large', limit }
        : fetched;
    },
    stream: async (place) => fetch(place, ({ body }) => inPieces(body)),
    head: async (place) => fetch(place, () => undefined),
  };
}

/** S3's order: that of the bytes in UTF-8. */
const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function* inPieces(body: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += 16_384) yield body.subarray(start, start + 16_384);
}

/** Writes them as a folder copy: `FOLDER/bucket/key`, and the user metadata beside it in `key.metadata.json`. */
export async function writeFolder(objects: TrailObjects, folder: string): Promise<void> {
  for (const { place, body, metadata } of objects.values()) {
    const file = join(folder, place.bucket, place.key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
    if (Object.keys(metadata).length > 0) await writeFile(`${file}.metadata.json`, JSON.stringify(metadata));
  }
}
