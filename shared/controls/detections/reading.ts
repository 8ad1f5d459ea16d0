import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { Json, JsonObject } from '../../contracts/aws/configuration-item';

/** No name, id or ARN of AWS is longer; what is comes from somebody who tries something. */
const LONGEST = 2048;

export const bounded = (text: string): string => text.slice(0, LONGEST);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a path: `requestParameters.DeleteFlowLogsRequest.FlowLogId`, `resources.0.ARN`. */
export function valueAt(record: CloudTrailRecord, path: string): Json | undefined {
  let value: unknown = record;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value as Json;
}

/** Text at a path; undefined where none is, or an empty one. */
export function textAt(record: CloudTrailRecord, path: string): string | undefined {
  const value = valueAt(record, path);
  return typeof value === 'string' && value !== '' ? bounded(value) : undefined;
}

/** The first text that one of the paths leads to. */
export function firstText(record: CloudTrailRecord, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(record, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * The entries of a list, whichever way CloudTrail writes lists: an array; `{items: [...]}` of EC2, `{}` when empty;
 * `{item: {…}}`; or the entry by itself, where there is but one.
 */
export function entriesAt(record: CloudTrailRecord, path: string): readonly Json[] {
  return entries(valueAt(record, path));
}

function entries(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return typeof value === 'string' && value !== '' ? [value] : [];
  const inside = value['items'] ?? value['item'];
  if (inside !== undefined) return entries(inside);
  return Object.keys(value).length === 0 ? [] : [value];
}

/** The objects among the entries of a list. */
export const objectsAt = (record: CloudTrailRecord, path: string): readonly JsonObject[] =>
  entriesAt(record, path).filter(isObject);

/** The texts of a list, or of one field of its entries. */
export const textsAt = (record: CloudTrailRecord, path: string, field?: string): readonly string[] =>
  entriesAt(record, path)
    .map((entry) => (field !== undefined && isObject(entry) ? entry[field] : entry))
    .filter((value) => typeof value === 'string' && value !== '')
    .map((value) => bounded(String(value)));

/** True and false, also as text. */
export const isFalse = (value: Json | undefined): boolean => value === false || value === 'false';
export const isTrue = (value: Json | undefined): boolean => value === true || value === 'true';

/** The name at the end of an ARN, a path or a URL; the text itself where it is none. */
export const lastSegment = (text: string): string => text.slice(text.search(/[^/:]*$/));
