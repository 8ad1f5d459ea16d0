import { type ChainFinding, chainFinding, statusFindings, worstFirst } from './chain-findings';
import { historyTruncated, lateDigests, rollbackOf, truncatedAt } from './chain-history';
import { type ChainHead, isProven, line, type Window } from './chain-line';
import { judgeLinks, judgeStatedLinks, type Links, type Uncovered } from './chain-links';
import { judgeTail, type TrailState } from './chain-tail';
import { instant } from './chain-times';
import { type ChainId, uri } from './verdict';
import type { DigestReport } from './verify-digest';

export type { ChainCode } from './chain-codes';
export type { ChainFinding } from './chain-findings';
export { absentPredecessors, type ChainHead, type Window } from './chain-line';
export { ambiguousTrailNames } from './chain-names';
export type { TrailState } from './chain-tail';

/** Hours that no digest of a chain covers, ISO 8601. */
export interface Gap extends Uncovered {
  readonly kind: 'gap';
  readonly account: string;
  readonly region: string;
  readonly trail: string;
}

export interface ChainInput {
  readonly chain: ChainId;
  /** In any order, with whatever `absentPredecessors` asked for. */
  readonly reports: readonly DigestReport[];
  /** Where the run before came to. Then `window.from` is its end, or left out. */
  readonly head?: ChainHead;
  readonly window: Window;
  readonly state?: TrailState;
  /** The days after which the bucket itself expires digests. */
  readonly expiryDays?: number;
  readonly now: string;
  /** When log files were stamped that are newer than the newest digest. A deleted tail shows by them. */
  readonly logsAfterTail?: readonly string[];
  /** False for a copy, where silence says nothing. */
  readonly live: boolean;
  /** Ends of digests that were missing, or could not be read, in runs before. */
  readonly unsettled?: readonly string[];
}

export interface ChainJudgement {
  /** Newest first, each file once, with `provenBy`. Without those that are missing because history begins after them. */
  readonly digests: readonly DigestReport[];
  readonly gaps: readonly Gap[];
  /** Worst first. */
  readonly findings: readonly ChainFinding[];
  /** Where the next run goes on: the newest proven digest before which none is left to be read. */
  readonly head?: ChainHead;
}

/**
 * Judges the digests of one chain as a whole: what each proves of those before it, and where the chain is broken, was
 * begun anew, or ends too early. The order and repetition of `reports` make no difference. Statuses stay what the
 * files' own signatures make them.
 */
export function judgeChain(input: ChainInput): ChainJudgement {
  const { chain, head, window, state, expiryDays, now, logsAfterTail, live } = input;
  const all = line(input.reports);
  const truncated = truncatedAt(all, input);
  const digests = all.filter((report) => !truncated.has(report));
  const hourly = digests.filter(({ name }) => !name.backfill);
  const backfills = digests.filter(({ name }) => name.backfill);
  const linked = {
    files: new Map(all.map((report) => [uri(report), report])),
    window,
    ...(head ? { head } : {}),
    ...(state ? { state } : {}),
  };
  const links = judgeLinks(hourly, linked);
  const newest = newestBelieved(hourly, head);
  const findings = [
    ...statusFindings(hourly),
    ...statusFindings(backfills),
    ...links.findings,
    ...judgeStatedLinks(backfills, linked).findings,
    ...[...truncated].map((report) => historyTruncated(report, expiryDays, now)),
    ...lateDigests(digests, input.unsettled ?? []),
    ...(head ? rollbackOf(head, linked.files, hourly) : []),
    ...(hourly.length === 0 && head === undefined ? [noDigests(window)] : []),
    ...judgeTail({
      chain,
      window,
      now,
      live,
      ...(newest ? { newest } : {}),
      ...(state ? { state } : {}),
      ...(logsAfterTail ? { logsAfterTail } : {}),
    }),
  ];
  const next = nextHead(hourly, head, links);
  const { account, region, trail } = chain;
  return {
    digests,
    gaps: links.gaps.map(({ from, to }) => ({ kind: 'gap', account, region, trail, from, to })),
    findings: findings.sort(worstFirst),
    ...(next ? { head: next } : {}),
  };
}

const noDigests = ({ from, to }: Window): ChainFinding =>
  chainFinding('no-digests', `there is no digest ${from === undefined ? 'up to' : `from ${from} to`} ${to}`, {
    from,
    to,
  });

/** The newest digest that says something about where the chain has come to, though it may not have been readable. */
function newestBelieved(
  hourly: readonly DigestReport[],
  head: ChainHead | undefined,
): { readonly end: string; readonly digest: string } | undefined {
  const report = hourly.find((each) => isProven(each) || each.status === 'unverifiable');
  if (head && (report === undefined || instant(report.name.end) <= instant(head.end)))
    return { end: head.end, digest: uri(head.place) };
  return report && { end: report.name.end, digest: uri(report) };
}

function nextHead(
  hourly: readonly DigestReport[],
  head: ChainHead | undefined,
  { unread }: Links,
): ChainHead | undefined {
  const from = head ? instant(head.end) : Number.NEGATIVE_INFINITY;
  const waiting = hourly
    .filter((report) => report.status === 'unverifiable' && !isProven(report))
    .map(({ name }) => name.end);
  const until = [...waiting, ...unread]
    .map(instant)
    .filter((end) => end > from)
    .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const newest = hourly.find((report) => isProven(report) && instant(report.name.end) < until);
  if (newest?.sha256 === undefined || instant(newest.name.end) <= from) return head;
  const { bucket, key, name, sha256, signature, etag, versionId, keySource } = newest;
  return {
    place: { bucket, key },
    end: name.end,
    sha256,
    signature: signature ?? null,
    ...(etag === undefined ? {} : { etag }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(keySource === undefined ? {} : { keySource }),
  };
}
