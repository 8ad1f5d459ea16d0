import command from '../../../cli/commands/undo';
import { type UndoOptions, undo } from '../../../cli/remediate/undo';
import type { Run } from '../../../shared/remediations/run';
import { stopAll } from '../../support/local-aws';
import { run, testShell } from '../test-shell';
import { ANN, closeApis, startWorld, type World } from './world';

afterEach(async () => {
  closeApis();
  await stopAll();
});

const undoing = ({ folder, finding }: World, ...args: string[]) =>
  run([command], ['undo', finding.id, ...args], testShell({ folder }));

async function waiting(
  world: World,
  then: (waited: number) => Promise<unknown> | undefined,
  options: Partial<UndoOptions> = {},
) {
  const shell = testShell({ folder: world.folder, columns: 200, env: { NO_COLOR: '1' } });
  let waited = 0;
  const person = { isThere: true, agrees: async () => true };
  const code = await undo(
    world.finding.id,
    { format: 'text', as: 'ann', ...options },
    shell,
    person,
    async () => {
      waited += 1;
      await then(waited);
    },
  );
  return { code, waited, ...shell.said };
}

test('what would come back is shown; in a pipe nothing is asked for without --yes', async () => {
  const world = await startWorld();
  const fix = await world.fixed();
  const { code, out, err } = await undoing(world);
  expect(code).toBe(2);
  expect(out).toMatch(/^Undo of sg-revoke-world-rule, for sg-no-world-admin-ipv4\n/);
  expect(out).toContain(`Run ${fix.id} of 2026-01-31 11:00:00 UTC is applied.`);
  expect(out).toMatch(/What would come back, by what was stored\n {2}\+ \S.*22.*0\.0\.0\.0\/0/);
  expect(out).toContain(
    'What it exposes again\n  Administration ports of the group are open to the world again.\n  Severity high: it waits for an approval of its own, by somebody else.\n',
  );
  expect(out).toContain('What is there now\n  It is as it was left.\n');
  expect(out).toMatch(/What the undo would do\n {2}1\. /);
  expect(err).toContain('error: Nothing was sent: nobody is at a terminal to be asked\n');
  expect(world.asked).toEqual([]);
});

test('with --yes it is asked for, as the one who is named', async () => {
  const world = await startWorld();
  const fix = await world.fixed();
  const { code, out } = await undoing(world, '--yes', '--as', 'ann');
  expect(code).toBe(0);
  expect(world.asked).toEqual([
    { path: `/findings/${world.finding.id}/runs/${fix.id}/undo`, keyId: 'ann', body: { force: false } },
  ]);
  expect(out).toContain(`Asked for\n  undo of run  ${fix.id}\n  as           ${ANN}\n`);
  expect(await world.runs.undoAsked(fix)).toMatchObject({ by: ANN, forced: false });
});

describe('somebody has changed it since', () => {
  test('the three states are shown, and nothing is asked for', async () => {
    const world = await startWorld();
    await world.fixed();
    await world.change();
    const { code, out, err } = await undoing(world, '--yes');
    expect([code, world.asked]).toEqual([2, []]);
    expect(out).toMatch(
      /What others changed since\n {2}~ \S.*8080.*\n {4}before the fix {2}not there\n {4}as it was left {2}not there\n {4}now {13}there\n/,
    );
    expect(out).toContain('What is there now\n  It is not as it was left.\n');
    expect(err).toContain('error: It is not undone: It is no longer as it was left: ');
    expect(err).toContain('Override what others changed: --force. Or change it by hand\n');
  });

  test('--force says so, and asks for it', async () => {
    const world = await startWorld();
    await world.fixed();
    await world.change();
    const { code, out } = await undoing(world, '--yes', '--force');
    expect([code, world.asked]).toMatchObject([0, [{ body: { force: true } }]]);
    expect(out).toContain('This is overridden, as it is forced.');
  });

  test('of a fix that was not confirmed, by what it foresaw', async () => {
    const world = await startWorld();
    const fix = await world.fixed();
    await world.change();
    // What was read after it has the change of somebody else in it.
    await world.runs.keep(fix, 'LEFT', await world.captured(), 99);
    await world.put({ ...fix, state: 'unconfirmed' });
    const { code, err } = await undoing(world, '--yes');
    expect([code, world.asked]).toEqual([2, []]);
    expect(err).toContain('It is no longer as it was left');
  });
});

test('what may not be read is shown by what was stored, and left to the function', async () => {
  const world = await startWorld();
  await world.fixed();
  world.limitTo({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' });
  const { code, out } = await undoing(world, '--yes', '--as', 'ann');
  expect([code, world.asked.length]).toEqual([0, 1]);
  expect(out).toMatch(/could not be read with your credentials: .*UnauthorizedOperation/);
  expect(out).toMatch(/What would come back, by what was stored\n {2}\+ /);
  expect(out).not.toContain('What the undo would do');
});

test('it is as before already', async () => {
  const world = await startWorld();
  const before = await world.captured();
  const fix = await world.fixed();
  await world.runs.keep(fix, 'CAPTURE', await world.captured(), 99);
  expect(before).not.toEqual(await world.captured());
  const { code } = await undoing(world, '--yes');
  expect([code, world.asked]).toEqual([0, []]);
});

describe('which run', () => {
  const id = (letter: string) => letter.repeat(26);

  test('the latest fix that is not undone', async () => {
    const world = await startWorld();
    const fix = await world.fixed({ id: id('A'), begunAt: '2026-01-31T10:00:00.000Z' });
    const later = { ...fix, id: id('B'), begunAt: '2026-01-31T11:00:00.000Z' };
    await world.put(later);
    await world.put({ ...fix, id: id('C'), does: 'undo', of: id('B'), state: 'undone' });
    await world.put({ ...fix, id: id('D'), state: 'refused', begunAt: '2026-01-31T12:00:00.000Z' });
    await undoing(world, '--yes');
    expect(world.asked[0]?.path).toContain(`/runs/${id('A')}/undo`);
  });

  test.each<[string, string[], Partial<Run>[], string]>([
    ['none', [], [], 'There is no fix of this finding to undo'],
    [
      'an undo only',
      [],
      [{ id: id('C'), does: 'undo', state: 'undone', of: id('B') }],
      'There is no fix of this finding to undo',
    ],
    [
      'one that changed nothing',
      ['--run', 'aaaaaa'],
      [{ id: id('A'), state: 'refused' }],
      `Run ${id('A')} is refused: it has changed nothing`,
    ],
    [
      'one that goes on',
      ['--run', 'AAAAAA'],
      [{ id: id('A'), state: 'applying' }],
      `Run ${id('A')} is being made: it is not over yet`,
    ],
    [
      'one that is not there',
      ['--run', 'BBBBBB'],
      [{ id: id('A'), state: 'applied' }],
      `--run: this finding has no fix whose run begins with BBBBBB\nIt has: ${id('A')} (applied)`,
    ],
    [
      'several',
      ['--run', 'AAAAAA'],
      [
        { id: id('A'), state: 'applied' },
        { id: `${'A'.repeat(25)}B`, state: 'applied' },
      ],
      '--run: 2 runs begin with AAAAAA',
    ],
    [
      'one whose states have expired',
      [],
      [{ id: id('A'), state: 'applied' }],
      `The state before run ${id('A')}, or what it left, is not known`,
    ],
    ['no run', ['--run', '../../x'], [], 'Expected the id of a run'],
  ])('%s', async (_name, args, runs, message) => {
    const world = await startWorld();
    for (const one of runs) await world.put(one);
    const { code, out, err } = await undoing(world, '--yes', ...args);
    expect([code, out, world.asked]).toEqual([2, '', []]);
    expect(err).toContain(message);
  });
});

describe('waiting', () => {
  const undoOf = (fix: Run, more: Partial<Run>): Partial<Run> => ({
    id: 'U'.repeat(26),
    does: 'undo',
    of: fix.id,
    asked: { by: ANN, at: '2026-02-01T00:00:00.000Z', forced: false },
    ...more,
  });

  test('until it is undone', async () => {
    const world = await startWorld();
    const fix = await world.fixed();
    const ended = await waiting(world, (waited) =>
      waited === 2 ? world.put(undoOf(fix, { state: 'undone' })) : undefined,
    );
    expect([ended.code, ended.waited]).toEqual([0, 2]);
    expect(ended.out).toContain(
      `The undo sg-revoke-world-rule is undone, mode approve: run ${'U'.repeat(26)}, which undoes run ${fix.id}.`,
    );
  });

  test('until it waits for an approval of its own, and by which command that is given', async () => {
    const world = await startWorld();
    const fix = await world.fixed();
    const ended = await waiting(world, () =>
      world.put(undoOf(fix, { asks: { nonce: 'n', expiresAt: '2026-02-02T00:00:00.000Z' } })),
    );
    expect([ended.code, ended.waited]).toEqual([0, 1]);
    expect(ended.out).toContain(
      `It waits for an approval until 2026-02-02 00:00:00 UTC: trailseal approve ${world.finding.id}`,
    );
  });

  test('an undo that was asked for before is not this one', async () => {
    const world = await startWorld();
    const fix = await world.fixed();
    const before = undoOf(fix, {
      state: 'refused',
      asked: { by: ANN, at: '2026-01-31T13:00:00.000Z', forced: false },
    });
    await world.put(before);
    const ended = await waiting(world, (waited) =>
      waited === 1 ? world.put(undoOf(fix, { id: 'V'.repeat(26), state: 'failed' })) : undefined,
    );
    expect([ended.code, ended.waited]).toEqual([1, 1]);
  });
});
