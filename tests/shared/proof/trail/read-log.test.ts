import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../../../../local/trails/digest-object';
import { readLog } from '../../../../shared/proof/trail/read-log';
import { BodyUnread, type Fetched, type ObjectSource } from '../../../../shared/proof/trail/source';

const digest = { bucket: 'trail-logs', key: 'the-digest' };
const content = Buffer.from('{"Records":[]}');
const listedWith = (hashed: Buffer) => ({
  s3Bucket: 'trail-logs',
  s3Object: 'the-log',
  hashValue: sha256(hashed),
  hashAlgorithm: 'SHA-256',
  newestEventTime: null,
  oldestEventTime: null,
});
const listed = listedWith(content);

async function* inPieces(bytes: Buffer) {
  for (let start = 0; start < bytes.length; start += 10_000) yield bytes.subarray(start, start + 10_000);
}

/** A source that answers so, whatever is asked of it. */
function sourceOf(stream: ObjectSource['stream']): ObjectSource {
  return { stream } as ObjectSource;
}
const found = (body: AsyncIterable<Buffer>, size?: number): Fetched<AsyncIterable<Buffer>> => ({
  state: 'found',
  body,
  metadata: {},
  ...(size === undefined ? {} : { size }),
});

test('the file that the digest lists is read, once', async () => {
  const stream = jest.fn(async () => found(inPieces(gzipSync(content)), 34));
  expect(await readLog(sourceOf(stream), listed, digest)).toEqual({
    kind: 'log',
    bucket: 'trail-logs',
    key: 'the-log',
    digest: 's3://trail-logs/the-digest',
    status: 'valid',
    size: content.length,
  });
  expect(stream.mock.calls).toEqual([[{ bucket: 'trail-logs', key: 'the-log' }]]);
});

const MIB = 1024 * 1024;

// What is read as it comes is read no further than it matters.
test.each([
  ['of 1 MiB is read to its end', MIB, 3],
  ['that is larger is read as it comes', MIB + 1, 1],
  ['of which nobody says how large it is, is read as it comes', undefined, 1],
])('a file %s', async (_name, size, pieces) => {
  let read = 0;
  async function* counted() {
    for (const piece of ['no gzip', 'at', 'all']) {
      read += 1;
      yield Buffer.from(piece);
    }
  }
  const report = await readLog(
    sourceOf(async () => found(counted(), size)),
    listed,
    digest,
  );
  expect(report).toMatchObject({ status: 'invalid', reason: 'not-gzip' });
  expect(read).toBe(pieces);
});

test.each([34, undefined])('a file in many pieces is put together (size: %p)', async (size) => {
  const noise = randomBytes(50_000);
  const source = sourceOf(async () => found(inPieces(gzipSync(noise)), size));
  expect(await readLog(source, listedWith(noise), digest)).toMatchObject({ status: 'valid', size: 50_000 });
});

test.each<[Fetched<never>, object]>([
  [{ state: 'missing' }, { status: 'missing', reason: 'not-found' }],
  [
    { state: 'unread', reason: 'archived', detail: 'InvalidObjectState' },
    { status: 'unverifiable', reason: 'archived', says: 'InvalidObjectState' },
  ],
])('what is not there to be read is said as it is: %j', async (fetched, verdict) => {
  expect(
    await readLog(
      sourceOf(async () => fetched),
      listed,
      digest,
    ),
  ).toMatchObject(verdict);
});

describe.each([
  ['held at once', 34],
  ['read as it comes', undefined],
])('a file %s of which the rest does not come', (_name, size) => {
  async function* breaking(failure: Error) {
    yield gzipSync(content).subarray(0, 12);
    throw failure;
  }

  test('is unverifiable this time, and says why', async () => {
    const failure = new BodyUnread('throttled', 'SlowDown');
    expect(failure.name).toBe('BodyUnread');
    expect(
      await readLog(
        sourceOf(async () => found(breaking(failure), size)),
        listed,
        digest,
      ),
    ).toEqual({
      kind: 'log',
      bucket: 'trail-logs',
      key: 'the-log',
      digest: 's3://trail-logs/the-digest',
      status: 'unverifiable',
      reason: 'throttled',
      says: "the rest of the object can't be read: SlowDown",
    });
  });

  test('throws what nobody expects', async () => {
    const failure = new Error('a bug');
    await expect(
      readLog(
        sourceOf(async () => found(breaking(failure), size)),
        listed,
        digest,
      ),
    ).rejects.toThrow('a bug');
  });
});
