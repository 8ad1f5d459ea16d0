import { gzipSync } from 'node:zlib';
import { readDigestJson, sha256 } from '../../../../local/trails/digest-object';
import { type MadeTrail, makeTrail } from '../../../../local/trails/make-trail';
import { asSource } from '../../../../local/trails/sources';
import * as tamper from '../../../../local/trails/tamper';
import type { DigestLogFile } from '../../../../shared/contracts/aws/cloudtrail-digest';
import type { Fetched } from '../../../../shared/proof/trail/source';
import type { Place, Unread } from '../../../../shared/proof/trail/verdict';
import { type LogReport, verifyLog, verifyLogStream } from '../../../../shared/proof/trail/verify-log';

const options = { from: '2024-07-31T10:00:00Z', hours: 1, logsPerHour: 2 };

const found = (body: Buffer): Fetched<Buffer> => ({ state: 'found', body, metadata: {} });

/** The verdict on the first log file, of whose two readings there must be one. */
async function verdictOn(
  { objects, digests: [digest], logs: [log] }: MadeTrail,
  { faults = new Map<string, Unread>(), listed = {} as Partial<DigestLogFile> } = {},
): Promise<LogReport> {
  const [file] = readDigestJson(objects, digest as Place).logFiles;
  const listing = { ...(file as DigestLogFile), ...listed };
  const source = asSource(objects, faults);
  const report = await verifyLog(listing, await source.read(log as Place, 2 ** 20), digest as Place);
  expect(await verifyLogStream(listing, await source.stream(log as Place), digest as Place)).toEqual(report);
  return report;
}

const uriOf = (place?: Place) => `s3://${place?.bucket}/${place?.key}`;

test('an intact log file is valid, with its size, its times and its digest', async () => {
  const trail = makeTrail(options);
  const [log] = trail.logs;
  expect(await verdictOn(trail)).toEqual({
    kind: 'log',
    ...log,
    status: 'valid',
    digest: uriOf(trail.digests[0]),
    size: expect.any(Number),
    from: '2024-07-31T10:00:00Z',
    to: '2024-07-31T10:00:00Z',
  });
});

test('a log file of which the digest says no times has none', async () => {
  const report = await verdictOn(makeTrail(options), {
    listed: { newestEventTime: null, oldestEventTime: null },
  });
  expect(report).not.toHaveProperty('from');
  expect(report).not.toHaveProperty('to');
});

type Row = [string, (trail: MadeTrail, log: Place) => unknown, Partial<LogReport>];

test.each<Row>([
  ['recompressed', ({ objects }, log) => tamper.recompress(objects, log), { status: 'valid' }],
  [
    'altered in a word',
    ({ objects }, log) => tamper.alterContent(objects, log, (text) => text.replace('Records', 'records')),
    {
      status: 'invalid',
      reason: 'hash-mismatch',
      says: 'its SHA-256 is not the one in its digest',
      computed: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ],
  [
    'given a line feed at its end',
    ({ objects }, log) => tamper.alterContent(objects, log, (text) => `${text}\n`),
    { status: 'invalid', reason: 'hash-mismatch' },
  ],
  [
    'deleted',
    ({ objects }, log) => tamper.deleteFile(objects, log),
    { status: 'missing', reason: 'not-found' },
  ],
  [
    'swapped for another of its trail',
    ({ objects, logs }, log) => tamper.copyOver(objects, logs[1] as Place, log),
    { status: 'invalid', reason: 'hash-mismatch' },
  ],
  [
    'stored uncompressed',
    ({ objects }, log) => tamper.alterStored(objects, log, () => Buffer.from('{"Records":[]}')),
    { status: 'invalid', reason: 'not-gzip' },
  ],
  [
    'emptied',
    ({ objects }, log) => tamper.alterStored(objects, log, () => Buffer.alloc(0)),
    { status: 'invalid', reason: 'empty' },
  ],
  [
    'cut short',
    ({ objects }, log) => tamper.alterStored(objects, log, (stored) => stored.subarray(0, stored.length / 2)),
    { status: 'invalid', reason: 'truncated' },
  ],
  [
    'given another member at its end',
    ({ objects }, log) =>
      tamper.alterStored(objects, log, (stored) => Buffer.concat([stored, gzipSync('{}')])),
    { status: 'invalid', reason: 'several-members' },
  ],
  [
    'given zeros at its end',
    ({ objects }, log) =>
      tamper.alterStored(objects, log, (stored) => Buffer.concat([stored, Buffer.alloc(512)])),
    { status: 'invalid', reason: 'trailing-bytes' },
  ],
  [
    'replaced by a file of no bytes, compressed',
    ({ objects }, log) => tamper.alterContent(objects, log, () => ''),
    { status: 'invalid', reason: 'hash-mismatch', size: 0, computed: sha256(Buffer.alloc(0)) },
  ],
])('a log file that was %s', async (_name, change, verdict) => {
  const trail = makeTrail(options);
  const { hashValue } = readDigestJson(trail.objects, trail.digests[0] as Place).logFiles[0] as DigestLogFile;
  change(trail, trail.logs[0] as Place);
  const report = await verdictOn(trail);
  expect(report).toMatchObject({ kind: 'log', ...trail.logs[0], ...verdict });
  if (report.status === 'valid') expect(report).not.toHaveProperty('expected');
  else expect(report.expected).toBe(hashValue);
});

test('a hash by another algorithm is not believed', async () => {
  expect(await verdictOn(makeTrail(options), { listed: { hashAlgorithm: 'SHA-1' } })).toMatchObject({
    status: 'invalid',
    reason: 'unknown-algorithm',
    says: 'its digest names another algorithm for the hash than CloudTrail uses',
    expected: 'SHA-256',
    computed: 'SHA-1',
  });
});

test.each<Unread>(['access-denied', 'archived', 'throttled', 'decryption-denied', 'unavailable'])(
  'a log file that could not be read (%s) is unverifiable, and never invalid',
  async (reason) => {
    const trail = makeTrail(options);
    const report = await verdictOn(trail, { faults: new Map([[uriOf(trail.logs[0]), reason]]) });
    expect(report).toMatchObject({ status: 'unverifiable', reason, says: `made for the test: ${reason}` });
    expect(report).not.toHaveProperty('computed');
  },
);

describe('a log file too large to be held', () => {
  let large: Buffer;
  let stored: Buffer;
  let listed: DigestLogFile;
  const digest = { bucket: 'b', key: 'd' };

  beforeAll(() => {
    large = Buffer.alloc(80 * 2 ** 20, '{"eventName":"GetObject"}');
    stored = gzipSync(large, { level: 1 });
    listed = {
      s3Bucket: 'b',
      s3Object: 'k',
      hashValue: sha256(large),
      hashAlgorithm: 'SHA-256',
      newestEventTime: null,
      oldestEventTime: null,
    };
  });

  test('is hashed as a stream', async () => {
    expect(await verifyLog(listed, found(stored), digest)).toMatchObject({
      status: 'valid',
      size: large.length,
    });
  });

  test('is found out when it says to be small', async () => {
    const lying = Buffer.concat([stored.subarray(0, -4), Buffer.from([1, 0, 0, 0])]);
    expect(await verifyLog(listed, found(lying), digest)).toMatchObject({
      status: 'invalid',
      reason: 'checksum-mismatch',
      says: `${large.length} bytes come out of it, its trailer says 1`,
    });
  });
});
