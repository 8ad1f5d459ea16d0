import type { OpenProblem } from '../../shared/aws/chains-table';
import { type ChainCode, meaningOf } from '../../shared/proof/trail/chain-codes';
import { type ChainFinding, controlOf } from '../../shared/proof/trail/chain-findings';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { withLogCount } from './affected';
import type { Needs } from './needs';

/** The subject of a problem that is about no file. */
const WHOLE = 'chain';

/** What is over as soon as the next digest is there, and what only CloudTrail itself can say to be over. */
export const silence: readonly ChainCode[] = ['tail-overdue', 'no-digests'];
export const asStated: readonly ChainCode[] = [...silence, 'tail-missing', 'trail-stopped'];

/**
 * Opens what was found out about a chain. What is only worth knowing is counted and opens nothing, so that nobody is
 * alarmed by it.
 */
export async function noteFindings(
  chain: ChainId,
  findings: readonly ChainFinding[],
  needs: Pick<Needs, 'chains' | 'telemetry' | 'now' | 'sourceOf'>,
): Promise<void> {
  const { chains, telemetry, now } = needs;
  for (const finding of findings) {
    telemetry.countBy('ChainFindings', 'code', finding.code);
    if (finding.severity === 'informational') continue;
    const told = unproven.includes(finding.code) ? await withLogCount(finding, needs) : finding;
    await chains.open(chain, problemOf(told, now()));
  }
}

/** Findings that leave the log files of an hour without proof. */
const unproven: readonly ChainCode[] = ['digest-missing', 'digest-invalid'];

/** Closes those of the given codes that were not found this time. */
export async function closeUnlessFound(
  chain: ChainId,
  codes: readonly ChainCode[],
  findings: readonly ChainFinding[],
  { chains }: Pick<Needs, 'chains'>,
): Promise<void> {
  for (const problem of await chains.problems(chain)) {
    const isFound = findings.some(
      ({ code, severity }) => code === problem.code && severity !== 'informational',
    );
    if (codes.some((code) => code === problem.code) && !isFound) await chains.close(chain, problem);
  }
}

/** Whether reading the file again can show that it is over. The rest is of the chain, or history. */
export const isMendable = ({ code, subject }: OpenProblem): boolean =>
  subject !== WHOLE && meaningOf(code as ChainCode).closes === 'mended';

function problemOf(finding: ChainFinding, foundAt: string): OpenProblem {
  const { code, severity, says, digest, file, from, to, expected, computed } = finding;
  // The digest that a silence follows is not what is wrong.
  const about = asStated.includes(code) ? undefined : (file ?? digest);
  return {
    control: controlOf(finding),
    code,
    subject: about ?? WHOLE,
    severity,
    says,
    ...(about === undefined ? {} : { file: about }),
    ...(digest === undefined ? {} : { digest }),
    ...(expected === undefined ? {} : { expected }),
    ...(computed === undefined ? {} : { computed }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    foundAt,
  };
}
