import { type ChainFinding, chainFinding, hourBefore } from './chain-findings';
import type { ChainHead, Window } from './chain-line';
import { DAY, hasExpired, instant } from './chain-times';
import { uri } from './verdict';
import type { DigestReport } from './verify-digest';

/** What says how far back digests are to be expected. */
interface Bounds {
  readonly head?: ChainHead;
  readonly window: Window;
  readonly expiryDays?: number;
  readonly now: string;
}

/**
 * Where history begins: a digest that is pointed to and gone with nothing older there, for whoever did not ask for
 * that time expressly, or one whose time in the bucket is over. Nobody has to have deleted these.
 */
export function truncatedAt(
  reports: readonly DigestReport[],
  { head, window, expiryDays, now }: Bounds,
): Set<DigestReport> {
  const found = new Set<DigestReport>();
  const isFirst = {
    hourly: head === undefined && window.from === undefined,
    backfill: window.from === undefined,
  };
  for (const report of [...reports].reverse()) {
    const kind = report.name.backfill ? 'backfill' : 'hourly';
    if (report.status !== 'missing') isFirst[kind] = false;
    else if (isFirst[kind] || hasExpired(report.name.end, now, expiryDays)) found.add(report);
  }
  return found;
}

export const historyTruncated = (
  { name, ...place }: DigestReport,
  expiryDays: number | undefined,
  now: string,
): ChainFinding => {
  const age = Math.floor((instant(now) - instant(name.end)) / DAY);
  const isExpired = hasExpired(name.end, now, expiryDays);
  return chainFinding(
    'history-truncated',
    isExpired
      ? `history begins after ${name.end}: the bucket expires digests after ${expiryDays} days`
      : `history begins after ${name.end}: that digest is ${age} days old and not there, nor is any older one`,
    { digest: uri(place), from: hourBefore(name.end), to: name.end },
    isExpired,
  );
};

/** What was missing or unreadable and is there now. */
export const lateDigests = (
  digests: readonly DigestReport[],
  unsettled: readonly string[],
): ChainFinding[] => {
  const ends = new Set(unsettled.map(instant));
  return digests
    .filter(
      ({ status, name }) => status !== 'missing' && status !== 'unverifiable' && ends.has(instant(name.end)),
    )
    .map((report) =>
      chainFinding('digest-late', `the digest that ends ${report.name.end} is there now: ${report.status}`, {
        digest: uri(report),
        from: hourBefore(report.name.end),
        to: report.name.end,
      }),
    );
};

/** The digest that was verified last is another now, or gone with nothing after it that would miss it. */
export function rollbackOf(
  head: ChainHead,
  files: ReadonlyMap<string, DigestReport>,
  hourly: readonly DigestReport[],
): ChainFinding[] {
  const again = files.get(uri(head.place));
  if (again === undefined || again.status === 'unverifiable' || again.sha256 === head.sha256) return [];
  if (again.status === 'missing' && hourly.some(({ name }) => instant(name.end) > instant(head.end)))
    return [];
  const what = again.status === 'missing' ? 'is gone, and so is all after it' : 'has other content now';
  return [
    chainFinding('chain-rollback', `the digest that ends ${head.end} was verified, and ${what}`, {
      digest: uri(head.place),
      from: hourBefore(head.end),
      to: head.end,
      expected: head.sha256,
      computed: again.sha256,
    }),
  ];
}
