import type { Bucket, ObjectVersion } from './buckets';
import { S3Error } from './errors';
import { compareKeys, type KeyPage, urlEncodeKey } from './keys';
import { onBucket, type S3Operation } from './operation';
import type { S3Request } from './request';
import { type Xml, xmlDocument } from './xml';

const MAXIMUM_KEYS = 1000;

type Names = 'ListObjectsV2' | 'ListObjects' | 'ListObjectVersions';

/** The listings of a bucket: by pages of at most 1,000, in the order of the keys' UTF-8 bytes. */
export const listings: Record<Names, S3Operation> = {
  ListObjectsV2: {
    needs: listNeeds('ListBucket'),
    run: ({ query }, bucket) => {
      const asked = readQuery(query);
      const { encode } = asked;
      const token = query.get('continuation-token');
      const startAfter = query.get('start-after');
      const page = pageOf(bucket, asked, token === null ? (startAfter ?? '') : readToken(token));
      return xml('ListBucketResult', bucket, asked, {
        ...(startAfter === null ? {} : { StartAfter: encode(startAfter) }),
        ...(token === null ? {} : { ContinuationToken: token }),
        ...(page.next === undefined
          ? {}
          : { NextContinuationToken: Buffer.from(page.next).toString('base64url') }),
        KeyCount: page.keys.length + page.commonPrefixes.length,
        IsTruncated: page.next !== undefined,
        ...contents(bucket, page, encode),
      });
    },
  },
  ListObjects: {
    needs: listNeeds('ListBucket'),
    run: ({ query }, bucket) => {
      const asked = readQuery(query);
      const { encode, delimiter } = asked;
      const marker = query.get('marker') ?? '';
      const page = pageOf(bucket, asked, marker);
      return xml('ListBucketResult', bucket, asked, {
        Marker: encode(marker),
        // Without a delimiter the client goes on from the last key itself.
        ...(page.next === undefined || delimiter === '' ? {} : { NextMarker: encode(page.next) }),
        IsTruncated: page.next !== undefined,
        ...contents(bucket, page, encode),
      });
    },
  },
  ListObjectVersions: {
    needs: listNeeds('ListBucketVersions'),
    run: ({ query }, bucket) => {
      const asked = readQuery(query);
      const { prefix, encode, limit, delimiter } = asked;
      if (delimiter !== '') throw new S3Error('NotImplemented', 'A delimiter of versions is not simulated');
      const keyMarker = query.get('key-marker') ?? '';
      const versionMarker = query.get('version-id-marker') ?? undefined;
      const versions: ObjectVersion[] = [];
      let truncated = false;
      for (const version of versionsFrom(bucket, prefix, keyMarker, versionMarker)) {
        truncated = versions.length >= limit;
        if (truncated) break;
        versions.push(version);
      }
      const last = versions.at(-1);
      const describe = (version: ObjectVersion) => ({
        Key: encode(version.key),
        VersionId: version.versionId,
        IsLatest: bucket.find(version.key) === version,
        LastModified: new Date(version.lastModified).toISOString(),
        ...(version.deleteMarker ? {} : sizeOf(version)),
      });
      return xml('ListVersionsResult', bucket, asked, {
        KeyMarker: encode(keyMarker),
        VersionIdMarker: versionMarker ?? '',
        ...(truncated && last
          ? { NextKeyMarker: encode(last.key), NextVersionIdMarker: last.versionId }
          : {}),
        IsTruncated: truncated,
        Version: versions.filter(({ deleteMarker }) => !deleteMarker).map(describe),
        DeleteMarker: versions.filter(({ deleteMarker }) => deleteMarker).map(describe),
      });
    },
  },
};

interface Asked {
  prefix: string;
  delimiter: string;
  limit: number;
  encoding: string | undefined;
  encode: (text: string) => string;
}

function listNeeds(action: string): S3Operation['needs'] {
  return ({ query }, bucket) => [
    onBucket(bucket, action, {
      // A listing without a prefix has an empty one: a condition on it is compared with ''.
      's3:prefix': query.get('prefix') ?? '',
      's3:delimiter': query.get('delimiter') ?? undefined,
      's3:max-keys': query.get('max-keys') ?? undefined,
    }),
  ];
}

function readQuery(query: S3Request['query']): Asked {
  const maxKeys = query.get('max-keys') ?? String(MAXIMUM_KEYS);
  if (!/^\d{1,10}$/.test(maxKeys)) {
    throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  const encoding = query.get('encoding-type') ?? undefined;
  if (encoding !== undefined && encoding !== 'url') {
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: Math.min(Number(maxKeys), MAXIMUM_KEYS),
    encoding,
    encode: encoding === 'url' ? urlEncodeKey : (text) => text,
  };
}

const pageOf = (bucket: Bucket, { prefix, delimiter, limit }: Asked, after: string): KeyPage =>
  bucket.keys.page({ prefix, delimiter, after, limit }, (key) => bucket.find(key)?.deleteMarker === false);

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (key === '') throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  return key;
}

function contents(bucket: Bucket, { keys, commonPrefixes }: KeyPage, encode: Asked['encode']) {
  const versions = keys.map((key) => bucket.find(key)).filter((version) => version !== undefined);
  return {
    Contents: versions.map((version) => ({
      Key: encode(version.key),
      LastModified: new Date(version.lastModified).toISOString(),
      ...sizeOf(version),
    })),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

const sizeOf = ({ etag, body, settings }: ObjectVersion) => ({
  ETag: etag,
  Size: body.length,
  StorageClass: settings.storageClass ?? 'STANDARD',
});

/** Versions by key, newest first, from after the one that the markers name. */
function* versionsFrom(
  bucket: Bucket,
  prefix: string,
  keyMarker: string,
  versionMarker: string | undefined,
): Iterable<ObjectVersion> {
  if (versionMarker !== undefined && compareKeys(keyMarker, prefix) >= 0) {
    const versions = bucket.versions(keyMarker);
    yield* versions.slice(versions.findIndex(({ versionId }) => versionId === versionMarker) + 1);
  }
  for (const key of bucket.keys.startingWith(prefix, keyMarker)) yield* bucket.versions(key);
}

function xml(root: string, bucket: Bucket, { prefix, delimiter, limit, encoding, encode }: Asked, rest: Xml) {
  const head = {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    MaxKeys: limit,
    EncodingType: encoding,
  };
  const body = xmlDocument(root, { ...head, ...(rest as object) });
  return { statusCode: 200, headers: { 'content-type': 'application/xml' }, body };
}
