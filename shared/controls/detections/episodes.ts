import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { CountedUnder, Rate } from './detection';
import { textAt } from './reading';

/** One record that counts. */
export interface CountedEvent {
  readonly eventID: string;
  /** ISO 8601 in UTC. */
  readonly eventTime: string;
  /** Where it came from, of those that need more than one such place. */
  readonly from?: string;
}

/** A time in which records came at the rate of a finding, or faster. */
export interface Episode {
  /** eventTime of its first and its last record. */
  readonly since: string;
  readonly until: string;
  readonly count: number;
}

const MINUTE = 60_000;

/**
 * The episodes in a set of events, in the order of time: each is as many windows as overlap, all of which hold the
 * threshold. A record that comes twice counts once, and the order of arrival is of no matter.
 * @param events of one control and one resource
 */
export function episodes(events: Iterable<CountedEvent>, { threshold, windowMinutes }: Rate): Episode[] {
  const sorted = inOrder(events);
  const places = new Map<string | undefined, number>();
  const found: { first: number; last: number }[] = [];
  let first = 0;
  for (const [last, event] of sorted.entries()) {
    places.set(event.from, (places.get(event.from) ?? 0) + 1);
    for (
      let oldest = sorted[first];
      oldest && isBefore(oldest, event, windowMinutes);
      oldest = sorted[first]
    ) {
      const left = (places.get(oldest.from) ?? 0) - 1;
      if (left > 0) places.set(oldest.from, left);
      else places.delete(oldest.from);
      first += 1;
    }
    // Those that tell where they come from come from several places: each of these has a count of its own.
    if (last - first + 1 < threshold || (event.from !== undefined && places.size < 2)) continue;
    const before = found.at(-1);
    if (before !== undefined && first <= before.last) before.last = last;
    else found.push({ first, last });
  }
  return found.map(({ first, last }) => ({
    since: sorted[first]?.eventTime ?? '',
    until: sorted[last]?.eventTime ?? '',
    count: last - first + 1,
  }));
}

/** What counts of a record: a late correction of CloudTrail's counts as the record that it corrects. */
export function countedEvent(record: CloudTrailRecord, { from }: CountedUnder): CountedEvent {
  const corrected = textAt(record, 'addendum.originalEventID');
  return {
    eventID: corrected ?? (record.eventID || record.requestID || record.eventTime),
    eventTime: record.eventTime,
    ...(from === undefined ? {} : { from }),
  };
}

const isBefore = (event: CountedEvent, other: CountedEvent, windowMinutes: number): boolean =>
  timeOf(other) - timeOf(event) > windowMinutes * MINUTE;

const timeOf = ({ eventTime }: CountedEvent): number => Date.parse(eventTime);

const orderOf = ({ eventTime, from = '' }: CountedEvent): string => `${eventTime} ${from}`;

function inOrder(events: Iterable<CountedEvent>): CountedEvent[] {
  const byId = new Map<string, CountedEvent>();
  for (const event of events) {
    const known = byId.get(event.eventID);
    // One id with two times or places is no event of AWS: the least of them stays, whichever came first.
    if (known === undefined || orderOf(event) < orderOf(known)) byId.set(event.eventID, event);
  }
  return [...byId.values()].sort(
    (a, b) => timeOf(a) - timeOf(b) || (a.eventID < b.eventID ? -1 : a.eventID > b.eventID ? 1 : 0),
  );
}
