import fc from 'fast-check';
import { remediateFinding } from '../../../functions/remediate-finding/remediate-finding';
import { remediationsTable } from '../../../shared/aws/remediations-table';
import { remediations } from '../../../shared/remediations';
import revokeWorldRule from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import { sampleTemplate } from '../../local/sample-template';
import { cases, groupCase, mixedRules } from '../../shared/remediations/cases';
import { FINDING } from '../../shared/remediations/scene';
import { startTestAws, stopAll } from '../../support/local-aws';
import { APPROVER, type Stage, settled, stageOf } from './stage';

afterEach(stopAll);

/** Every await of the needs takes its turn where the scheduler says. */
function scheduled(stage: Stage, scheduler: fc.Scheduler, name: string): Stage['needs'] {
  const each = <Held extends object>(held: Held): Held =>
    new Proxy(held, {
      get(target, member: string) {
        const own = (target as Record<string, unknown>)[member];
        if (typeof own !== 'function') return own;
        return async (...input: unknown[]) => {
          await scheduler.schedule(Promise.resolve(), `${name} ${member}`);
          return (own as (...all: unknown[]) => unknown)(...input);
        };
      },
    });
  const { needs } = stage;
  return {
    ...needs,
    findings: each(needs.findings),
    runs: each(needs.runs),
    performer: (session) => each(needs.performer(session)),
  };
}

const some = remediations.flatMap((remediation) => {
  const [one] = cases[remediation.id] ?? [];
  return one ? [{ remediation, one }] : [];
});

test('two deliveries, however they interleave, make each call at most once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.constantFrom(...some), async (scheduler, { remediation, one }) => {
      const stage = await stageOf(remediation, one);
      await stage.deliver();
      await stage.approve();
      const job = { job: 'remediate', findingId: FINDING };
      const deliveries = ['a', 'b'].map((name) =>
        remediateFinding(scheduled(stage, scheduler, name))(job).then(
          () => 'ended',
          (error: Error) => error.name,
        ),
      );
      await scheduler.waitFor(Promise.all(deliveries));
      const ends = await Promise.all(deliveries);
      expect(ends).toContain('ended');
      expect(ends.every((end) => end === 'ended' || end === 'NotYet')).toBe(true);
      await settled(stage);
      const says = stage.sent.map(({ call }) => call.says);
      expect(says).toEqual(stage.last().calls.length === 0 ? [] : [...new Set(says)]);
      expect(['Applied', 'Unconfirmed']).toContain(stage.last().kind);
      expect(stage.outcomes()).toEqual(['RemediationProposed', stage.last().kind]);
    }),
    { numRuns: 150 },
  );
});

test('on the table: proposed, approved, applied, undone', async () => {
  const { operator } = await startTestAws(sampleTemplate());
  const stage = await stageOf(revokeWorldRule, groupCase(mixedRules));
  const runs = remediationsTable('trailseal-test-findings', stage.needs.now, operator.dynamodb);
  const handle = remediateFinding({ ...stage.needs, runs });
  const deliver = (undo?: string) =>
    handle({ job: 'remediate', findingId: FINDING, ...(undo === undefined ? {} : { undo }) });
  const approve = async () => {
    const { run, planHash = '', asks = { nonce: '', expiresAt: '' } } = stage.last();
    const at = stage.needs.now();
    const { nonce, expiresAt } = asks;
    await runs.approve(
      { findingId: FINDING, id: run },
      { approver: APPROVER, planHash, nonce, at, expiresAt },
    );
  };
  const before = stage.meaning();
  expect(await deliver()).toMatchObject({ state: 'planned', outcomes: ['RemediationProposed'] });
  await approve();
  const applied = await deliver();
  expect(applied).toMatchObject({ state: 'applied', outcomes: ['Applied'] });
  expect(await deliver()).toMatchObject({ state: 'applied', outcomes: [] });
  const { run = '' } = applied;
  await runs.askUndo({ findingId: FINDING, id: run }, { by: 'bob', at: stage.needs.now(), forced: false });
  expect(await deliver(run)).toMatchObject({ outcomes: ['RemediationProposed'] });
  await approve();
  expect(await deliver(run)).toMatchObject({ state: 'undone', outcomes: ['Undone'] });
  expect(stage.meaning()).toEqual(before);
  expect(await runs.due('9999', 10)).toEqual([]);
});
