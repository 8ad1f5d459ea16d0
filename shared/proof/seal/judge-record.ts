import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import type { EventProof, SealedFile } from '../../contracts/trailseal/finding';
import { isObject } from '../activity/values-at';
import { uri } from '../trail/verdict';
import { type FoundRecord, originalOf } from './records-wanted';
import { type ComparedField, comparedFields, differences } from './same-event';

/** The call whose record is awaited. */
export interface Awaited {
  readonly eventID: string;
  /** As the event brought it. */
  readonly record: JsonObject;
}

/** What a proof rests on: a verified log file, the verified digest that lists it, and the key that signed that. */
export interface SealedPlaces {
  readonly log: SealedFile;
  readonly digest: SealedFile;
  readonly key: NonNullable<EventProof['key']>;
}

/** What a late correction may change of an event that it still proves: what came of it, never who did what where. */
const correctable: ReadonlySet<string> = new Set<ComparedField>([
  'userAgent',
  'errorCode',
  'requestParameters',
  'responseElements',
]);

/**
 * What one verified log file says of a call; undefined when it says nothing of it.
 *
 * - `proven`: a record has its id and its content; or a late correction of it has its content, but for the fields that
 *   it says it updates.
 * - `contradicted`: a record has its id and other content, and no late correction brought that content. This holds
 *   over a proof, as `laterProof` has it for records in different files.
 *
 * The copy of a call that another account gets has an id of its own and proves nothing.
 * @param found in that log file, of any calls
 * @param at now, ISO 8601
 */
export function judgeRecord(
  { eventID, record }: Awaited,
  places: SealedPlaces,
  found: readonly FoundRecord[],
  at: string,
): EventProof | undefined {
  const compared = [...found]
    .sort((a, b) => a.index - b.index)
    .map((entry) => ({ ...entry, differs: differences(record, entry.record) }));
  const own = compared.filter((entry) => entry.record['eventID'] === eventID);
  const corrections = compared
    .filter((entry) => entry.record['eventID'] !== eventID && originalOf(entry.record) === eventID)
    .map((entry) => ({ ...entry, updates: updatedFields(entry.record) }));

  const other = own.find(
    ({ differs }) =>
      differs.length > 0 &&
      !corrections.some((correction) =>
        differs.every((field) => correction.updates.has(field) && !correction.differs.includes(field)),
      ),
  );
  const rest = ({ index }: FoundRecord) => ({ at, ...places, index });
  if (other !== undefined)
    return {
      state: 'contradicted',
      reason: 'other-content',
      says: `the verified log file ${uri(places.log)} holds this event with another ${listed(other.differs)}`,
      ...rest(other),
      differs: other.differs,
    };
  const same = own.find(({ differs }) => differs.length === 0);
  if (same !== undefined)
    return {
      state: 'proven',
      says: `its record is entry ${same.index} of the verified log file ${uri(places.log)}`,
      ...rest(same),
    };
  const correction = corrections.find(({ differs, updates }) =>
    differs.every((field) => updates.has(field) && correctable.has(field)),
  );
  if (correction === undefined) return undefined;
  const { differs, index } = correction;
  return {
    state: 'proven',
    says: `a late correction of its record is entry ${index} of the verified log file ${uri(places.log)}${
      differs.length === 0 ? '' : `, with another ${listed(differs)}`
    }`,
    ...rest(correction),
  };
}

const listed = (fields: readonly string[]): string => fields.join(', ');

/** `"responseElements, userIdentity.sessionContext"`, or a list: AWS shows the one and documents neither. */
function updatedFields({ addendum }: JsonObject): ReadonlySet<string> {
  const told: Json | undefined = isObject(addendum) ? addendum['updatedFields'] : undefined;
  const texts = (Array.isArray(told) ? told : [told]).filter((text) => typeof text === 'string');
  const names = new Set(texts.flatMap((text) => text.split(/[^\w.]+/)).map((path) => path.split('.')[0]));
  return new Set(comparedFields.filter((field) => names.has(field)));
}
