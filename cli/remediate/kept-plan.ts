import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import { parseAs } from '../../shared/contracts/parse';
import { Plan } from '../../shared/contracts/trailseal/remediation';
import { planHash } from '../../shared/remediations/plan';
import type { Run, Runs } from '../../shared/remediations/run';
import { Failure } from '../failure';

/** The plan of a run as it was stored before anybody was asked, and what it was made with. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly settings: Json;
  readonly parameters: JsonObject;
  readonly lowered: readonly string[];
}

const Stored = z.object({
  plan: Plan,
  settings: z.unknown(),
  parameters: z.record(z.string(), z.unknown()),
  lowered: z.array(z.string()),
});

/**
 * @returns undefined when the run has none, or it has expired
 * @throws Failure when it is not the plan that the run and its approval are bound to
 */
export async function storedPlan(runs: Pick<Runs, 'part'>, run: Run): Promise<StoredPlan | undefined> {
  const value = await runs.part(run, 'PLAN');
  if (value === undefined) return undefined;
  const stored = parseAs(Stored, `the stored plan of run ${run.id}`, value) as StoredPlan;
  if (planHash(stored.plan) !== run.planHash || stored.plan.hash !== run.planHash)
    throw new Failure(`The stored plan of run ${run.id} is not the one that the run is bound to`, [
      'Somebody has changed the table: approve nothing, and find out who',
    ]);
  return stored;
}
