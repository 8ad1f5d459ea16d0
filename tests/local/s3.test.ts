import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { s3Client, s3Template, wire } from './s3-template';

afterEach(stopAll);

const Bucket = 'logs';

async function start(): Promise<{ aws: TestAws; s3: S3Client }> {
  const aws = await startTestAws(s3Template());
  return { aws, s3: s3Client(aws) };
}

test('an object comes back as it was put, with its metadata, MD5 and time, and its encoding left alone', async () => {
  const { aws, s3 } = await start();
  const Body = Buffer.from([0x1f, 0x8b, 0, 255, 13, 10]);
  const ETag = `"${createHash('md5').update(Body).digest('hex')}"`;
  const put = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a/b.json.gz',
      Body,
      ContentType: 'application/json',
      ContentEncoding: 'gzip',
      Metadata: { signature: 'abcd', 'signature-algorithm': 'SHA256withRSA' },
    }),
  );
  expect(put.ETag).toBe(ETag);
  const told = {
    ContentLength: Body.length,
    ContentType: 'application/json',
    ContentEncoding: 'gzip',
    ETag,
    LastModified: new Date(aws.clock.now()),
    Metadata: { signature: 'abcd', 'signature-algorithm': 'SHA256withRSA' },
  };
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b.json.gz' }));
  expect(got).toMatchObject(told);
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b.json.gz' }));
  expect(head).toMatchObject(told);
  expect(head.VersionId).toBeUndefined();
  expect(aws.calls.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    's3:PutObject arn:aws:s3:::logs/a/b.json.gz',
    's3:GetObject arn:aws:s3:::logs/a/b.json.gz',
    's3:GetObject arn:aws:s3:::logs/a/b.json.gz',
  ]);
});

test.each<[string, Partial<PutObjectCommandInput>]>([
  ['a stream, chunked with a trailing checksum', { Body: Readable.from(['ab', 'cdef']), ContentLength: 6 }],
  ['SHA-256', { Body: 'abcdef', ChecksumAlgorithm: 'SHA256' }],
  ['SHA-1', { Body: 'abcdef', ChecksumAlgorithm: 'SHA1' }],
])('the bytes are taken out of the way in which they came: %s', async (_, input) => {
  const { s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', ...input }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
  expect(await got.Body?.transformToString()).toBe('abcdef');
  expect(got.ContentEncoding).toBeUndefined();
  expect(got).toMatchObject(
    input.ChecksumAlgorithm === undefined
      ? { ChecksumCRC32: expect.any(String) }
      : { [`Checksum${input.ChecksumAlgorithm}`]: expect.any(String) },
  );
});

test.each([
  ['a CRC-32', ['x-amz-checksum-crc32: AAAAAA=='], 'BadDigest'],
  ['an MD5', ['content-md5: 1B2M2Y8AsgTpgAmY7PhCfg=='], 'BadDigest'],
  ['a SHA-256', [`x-amz-content-sha256: ${'0'.repeat(64)}`], 'XAmzContentSHA256Mismatch'],
  ['a length', ['x-amz-decoded-content-length: 4'], 'IncompleteBody'],
  ['an algorithm that is not simulated', ['x-amz-checksum-crc64nvme: AAAAAAAAAAA='], 'NotImplemented'],
  ['a copy that is not simulated', ['x-amz-copy-source: /logs/other'], 'NotImplemented'],
  ['chunks that end early', ['x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER'], 'IncompleteBody'],
])('%s that does not fit the bytes is refused, and nothing is stored', async (_, headers, code) => {
  const { aws, s3 } = await start();
  expect(await wire(aws, ['PUT /logs/k HTTP/1.1', ...headers], 'abc')).toContain(`<Code>${code}</Code>`);
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test.each([
  ['bytes=0-1', 'ab', 'bytes 0-1/6'],
  ['bytes=4-', 'ef', 'bytes 4-5/6'],
  ['bytes=-2', 'ef', 'bytes 4-5/6'],
  ['bytes=3-99', 'def', 'bytes 3-5/6'],
  ['lines=1-2', 'abcdef', undefined],
  ['bytes=3-1', 'abcdef', undefined],
])('the range %s is %s', async (Range, text, ContentRange) => {
  const { s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'abcdef' }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range }));
  expect(got.ContentRange).toBe(ContentRange);
  expect(await got.Body?.transformToString()).toBe(text);
});

test.each([
  ['a bucket that is not there', { Bucket: 'nowhere' }, 'NoSuchBucket', 404],
  ['a key that is not there', { Key: 'nothing' }, 'NoSuchKey', 404],
  ['a version that is not there', { VersionId: 'nothing' }, 'NoSuchVersion', 404],
  ['a range beyond the end', { Range: 'bytes=6-' }, 'InvalidRange', 416],
  ['another etag', { IfMatch: '"0"' }, 'PreconditionFailed', 412],
  ['another owner', { ExpectedBucketOwner: '999999999999' }, 'AccessDenied', 403],
  ['an archived object', { Key: 'old' }, 'InvalidObjectState', 403],
])('%s is an error in S3’s words', async (_, input, name, httpStatusCode) => {
  const { s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'abcdef' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'old', Body: 'x', StorageClass: 'GLACIER' }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...input }))).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode },
  });
});

test('an archived object still tells its size and class, and its owner is accepted', async () => {
  const { s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'old', Body: 'xy', StorageClass: 'DEEP_ARCHIVE' }));
  const head = new HeadObjectCommand({ Bucket, Key: 'old', ExpectedBucketOwner: '123456789012' });
  expect(await s3.send(head)).toMatchObject({ ContentLength: 2, StorageClass: 'DEEP_ARCHIVE' });
});

test('an unchanged object is not sent again', async () => {
  const { s3 } = await start();
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'abc' }));
  const again = s3.send(new GetObjectCommand({ Bucket, Key: 'k', IfNoneMatch: ETag }));
  await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  const only = new PutObjectCommand({ Bucket, Key: 'k', Body: 'new', IfNoneMatch: '*' });
  await expect(s3.send(only)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test.each(['a b+c%20d.gz', '../up/./down//x', 'Zürich/😀/<&>"\'.gz', 'tab\tand*(parens)!~'])(
  'the key %j survives the way there, back and through a listing',
  async (Key) => {
    const { s3 } = await start();
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('x');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map((object) => object.Key)).toEqual([Key]);
  },
);

test('the bucket may stand before the host, and a path that cannot be decoded is refused', async () => {
  const { aws, s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'x/y', Body: 'found' }));
  expect(await wire(aws, ['GET /x/y HTTP/1.1', 'host: logs.localhost:4566'])).toMatch(/200 OK.*found$/s);
  expect(await wire(aws, ['GET /logs/%zz HTTP/1.1'])).toContain('<Code>InvalidURI</Code>');
});

test('what is not simulated says so instead of doing something else', async () => {
  const { aws } = await start();
  expect(await wire(aws, ['GET /logs/k?acl HTTP/1.1'])).toContain('GET acl isn&#39;t simulated');
  expect(await wire(aws, ['GET / HTTP/1.1'])).toContain('<Code>NotImplemented</Code>');
  expect(aws.deniedCalls().map(({ action }) => action)).toEqual(['s3:GET acl', 's3:GET /']);
});

test('with versioning a deleted or overwritten object stays readable by its version', async () => {
  const { s3 } = await start();
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'zero' }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const one = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
  const gone = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(gone.DeleteMarker).toBe(true);

  const read = async (VersionId?: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }));
    return Body?.transformToString();
  };
  await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read(gone.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  expect(await read(one.VersionId)).toBe('one');
  expect(await read('null')).toBe('zero');
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: gone.VersionId }));
  expect(await read()).toBe('one');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: one.VersionId }));
  expect(await read()).toBe('zero');
});

test('while versioning is suspended, what has no version is replaced', async () => {
  const { s3 } = await start();
  for (const Status of ['Enabled', 'Suspended'] as const) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    for (const Body of ['x', 'y']) await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toHaveLength(2);
  expect(DeleteMarkers).toMatchObject([{ VersionId: 'null' }]);
});

test('a bucket in another region sends its caller there', async () => {
  const { aws, s3 } = await start();
  const CreateBucketConfiguration = { LocationConstraint: 'us-west-2' as const };
  await s3.send(new CreateBucketCommand({ Bucket: 'far-away', CreateBucketConfiguration }));
  const there = s3Client(aws, undefined, 'us-west-2');
  await there.send(new PutObjectCommand({ Bucket: 'far-away', Key: 'k', Body: 'x' }));
  await expect(s3.send(new GetObjectCommand({ Bucket: 'far-away', Key: 'k' }))).rejects.toMatchObject({
    name: 'PermanentRedirect',
    $response: { headers: { 'x-amz-bucket-region': 'us-west-2' } },
  });
  const located = await s3.send(new GetBucketLocationCommand({ Bucket: 'far-away' }));
  expect(located.LocationConstraint).toBe('us-west-2');
  expect(await there.send(new HeadBucketCommand({ Bucket: 'far-away' }))).toMatchObject({
    BucketRegion: 'us-west-2',
  });
});

test.each([
  ['the name of one that is there', 'logs', 'BucketAlreadyOwnedByYou'],
  ['a name that is none', 'No_Name', 'InvalidBucketName'],
])('a bucket with %s is not made', async (_, name, code) => {
  const { aws } = await start();
  expect(await wire(aws, [`PUT /${name} HTTP/1.1`])).toContain(`<Code>${code}</Code>`);
});

test('a lifecycle is told as it was put', async () => {
  const { s3 } = await start();
  const get = new GetBucketLifecycleConfigurationCommand({ Bucket });
  await expect(s3.send(get)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  const Rules = [
    {
      ID: 'old & <gone>',
      Status: 'Enabled' as const,
      Filter: { Prefix: 'AWSLogs/' },
      Expiration: { Days: 90 },
    },
  ];
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  expect((await s3.send(get)).Rules).toEqual(Rules);
  const { aws } = await start();
  const torn = await wire(aws, ['PUT /logs?lifecycle HTTP/1.1'], '<LifecycleConfiguration><Rule>');
  expect(torn).toContain('<Code>MalformedXML</Code>');
});

test('a played fault answers as S3 does, and a broken connection is broken', async () => {
  const { aws, s3 } = await start();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  const get = new GetObjectCommand({ Bucket, Key: 'k' });
  const heal = aws.fail(({ service, action, input }) =>
    service === 's3' && action === 'GetObject' && (input as { Key: string }).Key === 'k'
      ? { code: 'SlowDown' }
      : undefined,
  );
  await expect(s3.send(get)).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  heal();
  const cut = aws.fail(() => ({ code: 'reset', disconnect: true }));
  await expect(s3.send(get)).rejects.toThrow('socket hang up');
  cut();
  expect((await s3.send(get)).ETag).toBeDefined();
});

test('every answer of S3 can be made to take its time', async () => {
  const aws = await startTestAws(s3Template(), {}, { s3LatencyMs: 60 });
  const started = performance.now();
  await s3Client(aws).send(new HeadBucketCommand({ Bucket }));
  // Timers may fire up to a millisecond early.
  expect(performance.now() - started).toBeGreaterThanOrEqual(59);
});
