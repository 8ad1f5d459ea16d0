import { createHash } from 'node:crypto';
import type { ChainState, OpenProblem } from '../../shared/aws/chains-table';
import type { Judgement } from '../../shared/contracts/trailseal/finding';
import { policyVersion } from '../../shared/controls/judge';
import { modeFor } from '../../shared/controls/scope';
import type { Problem } from '../../shared/controls/verifications/problem';
import type { Verification } from '../../shared/controls/verifications/verification';
import type { Subject } from '../../shared/findings/finding';
import { compareText } from '../../shared/findings/order';
import { recordJudgement } from '../../shared/findings/record';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { ChainContended } from './chain-contended';
import type { Needs } from './needs';

/** A write of the chain's state is refused only because another one got through. */
const ATTEMPTS = 8;

/**
 * Judges the controls by the problems that a chain has now, and records it as any other judgement. Its order is that
 * in which the chain's problems changed; a run that died halfway is made good by the next one.
 */
export async function judgeProblems(chain: ChainId, needs: Needs): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const state = await needs.chains.chain(chain);
    if (state === undefined) return;
    const problems = await needs.chains.problems(chain);
    const hash = hashOf(problems);
    if (state.problems?.hash === hash) {
      await record(state.problems, chain, problems, needs);
      return;
    }
    const next = { ...state, seq: state.seq + 1, problems: changed(state.problems, hash, needs.now()) };
    if (await needs.chains.save(next, state.seq)) {
      await record(next.problems, chain, problems, needs);
      return;
    }
  }
  throw new ChainContended(chain);
}

type Problems = NonNullable<ChainState['problems']>;

const changed = (before: Problems | undefined, hash: string, now: string): Problems => ({
  hash,
  changes: (before?.changes ?? 0) + 1,
  // Clocks differ: what changed later must not seem to have been observed earlier.
  since: before !== undefined && before.since > now ? before.since : now,
});

/** Of what a judgement says: neither the order in which problems were found nor when. */
const hashOf = (problems: readonly OpenProblem[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        problems
          .map(({ control, code, subject, severity, says }) =>
            [control, code, subject, severity, says].join('\n'),
          )
          .sort(compareText),
      ),
    )
    .digest('hex');

async function record(
  { since, changes }: Problems,
  chain: ChainId,
  problems: readonly OpenProblem[],
  { verifications, policy, record: { link: _, ...needs } }: Needs,
): Promise<void> {
  // Without links: nobody asks who called what of a chain.
  for (const verification of verifications) {
    const own = problems.filter(({ control }) => control === verification.id);
    const subject = subjectOf(verification, chain, own);
    const { accountId: awsAccountId, region: awsRegion } = subject;
    const mode = modeFor(policy.controls[verification.id], { ...subject, awsAccountId, awsRegion });
    if (mode === 'off') continue;
    const judgement: Judgement = {
      observedAt: since,
      configurationStateId: String(changes),
      policyVersion: policyVersion(verification, policy),
      ...verdictOf(verification, own),
      change: { state: 'none', properties: [], otherPaths: [] },
    };
    await recordJudgement(subject, judgement, needs);
  }
}

function verdictOf(
  verification: Verification,
  problems: readonly Problem[],
): Pick<Judgement, 'compliance' | 'annotation' | 'because'> {
  const verdict = verification.judge(problems);
  const because = verdict.compliance === 'NON_COMPLIANT' ? [...verdict.because] : [];
  return {
    compliance: verdict.compliance,
    annotation: 'annotation' in verdict ? verdict.annotation : because.map(({ says }) => says).join('; '),
    because,
  };
}

/** Without a trail it is about an account in a Region: no chain of it was ever seen. */
function subjectOf(verification: Verification, chain: ChainId, problems: readonly Problem[]): Subject {
  const { account, region, homeRegion, trail } = chain;
  return {
    control: verification.id,
    severity: verification.severityOf(problems),
    accountId: account,
    region,
    ...(trail === ''
      ? { resourceType: 'AWS::::Account', resourceId: account }
      : {
          resourceType: 'AWS::CloudTrail::Trail',
          // A name is unique only within the trail's home Region.
          resourceId: `${homeRegion}/${trail}`,
          resourceName: trail,
        }),
  };
}
