import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type DigestJson,
  type LogFileJson,
  readDigestJson,
  rewriteDigest,
  signDigest,
} from '../../../../local/trails/digest-object';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../../../local/trails/make-trail';
import { objectAt } from '../../../../local/trails/objects';
import { fingerprint, publicKeyRecord } from '../../../../local/trails/signing-keys';
import { asSource } from '../../../../local/trails/sources';
import * as tamper from '../../../../local/trails/tamper';
import { type KeysAnswer, publicKeys } from '../../../../shared/proof/trail/public-keys';
import type { Place, Unread } from '../../../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../../../shared/proof/trail/verify-digest';

const options = { from: '2024-07-31T10:00:00Z', hours: 3 };
const source = { from: 'ListPublicKeys', where: 'us-east-1' } as const;

const keysOf = ({ publicKeys: records }: Pick<MadeTrail, 'publicKeys'>): KeysAnswer => ({
  state: 'known',
  keys: publicKeys(records, source),
});

async function verdictOn(
  trail: MadeTrail,
  place: Place,
  { keys = keysOf(trail), faults = new Map<string, Unread>() } = {},
): Promise<DigestReport> {
  return verifyDigest(place, await asSource(trail.objects, faults).read(place, 2 ** 20), keys);
}

/** The digest in the middle of three, which both its neighbours are linked with. */
const middle = ({ digests }: MadeTrail) => digests[1] as Place;
const uriOf = ({ bucket, key }: Place) => `s3://${bucket}/${key}`;

test('an intact digest is valid, with what a chain needs to know of it', async () => {
  const trail = makeTrail(options);
  const place = middle(trail);
  const json = readDigestJson(trail.objects, place);
  expect(await verdictOn(trail, place)).toEqual({
    kind: 'digest',
    ...place,
    name: expect.objectContaining({
      trail: 'compliance-trail',
      end: '2024-07-31T12:00:00Z',
      backfill: false,
    }),
    status: 'valid',
    provenBy: 'signature',
    digest: json,
    sha256: createHash('sha256').update(JSON.stringify(json)).digest('hex'),
    signature: expect.stringMatching(/^[0-9a-f]{512}$/),
    etag: expect.stringMatching(/^[0-9a-f]{32}$/),
    keySource: source,
    fingerprint: fingerprint('a'),
  });
});

test('the version that was read is named', () => {
  const trail = makeTrail(options);
  const { body, metadata } = objectAt(trail.objects, middle(trail));
  const fetched = { state: 'found', body, metadata, versionId: 'v1' } as const;
  expect(verifyDigest(middle(trail), fetched, keysOf(trail))).toMatchObject({ versionId: 'v1' });
  expect(verifyDigest(middle(trail), fetched, keysOf(trail))).not.toHaveProperty('etag');
});

test.each<[string, Partial<TrailOptions>]>([
  ['of an empty hour', { logsPerHour: 0 }],
  ['of an organization trail', { organizationId: 'o-exampleorg1' }],
  ['under a prefix', { prefix: 'audit/2024/' }],
  ['of a trail whose name has _ and -', { trail: 'my_trail-of_us-east-1' }],
  ['of another Region than its trail’s', { region: 'eu-central-1', homeRegion: 'us-east-1' }],
  ['of China', { region: 'cn-north-1' }],
  ['after a key rotation', { key: (hour) => (hour < 1 ? 'a' : 'b') }],
  ['after a bucket move', { bucket: (hour) => (hour < 1 ? 'old-bucket' : 'new-bucket') }],
  ['after logging was stopped', { stoppedIn: [0] }],
  ['by a key in SPKI', { keyEncoding: 'spki' }],
  ['of 2,000 log files', { logsPerHour: 2000, distinctLogs: 1, hours: 2 }],
])('every digest %s is valid', async (_name, more) => {
  const trail = makeTrail({ ...options, ...more });
  const reports = await Promise.all(trail.digests.map((place) => verdictOn(trail, place)));
  expect(reports.map(({ status }) => status)).toEqual(trail.digests.map(() => 'valid'));
});

const forged = (change: (json: DigestJson) => unknown) => (trail: MadeTrail, place: Place) =>
  rewriteDigest(trail.objects, place, change);
const altered = (alter: (content: string) => string) => (trail: MadeTrail, place: Place) =>
  tamper.alterContent(trail.objects, place, alter);
const stored = (alter: (stored: Buffer) => Buffer) => (trail: MadeTrail, place: Place) =>
  tamper.alterStored(trail.objects, place, alter);
const metadata = (change: Readonly<Record<string, string | undefined>>) => (trail: MadeTrail, place: Place) =>
  tamper.alterMetadata(trail.objects, place, (known) => JSON.parse(JSON.stringify({ ...known, ...change })));

const firstLog = ({ logFiles }: DigestJson) => logFiles[0] as LogFileJson;
const OTHER_LOG =
  'AWSLogs/444455556666/CloudTrail/us-east-1/2024/07/31/444455556666_CloudTrail_us-east-1_20240731T1105Z_6VigqfDTuvpuJX5c.json.gz';
const lists = (s3Object: string) =>
  forged((json) => ({ ...json, logFiles: [{ ...firstLog(json), s3Object }] }));
const precededBy = (change: (key: string) => string) =>
  forged((json) => ({ ...json, previousDigestS3Object: change(json.previousDigestS3Object ?? '') }));

type Row = [string, (trail: MadeTrail, place: Place) => unknown, Partial<DigestReport>];

/** Digests of wrong content: validly signed all the same, where it isn't the signature that the row is about. */
test.each<Row>([
  ['recompressed', ({ objects }, place) => tamper.recompress(objects, place), { status: 'valid' }],
  [
    'deleted',
    ({ objects }, place) => tamper.deleteFile(objects, place),
    { status: 'missing', reason: 'not-found' },
  ],

  // The bytes.
  ['emptied', stored(() => Buffer.alloc(0)), { status: 'invalid', reason: 'empty' }],
  ['stored uncompressed', stored(() => Buffer.from('{}')), { status: 'invalid', reason: 'not-gzip' }],
  ['cut short', stored((bytes) => bytes.subarray(0, -9)), { status: 'invalid', reason: 'truncated' }],
  [
    'followed by another member',
    stored((bytes) => Buffer.concat([bytes, gzipSync(' ')])),
    { status: 'invalid', reason: 'several-members' },
  ],
  [
    'followed by bytes',
    stored((bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
    { status: 'invalid', reason: 'trailing-bytes' },
  ],
  [
    'blown up',
    stored(() => gzipSync(Buffer.alloc(33 * 2 ** 20, ' '))),
    { status: 'invalid', reason: 'too-large', says: 'more than 33554432 bytes come out of it' },
  ],

  // The content.
  [
    'made text',
    altered(() => 'no JSON'),
    { status: 'invalid', reason: 'not-json', says: 'its content is no JSON' },
  ],
  ['made a list', altered((text) => `[${text}]`), { status: 'invalid', reason: 'wrong-shape' }],
  ['made null', altered(() => 'null'), { status: 'invalid', reason: 'wrong-shape' }],
  ['made a giant number', altered(() => '1e999'), { status: 'invalid', reason: 'wrong-shape' }],
  [
    'made a deep nest',
    altered(() => '['.repeat(100_000)),
    { status: 'invalid', reason: 'not-json', says: 'its content is no JSON' },
  ],
  [
    'left without a field',
    forged(({ digestStartTime: _, ...rest }) => rest),
    {
      status: 'invalid',
      reason: 'wrong-shape',
      says: 'CloudTrail digest: digestStartTime: expected a string',
    },
  ],
  [
    'left with half a predecessor',
    forged((json) => ({ ...json, previousDigestHashValue: null })),
    { status: 'invalid', reason: 'wrong-shape' },
  ],
  [
    'given a predecessor of another trail',
    precededBy((key) => key.replace('compliance-trail', 'another-trail')),
    {
      status: 'invalid',
      reason: 'wrong-shape',
      computed: expect.stringContaining('another-trail'),
      says: 'its previousDigestS3Object is no digest of the same trail',
    },
  ],
  [
    'given a predecessor of another home Region',
    precededBy((key) => key.replace('_us-east-1_2024', '_us-east-2_2024')),
    { status: 'invalid', reason: 'wrong-shape' },
  ],
  [
    'given a predecessor of another Region',
    precededBy((key) => key.replace(/us-east-1(?=\/|_compliance)/g, 'us-east-2')),
    { status: 'invalid', reason: 'wrong-shape' },
  ],
  [
    'given a predecessor of another account',
    precededBy((key) => key.replaceAll('111122223333', '444455556666')),
    { status: 'invalid', reason: 'wrong-shape' },
  ],
  [
    'given a log file as its predecessor',
    forged((json) => ({ ...json, previousDigestS3Object: firstLog(json).s3Object })),
    { status: 'invalid', reason: 'wrong-shape' },
  ],
  [
    'given any object as its predecessor',
    precededBy(() => 'notes.txt'),
    { status: 'invalid', reason: 'wrong-shape', computed: 'notes.txt' },
  ],
  ['given a predecessor under another prefix', precededBy((key) => `moved/${key}`), { status: 'valid' }],

  // The place.
  [
    'copied from another hour',
    ({ objects, digests }, place) => tamper.copyOver(objects, digests[0] as Place, place),
    {
      status: 'invalid',
      reason: 'wrong-place',
      expected: expect.stringContaining('T110000Z'),
      computed: expect.stringContaining('T120000Z'),
    },
  ],
  [
    'said to be in another bucket',
    forged((json) => ({ ...json, digestS3Bucket: 'another-bucket' })),
    {
      status: 'invalid',
      reason: 'wrong-place',
      says: 'it states another place than that of the key it was read from',
      expected: expect.stringMatching(/^s3:\/\/another-bucket\/AWSLogs/),
    },
  ],
  [
    'said to be of another account',
    forged((json) => ({ ...json, awsAccountId: '444455556666' })),
    {
      status: 'invalid',
      reason: 'wrong-place',
      expected: '444455556666',
      computed: '111122223333',
      says: 'it states another account than that of the key it was read from',
    },
  ],
  [
    'said to be of another time',
    forged((json) => ({ ...json, digestEndTime: '2024-07-31T12:00:01Z' })),
    {
      status: 'invalid',
      reason: 'wrong-place',
      says: 'it states another end time than that of the key it was read from',
      expected: '2024-07-31T12:00:01Z',
      computed: '2024-07-31T12:00:00Z',
    },
  ],

  // The algorithms.
  [
    'said to be signed by another algorithm',
    forged((json) => ({ ...json, digestSignatureAlgorithm: 'SHA1withRSA' })),
    {
      status: 'invalid',
      reason: 'unknown-algorithm',
      says: 'its digestSignatureAlgorithm is none that CloudTrail uses',
      expected: 'SHA256withRSA',
      computed: 'SHA1withRSA',
    },
  ],
  [
    'linked by another algorithm',
    forged((json) => ({ ...json, previousDigestHashAlgorithm: 'MD5' })),
    {
      status: 'invalid',
      reason: 'unknown-algorithm',
      expected: 'SHA-256',
      computed: 'MD5',
      says: 'its previousDigestHashAlgorithm is none that CloudTrail uses',
    },
  ],
  [
    'given metadata of another algorithm',
    metadata({ 'signature-algorithm': 'SHA1withRSA' }),
    {
      status: 'invalid',
      reason: 'unknown-algorithm',
      says: 'its metadata name another algorithm for the signature than CloudTrail uses',
      expected: 'SHA256withRSA',
      computed: 'SHA1withRSA',
    },
  ],
  [
    'left with a signature of no algorithm',
    metadata({ 'signature-algorithm': undefined }),
    { status: 'invalid', reason: 'unknown-algorithm', computed: '' },
  ],

  // The log files.
  [
    'given a log file twice',
    forged((json) => ({
      ...json,
      logFiles: [...json.logFiles, { ...firstLog(json), hashValue: '0'.repeat(64) }],
    })),
    {
      status: 'invalid',
      reason: 'duplicate-log',
      says: 'it lists a log file twice',
      computed: expect.stringMatching(/^s3:\/\/example-trail-bucket\//),
    },
  ],
  [
    'given a log file of another account',
    lists(OTHER_LOG),
    {
      status: 'invalid',
      reason: 'foreign-log',
      says: 'it lists what is no log file of account 111122223333 in us-east-1',
      computed: `s3://example-trail-bucket/${OTHER_LOG}`,
    },
  ],
  [
    'given a log file of another Region',
    forged((json) => ({
      ...json,
      logFiles: [
        { ...firstLog(json), s3Object: firstLog(json).s3Object.replaceAll('us-east-1', 'us-east-2') },
      ],
    })),
    { status: 'invalid', reason: 'foreign-log' },
  ],
  [
    'given a log file whose name is of another account than its folder',
    lists(OTHER_LOG.replace('/444455556666/', '/111122223333/')),
    { status: 'invalid', reason: 'foreign-log' },
  ],
  [
    'given a way up for a log file',
    lists(`../../${OTHER_LOG.replaceAll('444455556666', '111122223333')}`),
    { status: 'invalid', reason: 'foreign-log' },
  ],
  [
    'given any object for a log file',
    lists('AWSLogs/secrets.txt'),
    { status: 'invalid', reason: 'foreign-log' },
  ],
  [
    'given a file of Insights',
    forged((json) => ({
      ...json,
      logFiles: [
        {
          ...firstLog(json),
          s3Object: firstLog(json).s3Object.replaceAll('CloudTrail', 'CloudTrail-Insight'),
        },
      ],
    })),
    { status: 'valid' },
  ],
  [
    'given a log file by another algorithm, which is for the log file to answer',
    forged((json) => ({ ...json, logFiles: [{ ...firstLog(json), hashAlgorithm: 'SHA-1' }] })),
    { status: 'valid' },
  ],

  // The signature.
  [
    'relieved of a log file',
    altered((text) => JSON.stringify({ ...JSON.parse(text), logFiles: [] })),
    {
      status: 'invalid',
      reason: 'signature-mismatch',
      says: 'its signature is that of other content',
      expected: expect.stringMatching(/^[0-9a-f]{64}$/),
      computed: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ],
  [
    'given a space at its end',
    altered((text) => `${text} `),
    { status: 'invalid', reason: 'signature-mismatch', says: 'its signature is that of other content' },
  ],
  [
    'given another signature of its key',
    ({ objects, digests }, place) => {
      const { signature = '' } = objects.get(uriOf(digests[0] as Place))?.metadata ?? {};
      metadata({ signature })({ objects } as MadeTrail, place);
    },
    { status: 'invalid', reason: 'signature-mismatch', says: 'its signature is that of other content' },
  ],
  [
    'left with a signature that a byte was changed of',
    ({ objects }, place) => tamper.flipSignature(objects, place),
    {
      status: 'invalid',
      reason: 'signature-mismatch',
      says: 'its signature was not made with the key that it names',
    },
  ],
  [
    'signed by another key under the fingerprint of the genuine one',
    ({ objects }, place) => {
      const bytes = Buffer.from(JSON.stringify(readDigestJson(objects, place)));
      metadata({ signature: signDigest(bytes, 'b') })({ objects } as MadeTrail, place);
    },
    {
      status: 'invalid',
      reason: 'signature-mismatch',
      says: 'its signature was not made with the key that it names',
    },
  ],
  [
    'signed over a SHA-1',
    ({ objects }, place) => {
      const bytes = Buffer.from(JSON.stringify(readDigestJson(objects, place)));
      metadata({ signature: signDigest(bytes, 'a', 'sha1') })({ objects } as MadeTrail, place);
    },
    { status: 'invalid', reason: 'signature-mismatch' },
  ],
  [
    'given a short signature',
    metadata({ signature: 'ab' }),
    { status: 'invalid', reason: 'signature-mismatch' },
  ],
  [
    'given a signature of text',
    metadata({ signature: 'forged' }),
    { status: 'invalid', reason: 'signature-not-hex', says: 'its signature is not lower-case hex' },
  ],
  [
    'given half a byte',
    metadata({ signature: 'abc' }),
    { status: 'invalid', reason: 'signature-not-hex', says: 'its signature is not lower-case hex' },
  ],
  [
    'given a signature in upper case',
    metadata({ signature: 'AB'.repeat(256) }),
    { status: 'invalid', reason: 'signature-not-hex', says: 'its signature is not lower-case hex' },
  ],
  [
    'left without metadata',
    ({ objects }, place) => tamper.dropMetadata(objects, place),
    { status: 'unsigned', reason: 'no-signature', says: 'its metadata hold no signature' },
  ],
  [
    'given an empty signature',
    metadata({ signature: '' }),
    { status: 'unsigned', reason: 'no-signature', says: 'its metadata hold no signature' },
  ],
  [
    'signed by a key of somebody’s own',
    ({ objects }, place) => rewriteDigest(objects, place, () => undefined, 'c'),
    { status: 'unknown-key', reason: 'fingerprint-unknown', fingerprint: fingerprint('c') },
  ],
])('a digest that was %s', async (_name, change, verdict) => {
  const trail = makeTrail(options);
  const place = middle(trail);
  change(trail, place);
  const report = await verdictOn(trail, place);
  expect(report).toMatchObject({ kind: 'digest', ...place, ...verdict });
  expect(report.provenBy).toBe(report.status === 'valid' ? 'signature' : undefined);
});

describe('what is said of an altered digest', () => {
  test('still holds what it says, for its chain to judge', async () => {
    const trail = makeTrail(options);
    tamper.flipSignature(trail.objects, middle(trail));
    const report = await verdictOn(trail, middle(trail));
    expect(report.digest?.logFiles).toHaveLength(2);
    expect(report.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('names the key source only where a key was asked for', async () => {
    const trail = makeTrail(options);
    const moved = { ...middle(trail), bucket: 'copy' };
    const fetched = await asSource(trail.objects).read(middle(trail), 2 ** 20);
    expect(verifyDigest(moved, fetched, keysOf(trail))).not.toHaveProperty('keySource');
  });

  test('shows the hash that was signed beside the one that would have to be', async () => {
    const trail = makeTrail(options);
    const before = signedText(readDigestJson(trail.objects, middle(trail)));
    tamper.alterContent(trail.objects, middle(trail), (text) => text.replace('"logFiles":', '"logFiles": '));
    const report = await verdictOn(trail, middle(trail));
    expect(report.expected).toBe(before);
    expect(report.computed).not.toBe(before);
  });
});

const signedText = (json: DigestJson) => {
  const content = createHash('sha256').update(JSON.stringify(json)).digest('hex');
  const lines = [
    json.digestEndTime,
    `${json.digestS3Bucket}/${json.digestS3Object}`,
    content,
    json.previousDigestSignature,
  ];
  return createHash('sha256').update(lines.join('\n')).digest('hex');
};

test.each<Unread>(['access-denied', 'archived', 'throttled', 'decryption-denied', 'unavailable'])(
  'a digest that could not be read (%s) is unverifiable, and never invalid',
  async (reason) => {
    const trail = makeTrail(options);
    const place = middle(trail);
    expect(await verdictOn(trail, place, { faults: new Map([[uriOf(place), reason]]) })).toMatchObject({
      status: 'unverifiable',
      reason,
      says: `made for the test: ${reason}`,
    });
  },
);

describe('when the keys could not be asked for', () => {
  const keys: KeysAnswer = { state: 'unread', detail: 'ListPublicKeys: timed out' };

  test('an intact digest is unverifiable', async () => {
    const trail = makeTrail(options);
    const report = await verdictOn(trail, middle(trail), { keys });
    expect(report).toMatchObject({ status: 'unverifiable', reason: 'keys-unreachable', says: keys.detail });
    expect(report).not.toHaveProperty('provenBy');
    expect(report.digest?.logFiles).toHaveLength(2);
  });

  test('a signature that is no hex is invalid all the same', async () => {
    const trail = makeTrail(options);
    metadata({ signature: 'forged' })(trail, middle(trail));
    expect(await verdictOn(trail, middle(trail), { keys })).toMatchObject({ reason: 'signature-not-hex' });
  });

  test('content that no key can mend is invalid all the same', async () => {
    const trail = makeTrail(options);
    tamper.copyOver(trail.objects, trail.digests[0] as Place, middle(trail));
    expect(await verdictOn(trail, middle(trail), { keys })).toMatchObject({
      status: 'invalid',
      reason: 'wrong-place',
    });
  });
});

describe('the window of a key', () => {
  const window = (from: string, to: string): KeysAnswer =>
    keysOf({ publicKeys: [publicKeyRecord('a', { from, to })] });

  test.each([
    ['covers the end of the digest', '2024-07-01T00:00:00Z', '2024-08-01T00:00:00Z', 'valid'],
    ['ended less than two hours before', '2024-07-01T00:00:00Z', '2024-07-31T10:00:00Z', 'valid'],
    ['ended longer before', '2024-07-01T00:00:00Z', '2024-07-31T09:59:59Z', 'unknown-key'],
    ['begins less than two hours after', '2024-07-31T14:00:00Z', '2024-08-31T00:00:00Z', 'valid'],
    ['begins longer after', '2024-07-31T14:00:01Z', '2024-08-31T00:00:00Z', 'unknown-key'],
  ])('that %s', async (_name, from, to, status) => {
    const trail = makeTrail(options);
    const report = await verdictOn(trail, middle(trail), { keys: window(from, to) });
    expect(report).toMatchObject({
      status,
      ...(status === 'valid'
        ? {}
        : {
            reason: 'key-not-in-force',
            says: 'it is signed with a key that was not in force then',
            expected: `${from} to ${to}`,
            computed: '2024-07-31T12:00:00Z',
          }),
    });
  });

  test('of several windows names each', async () => {
    const trail = makeTrail(options);
    const months = ['2024-03', '2024-05'].map((month) =>
      publicKeyRecord('a', { from: `${month}-01T00:00:00Z`, to: `${month}-31T00:00:00Z` }),
    );
    const keys = keysOf({ publicKeys: months });
    expect(await verdictOn(trail, middle(trail), { keys })).toMatchObject({
      reason: 'key-not-in-force',
      expected: '2024-03-01T00:00:00Z to 2024-03-31T00:00:00Z, 2024-05-01T00:00:00Z to 2024-05-31T00:00:00Z',
    });
  });

  test('does not excuse a signature that is wrong', async () => {
    const trail = makeTrail(options);
    tamper.flipSignature(trail.objects, middle(trail));
    const keys = window('2023-01-01T00:00:00Z', '2023-02-01T00:00:00Z');
    expect(await verdictOn(trail, middle(trail), { keys })).toMatchObject({ reason: 'signature-mismatch' });
  });
});

test.each([
  ['fingerprint-mismatch', { ...publicKeyRecord('b', { from: '', to: '' }), Fingerprint: fingerprint('a') }],
])('a key that cannot be used (%s) leaves its digest with an unknown one', async (reason, record) => {
  const trail = makeTrail(options);
  const keys = keysOf({ publicKeys: [record] });
  expect(await verdictOn(trail, middle(trail), { keys })).toMatchObject({
    status: 'unknown-key',
    reason,
    keySource: source,
  });
});

describe('a backfill digest', () => {
  const backfilled = () => {
    const trail = makeTrail(options);
    const { digest } = trail.addBackfill({ hour: 1, logs: 2, generatedAt: '2024-09-15T08:00:00Z', key: 'b' });
    return { trail, digest };
  };
  const inSeptember = publicKeyRecord('b', { from: '2024-09-01T00:00:00Z', to: '2024-09-30T00:00:00Z' });
  const inJuly = publicKeyRecord('b', { from: '2024-07-01T00:00:00Z', to: '2024-08-01T00:00:00Z' });

  test('is valid by the key of the time it was made at', async () => {
    const { trail, digest } = backfilled();
    const report = await verdictOn(trail, digest, { keys: keysOf({ publicKeys: [inSeptember] }) });
    expect(report).toMatchObject({ status: 'valid', name: { backfill: true, end: '2024-07-31T12:00:00Z' } });
  });

  test('is not by the key of the hour it is about', async () => {
    const { trail, digest } = backfilled();
    expect(await verdictOn(trail, digest, { keys: keysOf({ publicKeys: [inJuly] }) })).toMatchObject({
      status: 'unknown-key',
      reason: 'key-not-in-force',
      computed: '2024-09-15T08:00:00Z',
    });
  });

  test.each([[undefined], ['']])(
    'that does not say when it was made (%p) has no key in force',
    async (stamp) => {
      const { trail, digest } = backfilled();
      metadata({ 'backfill-generation-timestamp': stamp })(trail, digest);
      const report = await verdictOn(trail, digest, { keys: keysOf({ publicKeys: [inSeptember] }) });
      expect(report).toMatchObject({
        status: 'unknown-key',
        reason: 'key-not-in-force',
        says: 'its metadata do not say when it was signed',
      });
      expect(report).not.toHaveProperty('computed');
    },
  );
});

test('the key of a log file is not taken for that of a digest', async () => {
  const trail = makeTrail(options);
  await expect(verdictOn(trail, trail.logs[0] as Place)).rejects.toThrow(
    'key: expected the key of a digest file',
  );
});
