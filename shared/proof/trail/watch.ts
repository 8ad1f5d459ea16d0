import { type ChainFinding, chainFinding, hourBefore, sentence } from './chain-findings';
import { hasExpired } from './chain-times';
import { type ChainId, uri } from './verdict';
import type { DigestReport } from './verify-digest';
import type { LogReport } from './verify-log';

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
  const about =
    again.kind === 'digest'
      ? { digest: file, from: hourBefore(at), to: at }
      : { file, digest: again.digest, from: again.from ?? at, to: again.to ?? at };
  const details = { ...about, expected: sha256 ?? again.expected };
  if (again.status === 'missing')
    return hasExpired(at, now, expiryDays)
      ? undefined
      : chainFinding('verified-file-deleted', `a ${again.kind} file that was verified is gone`, details);
  const computed = again.kind === 'digest' ? again.sha256 : again.computed;
  const isOther = sha256 !== undefined && computed !== undefined && computed !== sha256;
  if (!isOther && again.status !== 'invalid' && again.status !== 'unsigned') return undefined;
  const says = sentence(`a ${again.kind} file that was verified`, again);
  return chainFinding('verified-file-altered', says, { ...details, computed });
}
