import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDigestJson } from '../../../local/trails/digest-object';
import { makeTrail } from '../../../local/trails/make-trail';
import { objectAt } from '../../../local/trails/objects';
import { fingerprint } from '../../../local/trails/signing-keys';
import { asSource, writeFolder } from '../../../local/trails/sources';
import type { Listed } from '../../../shared/proof/trail/source';
import type { Place } from '../../../shared/proof/trail/verdict';

const options = { from: '2024-07-31T22:00:00Z', hours: 3 };
const BUCKET = 'example-trail-bucket';

async function listAll(listing: AsyncIterable<Listed>): Promise<Listed[]> {
  const all: Listed[] = [];
  for await (const listed of listing) all.push(listed);
  return all;
}

test('the same options make the same bytes, another seed others', () => {
  expect(makeTrail(options).objects).toEqual(makeTrail(options).objects);
  expect(makeTrail({ ...options, seed: 'other' }).objects).not.toEqual(makeTrail(options).objects);
});

test('digests follow each other, each with the log files of its hour', () => {
  const { objects, digests } = makeTrail(options);
  const json = digests.map((place) => readDigestJson(objects, place));
  expect(json.map(({ previousDigestS3Object }) => previousDigestS3Object)).toEqual([
    null,
    digests[0]?.key,
    digests[1]?.key,
  ]);
  expect(json.map(({ digestStartTime }) => digestStartTime)).toEqual([
    '2024-07-31T22:00:00Z',
    '2024-07-31T23:00:00Z',
    '2024-08-01T00:00:00Z',
  ]);
  for (const { digestStartTime: from, digestEndTime: to, oldestEventTime, newestEventTime } of json)
    expect(
      [oldestEventTime, newestEventTime].every((time) => time !== null && time >= from && time < to),
    ).toBe(true);
});

test('logging that was stopped leaves no file, and begins anew', () => {
  const { objects, digests } = makeTrail({ ...options, stoppedIn: [1] });
  expect(digests).toHaveLength(2);
  expect(readDigestJson(objects, digests[1] as Place).previousDigestS3Object).toBeNull();
});

test('a key that only a backfill is signed with is among the public ones', () => {
  const trail = makeTrail(options);
  trail.addBackfill({ hour: 1, generatedAt: '2024-09-15T08:00:00Z', key: 'b' });
  expect(trail.publicKeys.map(({ Fingerprint }) => Fingerprint)).toEqual([
    fingerprint('a'),
    fingerprint('b'),
  ]);
});

test('a source lists in order, after a key, and by folder', async () => {
  const trail = makeTrail(options);
  const source = asSource(trail.objects);
  const listed = await listAll(source.list(BUCKET, 'AWSLogs/111122223333/CloudTrail-Digest/'));
  expect(listed.map(({ key }) => key)).toEqual(trail.digests.map(({ key }) => key));
  const rest = await listAll(source.list(BUCKET, 'AWSLogs/111122223333/CloudTrail-Digest/', listed[0]?.key));
  expect(rest).toEqual(listed.slice(1));
  expect(await source.folders(BUCKET, 'AWSLogs/111122223333/')).toEqual([
    'AWSLogs/111122223333/CloudTrail-Digest/',
    'AWSLogs/111122223333/CloudTrail/',
  ]);
  expect(await source.folders('another', '')).toEqual([]);
});

test('a folder copy holds the bytes, and a digest’s metadata beside them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trail-'));
  try {
    const { objects, digests, logs } = makeTrail({ ...options, hours: 1 });
    await writeFolder(objects, folder);
    for (const place of [...digests, ...logs])
      expect(await readFile(join(folder, BUCKET, place.key))).toEqual(objectAt(objects, place).body);
    const metadata = await readFile(join(folder, BUCKET, `${digests[0]?.key}.metadata.json`), 'utf8');
    expect(JSON.parse(metadata)).toEqual(objectAt(objects, digests[0] as Place).metadata);
  } finally {
    await rm(folder, { recursive: true });
  }
});
