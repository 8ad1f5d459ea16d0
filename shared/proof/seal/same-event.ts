import type { Json, JsonObject } from '../../contracts/aws/configuration-item';

/** What makes a record of CloudTrail the same event: who did what where, with what outcome. */
export const comparedFields = [
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'requestParameters',
  'responseElements',
] as const;
export type ComparedField = (typeof comparedFields)[number];

/** CloudTrail leaves these out when they are larger than 100 KB. */
const omittedWhenLarge: ReadonlySet<ComparedField> = new Set(['requestParameters', 'responseElements']);
/** CloudTrail cuts these at 1 KB. */
const cutWhenLong: ReadonlySet<ComparedField> = new Set(['userAgent', 'errorCode']);

// AWS doesn't say whether its KB has 1,000 or 1,024 bytes.
const LARGE = 100 * 1000;
const [CUT_FROM, CUT_TO] = [1000, 1024];

/**
 * The fields in which the record that an alert used and the one in a log file differ, as raw JSON. No difference: the
 * order of keys, null for what is absent, and what CloudTrail documents to omit or to cut for its size, when it did so
 * on one side only.
 *
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
export function differences(used: JsonObject, logged: JsonObject): ComparedField[] {
  return comparedFields.filter((field) => {
    const [a, b] = [fieldIn(used, field), fieldIn(logged, field)];
    if (sameJson(a, b)) return false;
    if (omittedWhenLarge.has(field)) return !isOmittedOf(a, b) && !isOmittedOf(b, a);
    if (cutWhenLong.has(field)) return !isCutOf(a, b) && !isCutOf(b, a);
    return true;
  });
}

/** A record may have keys of any name: only its own count. */
const fieldIn = (record: JsonObject, field: string): Json =>
  Object.hasOwn(record, field) ? (record[field] ?? null) : null;

/** Without recursion: whoever makes a call decides how deep its parameters go. */
function sameJson(one: Json, other: Json): boolean {
  const pairs: [Json | undefined, Json | undefined][] = [[one, other]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false;
      pairs.push([a[key], b[key]]);
    }
  }
  return true;
}

/** Objects, and arrays by their indexes. */
const isContainer = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null;

const isOmittedOf = (a: Json, b: Json): boolean => isOmitted(a) && (isOmitted(b) || isLarge(b));

/** Nothing, or what CloudTrail writes instead: `omitted` with the value true, and why. */
const isOmitted = (value: Json): boolean =>
  value === null ||
  (isContainer(value) &&
    !Array.isArray(value) &&
    value['omitted'] === true &&
    Object.keys(value).every((key) => ['omitted', 'originalSize', 'reason'].includes(key)));

/** Whether it is more than 100 KB of JSON. */
function isLarge(value: Json): boolean {
  let bytes = 0;
  const rest: (Json | undefined)[] = [value];
  while (rest.length > 0 && bytes <= LARGE) {
    const next = rest.pop();
    if (!isContainer(next)) {
      bytes += Buffer.byteLength(JSON.stringify(next) ?? '') + 1;
      continue;
    }
    // Its brackets; its commas were counted with its members.
    bytes += 1;
    for (const [key, member] of Object.entries(next)) {
      if (!Array.isArray(next)) bytes += Buffer.byteLength(JSON.stringify(key)) + 1;
      rest.push(member);
    }
  }
  return bytes > LARGE;
}

/** Whether it is the other's first KB; a character may have been cut through, or dots put after the cut. */
function isCutOf(a: Json, b: Json): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const bytes = Buffer.byteLength(a);
  if (bytes < CUT_FROM || bytes > CUT_TO + '...'.length) return false;
  return b.startsWith(a.replace(/(?:\ufffd+|\.{3}|\u2026)$/, ''));
}
