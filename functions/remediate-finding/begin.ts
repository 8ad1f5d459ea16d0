import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Approval, Refusal } from '../../shared/contracts/trailseal/remediation';
import { mayNotApprove } from '../../shared/remediations/actors';
import { approvalFault } from '../../shared/remediations/approval';
import { type Run, stepped } from '../../shared/remediations/run';
import { carryOn } from './conclude';
import { type Errand, type KeptPlan, keep, later, record } from './errand';
import { isTooLate } from './make-calls';
import { telling } from './outcome';
import { refuse } from './refuse';

/** An approval is waited for so long; then it is asked for again, when somebody asks. */
const APPROVE_WITHIN_MS = 24 * 3_600_000;

export type Approved = { readonly approval: Approval } | { readonly faults: readonly string[] };

/** The approval of a run that counts, or why none does. */
export async function approvalOf(errand: Errand, run: Run): Promise<Approved> {
  if (run.planHash === undefined || run.asks === undefined) return { faults: [] };
  const { planHash, asks } = run;
  const { finding, needs } = errand;
  const notBy = needs.directions.actorMayApprove ? [] : mayNotApprove(finding, run);
  const given = await needs.runs.approvals(run);
  const faults = new Set<string>();
  for (const approval of given) {
    const fault = approvalFault(approval, { planHash, asks, notBy }, needs.now());
    if (fault === undefined) return { approval };
    faults.add(fault);
  }
  return { faults: [...faults] };
}

export const notApproved = (faults: readonly string[]): Refusal => ({
  code: 'not-approved',
  says: ['It waits for an approval.', ...faults.map((fault) => `One does not count: ${fault}`)].join(' '),
});

const interrupted: Refusal = {
  code: 'stale-plan',
  says: 'It was interrupted before its first call, and too long ago to go on.',
  instead: 'Ask for it again.',
};

/** What a plan, shown to people, waits for. The capture and the plan are kept before anybody is told. */
export async function propose(
  errand: Errand,
  stored: Run | undefined,
  run: Run,
  kept: KeptPlan,
  captured: Json,
  waiting: { readonly refusals: readonly Refusal[]; readonly asks: boolean },
): Promise<Run> {
  const { needs } = errand;
  const now = needs.now();
  const isAsked = run.asks !== undefined && now < run.asks.expiresAt;
  const says = waiting.refusals.map((refusal) => refusal.says).join(' ');
  const isTold = stored?.steps.at(-1)?.says === says && stored.mode === run.mode;
  if (isTold && isAsked === waiting.asks) return stored;
  await keep(errand, run, 'CAPTURE', captured);
  await keep(errand, run, 'PLAN', kept as unknown as Json);
  const { asks: old, ...unasked } = run;
  const asks = isAsked ? old : { nonce: needs.newNonce(), expiresAt: later(now, APPROVE_WITHIN_MS) };
  const shown: Run = {
    ...unasked,
    steps: [...run.steps.filter(({ state }) => state !== 'planned'), { state: 'planned', at: now, says }],
    ...(waiting.asks && asks ? { asks } : {}),
  };
  return record(
    errand,
    stored,
    telling(shown, { kind: 'RemediationProposed', at: now, kept, refusals: waiting.refusals }),
  );
}

/**
 * Begins to change something: the state before is kept durably, then the run is marked as begun, which uses up its
 * approval, then it is counted, then the calls are made.
 *
 * @param cap undefined where none holds, as for an undo
 */
export async function begin(
  errand: Errand,
  stored: Run | undefined,
  run: Run,
  kept: KeptPlan,
  captured: Json,
  { approval, cap }: { readonly approval?: Approval | undefined; readonly cap?: number },
): Promise<Run> {
  const { needs } = errand;
  if (run.state === 'captured' && stored && isTooLate(stored, needs.now()))
    return refuse(errand, stored, run, [interrupted], { kept });
  await keep(errand, run, 'CAPTURE', captured);
  await keep(errand, run, 'PLAN', kept as unknown as Json);
  const { asks: _, ...unasked } = run;
  const now = needs.now();
  const begun =
    run.state === 'captured' && stored
      ? stored
      : await record(errand, stored, {
          ...stepped(unasked, { state: 'captured', at: now }),
          begunAt: now,
          ...(approval === undefined ? {} : { approval }),
        });
  if (cap !== undefined) {
    const { control, accountId, begunAt = now } = begun;
    if (!(await needs.runs.admit({ control, accountId, at: begunAt }, begun.id, cap)))
      return refuse(
        errand,
        begun,
        begun,
        [
          {
            code: 'cap-reached',
            says: `Others were faster: ${cap} may be made within the hour for this control in this account.`,
            instead: 'Find out why there are so many, or wait.',
          },
        ],
        { kept },
      );
  }
  return carryOn(errand, begun);
}
