import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** A run of a command to its end. */
export interface Ran {
  readonly seconds: number;
  /** The most memory that it took, in megabytes; undefined where it doesn't say. */
  readonly peakMegabytes: number | undefined;
  readonly stdout: string;
}

/**
 * Says on stderr, at its end, how much memory a process of Node.js has taken. Linux counts to a process's maximum what the process
 * had taken that it was forked from; not so the high-water mark.
 */
const REPORT = `import { readFileSync } from "node:fs";
process.on("exit", () => {
  let peak = process.resourceUsage().maxRSS;
  try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]); } catch {}
  process.stderr.write("took " + JSON.stringify({ peak: peak / 1024 }) + "\\n");
});`;

/** @returns how to start the command line as it is installed, bundled into a folder of its own */
export function builtCommand(root: string, folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(root, 'cli', 'bin.mjs'), path.join(folder, 'bin.mjs'));
  execFileSync(process.execPath, [path.join(root, 'cli', 'build.mjs'), path.join(folder, 'dist')]);
  return [
    process.execPath,
    '--import',
    `data:text/javascript,${encodeURIComponent(REPORT)}`,
    path.join(folder, 'bin.mjs'),
  ];
}

/** @throws when the command doesn't end with 0 */
export async function ran(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  const [file = '', ...args] = command;
  const start = process.hrtime.bigint();
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}: ${stderr.slice(-1000)} ${stdout.slice(-1000)}`);
  const took = /^took (.*)$/m.exec(stderr)?.[1];
  const { peak } = took === undefined ? {} : (JSON.parse(took) as { peak?: number });
  return { seconds, peakMegabytes: peak, stdout };
}
