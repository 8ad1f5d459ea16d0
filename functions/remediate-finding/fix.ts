import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { Mode } from '../../shared/contracts/trailseal/compliance-policy';
import type { Refusal } from '../../shared/contracts/trailseal/remediation';
import { policyInvalid } from '../../shared/remediations/guards';
import { canonicalJson, propose as planFor } from '../../shared/remediations/plan';
import { idOf, inherited, isOver, lastBegun, type Run } from '../../shared/remediations/run';
import { approvalOf, begin, notApproved, propose } from './begin';
import { type Errand, type KeptPlan, start } from './errand';
import { type Facts, howFar, refusalsFor } from './guard';
import { judge, look } from './look';
import { isSaid, putAside, refuse, supersede } from './refuse';

export type Fixed =
  | { readonly ignored: 'test' | 'not-open' | 'off' | 'notify' | 'no-remediation' }
  | { readonly run: Run };

/** Plans what would mend a finding from what is there now, and does it as far as compliance.yml and the guards let. */
export async function fix(errand: Errand): Promise<Fixed> {
  const { needs, finding } = errand;
  const { directions } = needs;
  if (finding.judgement?.origin === 'operator')
    return errand.current?.state === 'captured'
      ? closed(errand, 'no-longer-so', 'What is known by now is a test by an operator.', 'test')
      : { ignored: 'test' };
  if (finding.state !== 'open')
    return closed(errand, 'no-longer-so', 'The finding is no longer open.', 'not-open');
  const invalid = policyInvalid({ policy: directions.policy });
  if (invalid) return refusedByPolicy(errand, invalid);
  const mode = directions.mode(finding);
  const known = directions.remediation(finding.control);
  if (!known) return closed(errand, 'mode', 'No remediation is set for the control.', 'no-remediation');
  // Where people are only to be told, the role may not even read, and there is nothing to tell them.
  if (mode === 'off' || mode === 'notify')
    return closed(errand, 'mode', `compliance.yml says ${mode} for this resource.`, mode);

  const blank = blankRun(errand, known.remediation.id, mode);
  const located = known.remediation.target(finding);
  if ('cannot' in located)
    return refused(errand, blank, [{ code: 'cannot', says: `Nothing is done: ${located.cannot}.` }]);
  const parameters = directions.parameters(finding.control);
  const errands: Facts['errands'] = {
    ...known,
    target: located.target,
    occasion: {
      findingId: finding.id,
      control: finding.control,
      parameters,
      at: needs.now(),
      since: blank.since,
    },
  };
  const seen = await look(needs, errands);
  if ('refusal' in seen) return refused(errand, blank, [seen.refusal]);
  const facts = { errands, captured: seen.captured, judged: judge(needs, errands, seen.captured) };
  const proposal = planFor(known.remediation, { ...errands, captured: seen.captured });
  if (isMended(errand, facts, proposal)) return { run: errand.current };
  if ('refusal' in proposal) return refused(errand, blank, [proposal.refusal]);
  const lowerable = await howFar(errand, facts, mode);
  const kept: KeptPlan = {
    plan: proposal.plan,
    settings: known.settings as Json,
    parameters: parameters as JsonObject,
    lowered: lowerable.lowered,
  };
  return go(errand, { ...blank, mode: lowerable.mode, planHash: proposal.plan.hash }, kept, facts);
}

function blankRun({ needs, finding, current }: Errand, remediation: string, mode: Mode | 'unknown'): Run {
  const since = finding.exposure?.from ?? finding.judgement?.observedAt ?? '';
  return {
    findingId: finding.id,
    id: '',
    does: 'fix',
    remediation,
    control: finding.control,
    accountId: finding.accountId,
    since,
    api: needs.api,
    state: 'planned',
    mode,
    steps: [],
    answers: {},
    outbox: [],
    ...inherited(current, since),
    seq: 0,
  };
}

/** We were there already, and what we did holds: the event came late, or twice. */
function isMended(
  errand: Errand,
  { judged }: Facts,
  proposal: ReturnType<typeof planFor>,
): errand is Errand & { readonly current: Run } {
  const { current } = errand;
  if (!current || lastBegun(current) === undefined) return false;
  // An undo that waits has changed nothing yet.
  if (!isOver(current) && current.does !== 'undo') return false;
  const nothing = 'refusal' in proposal && proposal.refusal.code === 'nothing-to-do';
  return nothing || judged === 'COMPLIANT' || judged === 'NOT_APPLICABLE';
}

/** A plan, and how far it may go. */
async function go(errand: Errand, wanted: Run, kept: KeptPlan, facts: Facts): Promise<Fixed> {
  const { current, finding } = errand;
  const isSame =
    current !== undefined &&
    !isOver(current) &&
    canonicalJson([current.does, current.since, current.planHash]) ===
      canonicalJson([wanted.does, wanted.since, wanted.planHash]);
  const stored = isSame ? current : undefined;
  const run: Run = stored
    ? { ...stored, mode: wanted.mode }
    : { ...wanted, id: idOf(finding.id, wanted.since, kept.plan.hash, errand.current?.id ?? '') };

  const given = await approvalOf(errand, run);
  const isApproved = 'approval' in given || (run.state === 'captured' && run.approval !== undefined);
  const refusals = await refusalsFor(errand, run, facts, isApproved);
  const hard = refusals.filter(({ code }) => !['mode', 'dry-run', 'not-approved'].includes(code));
  if (!stored) {
    if (current && isSaid(current, run, hard)) return { run: current };
    await supersede(errand, kept.plan.hash);
    await start(errand, run);
  }
  const [first, ...more] = run.state === 'captured' ? refusals : hard;
  if (first) return { run: await refuse(errand, stored, run, [first, ...more], { kept }) };
  if (refusals.length > 0) {
    const faults = 'faults' in given ? given.faults : [];
    return {
      run: await propose(errand, stored, run, kept, facts.captured, {
        asks: run.mode === 'approve',
        refusals: refusals.map((refusal) =>
          refusal.code === 'not-approved' ? notApproved(faults) : refusal,
        ),
      }),
    };
  }
  return {
    run: await begin(errand, stored, run, kept, facts.captured, {
      approval: 'approval' in given ? given.approval : undefined,
      cap: facts.errands.cap,
    }),
  };
}

/** What compliance.yml says is not known: what it might have let be changed is told, and nothing else. */
async function refusedByPolicy(errand: Errand, refusal: Refusal): Promise<Fixed> {
  const { needs, finding } = errand;
  const fixing = needs.remediations.find(({ fixes }) => fixes.includes(finding.control));
  if (!fixing) return closed(errand, refusal.code, refusal.says, 'no-remediation');
  return refused(errand, blankRun(errand, fixing.id, 'unknown'), [refusal]);
}

/** Why there is not even a plan. */
async function refused(errand: Errand, blank: Run, refusals: readonly [Refusal]): Promise<Fixed> {
  const { current } = errand;
  if (current && isSaid(current, blank, refusals)) return { run: current };
  if (current && !isOver(current) && current.does === 'fix')
    return { run: await refuse(errand, current, current, refusals) };
  const run = {
    ...blank,
    id: idOf(blank.findingId, blank.since, refusals[0].code, errand.current?.id ?? ''),
  };
  if (current && !isOver(current)) await putAside(errand, current);
  await start(errand, run);
  return { run: await refuse(errand, undefined, run, refusals) };
}

/** Whatever was proposed is over. */
async function closed(
  errand: Errand,
  code: Refusal['code'],
  says: string,
  ignored: Extract<Fixed, { ignored: unknown }>['ignored'],
): Promise<Fixed> {
  const { current } = errand;
  if (current && !isOver(current) && current.does === 'fix')
    return { run: await refuse(errand, current, current, [{ code, says }]) };
  return { ignored };
}
