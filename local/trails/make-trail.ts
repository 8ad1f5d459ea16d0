import { gzipSync } from 'node:zlib';
import { digestKey, logKey } from '../../shared/contracts/aws/trail-object-key';
import type { PublicKeyRecord } from '../../shared/proof/trail/public-keys';
import type { Place } from '../../shared/proof/trail/verdict';
import { type DigestJson, digestObject, type LogFileJson, sha256 } from './digest-object';
import { addObject, type TrailObject, type TrailObjects } from './objects';
import { cloudTrailRecord, seededRandom, uniqueString } from './records';
import { fingerprint, type KeyEncoding, publicKeyRecord, type SigningKey } from './signing-keys';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** A value for all hours, or by the number of the hour, from 0. */
type ByHour<T> = T | ((hour: number) => T);

const inHour = <T extends string | number>(value: ByHour<T>, hour: number): T =>
  typeof value === 'function' ? value(hour) : value;

/** One trail in one Region of one account. All but `from` and `hours` have a default; the same options make the same bytes. */
export interface TrailOptions {
  readonly seed?: string;
  readonly account?: string;
  readonly region?: string;
  readonly homeRegion?: string;
  readonly trail?: string;
  /** Another one from some hour on is a bucket move. */
  readonly bucket?: ByHour<string>;
  /** `some/prefix/` */
  readonly prefix?: ByHour<string>;
  readonly organizationId?: string;
  /** Where the first digest begins: ISO 8601, `2024-07-31T10:00:00Z`. */
  readonly from: string;
  /** How many hourly digests. */
  readonly hours: number;
  /** 0 makes an empty hour. Default 2. */
  readonly logsPerHour?: ByHour<number>;
  /** Default 3. */
  readonly recordsPerLog?: number;
  /** The records of the hour's log file number `log`, in place of made-up ones; undefined leaves it at those. */
  readonly records?: (hour: number, log: number) => readonly { readonly eventTime?: string }[] | undefined;
  /** As many log files are made, and their bytes used again under other names: makes a large trail quickly. */
  readonly distinctLogs?: number;
  /** Another one from some hour on is a key rotation. Default `a`. */
  readonly key?: ByHour<SigningKey>;
  readonly keyEncoding?: KeyEncoding;
  /** In these hours there is no digest and no log file: logging was stopped. The next one starts a new chain. */
  readonly stoppedIn?: readonly number[];
}

export interface MadeTrail {
  readonly objects: TrailObjects;
  readonly publicKeys: PublicKeyRecord[];
  /** Oldest first, without backfills. */
  readonly digests: Place[];
  /** Oldest first. */
  readonly logs: Place[];
  /** Puts in a backfill digest for an hour, with log files of its own. */
  addBackfill(options: {
    readonly hour: number;
    readonly logs?: number;
    /** ISO 8601 */
    readonly generatedAt: string;
    readonly key?: SigningKey;
  }): { readonly digest: Place; readonly logs: readonly Place[] };
}

interface Previous {
  readonly json: DigestJson;
  readonly object: TrailObject;
}

const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');

const monthAround = (time: string) => ({
  from: iso(Date.parse(time) - 15 * DAY_MS),
  to: iso(Date.parse(time) + 15 * DAY_MS),
});

/** Makes the files of a trail as CloudTrail delivers them, genuinely signed with test keys. */
export function makeTrail(options: TrailOptions): MadeTrail {
  const { seed = 'trail', account = '111122223333', region = 'us-east-1', recordsPerLog = 3 } = options;
  const { homeRegion = region, trail = 'compliance-trail', keyEncoding = 'pkcs1', organizationId } = options;
  const random = seededRandom([seed, account, region, homeRegion, trail].join('/'));
  const start = Date.parse(options.from);
  const objects: TrailObjects = new Map();
  const made: { bytes: Buffer; gzip: Buffer; hash: string; times: string[] }[] = [];
  let count = 0;

  const bucketIn = (hour: number) => inHour(options.bucket ?? 'example-trail-bucket', hour);
  const ownerIn = (hour: number) => ({
    prefix: inHour(options.prefix ?? '', hour),
    ...(organizationId === undefined ? {} : { organizationId }),
    account,
    region,
  });

  function content(hour: number, log: number, time: string) {
    const known = made[count++ % (options.distinctLogs ?? Number.POSITIVE_INFINITY)];
    if (known) return known;
    const records =
      options.records?.(hour, log) ??
      Array.from({ length: recordsPerLog }, () =>
        cloudTrailRecord(random, { account, region, eventTime: time }),
      );
    const bytes = Buffer.from(JSON.stringify({ Records: records }));
    const times = records.flatMap(({ eventTime }) => eventTime ?? []).sort();
    const file = { bytes, gzip: gzipSync(bytes), hash: sha256(bytes), times };
    made.push(file);
    return file;
  }

  function addLog(hour: number, log: number, of: number): LogFileJson {
    const time = start + hour * HOUR_MS + Math.floor((log * 60) / of) * 60_000;
    const { gzip, hash, times } = content(hour, log, iso(time));
    const place = {
      bucket: bucketIn(hour),
      key: logKey({ ...ownerIn(hour), minute: iso(time), unique: uniqueString(random) }),
    };
    addObject(objects, { place, body: gzip, metadata: {}, lastModified: iso(time) });
    return {
      s3Bucket: place.bucket,
      s3Object: place.key,
      hashValue: hash,
      hashAlgorithm: 'SHA-256',
      newestEventTime: times.at(-1) ?? null,
      oldestEventTime: times.at(0) ?? null,
    };
  }

  const addLogs = (hour: number, of: number) => Array.from({ length: of }, (_, log) => addLog(hour, log, of));

  function addDigest(
    hour: number,
    logFiles: LogFileJson[],
    previous: Previous | undefined,
    key: SigningKey,
    backfilledAt?: string,
  ): Previous {
    const end = iso(start + (hour + 1) * HOUR_MS);
    const times = logFiles
      .flatMap(({ newestEventTime: a, oldestEventTime: b }) => [a ?? [], b ?? []].flat())
      .sort();
    const json: DigestJson = {
      awsAccountId: account,
      digestStartTime: iso(start + hour * HOUR_MS),
      digestEndTime: end,
      digestS3Bucket: bucketIn(hour),
      digestS3Object: digestKey({
        ...ownerIn(hour),
        trail,
        homeRegion,
        end,
        backfill: backfilledAt !== undefined,
      }),
      digestPublicKeyFingerprint: fingerprint(key, keyEncoding),
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: times.at(-1) ?? null,
      oldestEventTime: times.at(0) ?? null,
      ...pointerTo(previous),
      logFiles,
    };
    const metadata =
      backfilledAt === undefined ? undefined : { 'backfill-generation-timestamp': backfilledAt };
    const object = digestObject(json, key, metadata);
    addObject(objects, object);
    return { json, object };
  }

  const digests: Place[] = [];
  const logs: Place[] = [];
  const used = new Set<SigningKey>();
  let previous: Previous | undefined;
  let lastBackfill: Previous | undefined;
  for (let hour = 0; hour < options.hours; hour++) {
    if (options.stoppedIn?.includes(hour)) {
      previous = undefined;
      continue;
    }
    const logFiles = addLogs(hour, inHour(options.logsPerHour ?? 2, hour));
    const key = inHour<SigningKey>(options.key ?? 'a', hour);
    used.add(key);
    previous = addDigest(hour, logFiles, previous, key);
    digests.push(previous.object.place);
    logs.push(...logFiles.map(placeOf));
  }
  const window = { from: iso(start - 30 * DAY_MS), to: iso(start + options.hours * HOUR_MS + 30 * DAY_MS) };
  const publicKeys = [...used].map((key) => publicKeyRecord(key, window, keyEncoding));
  return {
    objects,
    publicKeys,
    digests,
    logs,
    addBackfill({ hour, logs: of = 1, generatedAt, key = 'a' }) {
      if (!used.has(key)) publicKeys.push(publicKeyRecord(key, monthAround(generatedAt), keyEncoding));
      used.add(key);
      const logFiles = addLogs(hour, of);
      lastBackfill = addDigest(hour, logFiles, lastBackfill, key, generatedAt);
      return { digest: lastBackfill.object.place, logs: logFiles.map(placeOf) };
    },
  };
}

const placeOf = ({ s3Bucket, s3Object }: LogFileJson): Place => ({ bucket: s3Bucket, key: s3Object });

const pointerTo = (previous: Previous | undefined) => ({
  previousDigestS3Bucket: previous?.json.digestS3Bucket ?? null,
  previousDigestS3Object: previous?.json.digestS3Object ?? null,
  previousDigestHashValue: previous ? sha256(Buffer.from(JSON.stringify(previous.json))) : null,
  previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
  previousDigestSignature: previous?.object.metadata['signature'] ?? null,
});
