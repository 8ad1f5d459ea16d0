import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { logBucket } from '../../../shared/aws/log-bucket';
import { isBucketName, isObjectKey } from '../../../shared/aws/s3-address';
import type { Fetched, ObjectSource } from '../../../shared/proof/trail/source';
import type { Place } from '../../../shared/proof/trail/verdict';
import { startTestAws, stopAll } from '../../support/local-aws';
import { CONTRACT_BUCKET, contractObjects, objectSourceContract } from '../../support/object-source-contract';
import {
  type Answer,
  type Asked,
  CREDENTIALS,
  etagOf,
  REGION,
  refusal,
  s3Of,
  startServer,
  stopServers,
} from './s3-server';

afterEach(async () => {
  stopServers();
  await stopAll();
});

const caller = { credentials: async () => CREDENTIALS, region: async () => REGION };
/** No length and no chunks: a body that ends with its connection. */
const UNBOUNDED = { 'content-length': '', connection: 'close' };
const quick = { now: Date.now, random: () => 0, sleep: async () => {} };
const bucketAt = (url: string) => logBucket({ endpoint: url, caller, env: {}, ...quick });

const stored = new Map(contractObjects.map((object) => [object.key, { ...object, versionId: 'v1' }]));
const contractServer = () => startServer(s3Of({ [CONTRACT_BUCKET]: stored }));

objectSourceContract('our client', async () => bucketAt((await contractServer()).url));

/** The same by the SDK's client: what ours is held against. */
function bucketBySdk(endpoint: string): ObjectSource {
  const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
  const pages = (Bucket: string, Prefix: string, more: object) => {
    if (!isBucketName(Bucket)) throw new Error(`${Bucket} is no name of a bucket`);
    return paginateListObjectsV2({ client }, { Bucket, Prefix, ...more });
  };
  async function found<Body>(
    { bucket, key }: Place,
    ask: () => Promise<Fetched<Body>>,
  ): Promise<Fetched<Body>> {
    if (!isBucketName(bucket) || !isObjectKey(key)) return { state: 'missing' };
    try {
      return await ask();
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
        return { state: 'missing' };
      throw error;
    }
  }
  const described = (said: HeadObjectCommandOutput) => ({
    metadata: said.Metadata as Record<string, string>,
    size: said.ContentLength as number,
    etag: said.ETag?.slice(1, -1) as string,
    versionId: said.VersionId as string,
  });
  const get = ({ bucket: Bucket, key: Key }: Place) => client.send(new GetObjectCommand({ Bucket, Key }));
  return {
    async *list(bucket, prefix, StartAfter) {
      for await (const { Contents = [] } of pages(bucket, prefix, { StartAfter })) {
        for (const { Key = '', Size = -1 } of Contents) yield { key: Key, size: Size };
      }
    },
    async folders(bucket, prefix) {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages(bucket, prefix, { Delimiter: '/' })) {
        names.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix));
      }
      return names;
    },
    read: (place, limit) =>
      found(place, async () => {
        const said = await get(place);
        const body = Buffer.from((await said.Body?.transformToByteArray()) ?? []);
        if (body.length > limit) return { state: 'too-large', limit };
        return { state: 'found', body, ...described(said) };
      }),
    stream: (place) =>
      found(place, async () => {
        const said = await get(place);
        return { state: 'found', body: said.Body as unknown as AsyncIterable<Buffer>, ...described(said) };
      }),
    head: (place) =>
      found(place, async () => {
        const said = await client.send(new HeadObjectCommand({ Bucket: place.bucket, Key: place.key }));
        return { state: 'found', body: undefined, ...described(said) };
      }),
  };
}

objectSourceContract("the SDK's client", async () => bucketBySdk((await contractServer()).url));

objectSourceContract('our client against local AWS', async () => {
  const aws = await startTestAws({
    Resources: { Logs: { Type: 'AWS::S3::Bucket', Properties: { BucketName: CONTRACT_BUCKET } } },
  });
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' };
  const client = new S3Client({ endpoint: aws.url, region: REGION, credentials });
  for (const { key: Key, body: Body, metadata: Metadata } of contractObjects) {
    await client.send(
      new PutObjectCommand({ Bucket: CONTRACT_BUCKET, Key, Body, ...(Metadata ? { Metadata } : {}) }),
    );
  }
  client.destroy();
  return logBucket({ endpoint: aws.url, accessKeyId: 'operator', region: REGION, env: {}, ...quick });
});

const [digest] = contractObjects;
if (digest === undefined) throw new Error('no objects');
const place = { bucket: CONTRACT_BUCKET, key: digest.key };

test('tells ETags as events do, without quotes, and versions', async () => {
  const source = bucketAt((await contractServer()).url);
  const etag = etagOf(digest);
  expect(await source.head(place)).toMatchObject({ etag, versionId: 'v1' });
  const { value } = await source.list(CONTRACT_BUCKET, digest.key)[Symbol.asyncIterator]().next();
  expect(value).toEqual({
    key: digest.key,
    size: digest.body.length,
    etag,
    lastModified: '2026-01-31T09:00:00.000Z',
  });
});

test.each([
  [{ AWS_ENDPOINT_URL: 'URL' }],
  [{ AWS_ENDPOINT_URL_S3: 'URL', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }],
])('goes to the endpoint of the environment: %j', async (names) => {
  const { url } = await contractServer();
  const env = Object.fromEntries(
    Object.entries(names).map(([name, value]) => [name, value.replace('URL', url)]),
  );
  expect(await logBucket({ caller, env, ...quick }).head(place)).toMatchObject({ state: 'found' });
});

test("is the standard chain's caller, if no other is named", async () => {
  const server = await contractServer();
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
  });
  try {
    const source = logBucket({ endpoint: server.url, region: 'eu-west-1', ...quick });
    expect(await source.head(place)).toMatchObject({ state: 'found' });
  } finally {
    process.env = before;
  }
  expect(server.asked[0]?.headers.authorization).toContain('/eu-west-1/s3/');
});

describe('a bucket that can not be listed', () => {
  test.each<[string, Answer, object]>([
    ['does not exist', refusal(404, 'NoSuchBucket'), { reason: 'no-such-bucket' }],
    ['is not ours to list', refusal(403, 'AccessDenied'), { reason: 'access-denied' }],
    ['is asked too often', refusal(503, 'SlowDown'), { reason: 'throttled' }],
  ])('%s', async (_, answer, expected) => {
    const source = bucketAt((await startServer([answer])).url);
    await expect(source.list('logs', '')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: 'BucketUnread',
      bucket: 'logs',
      ...expected,
    });
    await expect(source.folders('logs', '')).rejects.toMatchObject(expected);
  });

  test('answers with something else than a list', async () => {
    const source = bucketAt((await startServer([{ body: '<html>proxy</html>' }])).url);
    await expect(source.folders('logs', '')).rejects.toMatchObject({ name: 'UnreadableAnswer' });
  });

  test('leaves no rejection behind for a page that nobody waits for', async () => {
    const page =
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>';
    const server = await startServer([{ body: page }, refusal(403, 'AccessDenied')]);
    for await (const { key } of bucketAt(server.url).list('logs', '')) {
      expect(key).toBe('k');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.asked.filter(({ query }) => query.has('continuation-token'))).toHaveLength(1);
  });
});

describe('an object that can not be read', () => {
  test.each<[string, Answer, object]>([
    ['is denied', refusal(403, 'AccessDenied'), { reason: 'access-denied' }],
    ['is archived', refusal(403, 'InvalidObjectState'), { reason: 'archived' }],
    ['is asked for too often', refusal(503, 'SlowDown'), { reason: 'throttled' }],
    ['breaks off each time', { body: 'whole', cut: 3 }, { reason: 'unavailable' }],
    ['has no end that can be told', { body: 'whole', headers: UNBOUNDED }, { reason: 'unavailable' }],
  ])('%s', async (_, answer, expected) => {
    const source = bucketAt((await startServer([answer])).url);
    expect(await source.read(place, 100)).toMatchObject({ state: 'unread', ...expected });
  });

  test('is larger than the limit, as its bytes say where its head does not', async () => {
    const headers = { 'transfer-encoding': 'chunked', 'content-length': '' };
    const source = bucketAt((await startServer([{ body: 'x'.repeat(101), headers }])).url);
    expect(await source.read(place, 100)).toEqual({ state: 'too-large', limit: 100 });
  });

  test('has a head although it is archived', async () => {
    const source = bucketAt((await startServer([{ headers: { 'x-amz-storage-class': 'GLACIER' } }])).url);
    expect(await source.head(place)).toMatchObject({ state: 'found' });
  });
});

describe('a stream that breaks off', () => {
  const body = Buffer.from('0123456789');
  /** Answers to ranges, each time with at most three bytes; @param etags one for each request */
  const inPieces = (etags: readonly string[], cuts = 3) => {
    let number = 0;
    return ({ headers }: Asked): Answer => {
      const etag = etags[Math.min(number++, etags.length - 1)] ?? '';
      if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
        return refusal(412, 'PreconditionFailed');
      const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? 'bytes=0-')?.[1]);
      const rest = body.subarray(from);
      return {
        status: from === 0 ? 200 : 206,
        headers: { etag },
        body: rest,
        ...(rest.length > cuts ? { cut: cuts } : {}),
      };
    };
  };
  const streamed = async (answer: Parameters<typeof startServer>[0]) => {
    const server = await startServer(answer);
    const fetched = await bucketAt(server.url).stream(place);
    if (fetched.state !== 'found') throw new Error(fetched.state);
    const chunks: Buffer[] = [];
    for await (const chunk of fetched.body) chunks.push(chunk);
    return {
      bytes: Buffer.concat(chunks).toString(),
      ranges: server.asked.map(({ headers }) => headers.range),
    };
  };

  test('goes on where it stopped', async () => {
    expect(await streamed(inPieces(['"a"']))).toEqual({
      bytes: '0123456789',
      ranges: [undefined, 'bytes=3-', 'bytes=6-', 'bytes=9-'],
    });
  });

  test.each<[string, Parameters<typeof startServer>[0], RegExp]>([
    ['too often', inPieces(['"a"'], 1), /broke off|aborted/],
    ['and has other content by then', inPieces(['"a"', '"b"']), /PreconditionFailed/],
    [
      'and is gone by then',
      [{ body, cut: 3, headers: { etag: '"a"' } }, refusal(404, 'NoSuchKey')],
      /NoSuchKey/,
    ],
    ['and begins anew', [{ body, cut: 3, headers: { etag: '"a"' } }, { body }], /does not go on/],
    ['and can not be told from another', [{ body, cut: 3 }], /broke off|aborted/],
  ])('%s: throws, so that a part is never taken for the whole', async (_, answer, says) => {
    await expect(streamed(answer)).rejects.toMatchObject({
      name: 'BodyUnread',
      reason: 'unavailable',
      message: expect.stringMatching(says),
    });
  });
});

describe('the days after which a bucket expires its files', () => {
  const rule =
    '<Rule><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>90</Days></Expiration></Rule>';

  test('come from its lifecycle', async () => {
    const server = await startServer([{ body: `<LifecycleConfiguration>${rule}</LifecycleConfiguration>` }]);
    expect(await bucketAt(server.url).expiryDays('logs', 'AWSLogs/')).toBe(90);
    expect(server.asked.map(({ path, query }) => [path, [...query]])).toEqual([
      ['/logs/', [['lifecycle', '']]],
    ]);
  });

  test.each([
    ['it has none', refusal(404, 'NoSuchLifecycleConfiguration')],
    ['we may not ask', refusal(403, 'AccessDenied')],
  ])('are not known when %s', async (_, answer) => {
    expect(await bucketAt((await startServer([answer])).url).expiryDays('logs', '')).toBeUndefined();
  });
});
