import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from './problem';

export const STANDARD_INPUT = '-';

/** Something to read: a file, or the standard input. */
export interface InputFile {
  /** As the caller named it, or what it was found under. */
  readonly name: string;
  /** Left out for the standard input. */
  readonly path?: string;
  /** Bytes on the disk; left out for a pipe. */
  readonly size?: number;
}

export interface FoundFiles {
  readonly files: readonly InputFile[];
  readonly problems: readonly Problem[];
  /** How many files in folders were passed by, as they are of other kinds. */
  readonly others: number;
}

/** What is read in a folder; a file named by itself may have any name. */
const READABLE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/**
 * The files that a command line names: each file, those below each folder in the order of their names, and `-` for
 * the standard input. Hidden files and linked folders are passed by.
 *
 * @param folder that relative names start from
 */
export async function findFiles(names: readonly string[], folder: string): Promise<FoundFiles> {
  const found = await Promise.all(names.map((name) => findNamed(name, folder)));
  return {
    files: found.flatMap(({ files }) => files),
    problems: found.flatMap(({ problems }) => problems),
    others: found.reduce((sum, { others }) => sum + others, 0),
  };
}

const fileAt = (name: string, location: string, stats: Stats): InputFile => ({
  name,
  path: location,
  ...(stats.isFile() ? { size: stats.size } : {}),
});

const failed = (file: string, reason: string): FoundFiles => ({
  files: [],
  problems: [{ kind: 'problem', file, reason }],
  others: 0,
});

async function findNamed(name: string, folder: string): Promise<FoundFiles> {
  if (name === STANDARD_INPUT) return { files: [{ name: 'stdin' }], problems: [], others: 0 };
  const location = path.resolve(folder, name);
  try {
    const stats = await stat(location);
    if (!stats.isDirectory()) return { files: [fileAt(name, location, stats)], problems: [], others: 0 };
    const found = await findBelow(name, location);
    return found.files.length + found.problems.length > 0
      ? found
      : {
          ...failed(name, 'this folder holds no .json, .jsonl or .ndjson file, gzipped or not'),
          others: found.others,
        };
  } catch (error) {
    return failed(name, fileErrorText(error));
  }
}

async function findBelow(name: string, location: string): Promise<FoundFiles> {
  const entries = await readdir(location, { withFileTypes: true });
  const found = { files: [] as InputFile[], problems: [] as Problem[], others: 0 };
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const child = { name: path.join(name, entry.name), location: path.join(location, entry.name) };
    try {
      if (entry.isDirectory()) {
        const below = await findBelow(child.name, child.location);
        found.files.push(...below.files);
        found.problems.push(...below.problems);
        found.others += below.others;
        continue;
      }
      const stats = await stat(child.location);
      if (stats.isFile() && READABLE.test(entry.name))
        found.files.push(fileAt(child.name, child.location, stats));
      else found.others += 1;
    } catch (error) {
      found.problems.push({ kind: 'problem', file: child.name, reason: fileErrorText(error) });
    }
  }
  return found;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read: permission denied',
  EPERM: 'it may not be read: permission denied',
  ELOOP: 'its links go round in a circle',
};

/** What the file system says, for people. */
export function fileErrorText(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? `it could not be read: ${message}`;
}
