import { type CloudTrailRecord, parseCloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import { InvalidInput } from '../../contracts/permanent-failure';
import { type ChangedItem, joinActors } from '../activity/join';
import { idsOf } from '../activity/resources-named';
import { parseRecord, recordsIn } from './log-records';

/** A call in a log file, and the items that it may have changed. */
export interface FoundCall {
  /** Of its record in `Records`. */
  readonly index: number;
  /** As it stands there. */
  readonly record: JsonObject;
  /** Where in the list of items they are. */
  readonly item: readonly number[];
}

/**
 * The calls in a verified log file that may be the cause of an item of which nobody knows who changed it: those that
 * the join would take for a candidate. Searching the bytes for the items' ids only selects what is parsed.
 * @param bytes inflated
 */
export function callsOn(bytes: Buffer, items: readonly ChangedItem[]): FoundCall[] {
  const sought = items
    .map((item, index) => ({ item, index, marks: [...new Set(idsOf(item).map(markOf))] }))
    .filter(({ marks }) => marks.some((mark) => bytes.includes(mark)));
  if (sought.length === 0) return [];
  return (recordsIn(bytes) ?? []).flatMap((text, index) => {
    const named = sought.filter(({ marks }) => marks.some((mark) => text.includes(mark)));
    const record = named.length > 0 ? parseRecord(text) : undefined;
    const call = record && readCall(record);
    if (record === undefined || call === undefined) return [];
    const caused = named.filter(({ item }) => joinActors({ item, events: [call] }).candidates.length > 0);
    return caused.length === 0 ? [] : [{ index, record, item: caused.map((one) => one.index) }];
  });
}

/** The longest part of an id that JSON can only write in one way. Empty, where there is none: then all may hold it. */
function markOf(id: string): string {
  const [longest = ''] = (id.match(/[\w.:-]+/g) ?? []).sort((a, b) => b.length - a.length);
  return longest;
}

function readCall(record: JsonObject): CloudTrailRecord | undefined {
  try {
    return parseCloudTrailRecord(record);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
