import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import { remediations } from '../../../shared/remediations';
import { canonicalJson } from '../../../shared/remediations/plan';
import type { AnyRemediation } from '../../../shared/remediations/remediation';
import type { Run } from '../../../shared/remediations/run';
import { cases } from '../../shared/remediations/cases';
import { type Case, FINDING } from '../../shared/remediations/scene';
import { type Fault, faultsAt, sabotaged } from './faults';
import { type Stage, settled, stageOf } from './stage';

/** The whole way, with one fault somewhere: proposed, approved, applied, undone. Every event comes twice. */
async function played(remediation: AnyRemediation, one: Case, at?: number, fault?: Fault) {
  const stage = await stageOf(remediation, one);
  const saboteur = sabotaged(stage, at, fault);
  const handle = remediateFinding(saboteur.needs);
  const onStage: Stage = {
    ...stage,
    deliver: (more = {}) => handle({ job: 'remediate', findingId: FINDING, ...more }),
  };
  const comesToRest = (more: { readonly undo?: string } = {}) => settled(onStage, more, saboteur.revive);
  const before = stage.meaning();
  await comesToRest();
  await stage.approve();
  await comesToRest();
  const fixed = await stage.run();
  const left = stage.meaning();
  const sentForFix = stage.sent.length;
  const isHit = saboteur.struck() !== undefined;
  let undone: Run | undefined;
  // A fault of the first half is over by now.
  if (fixed.state === 'applied' && !isHit) {
    await stage.runs.askUndo(fixed, { by: 'arn:aws:iam::123456789012:user/bob', at: 'then', forced: false });
    await comesToRest({ undo: fixed.id });
    if (stage.last().kind === 'RemediationProposed') {
      await stage.approve();
      await comesToRest({ undo: fixed.id });
    }
    undone = await stage.run();
  }
  return { stage, saboteur, before, fixed, left, undone, sentForFix, isHit };
}

/** Whatever went wrong, this holds of what was sent for a run, and of what its record says of it. */
async function isTrue(stage: Stage, run: Run, sent: Stage['sent']): Promise<void> {
  if (run.planHash === undefined) {
    expect(sent).toEqual([]);
    return;
  }
  const kept = (await stage.runs.part(run, 'PLAN')) as never as {
    plan: { calls: { says: string; again: string }[] };
  };
  const { calls } = kept.plan;
  const name = (call: { says: string }) => call.says;
  // No call that the plan did not show.
  for (const { call } of sent) expect(calls.map(name)).toContain(name(call));
  for (const [index, call] of calls.entries()) {
    const worked = sent.filter((one) => name(one.call) === name(call) && one.answer.state === 'done');
    const steps = run.steps.filter((step) => step.call === index);
    const isLost = steps.some(({ result }) => result === undefined || result === 'unknown');
    if (call.again !== 'harmless') expect(worked.length).toBeLessThanOrEqual(1);
    // Made again only where no answer was recorded.
    if (worked.length > 1) expect(isLost).toBe(true);
    const isDone = steps.some(({ result }) => result === 'done');
    if (isDone) expect(worked.length).toBeGreaterThan(0);
    // What worked is said to have worked, or not to be known.
    if (worked.length > 0) expect(isDone || isLost).toBe(true);
    if (['applied', 'undone'].includes(run.state)) expect(isDone).toBe(true);
  }
}

const all = remediations.flatMap((remediation) =>
  (cases[remediation.id] ?? []).map((one) => [remediation.id, one.name, remediation, one] as const),
);

test.each(all)('%s, %s: every fault at every step', async (_id, _name, remediation, one) => {
  const { saboteur: rehearsal } = await played(remediation, one);
  expect(rehearsal.reached.length).toBeGreaterThan(20);
  for (const [at, place] of rehearsal.reached.entries()) {
    const { what } = place;
    for (const fault of faultsAt(place)) {
      const where = `${fault} at ${at}, ${what}`;
      const { stage, saboteur, before, fixed, left, undone, sentForFix, isHit } = await played(
        remediation,
        one,
        at,
        fault,
      );
      try {
        expect(saboteur.struck()).toBe(what);
        await isTrue(stage, fixed, stage.sent.slice(0, sentForFix));
        if (undone) await isTrue(stage, undone, stage.sent.slice(sentForFix));

        // Nothing is left in between, and nothing is left to be told.
        expect(['applied', 'unconfirmed', 'failed']).toContain(fixed.state);
        if (undone) expect(['undone', 'failed', 'refused']).toContain(undone.state);
        expect(stage.runs.all().flatMap(({ outbox }) => outbox)).toEqual([]);
        const ends = stage.outcomes().filter((kind) => kind !== 'RemediationProposed');
        expect(ends).toEqual([kindOf(fixed), ...(undone ? [kindOf(undone)] : [])]);
        for (const outcome of stage.reported.values()) RemediationOutcome.parse(outcome);

        // One run, counted once.
        const { begunAt = '', control, accountId } = fixed;
        expect(await stage.runs.admitted({ at: begunAt, control, accountId })).toEqual([fixed.id]);

        // One that may have worked, that is done twice when it is made twice, and of which nothing can be seen.
        const isDark = darkOnes.includes(remediation.id);
        const isBlind = canonicalJson(before) === canonicalJson(left);
        if (fault !== 'refused' && !isDark) {
          if (isHit) expect(fixed.state).toBe(isBlind ? 'unconfirmed' : 'applied');
          if (undone && undone.state !== 'refused') expect(undone.state).toBe('undone');
        }
        const [ended] = (undone ?? fixed).steps.slice(-1);
        if (ended?.state === 'failed')
          expect(ended.says).toMatch(fault === 'refused' ? /^AWS refused with Unauth/ : /may have worked/);
        if (fault === 'refused') expect((undone ?? fixed).state).toBe('failed');
      } catch (error) {
        throw new Error(`${where}: ${(error as Error).message}\n${JSON.stringify([fixed, undone], null, 1)}`);
      }
    }
  }
});

const kindOf = ({ state }: Run) => `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`;

const darkOnes = ['lambda-run-function', 'ec2-delete-security-group'];
