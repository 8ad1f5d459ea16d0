import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Figure } from './bench/figure';
import { builtCommand } from './bench-verify/command';
import { benchFolder } from './bench-verify/folder';
import { benchMemory } from './bench-verify/memory';
import { awsCliVersion, benchS3 } from './bench-verify/s3';

const root = path.dirname(__dirname);
const JSON_FILE = path.join(root, 'docs', 'reference', 'bench-verify.json');

/**
 * `npm run bench:verify [NAME…]` measures `trailseal verify`, and prints a table; with `--write` (of all)
 * docs/reference/bench-verify.json gets the figures. Nothing here passes or fails: figures depend on the machine, so
 * read the ratios.
 */
async function main(args: readonly string[]): Promise<void> {
  const chosen = args.filter((arg) => !arg.startsWith('--'));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trailseal-bench-'));
  try {
    const trailseal = builtCommand(root, path.join(folder, 'cli'));
    const benches: readonly [string, () => Promise<Figure[]>][] = [
      ['folder', () => benchFolder(folder)],
      ['s3', () => benchS3(trailseal)],
      ['memory', () => benchMemory(trailseal, folder)],
    ];
    const unknown = chosen.filter((name) => !benches.some(([known]) => known === name));
    if (unknown.length > 0) {
      throw new Error(`no bench ${unknown.join(', ')}: expected ${benches.map(([name]) => name).join(', ')}`);
    }
    const figures: Figure[] = [];
    for (const [name, bench] of benches.filter(([known]) => chosen.length === 0 || chosen.includes(known))) {
      process.stderr.write(`measuring ${name}\n`);
      figures.push(...(await bench()));
    }
    const aws = awsCliVersion();
    console.log(tableOf(figures));
    if (aws === undefined) console.log('\nThere is no AWS CLI on this machine to measure beside.');
    if (!args.includes('--write') || chosen.length > 0) return;
    writeFileSync(
      JSON_FILE,
      `${JSON.stringify({ machine: machine(), aws: aws ?? null, figures }, null, 2)}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const machine = () => ({
  cpu: os.cpus()[0]?.model ?? 'unknown',
  cores: os.cpus().length,
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  platform: `${os.platform()} ${os.arch()}`,
  node: process.version,
});

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit, reference, aim = '' }) => [
    what,
    `${shown(value)} ${unit}`,
    reference ? `${reference.what}: ${shown(reference.value)} ${unit}` : '',
    reference ? `${(value / reference.value).toFixed(2)} x` : '',
    aim,
  ]);
  return [['measured', 'figure', 'beside', 'ratio', 'aim'], ['---', '---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value < 10 ? 2 : 1);

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
