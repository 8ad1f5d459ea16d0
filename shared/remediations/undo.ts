import type { Json } from '../contracts/aws/configuration-item';
import type { Plan, Refusal, Target, Undo } from '../contracts/trailseal/remediation';
import { type Difference, differences, refusesUndo, restored } from './differences';
import { planHash } from './plan';
import type { AnyRemediation, Occasion, Undoing } from './remediation';
import { sessionPolicy } from './session-policy';

export type UndoProposal =
  | {
      readonly plan: Plan;
      readonly undo: Extract<Undo, { reversible: true }>;
      /** Empty unless it is forced. */
      readonly overridden: readonly Difference[];
    }
  | { readonly refusal: Refusal; readonly differences: readonly Difference[] };

/**
 * The plan of an undo, or why there is none. What it exposes again stands first among its notes: whoever approves has
 * read it.
 *
 * @param forced although what is there now is not what the remediation left
 */
export function proposeUndo(
  remediation: AnyRemediation,
  states: { readonly captured: Json; readonly left: Json; readonly live: Json },
  situation: { readonly target: Target; readonly occasion: Occasion; readonly settings: unknown },
  forced: boolean,
): UndoProposal {
  const [captured, left, live] = [states.captured, states.left, states.live].map((state) =>
    remediation.meaning(state),
  ) as [Json, Json, Json];
  const found = differences(captured, left, live);
  const undo = remediation.undo({ ...states, ...situation }) as Undoing<Json>;
  if (!undo.reversible) return { refusal: { code: 'irreversible', says: undo.because }, differences: found };
  const refusal = refusesUndo(found, forced);
  if (refusal) return { refusal, differences: found };
  const { after: foreseen, ...told } = undo;
  if (undo.calls.length === 0)
    return {
      refusal: { code: 'nothing-to-do', says: 'What was captured is there already.' },
      differences: found,
    };
  const limits = sessionPolicy(undo.calls);
  if ('refused' in limits) return { refusal: { code: 'cannot', says: limits.refused }, differences: found };
  const plan = {
    does: 'undo' as const,
    remediation: remediation.id,
    version: remediation.version,
    findingId: situation.occasion.findingId,
    control: situation.occasion.control,
    target: situation.target,
    calls: [...undo.calls],
    before: live,
    after: restored(foreseen === undefined ? captured : remediation.meaning(foreseen), left, live),
    notes: [
      ...(remediation.exposesAgain === false ? [] : [remediation.exposesAgain]),
      ...(undo.sameMeaning === undefined ? [] : [undo.sameMeaning]),
      ...(undo.leaves ?? []),
    ],
  };
  return { plan: { ...plan, hash: planHash(plan) }, undo: told, overridden: found };
}
