import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Run, Runs } from '../../shared/remediations/run';
import type { BundleFile } from './bundle';
import { markupFree } from './markup-free';

/** A remediation or an undo, with what was stored before and after it: nothing where it has expired, or was never made. */
export interface RunEvidence {
  readonly run: Run;
  readonly plan?: Json;
  readonly before?: Json;
  readonly left?: Json;
}

/** @param runs of one finding */
export async function runEvidence(
  runs: readonly Run[],
  table: Pick<Runs, 'part'>,
): Promise<readonly RunEvidence[]> {
  const found: RunEvidence[] = [];
  for (const run of runs) {
    const [plan, before, left] = [
      await table.part(run, 'PLAN'),
      await table.part(run, 'CAPTURE'),
      await table.part(run, 'LEFT'),
    ];
    found.push({
      run,
      ...(plan === undefined ? {} : { plan }),
      ...(before === undefined ? {} : { before }),
      ...(left === undefined ? {} : { left }),
    });
  }
  return found;
}

const parts = [
  ['plan', 'the plan, as it was shown and approved'],
  ['before', 'the state before, as it was read'],
  ['left', 'the state afterwards, as it was read again'],
] as const;

/** Ids of runs are ours: they are fit to be names. */
const filesOf = (evidence: RunEvidence) =>
  parts.flatMap(([part, says]) =>
    evidence[part] === undefined || !/^[A-Z2-7]{26}$/.test(evidence.run.id)
      ? []
      : [{ path: `remediation/${evidence.run.id}/${part}.json`, value: evidence[part], says }],
  );

export const runFiles = (runs: readonly RunEvidence[]): BundleFile[] =>
  runs.flatMap(filesOf).map(({ path, value }) => ({ path, content: `${JSON.stringify(value, null, 2)}\n` }));

/** What they are, for the README. */
export const runContents = (runs: readonly RunEvidence[]): string[] =>
  runs.flatMap((evidence) =>
    filesOf(evidence).map(
      ({ path, says }) =>
        `- \`${path}\`: of the ${evidence.run.does} by ${markupFree(evidence.run.remediation)}, ${says}.`,
    ),
  );
