import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { verify } from '../../cli/verify/verify';
import { writeFolder } from '../../local/trails/sources';
import { type Figure, median } from '../bench/figure';
import { DAY, endOf, FROM, logsOf, trailOf } from './trail';

const ROUNDS = 7;

/** Processor time for each log file of a copy, beside that of reading, inflating and hashing the same files alone. */
export async function benchFolder(folder: string): Promise<Figure[]> {
  const made = trailOf(DAY);
  const copy = path.join(folder, 'day');
  await writeFolder(made.objects, copy);
  writeFileSync(path.join(folder, 'keys.json'), JSON.stringify({ PublicKeyList: made.publicKeys }));
  const files = made.logs.map(({ bucket, key }) => path.join(copy, bucket, key));
  const [own, bare]: [number[], number[]] = [[], []];
  // In turns, so that both meet the same machine; the first turn warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bareTime = await cpuMilliseconds(async () => readInflateHash(files));
    const ownTime = await cpuMilliseconds(() => verifyCopy(folder));
    if (round === 0) continue;
    bare.push(bareTime / files.length);
    own.push(ownTime / files.length);
  }
  return [
    {
      what: `folder: processor time for each of ${logsOf(DAY)} log files`,
      value: median(own),
      unit: 'ms',
      reference: { what: 'read, gunzip and SHA-256 alone', value: median(bare) },
      aim: 'at most 1.6 x',
    },
  ];
}

function readInflateHash(files: readonly string[]): void {
  for (const file of files)
    createHash('sha256')
      .update(gunzipSync(readFileSync(file)))
      .digest('hex');
}

async function verifyCopy(folder: string): Promise<void> {
  const said = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTerminal: false,
  });
  const code = await verify(
    ['day'],
    { publicKeys: 'keys.json', start: FROM, end: endOf(DAY), format: 'text' },
    {
      out: output('out'),
      err: output('err'),
      env: {},
      folder,
      now: () => new Date(),
      stopSignal: () => new AbortController().signal,
    },
  );
  if (code !== 0) throw new Error(`the copy was not found to be valid: ${said.err}${said.out}`);
}

async function cpuMilliseconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
