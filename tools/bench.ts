import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchBundles } from './bench/bundles';
import { benchDetections } from './bench/detections';
import type { Figure } from './bench/figure';
import { benchHandlers } from './bench/handlers';
import { benchJudging } from './bench/judging';
import { benchLaptop } from './bench/laptop';
import { benchStreaming } from './bench/streaming';

const root = path.dirname(__dirname);
const JSON_FILE = path.join(root, 'docs', 'reference', 'bench.json');
const README = path.join(root, 'README.md');
const MARKS = ['<!-- bench -->', '<!-- /bench -->'] as const;

const benches: readonly [string, () => Promise<Figure[]>][] = [
  ['bundles', () => benchBundles(root)],
  ['judging', () => benchJudging(root)],
  ['detections', () => benchDetections(root)],
  ['streaming', () => benchStreaming(root)],
  ['handlers', benchHandlers],
  ['laptop', () => benchLaptop(root)],
];

/**
 * `npm run bench [NAME…]` measures, and prints a table; with `--write` (of all) the README and docs/reference/bench.json
 * get the figures. Nothing here passes or fails: figures depend on the machine, so read the ratios.
 */
async function main(args: readonly string[]): Promise<void> {
  const chosen = args.filter((arg) => !arg.startsWith('--'));
  const unknown = chosen.filter((name) => !benches.some(([known]) => known === name));
  if (unknown.length > 0) {
    throw new Error(`no bench ${unknown.join(', ')}: expected ${benches.map(([name]) => name).join(', ')}`);
  }
  const figures: Figure[] = [];
  for (const [name, bench] of benches.filter(([known]) => chosen.length === 0 || chosen.includes(known))) {
    process.stderr.write(`measuring ${name}\n`);
    figures.push(...(await bench()));
  }
  const machine = {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.version,
  };
  const table = tableOf(figures);
  console.log(table);
  if (!args.includes('--write') || chosen.length > 0) return;
  writeFileSync(JSON_FILE, `${JSON.stringify({ machine, versions: versions(), figures }, null, 2)}\n`);
  const text = readFileSync(README, 'utf8');
  const [before, rest] = text.split(MARKS[0]);
  const after = rest?.split(MARKS[1])[1];
  if (after === undefined) throw new Error(`README.md has no place between ${MARKS.join(' and ')}`);
  const on = `On ${machine.cores} cores of ${machine.cpu}, Node.js ${machine.node}:`;
  writeFileSync(README, `${before}${MARKS[0]}\n${on}\n\n${table}\n${MARKS[1]}${after}`);
}

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
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);

function versions(): Record<string, string> {
  const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  const { version, dependencies } = read('package.json') as {
    version: string;
    dependencies: Record<string, string>;
  };
  return { trailseal: version, ...dependencies };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
