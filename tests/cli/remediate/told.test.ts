import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import evidenceCommand from '../../../cli/commands/evidence';
import showCommand from '../../../cli/commands/show';
import type { FindingRemediation } from '../../../shared/contracts/trailseal/finding';
import type { Run } from '../../../shared/remediations/run';
import { stopAll } from '../../support/local-aws';
import { run, testShell } from '../test-shell';
import { ANN, closeApis, startWorld, type World } from './world';

afterEach(async () => {
  closeApis();
  await stopAll();
});

/** A fix whose outcome has come into its finding. */
async function told(): Promise<{ world: World; fix: Run }> {
  const world = await startWorld();
  const fix = await world.fixed({
    steps: [
      {
        state: 'applying',
        at: '2026-01-31T11:00:01.000Z',
        call: 0,
        result: 'done',
        requestId: '0a1b2c3d-aaaa-bbbb-cccc-0123456789ab',
      },
      { state: 'applied', at: '2026-01-31T11:00:05.000Z' },
    ],
  });
  const remediation: FindingRemediation = {
    outcome: 'O'.repeat(26),
    kind: 'Applied',
    run: fix.id,
    does: 'fix',
    remediation: fix.remediation,
    mode: 'approve',
    at: '2026-01-31T11:00:05.000Z',
    refusals: [],
    says: 'It was fixed: read again, it is as planned, and the control holds.',
    approvedBy: ANN,
    told: [],
  };
  await world.store({ ...world.finding, remediation });
  return { world, fix };
}

test('show tells the steps of the run that is stored, in words and as it is stored', async () => {
  const { world, fix } = await told();
  const show = (...args: string[]) =>
    run([showCommand], ['show', world.finding.id, ...args], testShell({ folder: world.folder }));
  const { out } = await show();
  expect(out).toMatch(/What was done +applied +It was fixed: read again/);
  expect(out).toContain(`What was done: applied\n  It was fixed: read again`);
  expect(out).toContain('call 1: done; request 0a1b2c3d-aaaa-bbbb-cccc-0123456789ab\n');
  const stored = JSON.parse((await show('--format', 'json')).out);
  expect(stored.runs).toMatchObject([{ id: fix.id, state: 'applied', planHash: fix.planHash }]);
  expect(stored.finding.remediation.run).toBe(fix.id);
});

test('evidence has the plan and the states before and after as files', async () => {
  const { world, fix } = await told();
  const plan = await world.runs.part(fix, 'PLAN');
  const shell = testShell({ folder: world.folder });
  await run([evidenceCommand], ['evidence', world.finding.id, '--out', 'here'], shell);
  const folder = join(world.folder, 'here');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const files = readdirSync(join(folder, 'remediation', fix.id)).sort();
  expect(files).toEqual(['before.json', 'left.json', 'plan.json']);
  expect(JSON.parse(read(`remediation/${fix.id}/plan.json`))).toEqual(plan);
  expect(JSON.parse(read(`remediation/${fix.id}/left.json`))).toEqual(await world.captured());
  expect(read('SHA256SUMS')).toContain(`  remediation/${fix.id}/before.json\n`);
  expect(read('README.md')).toContain(
    '- What was done: **applied**. `It was fixed: read again, it is as planned, and the control holds.`\n',
  );
  expect(read('README.md')).toContain(
    `- \`remediation/${fix.id}/before.json\`: of the fix by \`sg-revoke-world-rule\`, the state before, as it was read.\n`,
  );
});
