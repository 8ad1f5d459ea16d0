import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonBreak } from './json-break';

/** One value of a file, and where it stands: `events.json[3]`, `events.jsonl:12`. */
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

/**
 * Reads a file that holds one JSON value, an array of them, or one in each line.
 * @param file `-` is what is piped in
 */
export async function readSource(
  file: string,
  folder: string,
  piped: AsyncIterable<string | Uint8Array>,
): Promise<(Found | Refused)[]> {
  if (file === '-') return valuesIn('stdin', await textOf(piped));
  try {
    return valuesIn(file, await readFile(path.resolve(folder, file), 'utf8'));
  } catch (error) {
    return [
      { place: file, because: `can't be read: ${error instanceof Error ? error.message : String(error)}` },
    ];
  }
}

async function textOf(piped: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of piped) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export function valuesIn(name: string, text: string): (Found | Refused)[] {
  // Some editors still begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, '');
  if (json.trim() === '')
    return [{ place: name, because: 'is empty: expected an event, an array of events, or one in each line' }];
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value)
      ? value.map((member: unknown, index) => ({ place: `${name}[${index}]`, value: member }))
      : [{ place: name, value }];
  } catch {
    return isLines(json) ? lineByLine(name, json) : [broken(name, json)];
  }
}

/** Whether there is an object in each line, though one or another may be broken. */
function isLines(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.length > 1 &&
    !/^\s*[[{]\s*$/.test(lines[0] ?? '') &&
    lines.some((line) => typeof parsed(line) === 'object')
  );
}

function lineByLine(name: string, text: string): (Found | Refused)[] {
  return text.split('\n').flatMap((line, index): (Found | Refused)[] => {
    if (line.trim() === '') return [];
    try {
      return [{ place: `${name}:${index + 1}`, value: JSON.parse(line) as unknown }];
    } catch {
      return [broken(name, line, index + 1)];
    }
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Where it breaks, as editors count, and what was expected there. */
function broken(name: string, text: string, line?: number): Refused {
  const { offset = 0, expected = 'JSON' } = jsonBreak(text) ?? {};
  const before = text.slice(0, offset).split('\n');
  const place = `${name}:${line ?? before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return { place, because: `not JSON: expected ${expected}` };
}
