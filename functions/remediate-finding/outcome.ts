import type { Refusal, RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import { boundedOutcome } from '../../shared/findings/bounded-outcome';
import { idOf, type Run } from '../../shared/remediations/run';
import { diffLines } from '../../shared/remediations/shown';
import type { KeptPlan } from './errand';
import type { Judged } from './look';

const LONGEST = 300;

export const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);

interface Told {
  readonly kind: RemediationOutcome['kind'];
  readonly at: string;
  readonly kept?: KeptPlan | undefined;
  readonly refusals?: readonly Refusal[];
  readonly judged?: Judged;
  readonly says?: string;
  readonly overrides?: RemediationOutcome['overrides'];
}

/** Puts into a run what is to be said of it. Its id is that of the write: the same write says the same. */
export function telling(run: Run, { kind, at, kept, refusals = [], judged, says, overrides }: Told): Run {
  const shownOverrides = overrides ?? kept?.overrides;
  const outcome = boundedOutcome({
    id: idOf(run.id, kind, String(run.seq)),
    kind,
    findingId: run.findingId,
    run: run.id,
    ...(run.of === undefined ? {} : { of: run.of }),
    does: run.does,
    remediation: run.remediation,
    control: run.control,
    mode: run.mode,
    at,
    ...(kept === undefined ? {} : { planHash: kept.plan.hash }),
    calls: kept?.plan.calls.map((call) => call.says) ?? [],
    diff: kept === undefined ? [] : diffLines(kept.plan),
    notes: kept === undefined ? [] : [...kept.plan.notes, ...kept.lowered],
    refusals: [...refusals],
    steps: [...run.steps],
    ...(says === undefined ? {} : { says }),
    ...(judged === undefined ? {} : { judged }),
    ...(kind === 'RemediationProposed' && run.asks ? { asks: run.asks } : {}),
    ...(run.approval === undefined ? {} : { approvedBy: run.approval.approver }),
    ...(run.asked === undefined ? {} : { askedBy: run.asked.by }),
    ...(shownOverrides === undefined ? {} : { overrides: shownOverrides }),
  });
  return { ...run, outbox: [...run.outbox, outcome] };
}
