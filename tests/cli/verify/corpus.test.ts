import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import verify from '../../../cli/commands/verify';
import { emptyFolder, run, testShell } from '../test-shell';

interface Case {
  readonly id: string;
  readonly description: string;
  readonly region: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly trailArn: string;
  readonly publicKeys: readonly object[];
  readonly objects: readonly {
    readonly bucket: string;
    readonly key: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly bodyBase64: string;
  }[];
  readonly expected: {
    readonly exitCode: number;
    readonly results: readonly { readonly kind: string; readonly s3: string; readonly result: string }[];
  };
}

const cases = readFileSync(
  join(__dirname, '..', '..', 'fixtures', 'cloudtrail-digests', 'cases.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

async function folderOf({ objects, publicKeys }: Case): Promise<string> {
  const folder = emptyFolder();
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ PublicKeyList: publicKeys }));
  await mkdir(join(folder, 'copy', 'example-cloudtrail-bucket'), { recursive: true });
  for (const { bucket, key, metadata, bodyBase64 } of objects) {
    const file = join(folder, 'copy', bucket, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(bodyBase64, 'base64'));
    await writeFile(`${file}.metadata.json`, JSON.stringify(metadata));
  }
  return folder;
}

/** What aws-cli takes for nothing to be said of. */
const exitsOfOurs: Readonly<Record<string, number>> = {
  'dig-no-digests': 1,
  'dig-no-public-keys': 1,
};

/**
 * What only we say of a file: without keys, that it can't be verified; and that the log files are valid of a digest
 * whose signature was spoilt but whose bytes a proven successor knows.
 */
const onlyOurs: Readonly<Record<string, readonly string[]>> = {
  'dig-no-public-keys': ['_20240731T110000Z.json.gz false', '_20240731T120000Z.json.gz false'],
  'dig-signature-flipped': ['_c3yTQyAHghKCMwd8.json.gz true'],
  'dig-attacker-key-same-fingerprint': ['_JAExYc9mRsASsKBg.json.gz true'],
};

test.each(cases)('$id: $description', async (each) => {
  const folder = await folderOf(each);
  const { code, out, err } = await run(
    [verify],
    [
      'verify',
      'copy',
      ...['--public-keys', 'keys.json', '--start', each.startTime, '--end', each.endTime],
      ...['--region', each.region, '--trail', each.trailArn, '--format', 'ndjson'],
    ],
    testShell({ folder }),
  );
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; key: string; status: string });
  const results = lines.filter(({ kind }) => kind === 'digest' || kind === 'log');
  const verdicts = results.map(({ key, status }) => `${key} ${status === 'valid'}`).sort();
  const others = each.expected.results.map(({ s3, result }) => `${s3} ${result === 'valid'}`);
  const ours = verdicts.filter((verdict) => !others.includes(verdict));
  expect(others.filter((verdict) => !verdicts.includes(verdict))).toEqual([]);
  expect(ours.map((verdict) => verdict.slice(verdict.lastIndexOf('_')))).toEqual(onlyOurs[each.id] ?? []);
  expect({ code, err }).toEqual({ code: exitsOfOurs[each.id] ?? each.expected.exitCode, err: '' });
  expect(lines.at(-1)).toMatchObject({ kind: 'summary', isComplete: true });
});
