import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { EventProof, ProofReason } from '../../contracts/trailseal/finding';
import { isObject } from '../activity/values-at';
import { HOUR, instant, isoTime } from '../trail/chain-times';
import type { ChainId } from '../trail/verdict';
import { type ChainOutlook, type LogsOutlook, logsOf, outlookOf, type WatchedChain } from './chain-outlook';
import { isManagementEvent } from './trail-settings';

/** How long after a call CloudTrail may take to log it, and how long it is then looked for. */
export const LOOKED_FOR_MS = 24 * HOUR;
/** The hour of the last digest, and as long as one may be overdue. */
const DIGESTS_COME_MS = 3 * HOUR;
/** How long after a call that no log file holds it can be said why. */
export const CONCLUDED_AFTER_MS = LOOKED_FOR_MS + DIGESTS_COME_MS;

/** What is known of a call whose record stands in no log file that was verified and scanned. */
export interface AbsenceFacts {
  /** As the event brought it. */
  readonly record: JsonObject;
  /** The account that the finding is of. */
  readonly account: string;
  /** ISO 8601 */
  readonly eventTime: string;
  /** `aws`: it came in an event whose source is `aws.*`. */
  readonly origin: 'aws' | 'operator';
  /** All that are watched; those of other accounts and Regions don't matter. */
  readonly chains: readonly WatchedChain[];
  /** Whether LookupEvents still returns the call. */
  readonly lookup: 'returned' | 'not-returned' | 'not-asked';
}

/**
 * What it means that no log file holds a call. Until 27 hours after it: `pending`. Then the first of these that holds,
 * as whatever comes later would rest on it:
 *
 * 1. `not-watched`: no chain of its account and Region is watched, or the trails of all are known to have been off, or
 *    without validation, when it was made.
 * 2. `not-selected`: each of these is known to leave such a call out.
 * 3. `log-altered`: one of the others has a digest or log file that is altered or gone.
 * 4. `late`: one of them has a digest or log file that didn't come or could not be read, or had errors in delivery.
 * 5. `not-selected`: of none it is known for all that time that it was to log the call.
 * 6. `no-witness`: nothing but the event itself says that the call was made, or that it belongs into these log files.
 *
 * `contradicted` is what is left: a trail was to log a management event of this very account, all of its files are
 * there and whole, CloudTrail itself knows the call, and no file holds it. Files of another chain that might hold it
 * are in the way of that, too: a false contradiction is worse than none.
 * @param now ISO 8601
 */
export function judgeAbsence(facts: AbsenceFacts, now: string): EventProof {
  const at = instant(facts.eventTime);
  // Whatever isn't certain to be due is pending: a time that can't be read is never due.
  if (!(instant(now) >= at + CONCLUDED_AFTER_MS))
    return {
      state: 'pending',
      says: Number.isNaN(at)
        ? 'the time of this call cannot be read'
        : `no log file holds this record yet; it may come until ${isoTime(at + CONCLUDED_AFTER_MS)}`,
    };
  const judged = facts.chains
    .filter(({ chain }) => chain.account === facts.account && chain.region === facts.record['awsRegion'])
    .sort((a, b) => (nameOf(a.chain) < nameOf(b.chain) ? -1 : 1))
    .map((watched) => ({ watched, outlook: outlookOf(watched, facts.record, window(at)) }));
  const missing = (reason: ProofReason, says: string): EventProof => ({
    state: 'missing',
    reason,
    says,
    at: now,
  });
  const hours = `from ${isoTime(at)} to ${isoTime(at + LOOKED_FOR_MS)}`;

  const open = judged.filter(({ outlook }) => outlook === 'yes' || outlook === 'unknown');
  if (open.length === 0) {
    const leftOut = judged.filter(({ outlook }) => outlook === 'no');
    return leftOut.length > 0
      ? missing('not-selected', `by its settings ${trails(leftOut)} does not log such a call`)
      : missing('not-watched', unwatched(judged, isoTime(at)));
  }
  const files = open.map((chain) => ({ ...chain, files: logsOf(chain.watched, window(at)) }));
  const having = (state: LogsOutlook['state']) => files.find((chain) => chain.files.state === state);
  const altered = having('altered');
  if (altered) return missing('log-altered', `${altered.files.says} of ${trails([altered])} ${hours}`);
  const late = having('late');
  if (late) return missing('late', `${late.files.says} of ${trails([late])} ${hours}`);

  const sure = files.filter(({ outlook }) => outlook === 'yes');
  if (sure.length === 0)
    return missing('not-selected', `it is not known that ${trails(files)} was to log this call ${hours}`);
  const whole = `no log file of ${trails(sure)} ${hours} holds this call, and all of them are whole`;
  const doubt = whyNoWitness(facts);
  if (doubt !== undefined) return missing('no-witness', `${whole}; but ${doubt}`);
  return {
    state: 'contradicted',
    reason: 'not-logged',
    says: `${whole}, although CloudTrail's event history has it`,
    at: now,
  };
}

const window = (at: number) => ({ from: at, to: at + LOOKED_FOR_MS });

/** Why the call may be missing from log files in which nothing is wrong. */
function whyNoWitness({ origin, record, account, lookup }: AbsenceFacts): string | undefined {
  if (origin !== 'aws') return 'an operator sent it, as a test';
  if (!isManagementEvent(record)) return 'it is no management event';
  if (!isOwn(record, account)) return 'it is the copy of a call that concerns another account';
  if (lookup === 'not-asked') return "CloudTrail's event history was not asked for it";
  return lookup === 'not-returned' ? "CloudTrail's event history does not have it either" : undefined;
}

/** Of what concerns two accounts each gets a copy with an id of its own. */
function isOwn(record: JsonObject, account: string): boolean {
  const { recipientAccountId, userIdentity, sharedEventID } = record;
  const caller = isObject(userIdentity) ? userIdentity['accountId'] : undefined;
  return (
    (sharedEventID ?? undefined) === undefined &&
    (recipientAccountId ?? caller) === account &&
    (caller ?? account) === account
  );
}

const trails = (chains: readonly { readonly watched: { readonly chain: ChainId } }[]): string =>
  chains.map(({ watched: { chain } }) => nameOf(chain)).join(' and ');

const nameOf = ({ trail, homeRegion }: ChainId): string => `trail ${trail} of ${homeRegion}`;

function unwatched(
  off: readonly { readonly watched: { readonly chain: ChainId }; readonly outlook: ChainOutlook }[],
  at: string,
): string {
  return off.length === 0
    ? 'no trail is watched in the account and Region of this call'
    : `${trails(off)} was not logging with validation at ${at}`;
}
