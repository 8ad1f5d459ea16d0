import type { JsonObject } from '../../contracts/aws/configuration-item';
import { isObject } from '../activity/values-at';
import { parseRecord, recordsIn } from './log-records';

/** A record of a log file that somebody waits for. */
export interface FoundRecord {
  /** Of it in `Records`. */
  readonly index: number;
  /** As it stands there. */
  readonly record: JsonObject;
  /** It has an id of its own, and is a late correction of the one that is waited for. */
  readonly addendum?: true;
}

/** Of more ids than this each record is parsed: searching the file for one after the other takes longer. */
const SEARCHED = 64;

/**
 * The records of a verified log file whose `eventID`, or whose `addendum.originalEventID`, is wanted: each such entry
 * of `Records`, and nothing that stands deeper. Searching the bytes only selects what is parsed. A file of another
 * shape than CloudTrail's has none.
 * @param bytes inflated
 */
export function recordsWanted(bytes: Buffer, wanted: ReadonlySet<string>): FoundRecord[] {
  const ids = [...wanted].filter((id) => id !== '');
  const isSearched = ids.length <= SEARCHED;
  const present = isSearched ? ids.filter((id) => bytes.includes(id)) : ids;
  if (present.length === 0) return [];
  const may = (record: Buffer) => !isSearched || present.some((id) => record.includes(id));
  return (recordsIn(bytes) ?? []).flatMap((text, index) => {
    const record = may(text) ? parseRecord(text) : undefined;
    if (record === undefined) return [];
    if (isWanted(record['eventID'], wanted)) return [{ index, record }];
    return isWanted(originalOf(record), wanted) ? [{ index, record, addendum: true }] : [];
  });
}

const isWanted = (id: unknown, wanted: ReadonlySet<string>): boolean =>
  typeof id === 'string' && id !== '' && wanted.has(id);

/** The id of the record that this one corrects. */
export function originalOf({ addendum }: JsonObject): string | undefined {
  const id = isObject(addendum) ? addendum['originalEventID'] : undefined;
  return typeof id === 'string' ? id : undefined;
}
