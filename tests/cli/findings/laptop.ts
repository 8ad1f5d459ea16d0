import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from '../test-shell';

/** A project whose `npm start` is the local AWS at this address. */
export function projectOn(url: string): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, '.trailseal'));
  const description = { url, region: 'eu-central-1', stage: 'dev', accessKeyId: 'operator' };
  writeFileSync(join(folder, '.trailseal', 'local.json'), JSON.stringify(description));
  return folder;
}

export const records = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
