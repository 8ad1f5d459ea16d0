import type { RemediationStep } from '../../../shared/contracts/trailseal/remediation';
import {
  answered,
  callsOfRuns,
  idOf,
  inherited,
  isDone,
  type Run,
  stepped,
  wasLost,
} from '../../../shared/remediations/run';
import { diffLines, threeWayLines } from '../../../shared/remediations/shown';

const at = '2026-11-29T12:00:00.000Z';
const run: Run = {
  findingId: 'F',
  id: 'R',
  does: 'fix',
  remediation: 'x',
  control: 'c',
  accountId: '1',
  since: at,
  state: 'planned',
  mode: 'auto',
  steps: [],
  answers: {},
  outbox: [],
  seq: 1,
};
const sent: RemediationStep = { state: 'applying', at, call: 0 };

test('an id is that of findings: 26 characters, the same for the same parts', () => {
  expect(idOf('a', 'b')).toMatch(/^[A-Z2-7]{26}$/);
  expect(idOf('a', 'b')).toBe(idOf('a', 'b'));
  expect(new Set([idOf('a', 'b'), idOf('ab'), idOf('b', 'a'), idOf('a', 'b', '')]).size).toBe(4);
});

test('no other step than the contract knows', () => {
  expect(() => stepped(run, { state: 'applied', at })).toThrow('can not come from planned to applied');
  expect(stepped(run, { state: 'captured', at })).toMatchObject({ state: 'captured', steps: [{ at }] });
});

test.each<[string, RemediationStep[], boolean, boolean]>([
  ['never sent', [], false, false],
  ['sent', [sent], false, true],
  ['no answer', [{ ...sent, result: 'unknown' }], false, true],
  ['refused', [{ ...sent, result: 'refused' }], false, false],
  [
    'no answer, then throttled',
    [
      { ...sent, result: 'unknown' },
      { ...sent, result: 'refused' },
    ],
    false,
    true,
  ],
  ['no answer, then done', [sent, { ...sent, result: 'done' }], true, true],
  ['another was sent', [{ ...sent, call: 1 }], false, false],
])('a call: %s', (_name, steps, done, lost) => {
  const one = { ...run, steps };
  expect([isDone(one, 0), wasLost(one, 0)]).toEqual([done, lost]);
});

test('an answer takes the place of the step that waits for it', () => {
  const twice = { ...run, steps: [sent, { ...sent, at: 'later' }] };
  expect(answered(twice, { ...sent, result: 'done', requestId: 'r' }).steps).toEqual([
    sent,
    { ...sent, result: 'done', requestId: 'r' },
  ]);
  expect(() => answered(run, { ...sent, result: 'done' })).toThrow('has not made call 0');
});

test.each<[string, Partial<Run> | undefined, string, object]>([
  ['nothing', undefined, at, {}],
  ['a proposal', {}, at, {}],
  [
    'one that was applied',
    { state: 'applied', begunAt: at },
    at,
    { again: true, begunBefore: at, begunRun: 'R' },
  ],
  ['one of another exposure', { state: 'applied', begunAt: at }, 'later', { begunBefore: at, begunRun: 'R' }],
  [
    'one that has begun and not ended',
    { state: 'captured', begunAt: at },
    at,
    { begunBefore: at, begunRun: 'R' },
  ],
  ['one that was refused when it had begun', { state: 'refused', begunAt: at }, 'later', {}],
  [
    'one that followed another',
    { state: 'refused', begunBefore: at, begunRun: 'Q' },
    'later',
    { begunBefore: at, begunRun: 'Q' },
  ],
  ['one that knew of an earlier one', { state: 'refused', again: true }, at, { again: true }],
  [
    'an undo',
    { does: 'undo', state: 'undone', begunAt: at },
    'later',
    { afterUndo: 'R', begunBefore: at, begunRun: 'R' },
  ],
  ['one that was refused after an undo', { state: 'refused', afterUndo: 'U' }, 'later', { afterUndo: 'U' }],
  [
    'one that was applied after an undo',
    { state: 'applied', begunAt: at, afterUndo: 'U' },
    'later',
    { begunBefore: at, begunRun: 'R' },
  ],
  ['an undo that was refused', { does: 'undo', state: 'refused' }, at, {}],
])('a new run knows of %s', (_name, latest, since, known) => {
  expect(inherited(latest && { ...run, ...latest }, since)).toEqual(known);
});

test('a change is shown place by place, and cut where it is long', () => {
  expect(
    diffLines({ before: { a: 1, b: { c: 'x' } }, after: { a: 1, b: { c: 'y'.repeat(400) }, d: [] } }),
  ).toEqual([
    { path: 'b.c', before: '"x"', after: `"${'y'.repeat(299)}…` },
    { path: 'd', before: null, after: '[]' },
  ]);
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, index]));
  const lines = diffLines({ before: {}, after: many });
  expect(lines).toHaveLength(50);
  expect(lines.at(-1)).toEqual({ path: 'and 11 more', before: null, after: null });
  expect(threeWayLines([{ path: 'a', captured: 1, left: undefined, live: null }])).toEqual([
    { path: 'a', captured: '1', left: null, live: 'null' },
  ]);
});

describe('which calls are told of', () => {
  const at = (hour: number) => `2026-11-29T${hour}:00:00.000Z`;
  const one = (id: string, more: Partial<Run> = {}): Run => ({ id, does: 'fix', steps: [], ...more }) as Run;
  const step = (requestId: string, result: 'done' | 'refused') =>
    ({ state: 'applying', at: '', requestId, result }) as const;
  const stored: readonly Run[] = [
    one('A', { begunAt: at(10), steps: [step('r-1', 'done')] }),
    one('B', {
      begunAt: at(12),
      steps: [
        step('r-2', 'done'),
        step('r-3', 'refused'),
        { ...step('r-5', 'done'), error: { code: 'AlreadyDone', says: '' } },
      ],
    }),
    one('P', { begunRun: 'B' }),
    one('N'),
    one('R', { state: 'refused', begunAt: at(14), begunRun: 'B' }),
    one('U', { does: 'undo', of: 'A', begunAt: at(13), begunRun: 'A', steps: [step('r-4', 'done')] }),
  ];
  const runs = { read: async (_: string, id: string) => stored.find((known) => known.id === id) };

  test.each<[string, string, unknown]>([
    ['none while nothing has begun', 'N', undefined],
    ['none of a run that is not there', 'X', undefined],
    ['those of a run that has begun', 'B', { runs: ['B'], begunAt: at(12), requestIds: ['r-2'] }],
    ['those of the one before, while it has not', 'P', { runs: ['B'], begunAt: at(12), requestIds: ['r-2'] }],
    [
      'of one that was refused in time, those of the one before',
      'R',
      { runs: ['B'], begunAt: at(12), requestIds: ['r-2'] },
    ],
    [
      'of an undo those of what it undoes, too',
      'U',
      { runs: ['A', 'U'], begunAt: at(10), requestIds: ['r-1', 'r-4'] },
    ],
  ])('%s', async (_name, latest, expected) => {
    expect(await callsOfRuns(runs, 'F', latest)).toEqual(expected);
  });
});
