import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { detections } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import { loadCompliancePolicy } from '../policy-loader';
import { type Figure, median, seconds } from './figure';

const FILES = 40;
const RECORDS_A_FILE = 1000;
const ROUNDS = 7;

/**
 * CloudTrail records per second on one core from gzipped log files through all detections, beside gunzip and
 * JSON.parse of the same files in the same run. The records are an hour of one account, over and over.
 */
export async function benchDetections(root: string): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailseal-bench-'));
  try {
    const files = logFiles(root, folder);
    const { inRaw } = detector(detections, loadCompliancePolicy(path.join(root, 'compliance.yml')));
    const rate = async (work: (records: readonly unknown[]) => void) => {
      const took = await seconds(() => {
        for (const file of files) work(recordsOf(file));
      });
      return (FILES * RECORDS_A_FILE) / took;
    };
    const own: number[] = [];
    const bare: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      own.push(
        await rate((records) => {
          for (const record of records) found += inRaw(record).length;
        }),
      );
      bare.push(await rate(() => undefined));
    }
    if (found === 0) throw new Error('no detection found anything');
    return [
      {
        what: 'CloudTrail records through all detections, one core, from gzipped log files',
        value: median(own),
        unit: '/s',
        reference: { what: 'gunzip and JSON.parse of the same files', value: median(bare) },
        aim: 'at least 0.6 x',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const recordsOf = (file: string): readonly unknown[] =>
  (JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { Records: unknown[] }).Records;

function logFiles(root: string, folder: string): string[] {
  const rows = readFileSync(path.join(root, 'tests/fixtures/cloudtrail-attacks/invictus.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => (JSON.parse(row) as { event: object }).event);
  return Array.from({ length: FILES }, (_, index) => {
    const Records = Array.from(
      { length: RECORDS_A_FILE },
      (_, at) => rows[(index * RECORDS_A_FILE + at) % rows.length],
    );
    const file = path.join(folder, `${index}.json.gz`);
    writeFileSync(file, gzipSync(JSON.stringify({ Records })));
    return file;
  });
}
