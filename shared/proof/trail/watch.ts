import { type ChainFinding, chainFinding, sentence } from './chain-findings';
import type { ChainHead } from './chain-line';
import { judgeTail, type TrailState } from './chain-tail';
import { hasExpired } from './chain-times';
import { type ChainId, uri } from './verdict';
import type { DigestReport } from './verify-digest';
import type { LogReport } from './verify-log';

export interface Watched {
  readonly chain: ChainId;
  readonly head: ChainHead;
  readonly state?: TrailState;
  /** When log files were stamped that were announced and are newer than the head. ISO 8601. */
  readonly logsAfterTail?: readonly string[];
  readonly now: string;
}

/** What a chain's silence means: `tail-overdue`, `tail-missing`, `trail-stopped`, or nothing yet. */
export const overdue = ({ chain, head, state, logsAfterTail, now }: Watched): ChainFinding[] =>
  judgeTail({
    chain,
    newest: { end: head.end, digest: uri(head.place) },
    window: { to: now },
    now,
    live: true,
    ...(state ? { state } : {}),
    ...(logsAfterTail ? { logsAfterTail } : {}),
  });

/** A Region of an account. */
export type Covered = Pick<ChainId, 'account' | 'region'>;

/** The Regions of covered accounts from which no digest ever came: each is a `no-digests`. */
export function neverSeen(
  accounts: readonly string[],
  regions: readonly string[],
  chains: readonly Covered[],
): (Covered & { readonly finding: ChainFinding })[] {
  const seen = new Set(chains.map(({ account, region }) => `${account} ${region}`));
  return accounts
    .flatMap((account) => regions.map((region) => ({ account, region })))
    .filter(({ account, region }) => !seen.has(`${account} ${region}`))
    .map((covered) => ({
      ...covered,
      finding: chainFinding(
        'no-digests',
        `no digest of account ${covered.account} in ${covered.region} was ever seen`,
      ),
    }));
}

/**
 * Some of the items, each as likely as any other.
 * @param random as Math.random
 */
export function sample<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const rest = [...items];
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(Math.floor(random() * rest.length), 1),
  ).flat();
}

/** A file that was verified before. */
export interface Verified {
  /** Of its inflated bytes, in lower-case hex. */
  readonly sha256?: string;
  /** The end of a digest, the minute of a log file, by its name. */
  readonly at: string;
  readonly now: string;
  /** After how many days the bucket itself expires it. */
  readonly expiryDays?: number;
}

/**
 * What it means that a file which was verified before is found like this now. Undefined when it is as it was, when it
 * could not be read this time, or when the bucket was to expire it.
 */
export function reverified(
  { sha256, at, now, expiryDays }: Verified,
  again: DigestReport | LogReport,
): ChainFinding | undefined {
  const file = uri(again);
  const where = again.kind === 'digest' ? { digest: file } : { file, digest: again.digest };
  const details = { ...where, from: at, to: at, expected: sha256 ?? again.expected };
  if (again.status === 'missing')
    return hasExpired(at, now, expiryDays)
      ? undefined
      : chainFinding('verified-file-deleted', `${file} was verified, and is gone`, details);
  const computed = again.kind === 'digest' ? again.sha256 : again.computed;
  const isOther = sha256 !== undefined && computed !== undefined && computed !== sha256;
  if (!isOther && again.status !== 'invalid' && again.status !== 'unsigned') return undefined;
  const says = sentence(`${file} was verified, and now`, again);
  return chainFinding('verified-file-altered', says, { ...details, computed });
}
