import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { readConfigurationItems } from '../../../cli/input/configuration-items';
import { type JsonSource, readJson } from '../../../cli/input/json-records';
import { type Problem, problemText } from '../../../cli/input/problem';

export const sourceOf = (chunks: Iterable<Uint8Array>, more: Partial<JsonSource> = {}): JsonSource => ({
  standardInput: () => Readable.from(chunks),
  stop: new AbortController().signal,
  ...more,
});

const STREAM = { name: 'stream' };

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? Buffer.from(content) : content;

/** What is in a stream: values, and problems as their text. What stands around a list is left out. */
export async function valuesIn(
  content: string | Uint8Array | readonly Uint8Array[],
  more: Partial<JsonSource> = {},
): Promise<unknown[]> {
  const chunks = typeof content === 'string' || content instanceof Uint8Array ? [bytesOf(content)] : content;
  const found: unknown[] = [];
  for await (const record of readJson(STREAM, sourceOf(chunks, more))) {
    if (record.kind === 'problem') found.push(problemText(record));
    else if (!record.isAround) found.push(record.value);
  }
  return found;
}

/** All that is in a stream, with every position. */
export async function recordsIn(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const record of readJson(STREAM, sourceOf(chunks))) records.push(record);
  return records;
}

/** The items of a value or text: `type id` for each, `oversized type id`, `other message`, or the problem's text. */
export async function itemsIn(content: unknown): Promise<string[]> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const found: string[] = [];
  for await (const record of readConfigurationItems(STREAM, sourceOf([Buffer.from(text)]))) {
    switch (record.kind) {
      case 'item':
        found.push(`${record.item.resourceType} ${record.item.resourceId}`);
        break;
      case 'oversized':
        found.push(`oversized ${record.summary.resourceType} ${record.summary.resourceId}: ${record.why}`);
        break;
      case 'other-message':
        found.push(`other message ${record.messageType}`);
        break;
      default:
        found.push(problemText(record as Problem));
    }
  }
  return found;
}

/** A new folder with these files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailseal-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
