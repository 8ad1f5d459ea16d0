import type { Json } from '../../shared/contracts/aws/configuration-item';
import type { Refusal, RemediationOutcome } from '../../shared/contracts/trailseal/remediation';
import { differences, refusesUndo } from '../../shared/remediations/differences';
import { canonicalJson } from '../../shared/remediations/plan';
import type { AnyRemediation } from '../../shared/remediations/remediation';
import {
  idOf,
  inherited,
  isOver,
  mayHaveChanged,
  type Run,
  type UndoAsked,
} from '../../shared/remediations/run';
import { threeWayLines } from '../../shared/remediations/shown';
import { proposeUndo } from '../../shared/remediations/undo';
import { approvalOf, begin, notApproved, propose } from './begin';
import { statesBefore } from './conclude';
import { type Errand, errandsOf, type KeptPlan, keptPlan, reportAll, start } from './errand';
import { look } from './look';
import { isSaid, refuse } from './refuse';

export type Undone = { readonly ignored: 'not-asked' } | { readonly run: Run };

/** Puts back what a run changed, where somebody asked for it. */
export async function undo(errand: Errand, undone: string): Promise<Undone> {
  const { needs, finding, current } = errand;
  const of = await needs.runs.read(finding.id, undone);
  const asked = await needs.runs.undoAsked({ findingId: finding.id, id: undone });
  if (of?.does !== 'fix' || asked === undefined) return { ignored: 'not-asked' };
  if (current?.of === of.id && current.asked?.at === asked.at && isOver(current)) return { run: current };
  if (of.undoAnswered === asked.at) return { ignored: 'not-asked' };
  const blank = blankRun(of, asked, current);
  if (!mayHaveChanged(of))
    return refused(errand, blank, { code: 'nothing-to-do', says: 'It has changed nothing.' });

  const done = await keptPlan(errand, of);
  const errands = errandsOf(errand, of, done);
  const { remediation } = errands;
  const states = await statesBefore(errand, blank);
  if (!states || !isReadable(remediation, states.captured) || !isReadable(remediation, states.left))
    return refused(errand, blank, {
      code: 'cannot',
      says: 'The state before, or what was left, is not known: whether it is still so can not be told.',
    });
  const seen = await look(needs, errands);
  if ('refusal' in seen) return refused(errand, blank, seen.refusal);
  // What is not as it was foreseen may be somebody else's, and was not what we left: an undo would take it for ours.
  const unforeseen = differences(done.plan.before, done.plan.after, remediation.meaning(seen.captured));
  const changed = of.state === 'applied' ? undefined : refusesUndo(unforeseen, asked.forced);
  if (changed) return refused(errand, blank, changed, threeWayLines(unforeseen));
  const proposal = proposeUndo(remediation, { ...states, live: seen.captured }, errands, asked.forced);
  if ('refusal' in proposal)
    return refused(errand, blank, proposal.refusal, threeWayLines(proposal.differences));
  const kept: KeptPlan = {
    plan: proposal.plan,
    settings: done.settings,
    parameters: done.parameters,
    ...(proposal.undo.comesBackAs === undefined ? {} : { comesBackAs: proposal.undo.comesBackAs }),
    ...(unforeseen.length === 0 ? {} : { overrides: threeWayLines(unforeseen) }),
    lowered: [],
  };
  return go(errand, { ...blank, planHash: proposal.plan.hash }, kept, seen.captured, remediation);
}

const isReadable = (remediation: AnyRemediation, state: Json) =>
  remediation.captured.safeParse(state).success;

const blankRun = (of: Run, asked: UndoAsked, latest: Run | undefined): Run => ({
  ...inherited(latest, of.since),
  findingId: of.findingId,
  id: '',
  does: 'undo',
  remediation: of.remediation,
  control: of.control,
  accountId: of.accountId,
  since: of.since,
  ...(of.api === undefined ? {} : { api: of.api }),
  state: 'planned',
  mode: 'approve',
  steps: [],
  answers: {},
  of: of.id,
  asked,
  outbox: [],
  seq: 0,
});

async function go(
  errand: Errand,
  wanted: Run,
  kept: KeptPlan,
  live: Json,
  { exposesAgain }: AnyRemediation,
): Promise<Undone> {
  const { current, finding } = errand;
  const isSame =
    current !== undefined &&
    !isOver(current) &&
    canonicalJson([current.of, current.planHash, current.asked?.at]) ===
      canonicalJson([wanted.of, wanted.planHash, wanted.asked?.at]);
  const stored = isSame ? current : undefined;
  const run = stored ?? { ...wanted, id: nameOf(errand, wanted, kept.plan.hash) };
  const mustBeApproved = exposesAgain !== false && ['critical', 'high'].includes(finding.severity);
  const given = await approvalOf(errand, run);
  if (!stored) {
    await closeOther(errand);
    await start(errand, run);
  }
  const isApproved = 'approval' in given || run.state === 'captured' || !mustBeApproved;
  if (!isApproved)
    return {
      run: await propose(errand, stored, run, kept, live, {
        asks: true,
        refusals: [notApproved('faults' in given ? given.faults : [])],
      }),
    };
  return {
    run: await begin(errand, stored, run, kept, live, {
      approval: 'approval' in given ? given.approval : undefined,
    }),
  };
}

const nameOf = ({ current }: Errand, { findingId, of = '', asked }: Run, what: string) =>
  idOf(findingId, of, asked?.at ?? '', what, current?.id ?? '');

/** What else was proposed was proposed for a state that will be gone. */
async function closeOther(errand: Errand): Promise<void> {
  const { current } = errand;
  if (current && !isOver(current))
    await reportAll(
      errand,
      await refuse(errand, current, current, [
        { code: 'stale-plan', says: 'An undo was asked for, after which another plan is needed.' },
      ]),
    );
}

async function refused(
  errand: Errand,
  blank: Run,
  refusal: Refusal,
  overrides?: RemediationOutcome['overrides'],
): Promise<Undone> {
  const { current } = errand;
  if (current && isSaid(current, blank, [refusal])) return { run: current };
  if (current && !isOver(current) && current.of === blank.of)
    return { run: await refuse(errand, current, current, [refusal], { overrides }) };
  const run = { ...blank, id: nameOf(errand, blank, refusal.code) };
  await closeOther(errand);
  await start(errand, run);
  return { run: await refuse(errand, undefined, run, [refusal], { overrides }) };
}
