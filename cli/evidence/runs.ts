import { parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import { RUN_TAG } from '../../shared/remediations/own-requests';
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
const hasPlainId = ({ id }: Run): boolean => /^[A-Z2-7]{26}$/.test(id);
const pathOf = ({ id }: Run, part: string): string => `remediation/${id}/${part}.json`;

export const planPath = (run: Run): string => pathOf(run, 'plan');

const filesOf = (evidence: RunEvidence) =>
  parts.flatMap(([part, says]) =>
    evidence[part] === undefined || !hasPlainId(evidence.run)
      ? []
      : [{ path: pathOf(evidence.run, part), value: evidence[part], says }],
  );

/** The approved run in whose session's record this is, as its tags say; and what was approved, out of all that is kept with it. */
export function approvedRun(
  event: JsonObject,
  runs: readonly RunEvidence[],
): { readonly run: Run; readonly plan: Json } | undefined {
  const { tags } = parseCloudTrailRecord(event).requestParameters ?? {};
  if (!Array.isArray(tags)) return undefined;
  const named = runs.find(({ run }) =>
    tags.some((tag: Json) => {
      const { key, value } = (tag ?? {}) as JsonObject;
      return key === RUN_TAG && value === run.id;
    }),
  );
  const { plan } = (named?.plan ?? {}) as JsonObject;
  return named?.run.approval !== undefined && plan !== undefined && hasPlainId(named.run)
    ? { run: named.run, plan }
    : undefined;
}

/**
 * Whether jq writes a value, its members in the order of their names, as we do for the hash of a plan: it escapes DEL,
 * knows no halves of pairs, orders names beyond 16 bits otherwise, and numbers may lose digits.
 */
export function isPlainForJq(value: Json): boolean {
  if (typeof value === 'string') return !/[\u007f\ud800-\udfff]/.test(value);
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isPlainForJq(name) && isPlainForJq(member));
}

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
