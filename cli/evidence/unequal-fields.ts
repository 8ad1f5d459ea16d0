import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { Call } from '../../shared/contracts/trailseal/finding';
import { parseRecord, recordsIn } from '../../shared/proof/seal/log-records';
import { originalOf } from '../../shared/proof/seal/records-wanted';
import { type ComparedField, comparedFields, differences } from '../../shared/proof/seal/same-event';
import { inflate } from '../../shared/proof/trail/gzip';
import { uri } from '../../shared/proof/trail/verdict';
import type { EvidenceFile } from './proven-file';

/** Inflated bytes in which a record is looked for here. Whoever checks needs as much memory for it. */
const SEARCHED_BYTES = 512 * 2 ** 20;

/**
 * The fields in which a record in a log file is not plainly equal to the event that was used: CloudTrail cut or
 * corrected them, or they are others. Undefined when there is no such record.
 * @param problems hears of what a proven record must not be
 */
export function unequalFields(
  { eventID, proof }: Call,
  event: JsonObject,
  log: EvidenceFile,
  index: number,
  problems: string[],
): ComparedField[] | undefined {
  const inflated = inflate(log.body, SEARCHED_BYTES);
  if (inflated.state === 'broken') return undefined;
  const bytes = recordsIn(inflated.bytes)?.[index];
  const logged = bytes && parseRecord(bytes);
  if (logged === undefined) {
    problems.push(`Event ${eventID}: ${uri(log)} has no Records[${index}].`);
    return undefined;
  }
  const isOwn = logged['eventID'] === eventID;
  if (!isOwn && originalOf(logged) !== eventID) {
    problems.push(`Event ${eventID}: Records[${index}] of ${uri(log)} is of another event.`);
  }
  const others = isOwn && proof.state === 'proven' ? differences(event, logged) : [];
  if (others.length > 0) {
    problems.push(`Event ${eventID}: the log file has another ${others.join(', ')}.`);
  }
  const own = (record: JsonObject, field: string) =>
    Object.hasOwn(record, field) ? (record[field] ?? null) : null;
  return comparedFields.filter((field) => !isDeepStrictEqual(own(event, field), own(logged, field)));
}
