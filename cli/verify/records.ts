import type { ChainFinding, Gap } from '../../shared/proof/trail/chain';
import { type ChainId, uri } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import type { LogReport } from '../../shared/proof/trail/verify-log';
import type { Totals } from './totals';

/** A line of ndjson about a digest. What is undefined is left out. */
export const digestRecord = (report: DigestReport) => ({
  kind: 'digest',
  key: uri(report),
  status: report.status,
  reason: report.reason,
  says: report.says,
  expected: report.expected,
  computed: report.computed,
  account: report.name.account,
  region: report.name.region,
  trail: report.name.trail,
  homeRegion: report.name.homeRegion,
  backfill: report.name.backfill || undefined,
  from: report.provenBy === undefined ? undefined : report.digest?.digestStartTime,
  to: report.name.end,
  previous: previousOf(report),
  provenBy: report.provenBy,
  keySource: report.keySource,
  fingerprint: report.fingerprint,
  sha256: report.sha256,
  versionId: report.versionId,
});

/** Where it says that its predecessor is; null where it says that there is none, undefined where it can't be read. */
function previousOf({ digest }: DigestReport): string | null | undefined {
  if (digest === undefined) return undefined;
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = digest;
  return bucket === null || key === null ? null : uri({ bucket, key });
}

/**
 * A line about a log file.
 * @param sha256 of a valid one: with it the line stands for the file when a run is gone on with
 */
export const logRecord = (report: LogReport, sha256?: string) => ({
  kind: 'log',
  key: uri(report),
  status: report.status,
  reason: report.reason,
  says: report.says,
  expected: report.expected,
  computed: report.computed,
  digest: report.digest,
  from: report.from,
  to: report.to,
  size: report.size,
  sha256: report.status === 'valid' ? sha256 : undefined,
});

export const gapRecord = ({ account, region, trail, from, to }: Gap) => ({
  kind: 'gap',
  account,
  region,
  trail,
  from,
  to,
});

/** What is known of a chain when all of it was judged. */
export interface ChainResult {
  readonly chain: ChainId;
  /** From the start of its first digest, or gap, to the end of its last one. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly findings: readonly ChainFinding[];
  readonly totals: Totals;
}

/** A finding about no chain, as none is known. */
export interface FolderFinding extends ChainFinding {
  readonly account?: string;
  readonly region?: string;
}

export interface Summary {
  /** All that was asked for was looked at. */
  readonly isComplete: boolean;
  readonly window: { readonly from?: string; readonly to: string };
  readonly chains: readonly ChainResult[];
  readonly findings: readonly FolderFinding[];
  readonly totals: Totals;
}

/** The last line. */
export const summaryRecord = ({ isComplete, window, chains, findings, totals }: Summary) => ({
  kind: 'summary',
  isComplete,
  from: window.from ?? null,
  to: window.to,
  digests: totals.digests,
  logs: totals.logs,
  chains: chains.map(({ chain, from, to, findings: ofChain, totals: counted }) => ({
    account: chain.account,
    region: chain.region,
    trail: chain.trail,
    homeRegion: chain.homeRegion,
    from: from ?? null,
    to: to ?? null,
    digests: counted.digests,
    logs: counted.logs,
    findings: ofChain,
  })),
  findings,
});
