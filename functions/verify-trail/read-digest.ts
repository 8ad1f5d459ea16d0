import { isTime, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import type { Fetched } from '../../shared/proof/trail/source';
import type { ChainId, Place } from '../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../shared/proof/trail/verify-digest';
import type { Needs } from './needs';

export const DIGESTS_AT_ONCE = 8;

/** A digest of 5,000 log files has 400 KB; one larger than this is refused before it is inflated. */
export const STORED_DIGEST_LIMIT = 8 * 1024 * 1024;

/** Reads a digest and verifies it by itself; what stands around it in the chain is judged later. */
export async function readDigest(
  chain: ChainId,
  place: Place,
  { sourceOf, trails, now }: Pick<Needs, 'sourceOf' | 'trails' | 'now'>,
): Promise<DigestReport> {
  const source = sourceOf(place.bucket);
  const fetched: Fetched<Buffer> = source ? await source.read(place, STORED_DIGEST_LIMIT) : notCovered(place);
  const name = parseTrailKey(place.key);
  const at = signedAt(fetched) ?? (name?.kind === 'digest' ? name.end : now());
  const report = verifyDigest(place, fetched, await trails.publicKeys(chain.region, at, at));
  // Keys are remembered, and one that is new since has to be asked for.
  return report.reason === 'fingerprint-unknown' && report.fingerprint !== undefined
    ? verifyDigest(place, fetched, await trails.publicKeys(chain.region, at, at, report.fingerprint))
    : report;
}

/** A backfill is signed long after the hour that it is about. */
function signedAt(fetched: Fetched<Buffer>): string | undefined {
  const time = fetched.state === 'found' ? fetched.metadata['backfill-generation-timestamp'] : undefined;
  return time !== undefined && isTime(time) ? time : undefined;
}

/** A trail that was moved: its older files lie in a bucket that this deployment has no right to read. */
export const notCovered = ({ bucket }: Pick<Place, 'bucket'>) =>
  ({
    state: 'unread',
    reason: 'access-denied',
    detail: `bucket ${bucket} is not one of trails.buckets in compliance.yml`,
  }) as const;
