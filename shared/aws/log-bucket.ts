import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { BodyUnread, type Fetched, type ObjectSource } from '../proof/trail/source';
import type { Place, Unread } from '../proof/trail/verdict';
import { type AwsPlace, clientSettings } from './operator-place';
import { isObjectKey } from './s3-address';
import { type Caller, type Retrying, type S3Client, type S3Request, s3Client } from './s3-client';
import {
  ConnectionLost,
  type ConnectionSettings,
  connections,
  lengthOf,
  readChunks,
  readWhole,
} from './s3-connections';
import type { Refusal } from './s3-refusal';
import { bareEtag, type Page, readExpiryDays, readPage } from './s3-xml';

export interface LogBucketOptions extends AwsPlace, Partial<ConnectionSettings>, Partial<Retrying> {
  /** The account that must own each bucket: what belongs to another is refused by S3. */
  readonly expectedOwner?: string;
  /** Who asks; the standard chain of the SDK if not said. */
  readonly caller?: Caller;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LogBucket extends ObjectSource {
  /** Days after which the bucket itself deletes what is below the prefix; undefined if it doesn't, or when it can't be told. */
  expiryDays(bucket: string, prefix: string): Promise<number | undefined>;
}

/** A bucket that can't be listed: it does not exist, or this time not by us. */
export class BucketUnread extends Error {
  override readonly name = 'BucketUnread';

  constructor(
    readonly bucket: string,
    readonly reason: Unread | 'no-such-bucket',
    detail: string,
  ) {
    super(`s3://${bucket} can't be listed: ${detail}`);
  }
}

const PAGE_BYTES = 16 * 1024 ** 2;
const LIFECYCLE_BYTES = 1024 ** 2;
const RESUMPTIONS = 4;

/**
 * Buckets of S3 that hold files of CloudTrail, one client for all of them in all Regions.
 *
 * An object of a bucket that doesn't exist is `missing`, and so is one of a name that no object can have. An archived
 * object has a head but can't be read. ETags are without quotes. Throws `BucketUnread` where a bucket can't be listed,
 * and `BodyUnread` out of a stream that can't be read to its end, after having resumed it.
 */
export function logBucket(options: LogBucketOptions = {}): LogBucket {
  const s3 = clientFor(options);

  async function get<Body>(
    request: Omit<S3Request, 'bucket' | 'key'>,
    place: Place,
    take: (answer: IncomingMessage) => Promise<Fetched<Body>>,
  ): Promise<Fetched<Body>> {
    if (!isObjectKey(place.key)) return { state: 'missing' };
    const result = await s3.send({ ...request, ...place }, take);
    if (result.state === 'answered') return result.value;
    return result.state === 'missing' ? { state: 'missing' } : result;
  }

  async function page(bucket: string, query: Record<string, string>): Promise<Page> {
    const result = await s3.send(
      { method: 'GET', bucket, query: { 'list-type': '2', 'encoding-type': 'url', ...query } },
      (answer) => readWhole(answer, PAGE_BYTES),
    );
    if (result.state === 'missing')
      throw new BucketUnread(bucket, 'no-such-bucket', 'there is no such bucket');
    if (result.state === 'unread') throw new BucketUnread(bucket, result.reason, result.detail);
    if (result.value === undefined) throw new BucketUnread(bucket, 'unavailable', 'the answer is too long');
    return readPage(result.value.toString());
  }

  async function* pages(
    bucket: string,
    query: Record<string, string>,
  ): AsyncGenerator<Page, void, undefined> {
    let next: Promise<Page> | undefined = page(bucket, query);
    while (next !== undefined) {
      const current: Page = await next;
      const { next: token } = current;
      // Asked for while the caller is busy with this one; whoever stops here never hears how it went.
      next = token === undefined ? undefined : page(bucket, { ...query, 'continuation-token': token });
      next?.catch(() => {});
      yield current;
    }
  }

  return {
    async *list(bucket, prefix, after) {
      for await (const { objects } of pages(bucket, { prefix, ...(after ? { 'start-after': after } : {}) })) {
        yield* objects;
      }
    },

    async folders(bucket, prefix) {
      const found: string[] = [];
      for await (const { folders } of pages(bucket, { prefix, delimiter: '/' })) found.push(...folders);
      return found;
    },

    read: (place, limit) =>
      get({ method: 'GET' }, place, async (answer): Promise<Fetched<Buffer>> => {
        const body = await readWhole(answer, limit);
        return body === undefined
          ? { state: 'too-large', limit }
          : { state: 'found', body, ...described(answer), size: body.length };
      }),

    stream: (place) =>
      get({ method: 'GET' }, place, async (answer) => ({
        state: 'found',
        body: streamFrom(s3, place, answer),
        ...described(answer),
      })),

    head: (place) =>
      get({ method: 'HEAD' }, place, async (answer) => {
        answer.resume();
        return { state: 'found', body: undefined, ...described(answer) };
      }),

    async expiryDays(bucket, prefix) {
      const result = await s3.send({ method: 'GET', bucket, query: { lifecycle: '' } }, (answer) =>
        readWhole(answer, LIFECYCLE_BYTES),
      );
      return result.state === 'answered' && result.value !== undefined
        ? readExpiryDays(result.value.toString(), prefix)
        : undefined;
    },
  };
}

function clientFor(options: LogBucketOptions): S3Client {
  const { region, profile, accessKeyId, env = process.env } = options;
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
  };
  const endpoint = options.endpoint || env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  return s3Client(
    // Any client of the SDK resolves the same chain, remembers credentials, and renews them before they expire.
    options.caller ?? new CloudTrailClient(clientSettings(place)).config,
    {
      endpoint: endpoint ? new URL(endpoint) : undefined,
      fips: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
      dualstack: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
    },
    connections({ connections: 64, connectMs: 3000, silentMs: 10_000, ...options }),
    { now: Date.now, random: Math.random, sleep: (ms) => sleep(ms), ...options },
    options.expectedOwner,
  );
}

const USER_METADATA = 'x-amz-meta-';

/** What the head of an answer says of the object. */
function described(answer: IncomingMessage) {
  const { etag, 'x-amz-version-id': versionId } = answer.headers;
  const size = lengthOf(answer);
  const metadata: Record<string, string> = Object.fromEntries(
    Object.entries(answer.headers)
      .filter(([name]) => name.startsWith(USER_METADATA))
      .map(([name, value]) => [name.slice(USER_METADATA.length), String(value)]),
  );
  return {
    metadata,
    ...(size === undefined ? {} : { size }),
    ...(etag === undefined ? {} : { etag: bareEtag(etag) }),
    ...(typeof versionId === 'string' ? { versionId } : {}),
  };
}

/** The bytes of an answer; where they break off, the rest of the same object is asked for. */
async function* streamFrom(
  s3: S3Client,
  place: Place,
  first: IncomingMessage,
): AsyncGenerator<Buffer, void, undefined> {
  const { etag } = first.headers;
  let answer = first;
  let got = 0;
  for (let resumed = 0; ; resumed++) {
    try {
      for await (const chunk of readChunks(answer)) {
        got += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      if (resumed === RESUMPTIONS || etag === undefined) throw new BodyUnread('unavailable', error.message);
    }
    const headers = { range: `bytes=${got}-`, 'if-match': etag };
    const rest: { state: 'answered'; value: IncomingMessage } | Refusal = await s3.send(
      { method: 'GET', ...place, headers },
      async (resumption) => resumption,
    );
    if (rest.state === 'missing') throw new BodyUnread('unavailable', rest.detail);
    if (rest.state === 'unread') throw new BodyUnread(rest.reason, rest.detail);
    answer = rest.value;
    if (answer.statusCode !== 206) {
      answer.destroy();
      throw new BodyUnread('unavailable', 'S3 does not go on where it stopped');
    }
  }
}
