import { requireCovered } from '../../shared/policy/coverage';
import { neverSeen } from '../../shared/proof/trail/watch';
import type { JobOf } from './jobs';
import { judgeProblems } from './judge-problems';
import type { Needs } from './needs';
import { closeUnlessFound, noteFindings } from './note-findings';
import type { Outcome } from './outcome';

/** Says whether digests of an account and Region that compliance.yml names were ever seen: silence has no file. */
export async function checkCoverage(
  { account, region }: JobOf<'check-coverage'>,
  needs: Needs,
): Promise<Outcome> {
  requireCovered(needs.policy, needs.home, account, region);
  const { chains, now } = needs;
  const seen = await chains.chains({ account, region });
  const findings = neverSeen(
    [account],
    [region],
    seen.map(({ chain }) => chain),
  ).map(({ finding }) => finding);
  // Stands for the chains that there are not.
  const none = { account, region, homeRegion: region, trail: '' };
  const state = await chains.chain(none);
  if (state !== undefined || findings.length > 0) {
    if (state === undefined) {
      await chains.save({ chain: none, folder: { bucket: '', prefix: '' }, seq: 0, since: now() }, undefined);
    }
    await noteFindings(none, findings, needs);
    await closeUnlessFound(none, ['no-digests'], findings, needs);
    await judgeProblems(none, needs);
  }
  return { account, region, chains: seen.length };
}
