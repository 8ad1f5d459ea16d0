import type { AccessControl, Caller, Need } from '../../access';
import type { Clock } from '../../clock';
import { type Bucket, isArchived, isLocked, type ObjectSettings, type ObjectVersion } from './buckets';
import { S3Error } from './errors';
import type { Notices } from './notices';
import { onBucket, onObject, type S3Answer, type S3Operation } from './operation';
import { header, readPayload, readRange, type S3Request } from './request';

/** Headers that give a request a meaning which isn't simulated: it must not pass for a plain one. */
const NOT_SIMULATED =
  /^x-amz-(copy-source|tagging|object-lock|grant-|website-redirect|server-side-encryption-customer)/;

const BYPASS = 'x-amz-bypass-governance-retention';

/** GetObject, HeadObject, PutObject and DeleteObject. */
export function objectOperations(
  access: AccessControl,
  notices: Notices,
  defaultAccount: string,
  clock: Clock,
): Record<'GetObject' | 'HeadObject' | 'PutObject' | 'DeleteObject', S3Operation> {
  const read: S3Operation = {
    needs: ({ key, query }, bucket) => {
      const versionId = query.get('versionId') ?? undefined;
      return [
        {
          ...(versionId === undefined
            ? onObject(bucket, key, 'GetObject')
            : onObject(bucket, key, 'GetObjectVersion', { 's3:VersionId': versionId })),
          ...encryption(access, bucket.find(key, versionId)?.settings.kmsKeyId, ['kms:Decrypt']),
        },
      ];
    },
    run: (request, bucket) => answerWith(found(request, bucket, access), request),
  };
  return {
    GetObject: read,
    HeadObject: read,
    PutObject: {
      needs: ({ key, headers }, bucket) => [
        {
          ...onObject(bucket, key, 'PutObject', { 's3:x-amz-acl': header(headers, 'x-amz-acl') }),
          ...encryption(
            access,
            header(headers, 'x-amz-server-side-encryption-aws-kms-key-id') ?? bucket.kmsKeyId,
            ['kms:GenerateDataKey'],
          ),
        },
      ],
      run: (request, bucket) => {
        const { key, headers, caller } = request;
        const strange = Object.keys(headers).find((name) => NOT_SIMULATED.test(name));
        if (strange) throw new S3Error('NotImplemented', `${strange} isn't simulated by local AWS`);
        const existing = bucket.find(key);
        if (headers['if-none-match'] === '*' && existing && !existing.deleteMarker) {
          throw new S3Error('PreconditionFailed');
        }
        const { body, checksums } = readPayload(headers, request.body);
        if (bucket.retention && headers['content-md5'] === undefined && Object.keys(checksums).length === 0) {
          throw new S3Error(
            'InvalidRequest',
            'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
          );
        }
        const version = bucket.put(key, body, { ...settingsOf(headers), checksums });
        notices.tell({
          bucket,
          version,
          name: 's3:ObjectCreated:Put',
          requester: requesterOf(caller, defaultAccount),
        });
        return { statusCode: 200, headers: { etag: version.etag, ...versionHeader(version, bucket) } };
      },
    },
    DeleteObject: {
      needs: ({ key, query, headers }, bucket) => {
        const versionId = query.get('versionId');
        return versionId === null
          ? [onObject(bucket, key, 'DeleteObject')]
          : [
              onObject(bucket, key, 'DeleteObjectVersion', { 's3:VersionId': versionId }),
              ...(headers[BYPASS] === 'true' ? [onObject(bucket, key, 'BypassGovernanceRetention')] : []),
            ];
      },
      run: ({ key, query, caller, headers }, bucket) => {
        const versionId = query.get('versionId') ?? undefined;
        const named = versionId === undefined ? undefined : bucket.find(key, versionId);
        const isBypassed = headers[BYPASS] === 'true' && bucket.retention?.mode === 'GOVERNANCE';
        if (named && isLocked(named, clock.now()) && !isBypassed) {
          throw new S3Error('AccessDenied', 'Access Denied because object protected by object lock.');
        }
        const gone = bucket.remove(key, versionId);
        if (!gone) return { statusCode: 204 };
        const isMarker = versionId === undefined && gone.deleteMarker;
        const name = isMarker ? 's3:ObjectRemoved:DeleteMarkerCreated' : 's3:ObjectRemoved:Delete';
        notices.tell({ bucket, version: gone, name, requester: requesterOf(caller, defaultAccount) });
        return {
          statusCode: 204,
          headers: {
            ...versionHeader(gone, bucket),
            ...(gone.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
          },
        };
      },
    },
  };
}

/** The version that is asked for; throws what S3 says of one that can't be read. */
function found(
  { method, key, query, caller }: S3Request,
  bucket: Bucket,
  access: AccessControl,
): ObjectVersion {
  const versionId = query.get('versionId') ?? undefined;
  const version = bucket.find(key, versionId);
  if (version?.deleteMarker) {
    const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(version, bucket) };
    throw versionId === undefined
      ? new S3Error('NoSuchKey', undefined, { headers, details: { Key: key } })
      : new S3Error('MethodNotAllowed', undefined, { headers });
  }
  if (!version) {
    // Who may not list must not learn that a key isn't there.
    if (!access.allows(caller, onBucket(bucket, 'ListBucket'))) throw new S3Error('AccessDenied');
    throw versionId === undefined
      ? new S3Error('NoSuchKey', undefined, { details: { Key: key } })
      : new S3Error('NoSuchVersion', undefined, { details: { Key: key, VersionId: versionId } });
  }
  if (method === 'GET' && isArchived(version)) {
    throw new S3Error('InvalidObjectState', undefined, {
      details: { StorageClass: version.settings.storageClass ?? '' },
    });
  }
  return version;
}

function answerWith(version: ObjectVersion, { headers, method }: S3Request): S3Answer {
  const { etag, body, settings } = version;
  const [ifMatch, ifNoneMatch] = [headers['if-match'], headers['if-none-match']];
  if (ifMatch !== undefined && !matches(ifMatch, etag)) throw new S3Error('PreconditionFailed');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) {
    return { statusCode: 304, headers: { etag, 'last-modified': version.headers['last-modified'] ?? '' } };
  }
  const range = headers.range === undefined ? undefined : readRange(headers.range, body.length);
  const send = (bytes: Buffer) => (method === 'HEAD' ? {} : { body: bytes });
  if (range) {
    const { from, to } = range;
    const part = {
      ...version.headers,
      'content-length': String(to - from + 1),
      'content-range': `bytes ${from}-${to}/${body.length}`,
    };
    return { statusCode: 206, headers: part, ...send(body.subarray(from, to + 1)) };
  }
  if (headers['x-amz-checksum-mode'] !== 'ENABLED' || !settings.checksums) {
    return { statusCode: 200, headers: version.headers, ...send(body) };
  }
  const checksums = Object.entries(settings.checksums).map(([name, sum]) => [`x-amz-checksum-${name}`, sum]);
  return {
    statusCode: 200,
    headers: {
      ...version.headers,
      ...Object.fromEntries(checksums),
      ...(checksums.length > 0 ? { 'x-amz-checksum-type': 'FULL_OBJECT' } : {}),
    },
    ...send(body),
  };
}

const matches = (condition: string, etag: string): boolean =>
  condition === '*' ||
  condition.split(',').some((tag) => tag.trim().replaceAll('"', '') === etag.slice(1, -1));

function settingsOf(headers: S3Request['headers']): ObjectSettings {
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    if (name.startsWith('x-amz-meta-'))
      metadata[name.slice('x-amz-meta-'.length)] = header(headers, name) ?? '';
  }
  const encodings = (header(headers, 'content-encoding') ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'aws-chunked');
  const contentType = header(headers, 'content-type');
  const storageClass = header(headers, 'x-amz-storage-class');
  const kmsKeyId = header(headers, 'x-amz-server-side-encryption-aws-kms-key-id');
  return {
    metadata,
    ...(contentType === undefined ? {} : { contentType }),
    ...(encodings.length > 0 ? { contentEncoding: encodings.join(',') } : {}),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
}

const encryption = (
  access: AccessControl,
  kmsKeyId: string | undefined,
  actions: string[],
): Pick<Need, 'encryption'> =>
  kmsKeyId === undefined ? {} : { encryption: { key: access.anyKeyNamed(kmsKeyId), actions, via: 's3' } };

const versionHeader = ({ versionId }: ObjectVersion, { versioning }: Bucket): Record<string, string> =>
  versioning ? { 'x-amz-version-id': versionId } : {};

const requesterOf = (caller: Caller, account: string): string =>
  caller.kind === 'service' ? caller.name : account;
