import type { SealedFile } from '../../shared/contracts/trailseal/finding';
import { hashInflated, LOG_LIMIT } from '../../shared/proof/trail/gzip';
import type { Fetched } from '../../shared/proof/trail/source';
import { type Place, uri } from '../../shared/proof/trail/verdict';
import type { EvidenceSources } from './gather';

/** A file of CloudTrail, with the very content that was proven. */
export interface EvidenceFile extends Place {
  readonly sha256: string;
  /** As stored: compressed. */
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  /** `s3://bucket/key` that was read. */
  readonly from: string;
}

/**
 * The first of copy and original that still is what was proven.
 * @param problems hears why neither is
 */
export async function fetchProven(
  file: SealedFile,
  limit: number,
  { read }: EvidenceSources,
  problems: string[],
): Promise<EvidenceFile | undefined> {
  const { bucket, key, sha256, copy } = file;
  const places = [...(copy === undefined ? [] : [copy]), { bucket, key }];
  const failures: string[] = [];
  for (const place of places) {
    const fetched = await read(place, limit);
    if (fetched.state !== 'found') failures.push(`${uri(place)} ${notFound(fetched)}`);
    else {
      const hashed = await hashInflated(inOnePiece(fetched.body), LOG_LIMIT);
      if (hashed.state === 'whole' && hashed.sha256 === sha256) {
        return { bucket, key, sha256, body: fetched.body, metadata: fetched.metadata, from: uri(place) };
      }
      failures.push(`${uri(place)} no longer is what was proven: its SHA-256 is another`);
    }
  }
  problems.push(`${uri(file)}: ${failures.join('; ')}.`);
  return undefined;
}

async function* inOnePiece(body: Buffer) {
  yield body;
}

function notFound(fetched: Exclude<Fetched<Buffer>, { state: 'found' }>): string {
  if (fetched.state === 'missing') return 'is not there';
  if (fetched.state === 'too-large') return `is larger than ${fetched.limit} bytes`;
  return `can't be read: ${fetched.detail}`;
}
