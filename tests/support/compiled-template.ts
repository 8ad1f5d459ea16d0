import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template } from '../../local/template';

const root = path.join(__dirname, '..', '..');

/** The template of the real stack, packaged anew, as it would be deployed. Takes some seconds. */
export function compiledTemplate(): Template {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailseal-'));
  try {
    execFileSync(
      process.execPath,
      ['node_modules/serverless/bin/serverless.js', 'package', '--package', folder],
      {
        cwd: root,
        stdio: 'pipe',
        env: { ...process.env, SLS_NOTIFICATIONS_MODE: 'off' },
      },
    );
    return JSON.parse(readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
