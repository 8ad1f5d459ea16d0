import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Approval } from '../../shared/contracts/trailseal/remediation';
import { mayNotApprove } from '../../shared/remediations/actors';
import { approvalFault } from '../../shared/remediations/approval';
import { isOver, mayHaveChanged, type Run, type UndoAsked } from '../../shared/remediations/run';

/** What is answered to somebody whose wish is not taken. */
export interface Refused {
  readonly status: 400 | 403 | 404 | 409;
  readonly message: string;
}

/** What is known when somebody asks for something. */
export interface Asked {
  /** The caller's ARN, as API Gateway states it. */
  readonly caller: string;
  readonly finding: Finding;
  readonly run: Run;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

/** Whether an approval counts now, by all that the runner will ask again when it comes to it. */
export function decideApproval(
  { caller, finding, run, now }: Asked,
  { planHash, nonce }: Pick<Approval, 'planHash' | 'nonce'>,
  actorMayApprove: boolean,
): { readonly approval: Approval } | { readonly refused: Refused } {
  const { asks, state } = run;
  if (state !== 'planned' || asks === undefined || run.planHash === undefined)
    return refusing(409, `This run waits for no approval: it is ${state}.`);
  const approval: Approval = { approver: caller, planHash, nonce, at: now, expiresAt: asks.expiresAt };
  const wanted = { planHash: run.planHash, asks };
  const byAnybody = approvalFault(approval, { ...wanted, notBy: [] }, now);
  if (byAnybody !== undefined) return refusing(409, `The approval does not count. ${byAnybody}`);
  const notBy = actorMayApprove ? [] : mayNotApprove(finding, run);
  const byThem = approvalFault(approval, { ...wanted, notBy }, now);
  return byThem === undefined ? { approval } : refusing(403, byThem);
}

/** Whether there is something that can be undone; what stands in its way by then, the runner finds. */
export function decideUndo(
  { caller, run, now }: Omit<Asked, 'finding'>,
  { force }: { readonly force: boolean },
): { readonly asked: UndoAsked } | { readonly refused: Refused } {
  const because = whyNotUndone(run);
  return because === undefined
    ? { asked: { by: caller, at: now, forced: force } }
    : refusing(409, `There is nothing to undo. ${because}`);
}

function whyNotUndone(run: Run): string | undefined {
  if (run.does === 'undo') return 'This run is itself an undo.';
  if (mayHaveChanged(run)) return undefined;
  return isOver(run) || run.state === 'planned' ? 'It has changed nothing.' : 'It is not over yet.';
}

const refusing = (status: Refused['status'], message: string) => ({ refused: { status, message } });
