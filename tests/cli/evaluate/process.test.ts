import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { capturedItems } from '../../support/judge-rule';
import { emptyFolder } from '../test-shell';

const root = join(__dirname, '..', '..', '..');
const folder = emptyFolder();

beforeAll(() => {
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(root, 'cli', 'bin.mjs'), join(folder, 'bin.mjs'));
  execFileSync(process.execPath, [join(root, 'cli', 'build.mjs'), join(folder, 'dist')]);
});

/**
 * Says on stderr how much memory the process took at most, in megabytes. Where there is /proc by its own high-water
 * mark: maxRSS begins with that of the process which started this one.
 */
const REPORT = `
  import { readFileSync } from 'node:fs';
  process.on('exit', () => {
    let peak = process.resourceUsage().maxRSS;
    try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
    process.stderr.write('peak ' + (peak >> 10) + '\\n');
  });
`;

const trailseal = (node: readonly string[], ...args: string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [...node, join(folder, 'bin.mjs'), ...args], { cwd: root });

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

const items = capturedItems
  .filter(({ item }) => item['awsAccountId'] !== undefined && item['configurationStateId'] !== undefined)
  .map(({ item }) => JSON.stringify(item))
  .join();

/** One line, as long as it says. */
function* snapshot(bytes: number): Generator<string> {
  yield '{"fileVersion":"1.0","configurationItems":[';
  for (let written = 0; written < bytes; written += items.length + 1)
    yield `${written > 0 ? ',' : ''}${items}`;
  yield ']}';
}

test.each([['text'], ['ndjson']])(
  'a snapshot of 60 MB goes through little memory: %s',
  async (format) => {
    const report = `data:text/javascript,${encodeURIComponent(REPORT)}`;
    const node = ['--max-old-space-size=40', '--import', report];
    const child = trailseal(node, 'evaluate', '-', '--format', format);
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    const exit = once(child, 'exit');
    await pipeline(Readable.from(snapshot(60_000_000)), createGzip({ level: 1 }), child.stdin);
    expect(await exit).toEqual([1, null]);
    const [, peak] = /^peak (\d+)$/m.exec(await err) ?? [];
    expect(Number(peak)).toBeLessThan(200);
    const lines = (await out).trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(format === 'text' ? /^[\d,]{5,} items read from 1 file/ : /^\{"control":/);
    // Twelve hundred characters a row are the most.
    if (format === 'text') expect((await out).length).toBeLessThan(1_200_000);
  },
  60_000,
);

test('whoever reads may leave early', async () => {
  const child = trailseal([], 'evaluate', '-', '--format', 'ndjson');
  const err = textOf(child.stderr);
  const exit = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  child.stdout.once('data', () => child.stdout.destroy());
  await pipeline(Readable.from(snapshot(200_000_000)), child.stdin).catch(() => undefined);
  expect(await exit).toEqual([2, null]);
  expect(await err).toBe('');
}, 60_000);

test('Ctrl-C ends it with what was read so far', async () => {
  const child = trailseal([], 'evaluate', '-', '--format', 'json');
  const [err, exit] = [textOf(child.stderr), once(child, 'exit')];
  child.stdin.write(`${[...snapshot(1)].join('')}\n`);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (out === '') child.kill('SIGINT');
    out += text;
  });
  expect(await exit).toEqual([2, null]);
  expect(JSON.parse(out).summary).toMatchObject({ isComplete: false, problems: 0 });
  expect(await err).toMatch(/^Stopped before the end: the totals are of what was read so far\n$/m);
}, 60_000);
