import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
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

const keys = Array.from({ length: 2345 }, (_, i) => `d${Math.floor(i / 100)}/k${String(i).padStart(5, '0')}`);

async function filled() {
  const { aws, s3 } = await start();
  for (const key of [...keys].reverse()) aws.s3.deliver({ bucket: Bucket, key, body: Buffer.from('x') });
  return s3;
}

test('more than a thousand keys come by pages in order, none twice', async () => {
  const s3 = await filled();
  const found: string[] = [];
  const sizes: number[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
    found.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    sizes.push(page.KeyCount ?? 0);
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
  } while (ContinuationToken !== undefined);
  expect(found).toEqual([...keys].sort());
  expect(sizes).toEqual([1000, 1000, 345]);
});

test('folders come by pages too, each once', async () => {
  const s3 = await filled();
  const folders: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 7, ContinuationToken }),
    );
    folders.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(folders).toEqual([...new Set(keys.map((key) => `${key.split('/')[0]}/`))].sort());
});

test('the older ListObjects pages by its marker', async () => {
  const s3 = await filled();
  const first = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'd1/', MaxKeys: 60 }));
  const Marker = first.Contents?.at(-1)?.Key;
  const rest = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'd1/', Marker }));
  expect([first.IsTruncated, rest.IsTruncated, rest.Contents?.length]).toEqual([true, false, 40]);
  const folders = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }));
  expect(folders.NextMarker).toBe('d1/');
});

test.each([
  [{ Prefix: 'd1/', StartAfter: 'd1/k00197' }, ['d1/k00198', 'd1/k00199']],
  [{ Prefix: 'd23/', MaxKeys: 1 }, ['d23/k02300']],
  [{ Prefix: 'd23/k0234', StartAfter: 'd' }, keys.slice(2340)],
  [{ Prefix: 'nothing' }, undefined],
  [{ Prefix: 'd1/k0010', MaxKeys: 0 }, undefined],
])('%j', async (input, expected) => {
  const s3 = await filled();
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, ...input }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(expected);
});

test('keys are in the order of their UTF-8 bytes, url-encoded when asked', async () => {
  const { aws, s3 } = await start();
  const inOrder = ['a b', 'a+b', 'z', 'é/x(1)', '\uffee', '😀'];
  for (const key of [...inOrder].reverse()) {
    aws.s3.deliver({ bucket: Bucket, key, body: Buffer.alloc(3), storageClass: 'STANDARD_IA' });
  }
  const plain = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(plain.Contents?.map(({ Key }) => Key)).toEqual(inOrder);
  expect(plain.Contents?.[0]).toMatchObject({ Size: 3, StorageClass: 'STANDARD_IA' });
  const encoded = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url', Delimiter: '/' }));
  expect(encoded.Contents?.map(({ Key }) => Key)).toEqual(['a+b', 'a%2Bb', 'z', '%EF%BF%AE', '%F0%9F%98%80']);
  expect(encoded.CommonPrefixes).toEqual([{ Prefix: '%C3%A9/' }]);
});

test.each(['max-keys=x', 'encoding-type=base64', 'continuation-token='])('%s is refused', async (query) => {
  const { aws } = await start();
  const answer = await wire(aws, [`GET /logs?list-type=2&${query} HTTP/1.1`]);
  expect(answer).toContain('<Code>InvalidArgument</Code>');
});

test('versions are listed newest first, by pages', async () => {
  const { s3 } = await start();
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const put = async (Key: string) =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).VersionId;
  const [a1, a2, b1] = [await put('a'), await put('a'), await put('b')];
  const marker = (await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }))).VersionId;
  const first = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
  expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'a', NextVersionIdMarker: a2 });
  const rest = await s3.send(
    new ListObjectVersionsCommand({
      Bucket,
      KeyMarker: first.NextKeyMarker,
      VersionIdMarker: first.NextVersionIdMarker,
    }),
  );
  const told = [first, rest].flatMap(({ Versions = [] }) => Versions);
  expect(told.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [a2, true],
    [a1, false],
    [b1, false],
  ]);
  expect(rest.DeleteMarkers).toMatchObject([{ Key: 'b', VersionId: marker, IsLatest: true }]);
});
