import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock';
import type { Statement } from '../../iam';
import type { BlockSettings, Grant } from './access-settings';
import { byS3, type EncryptionRule } from './encryption';
import { S3Error } from './errors';
import { SortedKeys } from './keys';
import type { Notification } from './notification';

/** What is stored with an object's bytes. */
export interface ObjectSettings {
  /** Names without `x-amz-meta-`. */
  metadata?: Readonly<Record<string, string>>;
  contentType?: string;
  contentEncoding?: string;
  /** `GLACIER` and `DEEP_ARCHIVE` can't be read. */
  storageClass?: string;
  /** Key id or ARN: the object is encrypted with SSE-KMS. */
  kmsKeyId?: string;
  /** By algorithm (`crc32`), base64. */
  checksums?: Readonly<Record<string, string>>;
}

/** One version of an object, or the delete marker that hides the older ones. */
export interface ObjectVersion {
  readonly key: string;
  /** `null` for what was put while versioning was off. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Buffer;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: number;
  readonly settings: ObjectSettings;
  /** Until then Object Lock lets nobody delete it for good. */
  readonly lockedUntil?: number;
  /** Made once, when the object is put: reading must cost next to nothing. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface BucketOptions {
  owner: string;
  region: string;
  policy?: Statement[];
  /** Without S3's own default for its encryption, as before January 2023. */
  unencrypted?: boolean;
}

/** How long Object Lock keeps what is put into a bucket. */
export interface Retention {
  mode: 'GOVERNANCE' | 'COMPLIANCE';
  days: number;
}

const DAY_MS = 86_400_000;
/** The etag of no bytes, which S3 states for a delete marker. */
const EMPTY = '"d41d8cd98f00b204e9800998ecf8427e"';
const NO_NOTIFICATION: Notification = { rules: [], eventBridge: false };
const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** A bucket with all versions of its objects, in memory. */
export class Bucket {
  readonly arn: string;
  readonly owner: string;
  readonly region: string;
  policy: Statement[];
  /** The policy as it was put; undefined without one. */
  policyText: string | undefined;
  block: BlockSettings | undefined;
  /** Undefined as only partitions and years without a default of S3's own have it. */
  encryption: readonly EncryptionRule[] | undefined;
  /** What there is of it while nobody has said anything. */
  readonly unsaidEncryption: readonly EncryptionRule[] | undefined;
  /** Of the ACL, beside what the owner has. */
  grants: readonly Grant[] = [];
  tags: Readonly<Record<string, string>> = {};
  versioning: 'Enabled' | 'Suspended' | undefined;
  /** What every new object is locked for; undefined without Object Lock. */
  retention: Retention | undefined;
  /** The bucket's own key, for what is put without naming one. */
  kmsKeyId: string | undefined;
  /** The lifecycle configuration as it was put: it is kept and told, nothing expires here. */
  lifecycle: string | undefined;
  notification = NO_NOTIFICATION;
  readonly #objects = new Map<string, ObjectVersion[]>();
  readonly #clock: Clock;
  readonly keys = new SortedKeys();

  constructor(
    readonly name: string,
    { owner, region, policy = [], unencrypted = false }: BucketOptions,
    clock: Clock,
  ) {
    this.arn = `arn:aws:s3:::${name}`;
    this.owner = owner;
    this.region = region;
    this.policy = policy;
    this.unsaidEncryption = unencrypted ? undefined : byS3;
    this.encryption = this.unsaidEncryption;
    this.#clock = clock;
  }

  put(key: string, body: Buffer, given: ObjectSettings = {}): ObjectVersion {
    const settings =
      given.kmsKeyId === undefined && this.kmsKeyId !== undefined
        ? { ...given, kmsKeyId: this.kmsKeyId }
        : given;
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const lastModified = this.#clock.now();
    const versionId = this.versioning === 'Enabled' ? newVersionId() : 'null';
    const headers = {
      ...headersOf(settings, body.length, etag, lastModified),
      ...(this.versioning ? { 'x-amz-version-id': versionId } : {}),
    };
    const version = {
      key,
      versionId,
      deleteMarker: false,
      body,
      etag,
      lastModified,
      settings,
      headers,
      ...(this.retention ? { lockedUntil: lastModified + this.retention.days * DAY_MS } : {}),
    };
    this.#add(version);
    return version;
  }

  /** The newest version, which may be a delete marker, or the one that is named. */
  find(key: string, versionId?: string): ObjectVersion | undefined {
    const versions = this.#objects.get(key);
    return versionId === undefined
      ? versions?.at(-1)
      : versions?.find((version) => version.versionId === versionId);
  }

  /** All versions of a key, newest first. */
  versions(key: string): ObjectVersion[] {
    return [...(this.#objects.get(key) ?? [])].reverse();
  }

  /**
   * Deletes: a named version for good, otherwise what versioning makes of it. The answer is the version that
   * is gone or the marker that was put; undefined when there was nothing to delete.
   */
  remove(key: string, versionId?: string): ObjectVersion | undefined {
    if (versionId === undefined && this.versioning) {
      const marker: ObjectVersion = {
        key,
        versionId: this.versioning === 'Enabled' ? newVersionId() : 'null',
        deleteMarker: true,
        body: Buffer.alloc(0),
        etag: EMPTY,
        lastModified: this.#clock.now(),
        settings: {},
        headers: {},
      };
      this.#add(marker);
      return marker;
    }
    const gone = this.find(key, versionId ?? 'null');
    if (gone) this.#keep(key, this.#objects.get(key)?.filter((version) => version !== gone) ?? []);
    return gone;
  }

  #add(version: ObjectVersion): void {
    const others = (this.#objects.get(version.key) ?? []).filter(
      ({ versionId }) => versionId !== version.versionId,
    );
    this.#keep(version.key, [...others, version]);
  }

  #keep(key: string, versions: ObjectVersion[]): void {
    if (versions.length === 0) {
      this.#objects.delete(key);
      this.keys.delete(key);
    } else {
      if (!this.#objects.has(key)) this.keys.add(key);
      this.#objects.set(key, versions);
    }
  }
}

/** Whether Object Lock keeps a version from being deleted for good. */
export const isLocked = ({ lockedUntil = 0 }: ObjectVersion, now: number): boolean => lockedUntil > now;

export const isArchived = ({ settings }: ObjectVersion): boolean =>
  ARCHIVED.has(settings.storageClass ?? 'STANDARD');

/** All buckets, of whatever account. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(name: string, options: BucketOptions): Bucket {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new S3Error('InvalidBucketName');
    if (this.#buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou');
    const bucket = new Bucket(name, options, this.#clock);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  named(name: string): Bucket {
    const bucket = this.find(name);
    if (!bucket) throw new S3Error('NoSuchBucket', undefined, { details: { BucketName: name } });
    return bucket;
  }
}

const newVersionId = (): string => randomBytes(24).toString('base64url');

function headersOf(
  settings: ObjectSettings,
  size: number,
  etag: string,
  lastModified: number,
): Record<string, string> {
  const { metadata = {}, contentType, contentEncoding, storageClass, kmsKeyId } = settings;
  const encryption: Record<string, string> =
    kmsKeyId === undefined
      ? { 'x-amz-server-side-encryption': 'AES256' }
      : {
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId,
        };
  return {
    'content-type': contentType ?? 'binary/octet-stream',
    'content-length': String(size),
    ...(contentEncoding ? { 'content-encoding': contentEncoding } : {}),
    etag,
    'last-modified': new Date(lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    ...encryption,
    ...(storageClass && storageClass !== 'STANDARD' ? { 'x-amz-storage-class': storageClass } : {}),
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}
