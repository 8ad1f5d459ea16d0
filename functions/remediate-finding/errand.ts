import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Plan, RemediationOutcome, Target } from '../../shared/contracts/trailseal/remediation';
import type { AnyRemediation, Occasion } from '../../shared/remediations/remediation';
import type { Part, Run } from '../../shared/remediations/run';
import { type Needs, NotYet } from './needs';

/** Longer than the function may run: whoever holds a lease for longer has died. */
export const LEASE_MS = 6 * 60_000;
/** Whoever wrote an outcome has this long to report it before somebody else does. */
const REPORT_WITHIN_MS = 2 * 60_000;

/** Work on one finding, under its lease. */
export interface Errand {
  readonly needs: Needs;
  readonly finding: Finding;
  readonly fence: number;
  /** The latest run. */
  readonly current: Run | undefined;
  /** Kinds of what was reported. */
  readonly reported: string[];
}

/** What a run needs to be gone on with, whatever compliance.yml says by then. */
export interface Errands {
  readonly remediation: AnyRemediation;
  readonly target: Target;
  readonly settings: unknown;
  readonly occasion: Occasion;
}

/** The row `#PLAN` of a run. */
export interface KeptPlan {
  readonly plan: Plan;
  readonly settings: Json;
  readonly parameters: JsonObject;
  /** Of an undo under which another id comes back: which call's answer has it, under which name. */
  readonly comesBackAs?: readonly [number, string];
  /** Of an undo: what others changed, as it was shown to whoever approved. */
  readonly overrides?: RemediationOutcome['overrides'];
  readonly lowered: readonly string[];
}

export const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString();

/** When a run has to be looked at by those whom nobody asks to. */
function dueAtOf(run: Run, now: string): string | undefined {
  if (run.outbox.length > 0) return later(now, REPORT_WITHIN_MS);
  if (run.state === 'captured' || run.state === 'applying')
    return later(run.settledAt !== undefined && run.settledAt > now ? run.settledAt : now, LEASE_MS);
  return run.state === 'unconfirmed' ? run.lookAt : undefined;
}

/**
 * Writes the next state of a run.
 * @throws NotYet when somebody else wrote it since: he has taken it over
 */
export async function record(
  { needs }: Pick<Errand, 'needs'>,
  before: Run | undefined,
  next: Run,
): Promise<Run> {
  const { dueAt: _, ...rest } = next;
  const dueAt = dueAtOf(next, needs.now());
  const written = { ...rest, seq: (before?.seq ?? 0) + 1, ...(dueAt === undefined ? {} : { dueAt }) };
  if (await needs.runs.write(written, before?.seq)) return written;
  throw new NotYet(`run ${next.id} was taken over by another worker`);
}

/** Reports what was not reported yet, in order, then forgets it. */
export async function reportAll(errand: Errand, run: Run): Promise<Run> {
  if (run.outbox.length === 0) return run;
  for (const outcome of run.outbox) {
    await errand.needs.report(outcome);
    errand.reported.push(outcome.kind);
  }
  return record(errand, run, { ...run, outbox: [] });
}

export async function keep(errand: Errand, run: Run, part: Part, value: Json): Promise<void> {
  if (!(await errand.needs.runs.keep(run, part, value, errand.fence)))
    throw new NotYet(`run ${run.id} was taken over by another worker`);
}

/** Makes a run the latest of its finding, before it is written: whoever comes next knows what it follows. */
export async function start(errand: Errand, run: Run): Promise<void> {
  const { needs, finding, fence, current } = errand;
  if (current?.looks !== undefined) {
    // Nobody comes back to what is no longer the latest.
    const { looks: _, lookAt: __, ...rest } = current;
    await record(errand, current, rest);
  }
  await useUpUndo(errand, run);
  if (!(await needs.runs.point(finding.id, fence, run.id, current?.id)))
    throw new NotYet(`finding ${finding.id} was taken over by another worker`);
}

/** What asked for the undo that was the latest may come again, and must not undo what is done after it. */
async function useUpUndo({ needs, current }: Errand, next: Run): Promise<void> {
  if (current?.of === undefined || current.asked === undefined) return;
  // The same wish with another plan.
  if (next.of === current.of && next.asked?.at === current.asked.at) return;
  const undone = await needs.runs.read(current.findingId, current.of);
  if (undone && undone.undoAnswered !== current.asked.at)
    await record({ needs }, undone, { ...undone, undoAnswered: current.asked.at });
}

export async function keptPlan(errand: Errand, run: Run): Promise<KeptPlan> {
  const kept = await errand.needs.runs.part(run, 'PLAN');
  if (kept === undefined) throw new Error(`the plan of run ${run.id} is gone`);
  return kept as unknown as KeptPlan;
}

/** @throws when the remediation was removed from the code: what was begun can't be ended then */
export function errandsOf({ needs }: Errand, run: Run, { plan, settings, parameters }: KeptPlan): Errands {
  const remediation = needs.remediations.find(({ id }) => id === run.remediation);
  if (!remediation) throw new Error(`there is no remediation ${run.remediation} any more`);
  return {
    remediation,
    target: plan.target,
    settings,
    occasion: {
      findingId: run.findingId,
      control: run.control,
      parameters,
      at: needs.now(),
      since: run.since,
    },
  };
}
