import { type ChainFinding, chainFinding, hourBefore } from './chain-findings';
import {
  type ChainHead,
  isProven,
  type Previous,
  type ProvenDigest,
  previousOf,
  type Window,
} from './chain-line';
import type { TrailState } from './chain-tail';
import { duration, instant, isoTime, MINUTE } from './chain-times';
import { type Place, uri } from './verdict';
import type { DigestReport } from './verify-digest';

/** Hours that no digest covers, ISO 8601. */
export interface Uncovered {
  readonly from: string;
  readonly to: string;
}

export interface Links {
  readonly gaps: readonly Uncovered[];
  readonly findings: readonly ChainFinding[];
  /** Ends of digests that are pointed to and that nobody has looked at. */
  readonly unread: readonly string[];
}

/** What links are judged against. */
export interface Linked {
  /** Every file that was looked at, by its uri. */
  readonly files: ReadonlyMap<string, DigestReport>;
  readonly head?: ChainHead;
  readonly window: Window;
  readonly state?: TrailState;
}

/** What comes before a digest in time: a file of this run, or the last digest of the run before. */
interface Older {
  readonly place: Place;
  readonly end: string;
  readonly isProven: boolean;
  readonly isStarting: boolean;
}

/** A starting digest ends when logging begins; what GetTrailStatus says may differ by a little. */
const START_TOLERANCE = 10 * MINUTE;

const none: Links = { gaps: [], findings: [], unread: [] };

const found = (...findings: readonly (ChainFinding | undefined)[]): Links => ({
  ...none,
  findings: findings.filter((finding) => finding !== undefined),
});

const joined = (parts: readonly Links[]): Links => ({
  gaps: parts.flatMap(({ gaps }) => gaps),
  findings: parts.flatMap(({ findings }) => findings),
  unread: parts.flatMap(({ unread }) => unread),
});

/** Judges how hourly digests, newest first, follow each other and, where a head is given, follow it. */
export function judgeLinks(hourly: readonly DigestReport[], linked: Linked): Links {
  const { head } = linked;
  const isSettled = (end: string) => head !== undefined && instant(end) <= instant(head.end);
  const fresh = hourly.filter(({ name }) => !isSettled(name.end));
  const line = [...fresh.map(asOlder), ...(head ? [headAsOlder(head)] : [])];
  let successor: ProvenDigest | undefined;
  const times = fresh.map((report, index) => {
    if (!isProven(report)) return judgeUnproven(report, line[index + 1], successor);
    successor = report;
    return judgeTimes(report, line, index, linked);
  });
  return joined([judgeStatedLinks(hourly, linked), ...times]);
}

/** Of backfills, only the links themselves are judged: they don't follow each other hour by hour. */
export const judgeStatedLinks = (reports: readonly DigestReport[], linked: Linked): Links =>
  joined(reports.filter(isProven).map((report) => judgeStatedLink(report, linked)));

const asOlder = (report: DigestReport): Older => ({
  place: report,
  end: report.name.end,
  isProven: isProven(report),
  isStarting: isProven(report) && report.digest.previousDigestS3Object === null,
});

const headAsOlder = ({ place, end }: ChainHead): Older => ({ place, end, isProven: true, isStarting: false });

/** Hash and signature that a digest states of its predecessor, beside those that it has. */
function judgeStatedLink(report: ProvenDigest, linked: Linked): Links {
  const previous = previousOf(report.digest);
  if (previous === undefined) return none;
  const digest = uri(previous);
  const file = linked.files.get(digest);
  const remembered = linked.head && uri(linked.head.place) === digest ? linked.head : undefined;
  if (file === undefined && remembered === undefined) return judgeAbsent(report, previous, linked);
  const differs = (
    code: 'chain-hash-mismatch' | 'chain-signature-mismatch',
    what: string,
    expected: string | null,
    computed: string | null | undefined,
  ) => {
    const isSame = expected === null || computed == null || expected === computed.toLowerCase();
    if (isSame) return undefined;
    const to = previous.name?.end ?? report.digest.digestStartTime;
    const says = `the digest that ends ${report.name.end} states another ${what} of its predecessor than that has`;
    return chainFinding(code, says, { digest, from: hourBefore(to), to, expected, computed });
  };
  const { previousDigestHashValue: hash, previousDigestSignature: signature } = report.digest;
  return joined([
    found(
      differs('chain-hash-mismatch', 'hash', hash, file?.sha256 ?? remembered?.sha256),
      differs('chain-signature-mismatch', 'signature', signature, file?.signature ?? remembered?.signature),
    ),
    found(bucketMoved(report, previous, linked.state)),
  ]);
}

/** A digest points to one that nobody has looked at in this run. */
function judgeAbsent(report: ProvenDigest, previous: Previous, { head, window: { from } }: Linked): Links {
  const end = previous.name?.end ?? report.digest.digestStartTime;
  if (head && instant(end) <= instant(head.end)) {
    // What was settled with the head points further back, and so may a backfill.
    if (instant(report.name.end) <= instant(head.end) || report.name.backfill) return none;
    const says = `the digest that ends ${report.name.end} follows another than the last that was verified`;
    const details = { digest: uri(report), from: end, to: report.name.end };
    const places = { expected: uri(head.place), computed: uri(previous) };
    return found(chainFinding('chain-rollback', says, { ...details, ...places }));
  }
  if (from !== undefined && instant(end) < instant(from)) return none;
  const says = `the digest that ends ${report.name.end} follows one that was not looked at`;
  const finding = chainFinding('digest-unverifiable', says, {
    digest: uri(previous),
    from: hourBefore(end),
    to: end,
  });
  return { ...found(finding), unread: [end] };
}

function bucketMoved(
  report: ProvenDigest,
  previous: Previous,
  state: TrailState | undefined,
): ChainFinding | undefined {
  const { name, bucket } = report;
  if (
    previous.name === undefined ||
    (previous.bucket === bucket &&
      previous.name.prefix === name.prefix &&
      previous.name.organizationId === name.organizationId)
  )
    return undefined;
  const says = `with the digest that ends ${name.end} the chain moves to another place`;
  const places = { expected: uri(previous), computed: uri(report) };
  const at = report.digest.digestStartTime;
  const details = { digest: uri(report), from: at, to: at, ...places };
  return chainFinding('bucket-moved', says, details, state?.bucket === bucket);
}

function judgeTimes(report: ProvenDigest, line: readonly Older[], index: number, linked: Linked): Links {
  const previous = previousOf(report.digest);
  if (previous === undefined) return judgeRestart(report, line[index + 1], linked.state);
  const { digestStartTime: start } = report.digest;
  const end = previous.name?.end;
  if (end === undefined) return none;
  const { head } = linked;
  const isRollback = head && instant(end) <= instant(head.end) && uri(previous) !== uri(head.place);
  const other = isRollback ? undefined : passedOver(line, index, { place: previous, end });
  return joined([
    instant(start) > instant(end)
      ? gap(report, end, start, 'the digest after these hours begins later than its predecessor ends')
      : none,
    other ? fork(report, other, 'passes over another of its chain') : none,
    instant(start) < instant(end)
      ? fork(report, { place: previous, end }, 'begins before its predecessor ends')
      : none,
  ]);
}

/** A proven digest that lies between one and that which it follows. */
function passedOver(
  line: readonly Older[],
  index: number,
  followed: Pick<Older, 'place' | 'end'>,
): Older | undefined {
  for (let next = index + 1; next < line.length; next += 1) {
    const older = line[next];
    if (older === undefined || instant(older.end) < instant(followed.end)) return undefined;
    if (older.isProven && uri(older.place) !== uri(followed.place)) return older;
  }
  return undefined;
}

/** A digest without predecessor, though there were older ones. */
function judgeRestart(report: ProvenDigest, older: Older | undefined, state: TrailState | undefined): Links {
  if (older === undefined) return none;
  const { digestStartTime: start } = report.digest;
  const { end } = report.name;
  const startedAt = instant(state?.startedAt ?? '');
  const isExplained = startedAt >= instant(older.end) && startedAt <= instant(end) + START_TOLERANCE;
  const pause = duration(instant(end) - instant(older.end));
  const why = isExplained ? `; logging was started at ${state?.startedAt}` : '';
  const says = `the chain begins anew with the digest that ends ${end}, ${pause} after the one before${why}`;
  const details = { digest: uri(report), from: older.end, to: end };
  return joined([
    found(chainFinding('chain-restart', says, details, isExplained)),
    instant(start) > instant(older.end)
      ? gap(report, older.end, start, 'the chain had ended, and began anew after these hours')
      : none,
    // A starting digest looks back an hour and may overlap the last one of the time before, but no other start.
    older.isStarting && instant(start) < instant(older.end)
      ? fork(report, older, 'begins the chain a second time within the same hour')
      : none,
  ]);
}

/**
 * Where a digest can't be believed and the one before it ends more than an hour earlier, others must be gone too. One
 * that its chain passes over, or a wrong one after the end of it, may be anybody's file and tells nothing.
 */
function judgeUnproven(
  report: DigestReport,
  older: Older | undefined,
  successor: ProvenDigest | undefined,
): Links {
  const followed = successor && previousOf(successor.digest);
  const isPassedOver = followed?.name && instant(followed.name.end) < instant(report.name.end);
  if (isPassedOver || (successor === undefined && report.status === 'invalid')) return none;
  const begun = hourBefore(report.name.end);
  return older && instant(older.end) < instant(begun)
    ? gap(report, older.end, begun, `the digest that ends ${report.name.end} can't tell what was before it`)
    : none;
}

function gap(report: DigestReport, from: string, to: string, why: string): Links {
  const says = `no digest covers ${duration(instant(to) - instant(from))}: ${why}`;
  const finding = chainFinding('coverage-gap', says, { digest: uri(report), from, to });
  return { ...found(finding), gaps: [{ from, to }] };
}

function fork(report: ProvenDigest, other: Pick<Older, 'place' | 'end'>, what: string): Links {
  const start = Math.min(instant(report.digest.digestStartTime), instant(hourBefore(other.end)));
  return found(
    chainFinding('chain-fork', `the digest that ends ${report.name.end} ${what}: ${uri(other.place)}`, {
      digest: uri(report),
      from: isoTime(start),
      to: report.name.end,
    }),
  );
}
