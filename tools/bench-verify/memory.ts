import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeFolder } from '../../local/trails/sources';
import type { Figure } from '../bench/figure';
import { ran } from './command';
import { largeLogTrail } from './large-log';
import { startS3 } from './s3-server';
import { BUCKET, endOf, FROM, logsOf, MONTH } from './trail';

const AIM = 'under 200 MB';

/** The most memory that the process takes: for many log files, and for one as large as CloudTrail makes them. */
export async function benchMemory(trailseal: readonly string[], folder: string): Promise<Figure[]> {
  return [await manyLogs(trailseal), await oneLargeLog(trailseal, folder)];
}

async function manyLogs(trailseal: readonly string[]): Promise<Figure> {
  const s3 = await startS3(0, MONTH);
  try {
    const { peakMegabytes, seconds } = await ran(
      [...trailseal, 'verify', `s3://${BUCKET}`, '--start', FROM, '--end', endOf(MONTH)],
      s3.env,
    );
    const count = logsOf(MONTH).toLocaleString('en-US');
    return {
      what: `memory for ${count} log files over S3, in ${seconds.toFixed(0)} s`,
      value: peakMegabytes ?? Number.NaN,
      unit: 'MB',
      aim: AIM,
    };
  } finally {
    await s3.stop();
  }
}

async function oneLargeLog(trailseal: readonly string[], folder: string): Promise<Figure> {
  const { objects, publicKeys, megabytes } = largeLogTrail();
  const keys = path.join(folder, 'large-keys.json');
  await writeFolder(objects, path.join(folder, 'large'));
  writeFileSync(keys, JSON.stringify(publicKeys));
  const { peakMegabytes } = await ran([
    ...trailseal,
    ...[
      'verify',
      path.join(folder, 'large'),
      '--public-keys',
      keys,
      '--start',
      FROM,
      '--end',
      endOf({ hours: 1 }),
    ],
  ]);
  return {
    what: `memory for one log file of ${megabytes} MB, compressed`,
    value: peakMegabytes ?? Number.NaN,
    unit: 'MB',
    aim: AIM,
  };
}
