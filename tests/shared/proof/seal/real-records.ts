import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';

const fixtures = join(__dirname, '../../../fixtures');

const eventsOf = (file: string): JsonObject[] =>
  readFileSync(join(fixtures, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);

/** An hour of a real account, with attacks in it. */
export const realHour: readonly JsonObject[] = eventsOf('cloudtrail-attacks/invictus.jsonl');

/** Of that hour, the first call of that name. */
export function realCall(eventName: string): JsonObject {
  const found = realHour.find((event) => event['eventName'] === eventName);
  if (found === undefined) throw new Error(`no ${eventName} in the hour`);
  return found;
}

export const textOf = (record: JsonObject, field: string): string => String(record[field]);

/** An inflated log file. */
export const logFile = (records: readonly unknown[]): Buffer =>
  Buffer.from(JSON.stringify({ Records: records }));
