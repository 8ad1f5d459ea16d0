import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addObject, type TrailObjects } from '../../../../local/trails/objects';
import { asSource } from '../../../../local/trails/sources';
import { type PublicKeyRecord, publicKeys } from '../../../../shared/proof/trail/public-keys';
import { type Place, uri } from '../../../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../../../shared/proof/trail/verify-digest';
import { type LogReport, verifyLog } from '../../../../shared/proof/trail/verify-log';

/** One file's outcome, as the validator of aws-cli prints it. */
interface Printed {
  readonly kind: 'Digest file' | 'Log file';
  readonly s3: string;
  readonly result: string;
}

interface Case {
  readonly id: string;
  readonly region: string;
  readonly publicKeys: readonly PublicKeyRecord[];
  readonly objects: readonly (Place & { metadata: Record<string, string>; bodyBase64: string })[];
  readonly expected: { readonly results: readonly Printed[] };
}

const folder = join(__dirname, '../../../fixtures/cloudtrail-digests');
const cases = readFileSync(join(folder, 'cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

/** What is said for these words; where a file is cut short, aws-cli hashes what is left of it. */
const ours: Readonly<Record<string, readonly string[]>> = {
  valid: ['valid'],
  'INVALID: not found': ['missing not-found'],
  "INVALID: hash value doesn't match": ['invalid hash-mismatch', 'invalid truncated'],
  'INVALID: invalid format': ['invalid not-gzip', 'invalid not-json'],
  'INVALID: signature verification failed': ['invalid signature-mismatch'],
  'INVALID: has been moved from its original location': ['invalid wrong-place'],
};

const said = ({ status, reason }: DigestReport | LogReport) =>
  reason === undefined ? status : `${status} ${reason}`;

/** The verdict on each digest that is there or printed, and on each log file that a valid one lists; by URI. */
async function verdictsOn({ region, publicKeys: records, objects, expected }: Case) {
  const stored: TrailObjects = new Map();
  for (const { bucket, key, metadata, bodyBase64 } of objects)
    addObject(stored, {
      place: { bucket, key },
      body: Buffer.from(bodyBase64, 'base64'),
      metadata,
      lastModified: '2024-07-31T15:00:00Z',
    });
  const source = asSource(stored);
  const keys = { state: 'known', keys: publicKeys(records, { from: 'file', where: region }) } as const;
  const digests = new Map<string, Place>();
  for (const { bucket, key } of objects)
    if (key.includes('/CloudTrail-Digest/')) digests.set(uri({ bucket, key }), { bucket, key });
  for (const { kind, s3 } of expected.results) if (kind === 'Digest file') digests.set(s3, placeOf(s3));

  const verdicts = new Map<string, string>();
  for (const place of digests.values()) {
    const report = verifyDigest(place, await source.read(place, 2 ** 20), keys);
    verdicts.set(uri(place), said(report));
    if (report.status !== 'valid') continue;
    for (const listed of report.digest?.logFiles ?? []) {
      const log = { bucket: listed.s3Bucket, key: listed.s3Object };
      const body = await source.read(log, 2 ** 20);
      verdicts.set(uri(log), said(await verifyLog(listed, body, place)));
    }
  }
  return verdicts;
}

const placeOf = (s3: string): Place => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(s3) ?? [];
  return { bucket, key };
};

test('there are seventeen cases', () => {
  expect(cases).toHaveLength(17);
});

describe.each(cases.map((row): [string, Case] => [row.id, row]))('%s', (_id, row) => {
  test('every file is what aws-cli finds it to be', async () => {
    const verdicts = await verdictsOn(row);
    expect(
      row.expected.results.filter(({ s3, result }) => !ours[result]?.includes(verdicts.get(s3) ?? '')),
    ).toEqual([]);
  });
});

test('what aws-cli takes for one thing is told apart', async () => {
  const verdicts = await Promise.all(cases.map(async (row) => [row.id, ...(await verdictsOn(row)).values()]));
  const wrong = verdicts.map(([id, ...said]) => [id, ...said.filter((verdict) => verdict !== 'valid')]);
  expect(wrong.filter(({ length }) => length > 1)).toEqual([
    ['dig-log-deleted', 'missing not-found'],
    ['dig-log-not-gzip', 'invalid not-gzip'],
    ['dig-log-truncated', 'invalid truncated'],
    ['dig-digest-log-removed', 'invalid signature-mismatch'],
    ['dig-signature-flipped', 'invalid signature-mismatch'],
    ['dig-digest-deleted', 'missing not-found'],
    ['dig-digest-replayed', 'invalid wrong-place'],
    ['dig-digest-not-json', 'invalid not-json'],
    ['dig-attacker-key-same-fingerprint', 'invalid signature-mismatch'],
    ['dig-no-public-keys', 'unknown-key fingerprint-unknown', 'unknown-key fingerprint-unknown'],
  ]);
});
