import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isBucketName } from '../../shared/aws/s3-address';
import type { Fetched, Listed, ObjectSource } from '../../shared/proof/trail/source';
import type { Place } from '../../shared/proof/trail/verdict';
import { storedMetadata } from './stored-metadata';

/** What stands beside a file, and tells what S3 keeps with an object: its user metadata. */
export const METADATA_SUFFIX = '.metadata.json';

/**
 * Copies of objects in a folder: `FOLDER/bucket/key`, and beside a digest `key.metadata.json`. Names are taken for what
 * they are: nothing outside the folder is ever opened, whatever a digest points to.
 *
 * Files are read at once, not in turns: opening and reading one takes far less than to inflate it, and a turn through
 * the thread pool costs more than both.
 */
export function folderSource(folder: string): ObjectSource {
  const found = <Body>(place: Place, take: (file: string) => Fetched<Body>): Fetched<Body> => {
    const file = fileOf(folder, place);
    if (file === undefined) return { state: 'missing' };
    try {
      return take(file);
    } catch (error) {
      return notRead(error);
    }
  };
  return {
    async *list(bucket, prefix, after = '') {
      const root = fileOf(folder, { bucket, key: 'key' });
      if (root === undefined || !existsSync(path.dirname(root))) throw new NoSuchBucket(bucket, folder);
      yield* filesBelow(path.dirname(root), '', prefix, after);
    },
    async folders(bucket, prefix) {
      const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const root = fileOf(folder, { bucket, key: `${directory}key` });
      if (root === undefined) return [];
      const entries = await entriesOf(path.dirname(root));
      return entries
        .filter(({ isFolder, name }) => isFolder && `${directory}${name}`.startsWith(prefix))
        .map(({ name }) => `${directory}${name}/`);
    },
    read: async (place, limit) =>
      found(place, (file) => {
        const whole = bytesOf(file, limit);
        if (whole === undefined) return { state: 'missing' };
        return typeof whole === 'number'
          ? { state: 'too-large', limit }
          : { state: 'found', body: whole, metadata: metadataOf(file), size: whole.length };
      }),
    stream: async (place) =>
      found(place, (file) => {
        const bytes = bytesOf(file, IN_ONE_PIECE);
        if (bytes === undefined) return { state: 'missing' };
        if (typeof bytes !== 'number') {
          return { state: 'found', body: inOne(bytes), metadata: metadataOf(file), size: bytes.length };
        }
        const body: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK });
        return { state: 'found', body, metadata: metadataOf(file), size: bytes };
      }),
    head: async (place) =>
      found(place, (file) => {
        const handle = openSync(file, 'r');
        try {
          const stats = fstatSync(handle);
          if (!stats.isFile()) return { state: 'missing' };
          return { state: 'found', body: undefined, metadata: metadataOf(file), size: stats.size };
        } finally {
          closeSync(handle);
        }
      }),
  };
}

/** A folder of that name is not there to be listed. */
export class NoSuchBucket extends Error {
  override readonly name = 'NoSuchBucket';

  constructor(bucket: string, folder: string) {
    super(`${folder} holds no bucket ${bucket}`);
  }
}

const CHUNK = 64 * 1024;
/** A stream of its own would take longer than to read so many bytes. */
const IN_ONE_PIECE = 1024 * 1024;

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Undefined for what no file below the folder can be named. */
function fileOf(folder: string, { bucket, key }: Place): string | undefined {
  const segments = key.split('/');
  const isPlain = segments.every(
    (segment) => segment !== '' && segment !== '.' && segment !== '..' && !/[\\\0]/.test(segment),
  );
  return isPlain && isBucketName(bucket) ? path.join(folder, bucket, ...segments) : undefined;
}

/** @returns how large the file is, when that is more than `limit`; undefined for what is no file */
function bytesOf(file: string, limit: number): Buffer | number | undefined {
  const handle = openSync(file, 'r');
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return undefined;
    const { size } = stats;
    if (size > limit) return size;
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const read = readSync(handle, bytes, length, size - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function metadataOf(file: string): Readonly<Record<string, string>> {
  const beside = file + METADATA_SUFFIX;
  return existsSync(beside) ? storedMetadata(beside, readFileSync(beside, 'utf8')) : {};
}

/** A file that says no metadata where it should is no less unreadable than one that may not be opened. */
function notRead(error: unknown): Fetched<never> {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') {
    return { state: 'missing' };
  }
  const reason = code === 'EACCES' || code === 'EPERM' ? 'access-denied' : 'unavailable';
  return { state: 'unread', reason, detail: message };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** In the order in which S3 lists what is below them. Linked folders are passed by: links may go round in a circle. */
async function entriesOf(directory: string): Promise<Entry[]> {
  let entries: Entry[];
  try {
    entries = (await readdir(directory, { withFileTypes: true }))
      .filter((entry) => !entry.isSymbolicLink() || !isLinkedFolder(path.join(directory, entry.name)))
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
  const sortedBy = ({ name, isFolder }: Entry) => Buffer.from(isFolder ? `${name}/` : name);
  return entries
    .map((entry) => ({ entry, by: sortedBy(entry) }))
    .sort((a, b) => Buffer.compare(a.by, b.by))
    .map(({ entry }) => entry);
}

const isLinkedFolder = (link: string): boolean => existsSync(`${link}/.`);

/** @param at the key of `directory`, empty or ending in `/` */
async function* filesBelow(
  directory: string,
  at: string,
  prefix: string,
  after: string,
): AsyncGenerator<Listed> {
  for (const { name, isFolder } of await entriesOf(directory)) {
    const key = isFolder ? `${at}${name}/` : at + name;
    if (!key.startsWith(prefix.slice(0, key.length))) continue;
    if (isFolder) {
      // Whatever is below begins with the folder's key: all of it comes before `after`, or some may come later.
      if (isBefore(key, after) && !after.startsWith(key)) continue;
      yield* filesBelow(path.join(directory, name), key, prefix, after);
    } else if (key.startsWith(prefix) && isBefore(after, key) && !name.endsWith(METADATA_SUFFIX)) {
      yield { key, size: statSync(path.join(directory, name)).size };
    }
  }
}

/** In UTF-8 order, which is not that of UTF-16 for what is beyond the basic plane. */
const isBefore = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
