import { logJobs } from '../../shared/proof/trail/log-jobs';
import type { JobOf } from './jobs';
import { judgeProblems } from './judge-problems';
import type { Needs } from './needs';
import { nameOf, type Outcome } from './outcome';
import { readDigest } from './read-digest';
import { rowFor } from './settle-digest';
import { verifyAgain } from './verify-again';
import { verifyLogs } from './verify-logs';

/**
 * Verifies one part of a digest's log files, by the digest as it was proven: it is read again, and has to be the same.
 */
export async function verifyPart(job: JobOf<'verify-logs'>, needs: Needs): Promise<Outcome> {
  const { chain, end, part, again = false } = job;
  const told = { chain: nameOf(chain), end, part };
  const row = await rowFor(chain, job, needs);
  if (row?.provenBy === undefined) return { ...told, skipped: 'its digest is not proven' };
  if (!again && row.done[part] !== undefined) return { ...told, skipped: 'done already' };
  const { sha256, digest } = await readDigest(chain, row.place, needs);
  const range = digest && logJobs(digest)[part];
  if (sha256 !== row.sha256 || digest === undefined || range === undefined) {
    // Not the digest that was proven: that has to be found out and told first.
    return await verifyAgain({ ...job, job: 'verify-again' }, needs);
  }
  const logs = digest.logFiles.slice(range.begin, range.end);
  const result = await verifyLogs({ chain, row, number: part, logs }, needs);
  await judgeProblems(chain, needs);
  return { ...told, ...result };
}
