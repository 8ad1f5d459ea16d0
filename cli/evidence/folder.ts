import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../failure';
import type { BundleFile } from './bundle';

/**
 * Makes sure that nothing of anybody's is in the way.
 * @throws Failure when there is a file of that name, or a folder with something in it
 */
export async function demandEmpty(folder: string, said: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new Failure(`${said}: ${messageOf(error)}`, [NAME_ANOTHER]);
  }
  if (names.length > 0) throw new Failure(`${said} is there already, and not empty`, [NAME_ANOTHER]);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const NAME_ANOTHER = 'Name another folder: --out FOLDER';

/** Writes files that are nobody else's business: they hold activity of an account. Never over one that is there. */
export async function writeFiles(folder: string, said: string, files: readonly BundleFile[]): Promise<void> {
  for (const { path: name, content } of files) {
    const file = path.join(folder, ...name.split('/'));
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      throw new Failure(`${said}/${name}: ${messageOf(error)}`);
    }
  }
}
