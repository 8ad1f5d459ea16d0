import { logFolder, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import type { ChainFinding } from '../../shared/proof/trail/chain-findings';
import { inflate } from '../../shared/proof/trail/gzip';
import type { Place } from '../../shared/proof/trail/verdict';
import type { Needs } from './needs';

/** A log file that is larger than this is not counted: to tell how much is affected is not worth the memory. */
const COUNTED_LIMIT = 4 * 1024 * 1024;
const INFLATED_LIMIT = 64 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/** Adds how many events a wrong log file holds now, as far as it can be read. */
export async function withEventCount(
  finding: ChainFinding,
  place: Place,
  { sourceOf }: Pick<Needs, 'sourceOf'>,
): Promise<ChainFinding> {
  const fetched = await sourceOf(place.bucket)?.read(place, COUNTED_LIMIT);
  const count = fetched?.state === 'found' ? recordsIn(fetched.body) : undefined;
  return count === undefined
    ? finding
    : { ...finding, says: `${finding.says}; it holds ${count} ${count === 1 ? 'event' : 'events'} now` };
}

function recordsIn(stored: Buffer): number | undefined {
  const inflated = inflate(stored, INFLATED_LIMIT);
  if (inflated.state === 'broken') return undefined;
  try {
    const { Records } = JSON.parse(inflated.bytes.toString()) as { Records?: unknown };
    return Array.isArray(Records) ? Records.length : undefined;
  } catch {
    // What it says is nobody's word any more.
    return undefined;
  }
}

/** Adds how many log files of its hour nothing proves, while a digest is missing or wrong. */
export async function withLogCount(
  finding: ChainFinding,
  { sourceOf }: Pick<Needs, 'sourceOf'>,
): Promise<ChainFinding> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(finding.digest ?? '') ?? [];
  const name = parseTrailKey(key);
  if (name?.kind !== 'digest' || name.backfill) return finding;
  const begin = new Date(Date.parse(name.end) - HOUR_MS).toISOString();
  const prefix = `${logFolder(name)}${begin.slice(0, 10).replaceAll('-', '/')}/`;
  const hour = `${name.account}_CloudTrail_${name.region}_${begin.slice(0, 13).replaceAll('-', '')}`;
  let count = 0;
  for await (const _ of sourceOf(bucket)?.list(bucket, prefix + hour) ?? []) count += 1;
  return {
    ...finding,
    says: `${finding.says}; ${count} log ${count === 1 ? 'file' : 'files'} of its hour can not be proven`,
  };
}
