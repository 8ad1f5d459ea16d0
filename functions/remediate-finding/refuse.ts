import type { Refusal, RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import { stalePlan } from '../../shared/remediations/guards';
import { canonicalJson } from '../../shared/remediations/plan';
import { isOver, type Run, stepped } from '../../shared/remediations/run';
import { type Errand, type KeptPlan, record, reportAll } from './errand';
import { cut, telling } from './outcome';

/**
 * Records why a run goes no further, and tells it. The same refusal of the same plan is told once.
 *
 * @param run one that has not begun, written or not
 */
export async function refuse(
  errand: Errand,
  stored: Run | undefined,
  run: Run,
  refusals: readonly [Refusal, ...Refusal[]],
  more: { readonly kept?: KeptPlan | undefined; readonly overrides?: RemediationOutcome['overrides'] } = {},
): Promise<Run> {
  const at = errand.needs.now();
  const [first, ...others] = refusals;
  const { asks: _, ...unasked } = run;
  const refused = stepped(unasked, {
    state: 'refused',
    at,
    refusal: first,
    ...(others.length === 0 ? {} : { says: cut(`Besides: ${others.map(({ says }) => says).join(' ')}`) }),
  });
  return record(errand, stored, telling(refused, { kind: 'Refused', at, refusals, ...more }));
}

/**
 * Ends what was proposed for a state that is no longer there. Whoever approved it, or asked for an undo, is told; nobody
 * else, because the new plan is told.
 */
export async function supersede(errand: Errand, planHash: string): Promise<void> {
  const { current, needs } = errand;
  if (!current || isOver(current)) return;
  if (current.does === 'undo') return putAside(errand, current);
  const refusal = stalePlan({ approvedHash: current.planHash ?? 'unknown', planHash }) ?? {
    code: 'no-longer-so',
    says: 'The exposure for which it was planned is over.',
  };
  const wasApproved = current.approval !== undefined || (await needs.runs.approvals(current)).length > 0;
  if (wasApproved) await reportAll(errand, await refuse(errand, current, current, [refusal]));
  else await record(errand, current, stepped(current, { state: 'refused', at: needs.now(), refusal }));
}

/** Nobody comes back to an undo that is not the latest run: an approval of it would be taken, and nothing come of it. */
export async function putAside(errand: Errand, waiting: Run): Promise<void> {
  const refusal: Refusal = {
    code: 'stale-plan',
    says: 'The resource was judged anew since the undo was asked for, after which another plan is needed.',
    instead: 'Ask for the undo again if it is still wanted.',
  };
  await reportAll(errand, await refuse(errand, waiting, waiting, [refusal]));
}

/** Whether the latest run says the same already. */
export function isSaid(current: Run, run: Run, refusals: readonly Refusal[]): boolean {
  if (current.state !== 'refused') return false;
  const step = current.steps.at(-1);
  const [first] = refusals;
  return (
    canonicalJson([current.does, current.since, current.planHash, current.of, current.asked?.at]) ===
      canonicalJson([run.does, run.since, run.planHash, run.of, run.asked?.at]) &&
    step?.refusal?.code === first?.code
  );
}
