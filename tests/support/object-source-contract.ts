import type { ObjectSource } from '../../shared/proof/trail/source';

/** An object that a source is expected to hold. */
export interface ContractObject {
  readonly key: string;
  readonly body: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
}

export const CONTRACT_BUCKET = 'contract-logs';

const DIGEST = 'p/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/01/31/d.json.gz';
const gzipLike = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 0, 255, 128, 0]);

/** Keys whose encoding is easy to get wrong. All are keys that S3 takes and that a folder can have as file names. */
const oddKeys = [
  'odd/a b.json.gz',
  'odd/a+b.json.gz',
  'odd/a%2Bb.json.gz',
  "odd/!'()*~-._.json.gz",
  'odd/=&?#:@$,;.json.gz',
  'odd/<&">.json.gz',
  'odd/grün/木.json.gz',
  'odd/😀.json.gz',
];

/** What has to be in `CONTRACT_BUCKET`, and nothing else. */
export const contractObjects: readonly ContractObject[] = [
  {
    key: DIGEST,
    body: gzipLike,
    metadata: { signature: 'ab'.repeat(256), 'signature-algorithm': 'SHA256withRSA' },
  },
  { key: 'p/AWSLogs/111122223333/CloudTrail/', body: Buffer.alloc(0) },
  { key: 'p/AWSLogs/444455556666/CloudTrail/eu-central-1/2026/01/31/a.json.gz', body: Buffer.from('a') },
  {
    key: 'p/AWSLogs/444455556666/CloudTrail/eu-central-1/2026/01/31/b.json.gz',
    body: Buffer.alloc(300_000, 'b'),
  },
  { key: 'p/AWSLogs/444455556666/CloudTrail/eu-central-1/2026/02/01/c.json.gz', body: Buffer.from('c') },
  ...oddKeys.map((key) => ({ key, body: Buffer.from(`body of ${key}`) })),
];

const LIMIT = 1_000_000;
const FOLDER = 'p/AWSLogs/444455556666/CloudTrail/';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every source of CloudTrail's files does. @param start gives one with `contractObjects` in `CONTRACT_BUCKET` */
export function objectSourceContract(name: string, start: () => Promise<ObjectSource>): void {
  describe(`${name}, as a source of objects`, () => {
    let source: ObjectSource;
    beforeEach(async () => {
      source = await start();
    });
    const place = (key: string) => ({ bucket: CONTRACT_BUCKET, key });
    const keys = async (prefix: string, after?: string) =>
      (await all(source.list(CONTRACT_BUCKET, prefix, after))).map(({ key }) => key);

    test('lists every object with its size, over all pages', async () => {
      const listed = await all(source.list(CONTRACT_BUCKET, 'p/AWSLogs/4'));
      expect(listed.map(({ key, size }) => [key.slice(-9), size])).toEqual([
        ['a.json.gz', 1],
        ['b.json.gz', 300_000],
        ['c.json.gz', 1],
      ]);
    });

    test('lists in the order of UTF-8, keys as they are', async () => {
      const inOrder = [...oddKeys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keys('odd/')).toEqual(inOrder);
    });

    test('lists from after a key on', async () => {
      expect(await keys(FOLDER, `${FOLDER}eu-central-1/2026/01/31/a.json.gz`)).toEqual([
        `${FOLDER}eu-central-1/2026/01/31/b.json.gz`,
        `${FOLDER}eu-central-1/2026/02/01/c.json.gz`,
      ]);
    });

    test('lists from after a text that is no key', async () => {
      expect(await keys(FOLDER, `${FOLDER}eu-central-1/2026/02/`)).toEqual([
        `${FOLDER}eu-central-1/2026/02/01/c.json.gz`,
      ]);
    });

    test.each(oddKeys)('lists by the prefix %s, and what comes after it', async (key) => {
      expect(await keys(key)).toEqual([key]);
      expect(await keys(key, key)).toEqual([]);
    });

    test('lists nothing where there is nothing', async () => {
      expect(await keys('elsewhere/')).toEqual([]);
    });

    test('names the folders right below a prefix', async () => {
      expect(await source.folders(CONTRACT_BUCKET, 'p/AWSLogs/')).toEqual([
        'p/AWSLogs/111122223333/',
        'p/AWSLogs/444455556666/',
      ]);
      expect(await source.folders(CONTRACT_BUCKET, `${FOLDER}eu-central-1/2026/01/31/`)).toEqual([]);
    });

    test('reads bytes as they are stored, with the metadata', async () => {
      expect(await source.read(place(DIGEST), LIMIT)).toMatchObject({
        state: 'found',
        body: gzipLike,
        size: gzipLike.length,
        metadata: { signature: 'ab'.repeat(256), 'signature-algorithm': 'SHA256withRSA' },
      });
    });

    test.each(oddKeys)('reads %s', async (key) => {
      expect(await source.read(place(key), LIMIT)).toMatchObject({
        body: Buffer.from(`body of ${key}`),
        metadata: {},
      });
    });

    test('reads one of exactly the limit, and none that is larger', async () => {
      const key = `${FOLDER}eu-central-1/2026/01/31/b.json.gz`;
      expect(await source.read(place(key), 300_000)).toMatchObject({ state: 'found', size: 300_000 });
      expect(await source.read(place(key), 299_999)).toEqual({ state: 'too-large', limit: 299_999 });
    });

    test('streams the same bytes', async () => {
      const streamed = await source.stream(place(`${FOLDER}eu-central-1/2026/01/31/b.json.gz`));
      if (streamed.state !== 'found') throw new Error(streamed.state);
      expect(streamed.size).toBe(300_000);
      expect(Buffer.concat(await all(streamed.body)).equals(Buffer.alloc(300_000, 'b'))).toBe(true);
    });

    test('lets a stream be left before its end', async () => {
      const streamed = await source.stream(place(`${FOLDER}eu-central-1/2026/01/31/b.json.gz`));
      if (streamed.state !== 'found') throw new Error(streamed.state);
      for await (const chunk of streamed.body) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await source.read(place(DIGEST), LIMIT)).toMatchObject({ state: 'found' });
    });

    test('tells all but the bytes', async () => {
      const { body: _, ...read } = { body: null, ...(await source.read(place(DIGEST), LIMIT)) };
      expect(await source.head(place(DIGEST))).toEqual({ ...read, body: undefined });
    });

    test.each([
      ['an object that is not there', 'p/AWSLogs/none.json.gz'],
      ['a folder', 'p/AWSLogs'],
      ['no key', ''],
      ['a key longer than any', 'x'.repeat(1025)],
      ['a key that is not UTF-8', 'half \ud800 a character'],
    ])('says of %s that it is missing', async (_, key) => {
      const missing = { state: 'missing' };
      expect(await source.read(place(key), LIMIT)).toEqual(missing);
      expect(await source.stream(place(key))).toEqual(missing);
      expect(await source.head(place(key))).toEqual(missing);
    });

    test.each(['no-such-bucket', 'evil.example/', '../up', 'a b'])(
      'says of what would be in bucket %j that it is missing, and does not list it',
      async (bucket) => {
        expect(await source.read({ bucket, key: DIGEST }, LIMIT)).toEqual({ state: 'missing' });
        await expect(all(source.list(bucket, ''))).rejects.toThrow();
      },
    );
  });
}
