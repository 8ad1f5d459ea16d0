import { judge } from '../../functions/remediate-finding/look';
import type { Needs } from '../../functions/remediate-finding/needs';
import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Mode } from '../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Plan, Refusal, Target } from '../../shared/contracts/trailseal/remediation';
import { mayNotApprove } from '../../shared/remediations/actors';
import { permitted, type Unknown } from '../../shared/remediations/guards';
import { propose } from '../../shared/remediations/plan';
import type { AnyRemediation, Occasion, Planned } from '../../shared/remediations/remediation';
import type { Run } from '../../shared/remediations/run';
import { proposeUndo } from '../../shared/remediations/undo';
import type { Known } from './directions';
import { inTheWay, notLookedAt } from './in-the-way';
import type { Live } from './look-now';

/** What a preview is made of. */
export interface Seen {
  readonly finding: Finding;
  readonly known: Known;
  readonly target: Target;
  readonly occasion: Occasion;
  readonly directions: Pick<
    Needs['directions'],
    'mode' | 'exemption' | 'protectedTags' | 'actorMayApprove'
  > & { readonly file: string | undefined };
  readonly live: Live;
  /** Runs that count for this hour. */
  readonly counted: readonly string[];
  readonly judge: Needs['judge'];
  /** Where the latest run stands, and its plan as it is stored. */
  readonly latest: Run | undefined;
  readonly stored: Plan | undefined;
}

/** The way back, as far as it can be told before anything was done. */
export type WayBack =
  | {
      readonly reversible: true;
      readonly exposesAgain: string | false;
      /** Its undo needs an approval of its own. */
      readonly mustBeApproved: boolean;
      readonly to: readonly string[];
    }
  | { readonly reversible: false; readonly because: string };

export interface Preview {
  readonly finding: Finding;
  readonly remediation: AnyRemediation;
  readonly file: string | undefined;
  readonly mode: Mode | Unknown;
  /** What becomes of the mode: `auto` may need an approval all the same. */
  readonly holds: Mode | Unknown;
  readonly lowered: readonly string[];
  /** The plan, and whether it is made from what is there now, or the stored one. */
  readonly plan: Plan | undefined;
  readonly from: 'now' | 'stored' | undefined;
  readonly unreadable: string | undefined;
  /** Why there is no plan. */
  readonly refusal: Refusal | undefined;
  /** What keeps it from being made, as far as it can be told from here. */
  readonly inTheWay: readonly Refusal[];
  readonly notLookedAt: readonly string[];
  readonly judged: ReturnType<Needs['judge']> | undefined;
  readonly wayBack: WayBack | undefined;
  readonly mayNotApprove: readonly string[];
  readonly actorMayApprove: boolean;
  readonly latest: Run | undefined;
}

/** What a remediation would do, and what becomes of that: nothing is asked of anybody. */
export function previewOf(seen: Seen): Preview {
  const { finding, known, directions, live, latest, stored } = seen;
  const { remediation } = known;
  const captured = 'captured' in live ? live.captured : undefined;
  const proposal = captured === undefined ? undefined : propose(remediation, { ...seen, ...known, captured });
  const made = proposal !== undefined && 'plan' in proposal ? proposal.plan : undefined;
  const plan = captured === undefined ? stored : made;
  const judged =
    captured === undefined ? undefined : judge({ judge: seen.judge }, { ...seen, ...known }, captured);
  const mode = directions.mode(finding);
  const permit =
    captured === undefined || mode === 'unknown'
      ? { mode, lowered: [] }
      : permitted({ mode, chain: 'whole', restoresEvidence: true, autoHolds: autoHolds(seen, captured) });
  return {
    finding,
    remediation,
    file: directions.file,
    mode,
    holds: permit.mode,
    lowered: permit.lowered,
    plan,
    from: plan === undefined ? undefined : captured === undefined ? 'stored' : 'now',
    unreadable: 'unreadable' in live ? live.unreadable : undefined,
    refusal: proposal !== undefined && 'refusal' in proposal ? proposal.refusal : undefined,
    inTheWay: inTheWay(seen, captured, judged),
    notLookedAt: notLookedAt(remediation, captured),
    judged,
    wayBack: captured === undefined || made === undefined ? undefined : wayBack(seen, captured),
    mayNotApprove: mayNotApprove(finding, {}),
    actorMayApprove: directions.actorMayApprove,
    latest,
  };
}

function autoHolds({ known, target, occasion }: Seen, captured: Json): true | string {
  const { autoWhen } = known.remediation;
  return 'never' in autoWhen
    ? autoWhen.never.replace(/\.$/, '')
    : autoWhen.holds({ captured, target, occasion, settings: known.settings });
}

/** By what will be there afterwards, which is foreseen: ids that AWS has yet to give are not in it. */
function wayBack({ finding, known, target, occasion }: Seen, captured: Json): WayBack | undefined {
  const { remediation, settings } = known;
  const planned = remediation.plan({ captured, target, occasion, settings }) as Planned<Json>;
  if (planned.outcome !== 'change') return undefined;
  const left = planned.after;
  const back = proposeUndo(
    remediation,
    { captured, left, live: left },
    { target, occasion, settings },
    false,
  );
  if ('refusal' in back) return { reversible: false, because: back.refusal.says };
  const { exposesAgain } = remediation;
  return {
    reversible: true,
    exposesAgain,
    mustBeApproved: undoNeedsApproval(remediation, finding),
    to: [
      ...(back.undo.sameMeaning === undefined ? [] : [back.undo.sameMeaning]),
      ...(back.undo.leaves ?? []),
    ],
  };
}

/** An undo that exposes again what is severe waits for an approval of its own. */
export const undoNeedsApproval = ({ exposesAgain }: AnyRemediation, { severity }: Finding): boolean =>
  exposesAgain !== false && ['critical', 'high'].includes(severity);
