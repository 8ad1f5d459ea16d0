import { createHash } from 'node:crypto';
import type { Place } from '../proof/trail/verdict';
import { type AwsPlace, clientSettings } from './operator-place';

/** A file of CloudTrail as it was when it was verified. */
export interface Evidence extends Place {
  /** The stored bytes: compressed, as they were. */
  readonly body: Buffer;
  /** The user metadata. What CloudTrail writes of it is kept: of a digest, its signature. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface EvidenceBucket {
  readonly name: string;
  /**
   * Keeps a copy, once however often it is asked to. The first copy of a file is never replaced: other bytes of the
   * same name lie beside it, by their hash.
   * @returns the key of the copy: `<bucket>/<key>`, or `.differing/<hash>/<bucket>/<key>`
   * @throws what S3 throws, and `CopyContended`: transient
   */
  keep(evidence: Evidence): Promise<string>;
}

/** Others were writing the same copy every time: transient, to be tried again. */
export class CopyContended extends Error {
  override readonly name = 'CopyContended';

  constructor(key: string) {
    super(`the copy ${key} was being written by others`);
  }
}

/** What `trailseal verify` looks for beside the copy of a digest. */
const METADATA_SUFFIX = '.metadata.json';
const ATTEMPTS = 4;
/** S3 takes longer keys nowhere. */
const LONGEST_KEY = 1024;

/**
 * The bucket of copies. A download of it is a folder that `trailseal verify` takes: `<bucket>/<key>`, and beside a file
 * with user metadata `<key>.metadata.json`.
 * @param owner account that must own it
 */
export function evidenceBucket(name: string, owner: string, place: AwsPlace = {}): EvidenceBucket {
  const s3 = once(async () => {
    // The whole client of S3 is needed for nothing else: a function that seals nothing does without.
    const { S3Client, PutObjectCommand, HeadObjectCommand } = await import('./evidence-s3');
    return { client: new S3Client(clientSettings(place)), PutObjectCommand, HeadObjectCommand };
  });

  /** @returns whether the object of that key holds these bytes now; false when it holds others */
  async function put(Key: string, Body: Buffer, Metadata: Evidence['metadata']): Promise<boolean> {
    const { client, PutObjectCommand, HeadObjectCommand } = await s3();
    const own = { Bucket: name, Key, ExpectedBucketOwner: owner };
    const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        const metadata = { ...Metadata };
        await client.send(
          new PutObjectCommand({ ...own, Body, Metadata: metadata, ChecksumSHA256, IfNoneMatch: '*' }),
        );
        return true;
      } catch (error) {
        const refusal = nameOf(error);
        // Somebody else is writing the same copy: the next look tells which it is.
        if (refusal === 'ConditionalRequestConflict') continue;
        if (refusal !== 'PreconditionFailed') throw error;
        const kept = await client.send(new HeadObjectCommand({ ...own, ChecksumMode: 'ENABLED' }));
        return kept.ChecksumSHA256 === ChecksumSHA256;
      }
    }
    throw new CopyContended(Key);
  }

  async function store(key: string, { body, metadata }: Evidence): Promise<boolean> {
    if (!(await put(key, body, metadata))) return false;
    if (Object.keys(metadata).length === 0) return true;
    const beside = Buffer.from(`${JSON.stringify(metadata)}\n`);
    return await put(key + METADATA_SUFFIX, beside, {});
  }

  return {
    name,

    async keep(found) {
      const evidence = { ...found, metadata: own(found.metadata) };
      const key = `${evidence.bucket}/${evidence.key}`;
      if (fits(key) && (await store(key, evidence))) return key;
      const differing = differingKey(evidence, key);
      if (await store(differing, evidence)) return differing;
      throw new Error(`${name}/${differing} holds other bytes than its name says`);
    },
  };
}

const fits = (key: string): boolean => Buffer.byteLength(key + METADATA_SUFFIX) <= LONGEST_KEY;

/** By the hash of all that is kept. Folders that begin with a dot are no buckets to `trailseal verify`. */
function differingKey({ body, metadata }: Evidence, key: string): string {
  const hash = createHash('sha256').update(JSON.stringify(metadata)).update('\n').update(body).digest('hex');
  const folder = `.differing/${hash.slice(0, 16)}/`;
  return fits(folder + key) ? folder + key : `.differing/${hash}`;
}

const OWN_METADATA = ['backfill-generation-timestamp', 'signature', 'signature-algorithm'];

/** Of the metadata, what CloudTrail writes, in one order: anybody may have written more, and S3 takes 2 KB of it. */
const own = (metadata: Evidence['metadata']): Record<string, string> =>
  Object.fromEntries(
    OWN_METADATA.flatMap((name) => {
      const value = metadata[name];
      return value !== undefined && /^[\x21-\x7e]{1,600}$/.test(value) ? [[name, value]] : [];
    }),
  );

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
