import { createHash } from 'node:crypto';
import type { Json } from '../contracts/aws/configuration-item';

/** DynamoDB takes 32 levels of nesting, and the way to a value in a stored finding takes some of them. */
export const DEEPEST = 16;

/** What a finding keeps of one value at most, as JSON in UTF-8. */
const VALUE_BYTES = 2048;

/** Stands where a value is left out. */
export const notKept = (why: string): string => `(not kept: ${why})`;

/**
 * A value as DynamoDB, EventBridge and SNS can all carry it. A large one is replaced by a text that says how large it
 * was; numbers that DynamoDB does not take become text.
 */
export function boundedValue(value: Json, maxBytes = VALUE_BYTES): Json {
  const portable = portableValue(value, 0);
  const text = JSON.stringify(portable);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return portable;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return notKept(`${bytes} bytes of JSON, SHA-256 ${digest}…`);
}

function portableValue(value: Json, depth: number): Json {
  switch (typeof value) {
    case 'number':
      return portableNumber(value);
    case 'string':
      return wellFormed(value);
    case 'object': {
      if (value === null) return null;
      if (depth >= DEEPEST) return notKept(`nested more than ${DEEPEST} levels deep`);
      if (Array.isArray(value)) return value.map((member: Json) => portableValue(member, depth + 1));
      return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [portableKey(key), portableValue(member, depth + 1)]),
      );
    }
    default:
      return value;
  }
}

/** DynamoDB's numbers stop at 1e126 and 1e-130, its JavaScript client stops at 2^53. */
const portableNumber = (value: number): Json =>
  Math.abs(value) > Number.MAX_SAFE_INTEGER || (value !== 0 && Math.abs(value) < 1e-130)
    ? String(value)
    : value + 0;

/** Half a surrogate pair has no UTF-8. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** This one key sets an object's prototype wherever it is assigned. */
const portableKey = (key: string): string => (key === '__proto__' ? '(__proto__)' : wellFormed(key));

/** A text of at most so many characters, with a mark where it was cut. */
export const shortenedTo = (length: number, text: string): string =>
  wellFormed(text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** As many from the beginning of a list as both limits allow. */
export function firstWithin<T>(list: readonly T[], most: number, mostBytes: number): T[] {
  const kept: T[] = [];
  let bytes = 0;
  for (const entry of list.slice(0, most)) {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (bytes > mostBytes) break;
    kept.push(entry);
  }
  return kept;
}
