import { type ChainFinding, chainFinding } from './chain-findings';
import type { Window } from './chain-line';
import { duration, HOUR, instant, isoTime, MINUTE } from './chain-times';
import type { ChainId } from './verdict';

/** What DescribeTrails and GetTrailStatus said, in the trail's home Region. Times are ISO 8601. */
export interface TrailState {
  readonly exists: boolean;
  readonly isLogging?: boolean;
  readonly validationEnabled?: boolean;
  readonly bucket?: string;
  readonly latestDigestDeliveryTime?: string;
  readonly latestDigestDeliveryError?: string;
  readonly startedAt?: string;
  readonly stoppedAt?: string;
}

export interface Tail {
  readonly chain: ChainId;
  /** The newest digest that can be believed, or could not be read: its end and where it is. */
  readonly newest?: { readonly end: string; readonly digest: string };
  readonly window: Window;
  readonly state?: TrailState;
  readonly now: string;
  /** When log files were stamped that are newer than the newest digest. ISO 8601. */
  readonly logsAfterTail?: readonly string[];
  /** False for a copy, where silence says nothing. */
  readonly live: boolean;
}

/** How long after its hour a digest may take to be delivered: CloudTrail promises nothing. */
const DELIVERY = 30 * MINUTE;
const OVERDUE = 2 * HOUR;
const LONG_OVERDUE = 6 * HOUR;

/** Whether the chain ends too early: what ought to have come after its newest digest, and why it did not. */
export function judgeTail(tail: Tail): ChainFinding[] {
  const claimed = claimedDelivery(tail);
  const overdue = claimed || isExcused(tail) ? undefined : tailOverdue(tail);
  return [trailStopped(tail), claimed ?? laterLogs(tail), overdue].filter((finding) => finding !== undefined);
}

function trailStopped({ window, state, now, newest }: Tail): ChainFinding | undefined {
  const why = state && whyStopped(state);
  if (why === undefined) return undefined;
  // Whoever asks for hours long before the stop has all of their digests to expect.
  const since = state?.stoppedAt ?? now;
  if (instant(window.to) + HOUR < instant(since)) return undefined;
  return chainFinding('trail-stopped', why, { digest: newest?.digest, from: state?.stoppedAt, to: now });
}

function whyStopped({ exists, isLogging, validationEnabled, stoppedAt }: TrailState): string | undefined {
  if (!exists) return 'the trail does not exist any more';
  if (isLogging === false)
    return `the trail is not logging${stoppedAt === undefined ? '' : ` since ${stoppedAt}`}`;
  return validationEnabled === false ? 'log file validation is switched off' : undefined;
}

/** A trail that was stopped before the next digest was due sends none. */
function isExcused({ state, newest }: Tail): boolean {
  if (state === undefined || whyStopped(state) === undefined) return false;
  return (
    newest === undefined ||
    state.stoppedAt === undefined ||
    instant(state.stoppedAt) <= instant(newest.end) + HOUR + DELIVERY
  );
}

/** Until when the absence of a digest means something: those that end later were not asked for. */
const horizon = ({ window, now }: Tail) => Math.min(instant(now), instant(window.to) + HOUR);

/** GetTrailStatus names a delivery that the newest digest can't have been. */
function claimedDelivery(tail: Tail): ChainFinding | undefined {
  const { chain, newest, window, state, now, live } = tail;
  const delivered = state?.latestDigestDeliveryTime;
  // The status is of the home Region: in others the trail delivers other digests.
  if (!live || delivered === undefined || chain.region !== chain.homeRegion) return undefined;
  const at = instant(delivered);
  const from = newest?.end ?? window.from;
  // The next digest can't have come before its hour was over.
  const earliest = newest ? instant(newest.end) + HOUR : from === undefined ? 0 : instant(from);
  if (earliest > horizon(tail) || at <= earliest) return undefined;
  // One that came while files were listed is not missing. If several hours are, others were delivered long before.
  if (instant(now) < at + DELIVERY && (newest === undefined || at <= earliest + HOUR)) return undefined;
  return chainFinding(
    'tail-missing',
    `GetTrailStatus says that a digest was delivered at ${delivered}, but ${
      newest ? `the newest that is there ends ${newest.end}` : 'none is there'
    }`,
    { digest: newest?.digest, from, to: isoTime(at) },
  );
}

/** Log files lie there of an hour whose digest should be there as well. */
function laterLogs({ newest, window, logsAfterTail = [] }: Tail): ChainFinding | undefined {
  if (newest === undefined) return undefined;
  const due = instant(newest.end) + HOUR + DELIVERY;
  const later = logsAfterTail.map(instant).filter((at) => at > due && at <= instant(window.to));
  if (later.length === 0) return undefined;
  const last = isoTime(later.reduce((a, b) => Math.max(a, b)));
  return chainFinding(
    'tail-missing',
    `${later.length} log ${later.length === 1 ? 'file is' : 'files are'} stamped up to ${last}, but the newest digest ends ${newest.end}`,
    { digest: newest.digest, from: newest.end, to: last },
    true,
  );
}

function tailOverdue(tail: Tail): ChainFinding | undefined {
  const { newest, state, live } = tail;
  if (!live || newest === undefined) return undefined;
  const until = horizon(tail);
  const overdue = until - (instant(newest.end) + HOUR);
  if (overdue <= OVERDUE) return undefined;
  const error = state?.latestDigestDeliveryError;
  return chainFinding(
    'tail-overdue',
    `no digest has come after the one that ends ${newest.end}: it is ${duration(overdue)} overdue${
      error ? `; GetTrailStatus names the error ${error.slice(0, 100)}` : ''
    }`,
    { digest: newest.digest, from: newest.end, to: isoTime(until) },
    overdue <= LONG_OVERDUE,
  );
}
