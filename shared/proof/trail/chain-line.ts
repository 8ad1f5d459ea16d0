import type { Digest } from '../../contracts/aws/cloudtrail-digest';
import { type DigestKey, parseTrailKey } from '../../contracts/aws/trail-object-key';
import { instant } from './chain-times';
import { type KeySource, type Place, uri } from './verdict';
import type { DigestReport } from './verify-digest';

/** The last verified digest: all that a later run needs to go on from it. */
export interface ChainHead {
  readonly place: Place;
  readonly end: string;
  readonly sha256: string;
  readonly signature: string | null;
  readonly etag?: string;
  readonly versionId?: string;
  readonly keySource?: KeySource;
}

/** The ends of the digests that are asked for: from `from` to an hour after `to`, as aws-cli takes them. ISO 8601. */
export interface Window {
  readonly from?: string;
  readonly to: string;
}

/** A digest whose bytes are proven, so that what they say can be believed. */
export type ProvenDigest = DigestReport & {
  readonly digest: Digest;
  readonly provenBy: 'signature' | 'successor';
};

export const isProven = (report: DigestReport): report is ProvenDigest =>
  report.provenBy !== undefined && report.digest !== undefined;

/** Where a predecessor is. It has no name when its key is none of a digest. */
export type Previous = Place & { readonly name?: DigestKey };

/** Where a digest says that its predecessor is; undefined for a starting digest. */
export function previousOf(digest: Digest): Previous | undefined {
  const place = previousPlace(digest);
  const name = place && parseTrailKey(place.key);
  return place && { ...place, ...(name?.kind === 'digest' ? { name } : {}) };
}

const previousPlace = ({
  previousDigestS3Bucket: bucket,
  previousDigestS3Object: key,
}: Digest): Place | undefined => (bucket === null || key === null ? undefined : { bucket, key });

/**
 * Each file once, newest first, with what proves its bytes: its own signature, or the hash in a proven successor. So
 * one valid digest proves all that is linked to it, even where keys are forgotten or signatures were lost.
 */
export function line(reports: readonly DigestReport[]): DigestReport[] {
  const stated = new Map<string, Set<string>>();
  return onceEach(reports).map((report) => {
    const { provenBy: _, ...own } = report;
    const isStated = report.sha256 !== undefined && stated.get(uri(report))?.has(report.sha256);
    const provenBy = report.status === 'valid' ? 'signature' : isStated ? 'successor' : undefined;
    const judged: DigestReport = provenBy === undefined ? own : { ...own, provenBy };
    const previous = isProven(judged) ? previousPlace(judged.digest) : undefined;
    if (previous && isProven(judged)) {
      const hashes = stated.get(uri(previous)) ?? new Set();
      stated.set(uri(previous), hashes.add(judged.digest.previousDigestHashValue ?? ''));
    }
    return judged;
  });
}

/** A file that was read twice and was another then: what is wrong outweighs what is right. */
const weights: readonly DigestReport['status'][] = [
  'invalid',
  'missing',
  'unsigned',
  'unknown-key',
  'valid',
  'unverifiable',
];

function onceEach(reports: readonly DigestReport[]): DigestReport[] {
  const byPlace = new Map<string, DigestReport>();
  for (const report of reports) {
    const other = byPlace.get(uri(report));
    if (other === undefined || outweighs(report, other)) byPlace.set(uri(report), report);
  }
  return [...byPlace.values()].sort(newestFirst);
}

function outweighs(report: DigestReport, other: DigestReport): boolean {
  const difference = weights.indexOf(report.status) - weights.indexOf(other.status);
  return difference === 0 ? identity(report) < identity(other) : difference < 0;
}

const identity = ({ sha256, signature, reason, versionId, etag }: DigestReport) =>
  JSON.stringify([sha256, signature, reason, versionId, etag]);

const newestFirst = (a: DigestReport, b: DigestReport): number =>
  instant(b.name.end) - instant(a.name.end) ||
  Number(a.name.backfill) - Number(b.name.backfill) ||
  (uri(a) < uri(b) ? -1 : 1);

/**
 * Digests that proven digests point to, inside the window, and that `reports` lacks: to be read before judging, and
 * then asked for again, as each may point on.
 * @param head nothing that was settled with it is asked for
 */
export function absentPredecessors(
  reports: readonly DigestReport[],
  { from }: Window,
  head?: ChainHead,
): Place[] {
  const listed = new Set(reports.map(uri));
  const absent = new Map<string, Place>();
  for (const report of line(reports)) {
    const place = isProven(report) ? previousPlace(report.digest) : undefined;
    if (place === undefined || listed.has(uri(place))) continue;
    const name = parseTrailKey(place.key);
    if (name?.kind !== 'digest') continue;
    if (from !== undefined && instant(name.end) < instant(from)) continue;
    if (head !== undefined && instant(name.end) <= instant(head.end)) continue;
    absent.set(uri(place), place);
  }
  return [...absent.values()];
}
