import type { Readable } from 'node:stream';
import { findFiles } from '../input/files';
import { readJson } from '../input/json-records';
import { type Problem, problemText } from '../input/problem';

/** One value of a file, and where it stands: `event.json`, `events.jsonl:12:1`. */
export interface Found {
  readonly place: string;
  readonly value: unknown;
}

/** What can't be used, and why. */
export interface Refused {
  readonly place: string;
  readonly because: string;
}

export const isRefused = (read: object): read is Refused => 'because' in read;

export interface Source {
  /** That relative names start from. */
  readonly folder: string;
  /** What the file `-` is read from. */
  readonly piped: () => Readable;
  readonly stop: AbortSignal;
}

/** The JSON values of files, in their order: one value, an array of them, or one in each line, gzipped or not. */
export async function readSources(
  names: readonly string[],
  { folder, piped, stop }: Source,
): Promise<(Found | Refused)[]> {
  const { files, problems } = await findFiles(names, folder);
  const read: (Found | Refused)[] = problems.map(refusal);
  for (const file of files) {
    for await (const record of readJson(file, { standardInput: piped, stop })) {
      if (record.kind === 'problem') read.push(refusal(record));
      else if (!record.isAround) {
        const { line, column, byte } = record.position;
        read.push({ place: byte === 0 ? file.name : `${file.name}:${line}:${column}`, value: record.value });
      }
    }
  }
  return read;
}

const refusal = (problem: Problem): Refused => ({
  place: problemText({ ...problem, reason: '' }).replace(/: $/, ''),
  because: problem.reason,
});
