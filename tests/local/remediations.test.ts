import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Call } from '../../local/calls';
import { services } from '../../shared/aws/calls/services';
import type { CallsPerformer } from '../../shared/aws/perform-calls';
import { sourceIdentity } from '../../shared/aws/remediation-role';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { AwsCall, Plan, Target } from '../../shared/contracts/trailseal/remediation';
import type { AnyRule, Control } from '../../shared/controls/control';
import { remediations } from '../../shared/remediations';
import { capture, inputOf, propose } from '../../shared/remediations/plan';
import type { AnyRemediation, Occasion } from '../../shared/remediations/remediation';
import { proposeUndo } from '../../shared/remediations/undo';
import { cases } from '../shared/remediations/cases';
import { asItem } from '../shared/remediations/item';
import { ACCOUNT, type Case, FINDING, REGION } from '../shared/remediations/scene';
import { said } from '../support/judge-rule';
import { stopAll } from '../support/local-aws';
import { actionsOf, furnish, NOW, type RemediationAws, ROLE, startRemediationAws } from './remediation-aws';

afterEach(stopAll);

const controls = join(__dirname, '..', '..', 'shared', 'controls');
const controlFile = new Map(
  readdirSync(controls, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(rules|detections|partners)\/.+\/.+\.ts$/.test(file))
    .map((file) => [basename(file, '.ts'), join(controls, file)]),
);

/** One remediation in one state of the local AWS. */
class Scene {
  readonly calls = { capture: new Set<string>(), apply: new Set<string>(), undo: new Set<string>() };
  readonly #occasion: Occasion;
  readonly #settings: unknown;

  private constructor(
    readonly world: RemediationAws,
    readonly remediation: AnyRemediation,
    readonly one: Case,
    readonly target: Target,
  ) {
    this.#settings = remediation.settings.parse(one.settings ?? {});
    this.#occasion = {
      findingId: FINDING,
      control: one.control ?? remediation.fixes[0] ?? 'some-control',
      parameters: one.parameters ?? {},
      at: NOW,
      since: '2026-11-29T11:00:00.000Z',
    };
  }

  static async of(remediation: AnyRemediation, one: Case): Promise<Scene> {
    const world = await startRemediationAws([remediation.id]);
    await furnish(world, one.cloud);
    return new Scene(world, remediation, one, located(remediation, one.finding));
  }

  async capture(target = this.target): Promise<Json> {
    const reads = this.remediation.reads(target, this.#occasion, this.#settings);
    const calls = reads.map(({ call }) => call);
    const answered = await this.#noting('capture', () => this.world.performer(calls).read(reads));
    if ('unreadable' in answered) throw new Error(answered.unreadable);
    const captured = capture(this.remediation, answered.answers);
    if ('refusal' in captured) throw new Error(captured.refusal.says);
    return captured.captured;
  }

  plan(captured: Json): Plan | string {
    const { target, remediation } = this;
    const situation = { captured, target, occasion: this.#occasion, settings: this.#settings };
    const proposal = propose(remediation, situation);
    return 'plan' in proposal ? proposal.plan : proposal.refusal.code;
  }

  planUndo(captured: Json, left: Json) {
    const situation = { target: this.target, occasion: this.#occasion, settings: this.#settings };
    return proposeUndo(this.remediation, { captured, left, live: left }, situation, false);
  }

  /** Makes the calls of a plan, in a session that may make these and no others. */
  async make(
    part: 'apply' | 'undo',
    { calls }: Plan,
  ): Promise<{ answers: JsonObject[]; performer: CallsPerformer; requestIds: string[] }> {
    const performer = this.world.performer(calls, 'a-nonce');
    const answers: JsonObject[] = [];
    const requestIds: string[] = [];
    await this.#noting(part, async () => {
      for (const call of calls) {
        const made = await performer.apply({ ...call, input: inputOf(call, answers) });
        if (made.state !== 'done') throw new Error(`${call.says}: ${JSON.stringify(made)}`);
        answers.push(made.answer);
        requestIds.push(made.requestId);
      }
    });
    await this.world.aws.idle();
    return { answers, performer, requestIds };
  }

  async verdict(captured: Json): Promise<string | undefined> {
    const { remediation, one, target } = this;
    const file = controlFile.get(this.#occasion.control);
    const control = file === undefined ? undefined : ((await import(file)) as { default: Control }).default;
    if (control?.kind !== 'rule') return undefined;
    const observed = remediation.observed(captured, target);
    if (!observed) return undefined;
    return said(control as AnyRule, asItem(target, observed), one.parameters).compliance;
  }

  async #noting<T>(part: keyof Scene['calls'], act: () => Promise<T>): Promise<T> {
    const { calls } = this.world.aws;
    const before = calls.length;
    const result = await act();
    for (const { action } of calls.slice(before).filter(isOurs)) this.calls[part].add(action);
    return result;
  }
}

const isOurs = ({ caller, action }: Call) => caller.startsWith('trailseal.') && !action.startsWith('sts:');

function located(remediation: AnyRemediation, finding: Case['finding']): Target {
  const found = remediation.target({ accountId: ACCOUNT, region: REGION, ...finding });
  if ('cannot' in found) throw new Error(found.cannot);
  return found.target;
}

function planOf(plan: Plan | string): Plan {
  if (typeof plan === 'string') throw new Error(plan);
  return plan;
}

/** What comes back under another id is the same but for that. */
const renamed = (value: Json, from: string, to: string): Json =>
  JSON.parse(JSON.stringify(value).replaceAll(from, to)) as Json;

/** Whoever reads CloudTrail sees the role, the finding and the approval. */
const ours = expect.objectContaining({
  type: 'AssumedRole',
  sessionContext: expect.objectContaining({
    sessionIssuer: expect.objectContaining({ arn: ROLE }),
    sourceIdentity: sourceIdentity({ findingId: FINDING, approval: 'a-nonce' }),
  }),
});

/** A call that is in no plan, for every session to try. */
const outside: AwsCall = {
  service: 'iam',
  action: 'UpdateAccessKey',
  region: 'us-east-1',
  input: { UserName: 'bystander', AccessKeyId: 'AKIABYSTANDER', Status: 'Inactive' },
  allows: [],
  says: 'Deactivate a key that nobody asked about',
  again: 'harmless',
};

describe.each(remediations.map((remediation) => [remediation.id, remediation] as const))(
  '%s on the local AWS',
  (id, remediation) => {
    const needed = { capture: new Set<string>(), apply: new Set<string>(), undo: new Set<string>() };

    test.each((cases[id] ?? []).map((one) => [one.name, one] as const))(
      '%s: is mended, judged again, and undone',
      async (_name, one) => {
        const scene = await Scene.of(remediation, one);
        const { aws } = scene.world;
        const captured = await scene.capture();
        const plan = planOf(scene.plan(captured));
        const before = await scene.verdict(captured);
        const { performer, requestIds } = await scene.make('apply', plan);
        // Invocations of functions are data events, which this CloudTrail does not record.
        if (id !== 'lambda-run-function')
          expect(aws.records.slice(-requestIds.length)).toEqual(
            requestIds.map((requestID) => expect.objectContaining({ requestID, userIdentity: ours })),
          );

        const left = await scene.capture();
        expect(remediation.meaning(left)).toEqual(plan.after);
        const after = await scene.verdict(left);
        if (before !== undefined)
          expect([before, after ?? 'COMPLIANT']).toEqual(['NON_COMPLIANT', 'COMPLIANT']);
        if (remediation.fixes.length > 0) expect(scene.plan(left)).toBe('nothing-to-do');

        const undo = scene.planUndo(captured, left);
        if ('plan' in undo) {
          const { answers } = await scene.make('undo', undo.plan);
          const back = undo.undo.comesBackAs;
          const newId = back && String(answers[back[0]]?.[back[1]]);
          const target = newId ? located(remediation, { ...one.finding, resourceId: newId }) : scene.target;
          const restored = remediation.meaning(await scene.capture(target));
          expect(newId ? renamed(restored, newId, scene.target.id) : restored).toEqual(undo.plan.after);
          if (id !== 'ec2-isolate-instance') expect(undo.plan.after).toEqual(remediation.meaning(captured));
        } else expect(undo.refusal.code).toBe('irreversible');

        expect(aws.deniedCalls()).toEqual([]);
        for (const part of ['capture', 'apply', 'undo'] as const)
          for (const action of scene.calls[part]) needed[part].add(action);

        aws.iam.putUser({ UserName: 'bystander', AccessKeys: [{ AccessKeyId: 'AKIABYSTANDER' }] });
        const refused = await performer.apply(outside);
        expect(refused).toMatchObject({ state: 'refused', code: expect.stringMatching(/^AccessDenied/) });
        expect(aws.deniedCalls().map(({ because }) => because)).toEqual([
          expect.stringContaining('no session policy allows'),
        ]);
      },
    );

    test('has exactly the rights that its calls were checked for', () => {
      const { capture: read, apply, undo } = remediation.permissions;
      expect({
        capture: [...needed.capture].sort(),
        apply: [...needed.apply].sort(),
        undo: [...needed.undo].sort(),
      }).toEqual({ capture: read, apply, undo });
      // What the stack gives the role for this remediation was used, all of it.
      const used = new Set([...needed.capture, ...needed.apply, ...needed.undo]);
      expect(actionsOf([id])).toEqual([...used].sort());
    });
  },
);

test('every call of a remediation can be performed, and nothing else', async () => {
  const named = new Set<string>();
  for (const remediation of remediations)
    for (const one of cases[remediation.id] ?? []) {
      const scene = await Scene.of(remediation, one);
      const target = scene.target;
      const reads = remediation.reads(
        target,
        { findingId: FINDING, control: '', parameters: {}, at: NOW, since: NOW },
        remediation.settings.parse(one.settings ?? {}),
      );
      const captured = await scene.capture();
      const plan = planOf(scene.plan(captured));
      await scene.make('apply', plan);
      const undo = scene.planUndo(captured, await scene.capture());
      const calls = [
        ...reads.map(({ call }) => call),
        ...plan.calls,
        ...('plan' in undo ? undo.plan.calls : []),
      ];
      for (const { service, action } of calls) named.add(`${service} ${action}`);
      await stopAll();
    }
  const performed = await Promise.all(
    Object.entries(services).map(async ([name, load]) => {
      const { service } = await load();
      return [...service.commands.keys()].map((action) => `${name} ${action}`);
    }),
  );
  expect(performed.flat().sort()).toEqual([...named].sort());
});
