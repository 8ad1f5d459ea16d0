import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Unread } from '../proof/trail/verdict';
import { addressOf, type Endpoints, encodeKey, encodePart, isBucketName, isRegionName } from './s3-address';
import { ConnectionLost, type Connections, readWhole } from './s3-connections';
import { type Classified, classify, type Refusal } from './s3-refusal';
import { Sha256 } from './sha256';

/** Who asks: what every client of the SDK makes of the standard chain, as its `config`. */
export interface Caller {
  credentials(): Promise<Identity>;
  region(): Promise<string>;
}
type Identity = Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;

/** What attempts need of the machine. */
export interface Retrying {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  sleep(ms: number): Promise<void>;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD';
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface S3Client {
  /**
   * Asks as often as it takes, up to a bound.
   * @param take reads a successful answer's body to its end, or destroys it; called again when the body breaks off
   */
  send<T>(
    request: S3Request,
    take: (answer: IncomingMessage) => Promise<T>,
  ): Promise<{ readonly state: 'answered'; readonly value: T } | Refusal>;
}

type Once<T> =
  | { readonly state: 'answered'; readonly value: T }
  | { readonly state: 'elsewhere' }
  | Classified;

const ATTEMPTS = 4;
const BACK_OFF_MS = 100;
/** S3 asks for less, not for again. */
const THROTTLED_MS = 500;
const ERROR_BYTES = 65_536;
/** Asked first by whoever has no Region of their own: S3 says from anywhere where a bucket is. */
const ANY_REGION = 'us-east-1';
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const USER_AGENT = 'trailseal';

/**
 * A client for the few requests that reading takes, at a fraction of the processor time of the SDK's.
 * @param expectedOwner account that must own each bucket; S3 refuses what is another's
 */
export function s3Client(
  caller: Caller,
  endpoints: Endpoints,
  connections: Connections,
  { now, random, sleep }: Retrying,
  expectedOwner?: string,
): S3Client {
  const regions = new Map<string, string>();
  const signers = new Map<string, SignatureV4>();

  async function ask(region: string, { method, bucket, key = '', query, headers }: S3Request) {
    const address = addressOf(bucket, region, endpoints);
    const path = `${address.base}${encodeKey(key)}`;
    const signed = await signerFor(region).sign(
      {
        method,
        protocol: address.secure ? 'https:' : 'http:',
        hostname: address.hostname,
        path,
        query: { ...query },
        headers: {
          host: address.host,
          'user-agent': USER_AGENT,
          'x-amz-content-sha256': UNSIGNED_PAYLOAD,
          ...(expectedOwner === undefined ? {} : { 'x-amz-expected-bucket-owner': expectedOwner }),
          ...headers,
        },
      },
      { signingDate: new Date(now()) },
    );
    return connections.ask(address, {
      method,
      path: query === undefined ? path : `${path}?${writeQuery(query)}`,
      headers: signed.headers,
    });
  }

  function signerFor(region: string): SignatureV4 {
    const known = signers.get(region);
    if (known) return known;
    const signer = new SignatureV4({
      service: 's3',
      region,
      credentials: () =>
        caller.credentials().catch((error: Error) => {
          throw new NoCredentials(error.message, { cause: error });
        }),
      sha256: Sha256,
      // S3 signs a path as it is sent: encoded once, with nothing in it resolved.
      uriEscapePath: false,
      applyChecksum: false,
    });
    signers.set(region, signer);
    return signer;
  }

  async function once<T>(
    request: S3Request,
    take: (answer: IncomingMessage) => Promise<T>,
  ): Promise<Once<T>> {
    const region = regions.get(request.bucket) ?? (await caller.region().catch(() => ANY_REGION));
    try {
      const answer = await ask(region, request);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return { state: 'answered', value: await take(answer) };
      const body = await refusalIn(answer, request.method);
      const other = await regionBy(answer, body, request, region);
      if (other === undefined || other === region) return classify(status, body);
      regions.set(request.bucket, other);
      return { state: 'elsewhere' };
    } catch (error) {
      if (error instanceof ConnectionLost) return unread('unavailable', error.message, true);
      if (error instanceof NoCredentials)
        return unread('access-denied', `no credentials: ${error.message}`, false);
      throw error;
    }
  }

  /** The bucket's Region, where an answer may mean that it is another: not all say which, but HeadBucket's does. */
  async function regionBy(
    answer: IncomingMessage,
    body: string | undefined,
    { bucket }: S3Request,
    region: string,
  ): Promise<string | undefined> {
    const status = answer.statusCode ?? 0;
    const misplaced = body === undefined || /<Code>(AuthorizationHeaderMalformed|IllegalLocation)/.test(body);
    if (status !== 301 && status !== 307 && !(status === 400 && misplaced)) return undefined;
    const said = regionIn(answer);
    if (said !== undefined) return said;
    const about = await ask(region, { method: 'HEAD', bucket });
    about.resume();
    return regionIn(about);
  }

  return {
    async send(request, take) {
      // A name that S3 wouldn't take must not reach a host or a path.
      if (!isBucketName(request.bucket)) {
        return { state: 'missing', what: 'bucket', detail: 'no bucket can have this name' };
      }
      let moved = false;
      for (let attempt = 1; ; attempt++) {
        const result = await once(request, take);
        if ('refusal' in result) {
          const { refusal, passing } = result;
          if (!passing || attempt === ATTEMPTS) return refusal;
          const throttled = refusal.state === 'unread' && refusal.reason === 'throttled';
          await sleep(random() * (throttled ? THROTTLED_MS : BACK_OFF_MS) * 2 ** attempt);
        } else if (result.state === 'answered') {
          return result;
        } else if (moved) {
          return {
            state: 'unread',
            reason: 'unavailable',
            detail: 'S3 names one Region after another for the bucket',
          };
        } else {
          moved = true;
        }
      }
    },
  };
}

class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
}

const unread = (reason: Unread, detail: string, passing: boolean): Classified => ({
  refusal: { state: 'unread', reason, detail },
  passing,
});

async function refusalIn(answer: IncomingMessage, method: S3Request['method']): Promise<string | undefined> {
  if (method === 'GET') return (await readWhole(answer, ERROR_BYTES))?.toString() ?? '';
  answer.resume();
  return undefined;
}

/** Anything but a Region's name must not become part of a host. */
function regionIn({ headers }: IncomingMessage): string | undefined {
  const said = headers['x-amz-bucket-region'];
  return typeof said === 'string' && isRegionName(said) ? said : undefined;
}

const writeQuery = (query: Readonly<Record<string, string>>) =>
  Object.entries(query)
    .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
    .join('&');
