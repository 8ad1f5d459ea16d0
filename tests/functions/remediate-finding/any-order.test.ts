import fc from 'fast-check';
import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import revokeWorldRule from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import rdsPrivate from '../../../shared/remediations/rds/rds-disable-public-access';
import type { Run } from '../../../shared/remediations/run';
import { databaseCase, groupCase, mixedRules, rule } from '../../shared/remediations/cases';
import { FINDING } from '../../shared/remediations/scene';
import { type Stage, stageOf } from './stage';

const HOUR = 3_600_000;
const BOB = 'arn:aws:iam::123456789012:user/bob';

/** The needs of one delivery, whose worker dies before or after one of the things that it asks for. */
function dying({ needs }: Stage, after: number): Stage['needs'] {
  let left = after;
  const once = () => {
    left -= 1;
    if (left === 0) throw Object.assign(new Error('killed'), { name: 'Killed' });
  };
  const each = <Held extends object>(held: Held): Held =>
    new Proxy(held, {
      get(target, member: string) {
        const own = (target as Record<string, unknown>)[member];
        if (typeof own !== 'function' || member === 'release') return own;
        return async (...input: unknown[]) => {
          once();
          const answer = await (own as (...all: unknown[]) => unknown)(...input);
          once();
          return answer;
        };
      },
    });
  const { report } = each({ report: needs.report });
  return { ...needs, report, runs: each(needs.runs), performer: (session) => each(needs.performer(session)) };
}

const steps = {
  deliver: (stage: Stage) => deliver(stage),
  'deliver to one that dies': (stage: Stage, which: number) => deliver(stage, {}, which + 1),
  'want it again': (stage: Stage) => deliver(stage, { again: true }),
  async approve(stage: Stage) {
    if ([...stage.reported.values()].at(-1)?.asks) await stage.approve();
  },
  async 'ask for an undo'(stage: Stage, which: number) {
    const run = changed(stage, which);
    if (run === undefined) return;
    await stage.runs.askUndo(run, { by: BOB, at: stage.needs.now(), forced: which % 2 === 0 });
    await deliver(stage, { undo: run.id }, which % 3 === 0 ? which + 1 : undefined);
  },
  async 'tell of an undo again'(stage: Stage, which: number) {
    const run = changed(stage, which);
    if (run) await deliver(stage, { undo: run.id });
  },
  async 'open it again'(stage: Stage, which: number) {
    for (const database of stage.cloud.databases) database['PubliclyAccessible'] = true;
    if (stage.cloud.rules.length > 0)
      stage.cloud.rules.push(
        rule(`again-${stage.clock.now}`, { FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }),
      );
    seen(stage, which % 2 === 0);
  },
  'see it': async (stage: Stage, which: number) => seen(stage, false, which % 3 === 0 ? 'resolved' : 'open'),
  async 'change compliance.yml'(stage: Stage, which: number) {
    stage.circumstances.mode = (['auto', 'approve', 'dry-run', 'notify'] as const)[which % 4] ?? 'approve';
  },
  async wait(stage: Stage, which: number) {
    stage.clock.now += which % 4 === 0 ? 25 * HOUR : 301_000;
  },
};

async function deliver(
  stage: Stage,
  more: { readonly undo?: string; readonly again?: true } = {},
  dies?: number,
): Promise<void> {
  const handle = remediateFinding(dies === undefined ? stage.needs : dying(stage, dies));
  try {
    await handle({ job: 'remediate', findingId: FINDING, ...more });
  } catch (error) {
    const { name } = error as Error;
    if (!['NotYet', 'Killed'].includes(name)) throw error;
    // Whoever died had the lease.
    if (name === 'Killed') stage.clock.now += 7 * 60_000;
  }
}

function changed({ runs }: Stage, which: number): Run | undefined {
  const begun = runs.all().filter(({ does, begunAt }) => does === 'fix' && begunAt !== undefined);
  return begun[which % Math.max(1, begun.length)];
}

function seen(stage: Stage, isNew: boolean, state: 'open' | 'resolved' = 'open'): void {
  const { judgement, exposure } = stage.finding();
  if (!judgement) throw new Error('no judgement');
  const observedAt = stage.needs.now();
  stage.circumstances.finding = {
    ...stage.circumstances.finding,
    state,
    judgement: { ...judgement, observedAt },
    ...(isNew ? { exposure: { from: observedAt } } : exposure ? { exposure } : {}),
  };
}

const often: readonly (keyof typeof steps)[] = [
  'deliver',
  'deliver to one that dies',
  'approve',
  'ask for an undo',
  'open it again',
  'wait',
];
const name = fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[]), ...often, ...often);
const story = fc.array(fc.tuple(name, fc.nat(60)), { minLength: 10, maxLength: 40, size: 'max' });

test('whatever comes in whatever order, wherever workers die: one run at a time, approved, and ended', async () => {
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.boolean(),
      fc.constantFrom('high', 'medium'),
      async (told, isDatabase, severity) => {
        const given = { finding: { severity } } as const;
        const stage = isDatabase
          ? await stageOf(rdsPrivate, databaseCase(), given)
          : await stageOf(revokeWorldRule, groupCase(mixedRules), given);
        for (const [one, which] of told) await steps[one](stage, which);
        stage.circumstances.mode = 'approve';
        for (let times = 0; times < 6; times += 1) {
          stage.clock.now += 7 * 60_000;
          await deliver(stage);
        }
        const runs = stage.runs.all();
        const unfinished = runs.filter(({ state }) => ['planned', 'captured', 'applying'].includes(state));
        expect(unfinished.map(({ state }) => state).filter((state) => state !== 'planned')).toEqual([]);
        expect(unfinished.length).toBeLessThanOrEqual(1);
        expect(runs.flatMap(({ outbox }) => outbox)).toEqual([]);
        const nonces = runs.flatMap(({ approval }) => (approval ? [approval.nonce] : []));
        expect(new Set(nonces).size).toBe(nonces.length);
        // One that was refused when it was taken up again has made no call.
        for (const { does, state, begunAt, approval, mode, planHash } of runs)
          if (
            begunAt !== undefined &&
            state !== 'refused' &&
            (does === 'fix' ? mode !== 'auto' : severity === 'high')
          )
            expect(approval?.planHash).toBe(planHash);
        for (const { state, steps } of runs)
          if (state === 'refused') expect(steps.filter(({ call }) => call !== undefined)).toEqual([]);
      },
    ),
    { numRuns: 600 },
  );
}, 60_000);
