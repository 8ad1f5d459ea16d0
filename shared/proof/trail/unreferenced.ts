import { parseTrailKey } from '../../contracts/aws/trail-object-key';
import { DAY, HOUR, instant } from './chain-times';
import { type Place, uri } from './verdict';
import type { LogReport } from './verify-log';

/** The log files of one account and Region in one folder, and all chains that list files there. Times: ISO 8601. */
export interface LogsOfFolder {
  /** Those that a notification named, whether or not they are still there. */
  readonly announced: readonly Place[];
  /** Those that are there. Undefined when the folder was not listed. */
  readonly listed?: readonly Place[];
  /** The `s3://` addresses that proven digests list, backfills too. */
  readonly referenced: ReadonlySet<string>;
  /** Of each chain, the times that its proven digests cover, whose log files are judged. */
  readonly verified: readonly (readonly { readonly from: string; readonly to: string }[])[];
  readonly now: string;
}

/** A log may be listed in the digest before or after that of its own hour. */
const MARGIN = HOUR;
/** How long a backfill digest may be waited for. */
const BACKFILL = DAY;

/**
 * Log files that no digest lists. It is said only of those whose hour, and an hour before and after it, is covered by
 * proven digests of every chain of that time, and to which a day has brought no backfill. Keys that CloudTrail would not
 * write are none of its log files, and left out.
 */
export function unreferencedLogs({
  announced,
  listed,
  referenced,
  verified,
  now,
}: LogsOfFolder): LogReport[] {
  const there = listed && new Set(listed.map(uri));
  const chains = verified.map(covered);
  const files = new Map([...announced, ...(listed ?? [])].map((place) => [uri(place), place]));
  return [...files]
    .filter(([name, { key }]) => !referenced.has(name) && isDue(key, chains, now))
    .map(([name, { bucket, key }]): LogReport => {
      const isGone = there !== undefined && !there.has(name);
      const says = isGone
        ? 'it was announced, no digest lists it, and it is gone'
        : 'no digest of its time lists it';
      return { kind: 'log', bucket, key, status: 'unreferenced', reason: 'not-listed', says };
    })
    .sort((a, b) => (uri(a) < uri(b) ? -1 : 1));
}

/** From, to: milliseconds since the epoch. */
type Time = readonly [from: number, to: number];

/** Times that touch, as one; oldest first. */
function covered(hours: readonly { readonly from: string; readonly to: string }[]): Time[] {
  const sorted = hours.map(({ from, to }): Time => [instant(from), instant(to)]).sort(([a], [b]) => a - b);
  const whole: Time[] = [];
  for (const [from, to] of sorted) {
    const last = whole.at(-1);
    if (last && from <= last[1]) whole[whole.length - 1] = [last[0], Math.max(last[1], to)];
    else whole.push([from, to]);
  }
  return whole;
}

function isDue(key: string, chains: readonly Time[][], now: string): boolean {
  const name = parseTrailKey(key);
  if (name?.kind !== 'log') return false;
  const at = instant(name.minute);
  if (instant(now) < at + BACKFILL) return false;
  // A chain that ended before, or began after, has nothing to say; but one that might list the file must be heard.
  const concerned = chains.filter((times) => (times[0]?.[0] ?? 0) <= at && at <= (times.at(-1)?.[1] ?? 0));
  return (
    concerned.length > 0 &&
    concerned.every((times) => times.some(([from, to]) => from <= at - MARGIN && at + MARGIN <= to))
  );
}
