import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { AwsCall, RemediationStep } from '../../shared/contracts/trailseal/remediation';
import { canonicalJson } from '../../shared/remediations/plan';
import type { Planned } from '../../shared/remediations/remediation';
import { isDone, type Run, stepped } from '../../shared/remediations/run';
import { type Errand, type Errands, errandsOf, type KeptPlan, keep, keptPlan, later, record } from './errand';
import { type Judged, judge, look } from './look';
import { makeCalls } from './make-calls';
import { cut, telling } from './outcome';

/** So long a run of the function waits for AWS to settle; what takes longer comes back. */
const MOST_WAIT_MS = 30_000;
/** An unconfirmed run is looked at again after so long, twice as long, and so on. */
const LOOK_AGAIN_MS = 10 * 60_000;
const MOST_LOOKS = 4;

/** Goes on with a run that is applying, to its end. */
export async function carryOn(errand: Errand, begun: Run): Promise<Run> {
  const kept = await keptPlan(errand, begun);
  const errands = errandsOf(errand, begun, kept);
  let run = begun;
  if (run.failing === undefined && !kept.plan.calls.every((_, index) => isDone(run, index))) {
    const made = await makeCalls(errand, run, kept, (call) => whetherDone(errand, begun, errands, call));
    run = 'failed' in made ? await record(errand, made.run, { ...made.run, failing: made.failed }) : made.run;
  }
  if (run.failing !== undefined) return fail(errand, run, kept, errands, run.failing);
  return settle(errand, run, kept, errands);
}

/**
 * After a lost answer: AWS gets the time to show what it did, then the plan is made anew. What is no longer in it was
 * done. What is in it was not, if it is a plan that sees what it does: one that has no such call where it is done.
 */
async function whetherDone(
  errand: Errand,
  run: Run,
  errands: Errands,
  call: AwsCall,
): Promise<'done' | 'not-done' | 'unknown'> {
  const { remediation, settings, occasion, target } = errands;
  await errand.needs.wait(Math.min(MOST_WAIT_MS, remediation.settleSeconds * 1000));
  const seen = await look(errand.needs, errands);
  if ('refusal' in seen) return 'unknown';
  const { captured } = seen;
  if (run.does === 'undo') {
    const states = await statesBefore(errand, run);
    if (!states) return 'unknown';
    const back = remediation.undo({ ...states, live: captured, settings, occasion, target });
    return back.reversible && !includes(back.calls, call) ? 'done' : 'unknown';
  }
  const planned = remediation.plan({ captured, settings, occasion, target }) as Planned<Json>;
  if (planned.outcome !== 'change') return planned.outcome === 'cannot' ? 'unknown' : 'done';
  if (!includes(planned.calls, call)) return 'done';
  const afterwards = remediation.plan({
    captured: planned.after,
    settings,
    occasion,
    target,
  }) as Planned<Json>;
  return afterwards.outcome === 'change' && includes(afterwards.calls, call) ? 'unknown' : 'not-done';
}

const includes = (calls: readonly AwsCall[], { action, input }: AwsCall) =>
  calls.some((one) => canonicalJson([one.action, one.input]) === canonicalJson([action, input]));

/** Of the run that an undo undoes: before it, and as it left it. */
export async function statesBefore({ needs }: Errand, { findingId, of = '' }: Pick<Run, 'findingId' | 'of'>) {
  const undone = { findingId, id: of };
  const [captured, left] = [await needs.runs.part(undone, 'CAPTURE'), await needs.runs.part(undone, 'LEFT')];
  return captured === undefined || left === undefined ? undefined : { captured, left };
}

async function fail(errand: Errand, run: Run, kept: KeptPlan, errands: Errands, says: string): Promise<Run> {
  const seen = await look(errand.needs, errands);
  if ('captured' in seen) await keep(errand, run, 'LEFT', seen.captured);
  return end(errand, run, kept, { state: 'failed', says, ...judgedOf(errand, errands, seen) });
}

const judgedOf = (errand: Errand, errands: Errands, seen: Awaited<ReturnType<typeof look>>) =>
  'captured' in seen ? { judged: judge(errand.needs, errands, seen.captured) } : {};

async function settle(errand: Errand, made: Run, kept: KeptPlan, errands: Errands): Promise<Run> {
  const { needs } = errand;
  const settledAt = made.settledAt ?? later(needs.now(), errands.remediation.settleSeconds * 1000);
  const run = made.settledAt === undefined ? await record(errand, made, { ...made, settledAt }) : made;
  const wait = Date.parse(settledAt) - Date.parse(needs.now());
  if (wait > MOST_WAIT_MS) {
    await needs.comeBack(run.findingId, Math.ceil(wait / 1000));
    return run;
  }
  if (wait > 0) await needs.wait(wait);
  return end(errand, run, kept, await whatCameOfIt(errand, run, kept, errands));
}

interface Ending {
  readonly state: 'applied' | 'undone' | 'unconfirmed' | 'failed';
  readonly says?: string;
  readonly judged?: Judged;
}

/** Reads again, keeps what it read, and judges it by the very rule. */
async function whatCameOfIt(errand: Errand, run: Run, kept: KeptPlan, errands: Errands): Promise<Ending> {
  const { needs } = errand;
  const afterwards = asItComesBack(errand, run, kept, errands);
  const seen = await look(needs, afterwards.errands);
  if ('refusal' in seen)
    return { state: 'unconfirmed', says: `What is there now could not be read: ${seen.refusal.says}` };
  const judged = judge(needs, afterwards.errands, seen.captured);
  const foreseen = canonicalJson(kept.plan.after);
  const isForeseen =
    afterwards.byItsOldId(canonicalJson(errands.remediation.meaning(seen.captured))) === foreseen;
  // Whoever looks again at something else sees what others did: it is not what we left.
  if (run.state === 'applying' || isForeseen) await keep(errand, run, 'LEFT', seen.captured);
  if (canonicalJson(kept.plan.before) === foreseen)
    return {
      state: 'unconfirmed',
      judged,
      says: 'It was done. What it brought about can not be read: only the control tells, when it judges anew.',
    };
  if (!isForeseen)
    return { state: 'unconfirmed', judged, says: 'What is there now is not what the plan foresaw.' };
  if (run.does === 'undo') return { state: 'undone', judged };
  return judged === 'NON_COMPLIANT' || judged === 'INSUFFICIENT_DATA'
    ? {
        state: 'unconfirmed',
        judged,
        says:
          judged === 'NON_COMPLIANT'
            ? 'The state is as the plan foresaw, and the control still does not hold.'
            : 'The state is as the plan foresaw, and the control can not tell whether it holds.',
      }
    : { state: 'applied', judged };
}

/** What an undo creates anew has another id: it is read by the new one, and compared by the old one. */
function asItComesBack({ finding }: Errand, run: Run, { comesBackAs }: KeptPlan, errands: Errands) {
  const same = { errands, byItsOldId: (text: string) => text };
  const id = comesBackAs && run.answers[String(comesBackAs[0])]?.[comesBackAs[1]];
  if (typeof id !== 'string') return same;
  const located = errands.remediation.target({ ...finding, resourceId: id });
  if ('cannot' in located) return same;
  return {
    errands: { ...errands, target: located.target },
    byItsOldId: (text: string) => text.replaceAll(id, errands.target.id),
  };
}

const kinds = { applied: 'Applied', undone: 'Undone', unconfirmed: 'Unconfirmed', failed: 'Failed' } as const;

async function end(errand: Errand, run: Run, kept: KeptPlan, { state, says, judged }: Ending): Promise<Run> {
  const at = errand.needs.now();
  const step: RemediationStep = { state, at, ...(says === undefined ? {} : { says: cut(says) }) };
  const isBlind = canonicalJson(kept.plan.before) === canonicalJson(kept.plan.after);
  const ended = {
    ...stepped(run, step),
    ...(state === 'unconfirmed' && !isBlind ? { looks: 0, lookAt: later(at, LOOK_AGAIN_MS) } : {}),
  };
  const told = telling(ended, {
    kind: kinds[state],
    at,
    kept,
    ...(says === undefined ? {} : { says }),
    ...(judged === undefined ? {} : { judged }),
  });
  return record(errand, run, told);
}

/** Reads again what was not confirmed: it may have settled since. */
export async function lookAgain(errand: Errand, run: Run): Promise<Run> {
  if (run.looks === undefined) return run;
  const kept = await keptPlan(errand, run);
  const ending = await whatCameOfIt(errand, run, kept, errandsOf(errand, run, kept));
  if (ending.state !== 'unconfirmed') return end(errand, run, kept, ending);
  // Whoever comes before it is time takes nothing of the time that it is given.
  if (errand.needs.now() < (run.lookAt ?? '')) return run;
  const { looks: _, lookAt: __, ...rest } = run;
  const looks = run.looks + 1;
  return record(errand, run, {
    ...rest,
    ...(looks < MOST_LOOKS ? { looks, lookAt: later(errand.needs.now(), LOOK_AGAIN_MS * 2 ** looks) } : {}),
  });
}
