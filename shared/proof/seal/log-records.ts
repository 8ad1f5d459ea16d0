import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import { isObject } from '../activity/values-at';

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * The bytes of each entry of `Records` in a log file, in its order. Only the few that somebody looks for need then be
 * parsed: a whole file can take half a gigabyte when it is. Undefined for what is no log file; what is inside of the
 * entries isn't looked at.
 * @param bytes inflated
 */
export function recordsIn(bytes: Buffer): Buffer[] | undefined {
  const file = entriesOf(bytes, afterSpace(bytes, 0));
  if (file === undefined || afterSpace(bytes, file.end) !== bytes.length) return undefined;
  const [records, second] = file.entries.filter(({ key }) => key === 'Records');
  if (records === undefined || second !== undefined || bytes[records.start] !== OPEN_LIST) return undefined;
  return entriesOf(bytes, records.start)?.entries.map(({ start, end }) => bytes.subarray(start, end));
}

/**
 * A record out of its bytes. Undefined for what is no object, and for one that says something of itself, or in its
 * addendum, twice: which of the two counts would depend on who reads it.
 */
export function parseRecord(bytes: Buffer): JsonObject | undefined {
  const own = bytes[0] === OPEN_OBJECT ? entriesOf(bytes, 0)?.entries : undefined;
  if (own === undefined || !areUnique(own)) return undefined;
  const addendum = own.find(({ key }) => key === 'addendum');
  if (addendum !== undefined && bytes[addendum.start] === OPEN_OBJECT) {
    const entries = entriesOf(bytes, addendum.start)?.entries;
    if (entries === undefined || !areUnique(entries)) return undefined;
  }
  const record = parsed(bytes);
  return isObject(record) ? record : undefined;
}

/** The member of an object or the entry of a list, from its first byte to the one after its last. */
interface Entry {
  readonly key?: string;
  readonly start: number;
  readonly end: number;
}

const areUnique = (entries: readonly Entry[]): boolean =>
  new Set(entries.map(({ key }) => key)).size === entries.length;

/** What stands in the object or list that begins there; undefined when none begins there, or it doesn't end. */
function entriesOf(bytes: Buffer, open: number): { entries: Entry[]; end: number } | undefined {
  const isMembers = bytes[open] === OPEN_OBJECT;
  if (!isMembers && bytes[open] !== OPEN_LIST) return undefined;
  const close = isMembers ? CLOSE_OBJECT : CLOSE_LIST;
  const entries: Entry[] = [];
  let at = afterSpace(bytes, open + 1);
  if (bytes[at] === close) return { entries, end: at + 1 };
  for (;;) {
    const name = isMembers ? keyAt(bytes, at) : { end: at };
    if (name === undefined) return undefined;
    const start = afterSpace(bytes, name.end);
    const end = afterValue(bytes, start);
    if (end === undefined) return undefined;
    entries.push({ ...('key' in name ? { key: name.key } : {}), start, end });
    at = afterSpace(bytes, end);
    if (bytes[at] === close) return { entries, end: at + 1 };
    if (bytes[at] !== COMMA) return undefined;
    at = afterSpace(bytes, at + 1);
  }
}

/** The key that begins there, and where its colon ends. */
function keyAt(bytes: Buffer, at: number): { key: string; end: number } | undefined {
  const end = bytes[at] === QUOTE ? afterString(bytes, at) : undefined;
  const key = end === undefined ? undefined : parsed(bytes.subarray(at, end));
  if (end === undefined || typeof key !== 'string') return undefined;
  const colon = afterSpace(bytes, end);
  return bytes[colon] === COLON ? { key, end: colon + 1 } : undefined;
}

function afterValue(bytes: Buffer, start: number): number | undefined {
  if (bytes[start] === QUOTE) return afterString(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = afterString(bytes, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      // The bracket around a number, `true` or `null` is not its own.
      if (depth === 0) return at > start ? at : undefined;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) {
      return at > start ? at : undefined;
    }
  }
  return undefined;
}

function afterString(bytes: Buffer, open: number): number | undefined {
  for (let at = open + 1; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return undefined;
}

function afterSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
