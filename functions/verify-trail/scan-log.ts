import type { DigestLogFile } from '../../shared/contracts/aws/cloudtrail-digest';
import { callsOn, type FoundCall } from '../../shared/proof/seal/items-sought';
import { type FoundRecord, recordsWanted } from '../../shared/proof/seal/records-wanted';
import { inflate } from '../../shared/proof/trail/gzip';
import { readLog } from '../../shared/proof/trail/read-log';
import type { Place } from '../../shared/proof/trail/verdict';
import { type LogReport, verifyLog } from '../../shared/proof/trail/verify-log';
import type { Needs } from './needs';
import { notCovered } from './read-digest';
import type { Waiting } from './waiting';

/** Their stored bytes are all held at once; what comes out of them one after the other. */
export const SCANNED_AT_ONCE = 8;
/** Of a log file that is searched: more than CloudTrail usually writes, and more would not fit into memory. */
const STORED_LIMIT = 8 * 2 ** 20;
const INFLATED_LIMIT = 64 * 2 ** 20;

/** What a verified log file holds of what was waited for, with its bytes as they are stored. */
export interface FoundInLog {
  readonly listed: DigestLogFile;
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly FoundRecord[];
  readonly calls: readonly FoundCall[];
}

export interface ScannedLog {
  readonly report: LogReport;
  /** Whether all of it was searched: only what is valid is, and not what is too large. */
  readonly isScanned: boolean;
  readonly found?: FoundInLog;
}

/** Verifies a log file, and if it is valid searches it for what somebody waits for. */
export async function scanLog(
  listed: DigestLogFile,
  digest: Place,
  waiting: Waiting,
  { sourceOf }: Pick<Needs, 'sourceOf'>,
): Promise<ScannedLog> {
  const place = { bucket: listed.s3Bucket, key: listed.s3Object };
  const source = sourceOf(place.bucket);
  if (source === undefined) {
    return { report: await verifyLog(listed, notCovered(place), digest), isScanned: false };
  }
  const fetched = await source.read(place, STORED_LIMIT);
  // Verified as it comes, and not searched: whoever waits is told that it could not be.
  if (fetched.state === 'too-large')
    return { report: await readLog(source, listed, digest), isScanned: false };
  const report = await verifyLog(listed, fetched, digest);
  if (report.status !== 'valid' || fetched.state !== 'found') return { report, isScanned: false };
  const inflated = inflate(fetched.body, INFLATED_LIMIT);
  if (inflated.state === 'broken') return { report, isScanned: false };
  const records = recordsWanted(inflated.bytes, new Set(waiting.witnesses.map(({ eventID }) => eventID)));
  const calls = callsOn(
    inflated.bytes,
    waiting.items.map(({ changed }) => changed),
  );
  if (records.length === 0 && calls.length === 0) return { report, isScanned: true };
  const { body, metadata } = fetched;
  return { report, isScanned: true, found: { listed, body, metadata, records, calls } };
}
