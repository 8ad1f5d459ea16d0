import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitCode, Shell } from '../../cli/shell';
import { type DeclareCommand, trailseal } from '../../cli/trailseal';

export const NOW = new Date('2026-02-01T00:00:00Z');

export interface TestShell extends Shell {
  /** What was written so far. */
  readonly said: { out: string; err: string };
}

/** A shell in a folder where no local AWS is described, with a clock that stands still. */
export function testShell(changes: Partial<Shell> & { columns?: number } = {}): TestShell {
  const said = { out: '', err: '' };
  const { columns, ...others } = changes;
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTerminal: columns !== undefined,
    ...(columns === undefined ? {} : { columns }),
  });
  return {
    out: output('out'),
    err: output('err'),
    env: {},
    folder: emptyFolder(),
    now: () => NOW,
    stopSignal: () => new AbortController().signal,
    ...others,
    said,
  };
}

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own for a test, gone when the file's tests are over. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailseal-'));
  made.push(folder);
  return folder;
}

export async function run(
  commands: readonly DeclareCommand[],
  args: readonly string[],
  shell: TestShell = testShell(),
): Promise<{ code: ExitCode; out: string; err: string }> {
  const code = await trailseal(args, { commands, shell });
  return { code, ...shell.said };
}
