import { parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import type { SealedFile } from '../../shared/contracts/trailseal/finding';
import type { Witness } from '../../shared/findings/witnesses';
import type { ChainFinding } from '../../shared/proof/trail/chain-findings';
import { readLog } from '../../shared/proof/trail/read-log';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { reverified } from '../../shared/proof/trail/watch';
import { isExpired } from './expiry';
import { judgeProblems } from './judge-problems';
import type { Needs } from './needs';
import { noteFindings } from './note-findings';
import { readDigest } from './read-digest';

/**
 * Reads the files again that a proof rests on. One that is altered or gone is a problem of its chain; the proof stays,
 * by the copies. What could not be read this time, or has expired, is no change.
 * @returns codes of what was found
 */
export async function lookAtProven({ proof: { log, digest } }: Witness, needs: Needs): Promise<string[]> {
  const name = digest && parseTrailKey(digest.key);
  if (log === undefined || digest === undefined || name?.kind !== 'digest') return [];
  const { account, region, homeRegion, trail, end } = name;
  const chain = { account, region, homeRegion, trail };
  const found = [await digestNow(chain, digest, end, needs), await logNow(log, digest, end, needs)].flatMap(
    (finding) => finding ?? [],
  );
  if (found.length > 0) {
    await noteFindings(chain, found, needs);
    await judgeProblems(chain, needs);
  }
  return found.map(({ code }) => code);
}

async function digestNow(
  chain: ChainId,
  { bucket, key, sha256 }: SealedFile,
  end: string,
  needs: Needs,
): Promise<ChainFinding | undefined> {
  const report = await readDigest(chain, { bucket, key }, needs);
  if (await isExpired(report, end, needs)) return undefined;
  // A signature that was lost is told by the chain; what the proof rests on are the bytes.
  return report.sha256 === sha256 ? undefined : reverified({ sha256, at: end, now: needs.now() }, report);
}

async function logNow(
  { bucket, key, sha256 }: SealedFile,
  digest: SealedFile,
  end: string,
  needs: Needs,
): Promise<ChainFinding | undefined> {
  const source = needs.sourceOf(bucket);
  if (source === undefined) return undefined;
  const listed = {
    s3Bucket: bucket,
    s3Object: key,
    hashValue: sha256,
    hashAlgorithm: 'SHA-256',
    oldestEventTime: null,
    newestEventTime: null,
  };
  const report = await readLog(source, listed, digest);
  if (await isExpired(report, end, needs)) return undefined;
  return reverified({ at: end, now: needs.now() }, report);
}
