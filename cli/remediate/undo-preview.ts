import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { DiffLine, Plan, Refusal, ThreeWayLine } from '../../shared/contracts/trailseal/remediation';
import { differences, refusesUndo } from '../../shared/remediations/differences';
import type { AnyRemediation, Occasion } from '../../shared/remediations/remediation';
import type { Run } from '../../shared/remediations/run';
import { diffLines, threeWayLines } from '../../shared/remediations/shown';
import { proposeUndo } from '../../shared/remediations/undo';
import type { StoredPlan } from './kept-plan';
import type { Live } from './look-now';
import { undoNeedsApproval } from './preview';

export interface UndoSeen {
  readonly finding: Finding;
  readonly run: Run;
  readonly remediation: AnyRemediation;
  readonly done: StoredPlan;
  readonly captured: Json;
  readonly left: Json;
  readonly live: Live;
  readonly occasion: Occasion;
  readonly forced: boolean;
}

export interface UndoPreview {
  readonly finding: Finding;
  readonly run: Run;
  /** What would come back, by what was stored: from what was left to what was captured. */
  readonly comesBack: readonly DiffLine[];
  readonly exposesAgain: string | undefined;
  readonly mustBeApproved: boolean;
  readonly unreadable: string | undefined;
  /** Where what is there now is not what was left. */
  readonly changedSince: readonly ThreeWayLine[];
  /** None where the resource could not be read, or there is no way back. */
  readonly plan: Plan | undefined;
  readonly refusal: Refusal | undefined;
}

/** What an undo would do, by what was stored and, where it can be read, what is there now. */
export function undoPreviewOf(seen: UndoSeen): UndoPreview {
  const { finding, run, remediation, captured, left, live } = seen;
  const told = {
    finding,
    run,
    comesBack: diffLines({ before: remediation.meaning(left), after: remediation.meaning(captured) }),
    exposesAgain: remediation.exposesAgain || undefined,
    mustBeApproved: undoNeedsApproval(remediation, finding),
  };
  if ('unreadable' in live)
    return {
      ...told,
      unreadable: live.unreadable,
      changedSince: [],
      plan: undefined,
      refusal: byWhatIsStored(seen),
    };
  return { ...told, unreadable: undefined, ...byWhatIsThere(seen, live.captured) };
}

/** There may be no way back, whatever is there now. */
function byWhatIsStored({ remediation, captured, left, done, occasion }: UndoSeen): Refusal | undefined {
  const { target } = done.plan;
  const { settings } = done;
  const back = proposeUndo(remediation, { captured, left, live: left }, { target, occasion, settings }, true);
  return 'refusal' in back && back.refusal.code === 'irreversible' ? back.refusal : undefined;
}

function byWhatIsThere(
  { run, remediation, captured, left, done, occasion, forced }: UndoSeen,
  live: Json,
): Pick<UndoPreview, 'changedSince' | 'plan' | 'refusal'> {
  const { target } = done.plan;
  const { settings } = done;
  // What a fix that was not confirmed left may be somebody else's: it counts only as far as it was foreseen.
  const unforeseen =
    run.state === 'applied' ? [] : differences(done.plan.before, done.plan.after, remediation.meaning(live));
  const back = proposeUndo(remediation, { captured, left, live }, { target, occasion, settings }, forced);
  const found = 'refusal' in back ? back.differences : back.overridden;
  const changedSince = threeWayLines(unforeseen.length > 0 ? unforeseen : found);
  const refusal = ('refusal' in back ? back.refusal : undefined) ?? refusesUndo(unforeseen, forced);
  return {
    changedSince,
    plan: refusal === undefined && 'plan' in back ? back.plan : undefined,
    refusal,
  };
}
