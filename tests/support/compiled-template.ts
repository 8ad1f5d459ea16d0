import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template } from '../../local/template';

const root = path.join(__dirname, '..', '..');
const LOOK_AGAIN_MS = 200;

/**
 * The template of the real stack, packaged anew, as it would be deployed. Takes some seconds once in a run of jest, as
 * its workers share it; they package one after the other, since all do so in one folder of the project.
 */
export function compiledTemplate(): Template {
  const shared = process.env['TRAILSEAL_TEST_TEMPLATES'] ?? mkdtempSync(path.join(tmpdir(), 'trailseal-'));
  const variant = process.env['TRAILSEAL_SAMPLE_TRAIL'] ?? 'as-deployed';
  const file = path.join(shared, `${variant}.json`);
  const lock = path.join(shared, 'lock');
  while (!existsSync(file)) {
    if (isTaken(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
    else {
      try {
        if (!existsSync(file)) packageInto(file);
      } finally {
        rmSync(lock, { recursive: true });
      }
    }
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Takes the lock, unless another worker has it. */
function isTaken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    throw error;
  }
}

function packageInto(file: string): void {
  const folder = `${file}.packaged`;
  execFileSync(
    process.execPath,
    ['node_modules/serverless/bin/serverless.js', 'package', '--package', folder],
    { cwd: root, stdio: 'pipe', env: { ...process.env, SLS_NOTIFICATIONS_MODE: 'off' } },
  );
  // At once, or another worker would read half of it.
  renameSync(path.join(folder, 'cloudformation-template-update-stack.json'), file);
  rmSync(folder, { recursive: true });
}
