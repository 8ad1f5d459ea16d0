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
  ['one that was applied', { state: 'applied', begunAt: at }, at, { again: true, begunBefore: at }],
  ['one of another exposure', { state: 'applied', begunAt: at }, 'later', { begunBefore: at }],
  ['one that has begun and not ended', { state: 'captured', begunAt: at }, at, { begunBefore: at }],
  ['one that was refused when it had begun', { state: 'refused', begunAt: at }, 'later', {}],
  ['one that followed another', { state: 'refused', begunBefore: at }, 'later', { begunBefore: at }],
  ['one that knew of an earlier one', { state: 'refused', again: true }, at, { again: true }],
  ['an undo', { does: 'undo', state: 'undone', begunAt: at }, 'later', { afterUndo: 'R', begunBefore: at }],
  ['one that was refused after an undo', { state: 'refused', afterUndo: 'U' }, 'later', { afterUndo: 'U' }],
  [
    'one that was applied after an undo',
    { state: 'applied', begunAt: at, afterUndo: 'U' },
    'later',
    { begunBefore: at },
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
  const one = (id: string, more: Partial<Run> = {}): Run => ({ id, does: 'fix', steps: [], ...more }) as Run;
  const step = (requestId: string, result: 'done' | 'refused') =>
    ({ state: 'applying', at: '', requestId, result }) as const;

  test.each<[string, readonly Run[], unknown]>([
    ['none while nothing has begun', [one('A'), one('B')], undefined],
    [
      'those of the latest that has begun',
      [
        one('A', { begunAt: '2026-11-29T10:00:00.000Z', steps: [step('r-1', 'done')] }),
        one('B', {
          begunAt: '2026-11-29T12:00:00.000Z',
          steps: [step('r-2', 'done'), step('r-3', 'refused')],
        }),
        one('C'),
      ],
      { runs: ['B'], begunAt: '2026-11-29T12:00:00.000Z', requestIds: ['r-2'] },
    ],
    [
      'of an undo those of what it undoes, too',
      [
        one('U', {
          does: 'undo',
          of: 'A',
          begunAt: '2026-11-29T13:00:00.000Z',
          steps: [step('r-4', 'done')],
        }),
        one('A', { begunAt: '2026-11-29T10:00:00.000Z', steps: [step('r-1', 'done')] }),
        one('B', { begunAt: '2026-11-29T09:00:00.000Z', steps: [step('r-2', 'done')] }),
      ],
      { runs: ['A', 'U'], begunAt: '2026-11-29T10:00:00.000Z', requestIds: ['r-1', 'r-4'] },
    ],
  ])('%s', (_name, runs, expected) => {
    expect(callsOfRuns(runs)).toEqual(expected);
  });
});
