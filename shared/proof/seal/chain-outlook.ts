import type { JsonObject } from '../../contracts/aws/configuration-item';
import { HOUR, instant, isoTime, MINUTE } from '../trail/chain-times';
import type { ChainId, Status } from '../trail/verdict';
import { type Selected, selects, type TrailSettings } from './trail-settings';

/** A digest as it was judged, with the log files that it lists. Times are ISO 8601. */
export interface WatchedDigest {
  readonly start: string;
  readonly end: string;
  readonly backfill: boolean;
  readonly status: Status;
  readonly logs: {
    readonly listed: number;
    /** Verified valid, and scanned for the call. */
    readonly scanned: number;
    readonly invalid: number;
    readonly missing: number;
    readonly unverifiable: number;
  };
}

/** A chain of digests that is watched, and what is known of its trail. */
export interface WatchedChain {
  readonly chain: ChainId;
  /** The history of the trail's settings, in any order. */
  readonly settings: readonly TrailSettings[];
  /** Those from the call to 24 hours after it, in any order; of backfills all that list log files of that time. */
  readonly digests: readonly WatchedDigest[];
  /** Whether somebody is known to have changed the trail in that time. */
  readonly changed: boolean;
  /** Errors of delivery in that time. */
  readonly deliveryErrors: readonly string[];
}

/** Milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** `off`: the trail was not logging when the call was made, or without validation. Else whether it was to log it. */
export type ChainOutlook = 'off' | Selected;

/** Settings take effect some time after they are made. */
const SETTLED = 15 * MINUTE;

/**
 * Whether a trail was to log a call, by the history of its settings. `yes` only when one and the same settings were
 * observed from before the call to the end of the time in which it is looked for, and nobody changed them.
 * @param window from the call on
 */
export function outlookOf(
  { chain, settings, changed }: WatchedChain,
  record: JsonObject,
  window: Stretch,
): ChainOutlook {
  const known = settings.filter(
    ({ observedFrom, observedTo }) =>
      instant(observedFrom) <= window.to && instant(observedTo) >= window.from,
  );
  if (known.some((state) => wasOff(state, window.from))) return 'off';
  const selected = known.map((state) => selects(state, record, chain.region));
  if (selected.length > 0 && selected.every((one) => one === 'no')) return 'no';
  const isSettled = known.some(
    ({ observedFrom, observedTo, startedAt }) =>
      instant(observedFrom) <= window.from - SETTLED &&
      instant(observedTo) >= window.to &&
      (startedAt === undefined || instant(startedAt) <= window.from - SETTLED),
  );
  const isOn = known.every(({ isLogging, validationEnabled }) => isLogging && validationEnabled);
  return isSettled && isOn && !changed && selected.every((one) => one === 'yes') ? 'yes' : 'unknown';
}

/** Whoever stops a trail only later may do it to hide that its files are altered: that is not off. */
function wasOff(
  { isLogging, validationEnabled, stoppedAt, observedFrom, observedTo }: TrailSettings,
  at: number,
): boolean {
  if (instant(observedFrom) <= at && instant(observedTo) >= at) return !isLogging || !validationEnabled;
  return !isLogging && stoppedAt !== undefined && instant(stoppedAt) <= at;
}

/** What the files of a chain are good for; `says` begins a sentence about why they are not whole. */
export type LogsOutlook =
  | { readonly state: 'whole'; readonly says?: never }
  | { readonly state: 'altered' | 'late'; readonly says: string };

/** What isn't there any more as CloudTrail delivered it. */
const altered: readonly Status[] = ['invalid', 'missing', 'unsigned'];

/**
 * Whether the digests of a time follow one another without a gap, each of them valid with all of its log files verified
 * and scanned. What is altered outweighs what is only not known.
 */
export function logsOf({ settings, digests, deliveryErrors }: WatchedChain, window: Stretch): LogsOutlook {
  const asked = digests.filter(
    ({ backfill, start, end }) =>
      // Those that can't be placed in time are not left out.
      backfill || !(instant(end) <= window.from || instant(start) >= window.to),
  );
  const alteredOnes = asked.filter(
    ({ status, logs }) => altered.includes(status) || logs.invalid > 0 || logs.missing > 0,
  ).length;
  if (alteredOnes > 0)
    return { state: 'altered', says: `files of ${counted(alteredOnes)} are altered or gone` };
  const unread = asked.filter((digest) => !isScanned(digest)).length;
  if (unread > 0) return { state: 'late', says: `files of ${counted(unread)} could not be verified in time` };
  const gap = gapIn(asked, window);
  if (gap !== undefined)
    return { state: 'late', says: `no digest has come for the time after ${isoTime(gap)}` };
  const hadErrors =
    deliveryErrors.length > 0 ||
    settings.some(
      ({ latestDeliveryError, observedFrom, observedTo }) =>
        (latestDeliveryError ?? '') !== '' &&
        instant(observedFrom) <= window.to + HOUR &&
        instant(observedTo) >= window.from,
    );
  return hadErrors
    ? { state: 'late', says: 'CloudTrail had errors in delivering files' }
    : { state: 'whole' };
}

const isScanned = ({ status, logs }: WatchedDigest): boolean =>
  status === 'valid' && logs.unverifiable === 0 && logs.scanned === logs.listed;

/** The time from which on no hourly digest tells; undefined when they tell of all of it. */
function gapIn(digests: readonly WatchedDigest[], window: Stretch): number | undefined {
  const hourly = digests
    .filter(({ backfill }) => !backfill)
    .map(({ start, end }) => ({ start: instant(start), end: instant(end) }))
    .sort((a, b) => a.start - b.start);
  let told = window.from;
  for (const { start, end } of hourly) if (start <= told && end > told) told = end;
  return told >= window.to ? undefined : told;
}

const counted = (count: number): string => (count === 1 ? '1 digest' : `${count} digests`);
