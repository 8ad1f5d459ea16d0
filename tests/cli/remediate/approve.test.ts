import command from '../../../cli/commands/approve';
import { type ApproveOptions, approve } from '../../../cli/remediate/approve';
import type { RemediationStep } from '../../../shared/contracts/trailseal/remediation';
import type { Run } from '../../../shared/remediations/run';
import { stopAll } from '../../support/local-aws';
import { records } from '../findings/laptop';
import { run, testShell } from '../test-shell';
import { ACTOR, ANN, closeApis, startWorld, type World } from './world';

afterEach(async () => {
  closeApis();
  await stopAll();
});

const approving = ({ folder, finding }: World, ...args: string[]) =>
  run([command], ['approve', finding.id, ...args], testShell({ folder }));

const yes = { isThere: true, agrees: async () => true };

/** At a terminal, with time that does not pass; `then` is what happens while it does. */
async function waiting(
  world: World,
  options: Partial<ApproveOptions> = {},
  then: (waited: number) => Promise<unknown> | undefined = () => undefined,
) {
  const shell = testShell({ folder: world.folder, columns: 200, env: { NO_COLOR: '1' } });
  let waited = 0;
  const code = await approve(
    world.finding.id,
    { format: 'text', as: 'ann', ...options },
    shell,
    yes,
    async () => {
      waited += 1;
      await then(waited);
    },
  );
  return { code, waited, ...shell.said };
}

test('in a pipe: shown, and not approved without --yes', async () => {
  const world = await startWorld();
  await world.propose();
  const { code, out, err } = await approving(world);
  expect(code).toBe(2);
  expect(out).toMatch(/^The fix sg-revoke-world-rule, for sg-no-world-admin-ipv4\n/);
  expect(out).toMatch(/What it would do\n {2}1\. Revoke /);
  expect(err).toContain('error: Nothing was sent: nobody is at a terminal to be asked\n');
  expect(world.asked).toEqual([]);
});

test('what is approved is the stored plan, signed by the one who is named, and nothing is waited for', async () => {
  const world = await startWorld();
  const proposed = await world.propose();
  // What is there now is another thing: an approval is bound to what was stored.
  await world.change();
  const { code, out } = await approving(world, '--yes', '--as', 'ann');
  expect(code).toBe(0);
  expect(world.asked).toEqual([
    {
      path: `/findings/${world.finding.id}/runs/${proposed.id}/approval`,
      keyId: 'ann',
      body: { planHash: proposed.planHash, nonce: 'a-nonce' },
    },
  ]);
  expect(out).toContain(`Who may not approve it, unless compliance.yml says actorMayApprove\n  - ${ACTOR}\n`);
  expect(out).toContain(
    `Approved\n  run    ${proposed.id}\n  plan   ${proposed.planHash}\n  as     ${ANN}\n`,
  );
  expect(await world.runs.approvals(proposed)).toMatchObject([
    { approver: ANN, planHash: proposed.planHash },
  ]);
});

test('by default the operator signs', async () => {
  const world = await startWorld();
  await world.propose();
  await approving(world, '--yes');
  expect(world.asked).toMatchObject([{ keyId: 'operator' }]);
});

test('who made the change may not, and is told', async () => {
  const world = await startWorld();
  const proposed = await world.propose();
  const { code, err } = await approving(world, '--yes', '--as', 'mallory');
  expect(code).toBe(2);
  expect(err).toContain(
    'error: The API refuses it (403): Who made the change, or asked for this one, may not approve it.\n',
  );
  expect(await world.runs.approvals(proposed)).toEqual([]);
});

test.each<[string, string[], string]>([
  ['nobody of that name', ['--as', 'bob'], '--as: local AWS knows nobody called bob\nIt knows: ann, mallory'],
  ['a name of objects', ['--as', 'constructor'], '--as: local AWS knows nobody called constructor'],
])('%s', async (_name, args, message) => {
  const world = await startWorld();
  await world.propose();
  const { code, err } = await approving(world, '--yes', ...args);
  expect([code, world.asked]).toEqual([2, []]);
  expect(err).toContain(`error: ${message}`);
});

test('an address that somebody else wrote into the table gets nothing', async () => {
  const world = await startWorld();
  await world.propose({ api: 'https://evil.example' });
  const { code, out, err } = await approving(world, '--yes');
  expect([code, out, world.asked]).toEqual([2, '', []]);
  expect(err).toContain(
    'error: The run names https://evil.example as the address of the API, and no request is sent there\n',
  );
});

test('a plan that somebody else wrote into the table is not shown, and not approved', async () => {
  const world = await startWorld();
  const proposed = await world.propose();
  const plan = await world.plan();
  const other = { plan: { ...plan, calls: [] }, settings: {}, parameters: {}, lowered: [] };
  await world.runs.keep(
    proposed,
    'PLAN',
    JSON.parse(JSON.stringify({ ...other, plan: { ...plan, notes: ['x'] } })),
    99,
  );
  const { code, out, err } = await approving(world, '--yes');
  expect([code, out, world.asked]).toEqual([2, '', []]);
  expect(err).toContain('is not the one that the run is bound to');
});

test.each<[string, Partial<Run> | undefined, string]>([
  ['no run', undefined, 'Nothing waits for an approval: there is no run'],
  ['one that is over', { state: 'applied' }, 'the latest run, '],
  [
    'one that is too late',
    { asks: { nonce: 'n', expiresAt: '2026-01-31T23:00:00.000Z' } },
    'Nobody approved it until 2026-01-31 23:00:00 UTC, so it has expired',
  ],
  ['a plan of dry-run', { mode: 'dry-run' }, 'is proposed, mode dry-run'],
])('%s', async (_name, parts, message) => {
  const world = await startWorld();
  if (parts) await world.put(parts);
  const { code, out, err } = await approving(world, '--yes');
  expect([code, out, world.asked]).toEqual([2, '', []]);
  expect(err).toContain(message);
  expect(err).toContain(`trailseal remediate ${world.finding.id} --apply`);
});

test('an undo says what it exposes again, and who asked for it', async () => {
  const world = await startWorld();
  await world.propose({
    does: 'undo',
    of: 'F'.repeat(26),
    asked: { by: ANN, at: '2026-01-31T12:00:00.000Z', forced: false },
  });
  const { out } = await approving(world);
  expect(out).toMatch(/^The undo sg-revoke-world-rule/);
  expect(out).toContain(
    'It exposes again, severity high: Administration ports of the group are open to the world again.',
  );
  expect(out).toContain(`actorMayApprove\n  - ${ACTOR}\n  - ${ANN}\n`);
});

describe('waiting', () => {
  const step = (state: RemediationStep['state'], more: Partial<RemediationStep> = {}): RemediationStep => ({
    state,
    at: '2026-02-01T00:00:01.000Z',
    ...more,
  });

  test.each<[Run['state'], RemediationStep, 0 | 1, RegExp]>([
    [
      'applied',
      step('applied'),
      0,
      /What came of it\n {2}The fix sg-revoke-world-rule is applied[\s\S]*Put it back: trailseal undo/,
    ],
    ['undone', step('undone'), 0, /is undone/],
    [
      'unconfirmed',
      step('unconfirmed', { says: 'What is there now is not what the plan foresaw.' }),
      1,
      /unconfirmed {2}What is there now is not/,
    ],
    ['failed', step('failed', { error: { code: 'Denied', says: 'no' } }), 1, /failed {2}Denied: no/],
    [
      'refused',
      step('refused', { refusal: { code: 'stale-plan', says: 'It has changed.' } }),
      1,
      /refused {2}stale-plan: It has changed\./,
    ],
  ])('%s', async (state, last, code, words) => {
    const world = await startWorld();
    const proposed = await world.propose();
    const { asks: _, ...unasked } = proposed;
    const ended = await waiting(world, {}, (waited) =>
      waited === 2
        ? world.put({ ...unasked, state: 'applying', steps: [step('applying', { call: 0 })] })
        : waited === 3
          ? world.put({ ...unasked, state, steps: [last] })
          : undefined,
    );
    expect([ended.code, ended.waited]).toEqual([code, 3]);
    expect(ended.out).toMatch(words);
    expect(ended.err).toMatch(
      new RegExp(`is proposed\nRun ${proposed.id} is being made: call 1\nRun ${proposed.id} is ${state}\n$`),
    );
  });

  test('an approval that the function does not take ends it', async () => {
    const world = await startWorld();
    const proposed = await world.propose();
    const ended = await waiting(world, {}, () =>
      world.put({
        ...proposed,
        steps: [step('planned', { says: 'It waits for an approval. One does not count: It has expired.' })],
      }),
    );
    expect([ended.code, ended.waited]).toEqual([1, 1]);
    expect(ended.out).toContain('One does not count: It has expired.');
  });

  test('five minutes, and no longer', async () => {
    const world = await startWorld();
    await world.propose();
    const ended = await waiting(world);
    expect([ended.code, ended.waited]).toEqual([2, 150]);
    expect(ended.out).toContain(`It goes on by itself. Where it stands: trailseal show ${world.finding.id}`);
  });

  test('not at all', async () => {
    const world = await startWorld();
    await world.propose();
    expect(await waiting(world, { wait: false })).toMatchObject({ code: 0, waited: 0 });
  });
});

test('programs get what was asked, what was approved, and where it ended', async () => {
  const world = await startWorld();
  const proposed = await world.propose();
  const { asks: _, ...unasked } = proposed;
  world.thenDo = async () => {
    await world.put({ ...unasked, state: 'applied', steps: [] });
  };
  const { code, out } = await approving(world, '--yes', '--wait', '--as', 'ann', '--format', 'ndjson');
  expect(code).toBe(0);
  expect(records(out)).toMatchObject([
    {
      kind: 'asks',
      run: proposed.id,
      does: 'fix',
      plan: { hash: proposed.planHash },
      mayNotApprove: [ACTOR],
    },
    { kind: 'approved', run: proposed.id, approver: ANN, planHash: proposed.planHash },
    { kind: 'run', ended: true, run: { id: proposed.id, state: 'applied' } },
  ]);
  expect(out).not.toContain('a-nonce');
});
