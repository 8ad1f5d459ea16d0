import { requireCovered } from '../../shared/policy/coverage';
import { meaningOf } from '../../shared/proof/trail/chain-codes';
import type { JobOf } from './jobs';
import { judgeProblems } from './judge-problems';
import type { Needs } from './needs';
import type { Outcome } from './outcome';

const CODE = 'no-digests';

/** Says whether digests of an account and Region that compliance.yml names were ever seen: silence has no file. */
export async function checkCoverage(
  { account, region }: JobOf<'check-coverage'>,
  needs: Needs,
): Promise<Outcome> {
  requireCovered(needs.policy, needs.home, account, region);
  const { chains, now } = needs;
  const nobody = { account, region, homeRegion: region, trail: '' };
  const seen = await chains.chains({ account, region });
  const state = await chains.chain(nobody);
  if (seen.length > 0 && state === undefined) return { account, region, chains: seen.length };
  if (state === undefined) {
    // Not in the directory of chains, which it is not.
    await chains.save({ chain: nobody, folder: { bucket: '', prefix: '' }, seq: 0, since: now() }, undefined);
  }
  const { control, severity } = meaningOf(CODE);
  const problem = { control, code: CODE, subject: 'chain' };
  if (seen.length > 0) await chains.close(nobody, problem);
  else {
    await chains.open(nobody, {
      ...problem,
      severity,
      says: 'no digest of CloudTrail was ever seen in the buckets that are watched',
      foundAt: now(),
    });
  }
  await judgeProblems(nobody, needs);
  return { account, region, chains: seen.length };
}
