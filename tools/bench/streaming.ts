import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readConfigurationItems } from '../../cli/input/configuration-items';
import { type Figure, median, seconds } from './figure';

const ITEMS = 40_000;
const ROUNDS = 5;

/** How fast a gzipped snapshot streams in, beside gunzip and JSON.parse of the whole file at once. */
export async function benchStreaming(root: string): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailseal-bench-'));
  try {
    const file = path.join(folder, 'snapshot.json.gz');
    const text = snapshot(root);
    writeFileSync(file, gzipSync(text, { level: 6 }));
    const megabytes = Buffer.byteLength(text) / 1e6;
    const own: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      own.push(megabytes / (await seconds(() => stream(file))));
      bare.push(
        megabytes / (await seconds(() => JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')))),
      );
    }
    return [
      {
        what: `streaming a snapshot of ${Math.round(megabytes)} MB, unzipped size`,
        value: median(own),
        unit: 'MB/s',
        reference: { what: 'gunzip and JSON.parse of the whole', value: median(bare) },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function stream(file: string): Promise<void> {
  let items = 0;
  const source = { standardInput: () => process.stdin, stop: new AbortController().signal };
  for await (const record of readConfigurationItems(
    { name: file, path: file, size: statSync(file).size },
    source,
  )) {
    if (record.kind !== 'item') throw new Error(`not an item: ${JSON.stringify(record).slice(0, 200)}`);
    items += 1;
  }
  if (items !== ITEMS) throw new Error(`${items} of ${ITEMS} items came`);
}

/** A snapshot file of captured items, each with an id of its own. */
function snapshot(root: string): string {
  const rows = readFileSync(path.join(root, 'tests/fixtures/config-items/items.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row) as { form: string; item: Record<string, unknown> })
    .filter(({ form, item }) => form === 'event' && item['awsAccountId'] !== undefined);
  const items = Array.from({ length: ITEMS }, (_, index) => ({
    ...rows[index % rows.length]?.item,
    resourceId: `resource-${index}`,
  }));
  return JSON.stringify({ fileVersion: '1.0', configSnapshotId: 'bench', configurationItems: items });
}
