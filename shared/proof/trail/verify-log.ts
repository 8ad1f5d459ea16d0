import { createHash, webcrypto } from 'node:crypto';
import type { DigestLogFile } from '../../contracts/aws/cloudtrail-digest';
import { HASH_ALGORITHM } from './digest-content';
import { type Hashed, hashInflated, inflate, inflateAside, LOG_LIMIT, statedSize } from './gzip';
import type { Fetched } from './source';
import { type Place, type Reason, uri } from './verdict';
import { tooLarge } from './verify-digest';

/** What a log file is by the digest that lists it. */
export interface LogReport extends Place {
  readonly kind: 'log';
  readonly status: 'valid' | 'invalid' | 'missing' | 'unverifiable' | 'unreferenced';
  readonly reason?: Reason;
  /** For a person, without the name of the file. */
  readonly says?: string;
  readonly expected?: string;
  readonly computed?: string;
  /** `s3://bucket/key` of the digest that lists it. */
  readonly digest?: string;
  /** Inflated bytes. */
  readonly size?: number;
  /** The times of its oldest and newest event, as the digest says. */
  readonly from?: string;
  readonly to?: string;
}

/** Inflated bytes that are held at once; a stream takes three times as long, and holds next to nothing. */
const WHOLE_LIMIT = 64 * 2 ** 20;

/**
 * Judges a log file that is in memory: the fast path. One of which more than 64 MiB would come out is inflated as a
 * stream all the same.
 * @param digest a proven one: only then its hashes are to be believed
 * @param hash where the work is done
 */
export async function verifyLog(
  listed: DigestLogFile,
  fetched: Fetched<Buffer>,
  digest: Place,
  hash: Hashing = hashHere,
): Promise<LogReport> {
  if (fetched.state !== 'found') return judgeUnfound(listed, fetched, digest);
  const { body } = fetched;
  const hashed = statedSize(body) > WHOLE_LIMIT ? undefined : await hash(body);
  // Its trailer may say less than comes out: then too the verdict is the stream's.
  if (hashed === undefined || (hashed.state === 'broken' && hashed.fault === 'too-large'))
    return verifyLogStream(listed, { ...fetched, body: inOnePiece(body) }, digest);
  return judgeHashed(listed, hashed, digest);
}

/**
 * Judges a log file as it comes, in memory that doesn't grow with it.
 * @throws what reading throws
 */
export async function verifyLogStream(
  listed: DigestLogFile,
  fetched: Fetched<AsyncIterable<Buffer>>,
  digest: Place,
): Promise<LogReport> {
  return fetched.state === 'found'
    ? judgeHashed(listed, await hashInflated(fetched.body, LOG_LIMIT), digest)
    : judgeUnfound(listed, fetched, digest);
}

/** Inflates and hashes a file that is in memory. */
export type Hashing = (body: Buffer) => Hashed | Promise<Hashed>;

/** On this thread: the least work in all. */
export function hashHere(body: Buffer): Hashed {
  const inflated = inflate(body, WHOLE_LIMIT);
  if (inflated.state === 'broken') return inflated;
  const { bytes } = inflated;
  return { state: 'whole', sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

/** On other threads, for whoever has more than one CPU and its own thread busy with requests. */
export async function hashAside(body: Buffer): Promise<Hashed> {
  const inflated = await inflateAside(body, WHOLE_LIMIT);
  if (inflated.state === 'broken') return inflated;
  const { bytes } = inflated;
  const sha256 = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
  return { state: 'whole', sha256, size: bytes.length };
}

async function* inOnePiece(body: Buffer) {
  yield body;
}

function judgeUnfound(
  listed: DigestLogFile,
  fetched: Exclude<Fetched<unknown>, { state: 'found' }>,
  digest: Place,
): LogReport {
  const log = about(listed, digest);
  const expected = listed.hashValue;
  switch (fetched.state) {
    case 'missing':
      return { ...log, status: 'missing', reason: 'not-found', expected };
    case 'too-large':
      return { ...log, status: 'invalid', ...tooLarge(fetched), expected };
    case 'unread':
      return { ...log, status: 'unverifiable', reason: fetched.reason, says: fetched.detail };
  }
}

function judgeHashed(listed: DigestLogFile, hashed: Hashed, digest: Place): LogReport {
  const { hashAlgorithm, hashValue: expected } = listed;
  const log = about(listed, digest);
  if (hashed.state === 'broken')
    return { ...log, status: 'invalid', reason: hashed.fault, says: hashed.says, expected };
  const { sha256, size } = hashed;
  if (hashAlgorithm !== HASH_ALGORITHM)
    return {
      ...log,
      size,
      status: 'invalid',
      reason: 'unknown-algorithm',
      says: 'its digest names another algorithm for the hash than CloudTrail uses',
      expected: HASH_ALGORITHM,
      computed: hashAlgorithm,
    };
  if (sha256 !== expected)
    return {
      ...log,
      size,
      status: 'invalid',
      reason: 'hash-mismatch',
      says: 'its SHA-256 is not the one in its digest',
      expected,
      computed: sha256,
    };
  return { ...log, size, status: 'valid' };
}

const about = (listed: DigestLogFile, digest: Place) =>
  ({
    kind: 'log',
    bucket: listed.s3Bucket,
    key: listed.s3Object,
    digest: uri(digest),
    ...(listed.oldestEventTime === null ? {} : { from: listed.oldestEventTime }),
    ...(listed.newestEventTime === null ? {} : { to: listed.newestEventTime }),
  }) as const;
