import fc from 'fast-check';
import type { FaultRates } from '../../../cli/replay/faults';
import { type Delivery, type Run, simulate } from '../../../cli/replay/simulation';
import { openTo } from '../../support/config-events';
import { change, HOUR, MINUTE, START, scenarioOf } from './stories';

// More of them on demand: REPLAY_SEEDS=5000 npx jest tests/cli/replay/bursts
const RUNS = Number(process.env['REPLAY_SEEDS'] ?? 60);

/** So many security groups, each opened to the world at its time. */
const opened = (times: readonly number[]): Delivery[] =>
  times.map((at, index) => change(at, { resourceId: `sg-${index}`, configuration: openTo('0.0.0.0/0') }));

const many = (count: number, over = 1000): number[] =>
  Array.from({ length: count }, (_, index) => START + Math.floor((index * over) / count));

const byThemselves = ({ alerts }: Run) =>
  alerts.flatMap(({ alert }) => (alert.folded ? [] : [alert.alertId]));
const summaries = ({ alerts }: Run) =>
  alerts.flatMap(({ alert, again }) => (alert.folded && !again ? [alert] : []));
const listed = (run: Run) =>
  summaries(run)
    .flatMap(({ folded }) => folded?.listed ?? [])
    .map(({ alertId }) => alertId);

test('ten alerts of a control are sent by themselves, and what is more becomes one summary', async () => {
  const run = await simulate(scenarioOf(opened(many(23))));
  expect(byThemselves(run)).toHaveLength(10);
  expect(summaries(run)).toMatchObject([
    {
      messageType: 'Summary',
      control: { id: 'sg-no-world-admin-ipv4' },
      status: 'open',
      severity: 'high',
      folded: { count: 13, from: '2026-01-31T09:00:00.000Z', to: '2026-01-31T09:10:00.000Z' },
    },
  ]);
  expect(run.alerts.at(-1)?.at).toBeGreaterThanOrEqual(START + 12 * MINUTE);
  expect(new Set([...byThemselves(run), ...listed(run)])).toEqual(
    new Set(run.transitions.map(({ id }) => id)),
  );
});

test('ten are no burst', async () => {
  const run = await simulate(scenarioOf(opened(many(10))));
  expect([byThemselves(run).length, summaries(run).length]).toEqual([10, 0]);
});

test('a slow trickle is none either', async () => {
  const run = await simulate(scenarioOf(opened(many(24, 24 * 5 * MINUTE))));
  expect([byThemselves(run).length, summaries(run).length]).toEqual([24, 0]);
});

test('of very many the first fifty are listed, and the others counted', async () => {
  const run = await simulate(scenarioOf(opened(many(130))));
  const [summary, ...others] = summaries(run);
  expect(others).toEqual([]);
  expect(summary?.folded).toMatchObject({ count: 120, omitted: 70 });
  expect(summary?.folded?.listed).toHaveLength(50);
  const [{ email } = { email: '' }] = run.alerts.filter(({ alert }) => alert.folded);
  expect(email).toContain('  and 70 more\n');
  expect(email).toContain('  trailseal findings --control sg-no-world-admin-ipv4\n');
});

const rate = (max: number) => fc.integer({ min: 0, max: 100 }).map((part) => (part / 100) * max);
const faults: fc.Arbitrary<FaultRates> = fc.record({
  dynamodb: rate(0.3),
  events: rate(0.2),
  sns: rate(0.4),
  sqs: rate(0.4),
  crash: rate(0.15),
});
const times = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 25 * MINUTE })), {
    minLength: 11,
    maxLength: 45,
  })
  .map((after) => after.map((one) => START + one).sort((a, b) => a - b));

/** How many alerts were folded that no summary lists by name. */
const omitted = (run: Run) => summaries(run).reduce((sum, { folded }) => sum + (folded?.omitted ?? 0), 0);

test('wherever it fails or dies, each transition is sent by itself or listed in one summary that is sent', async () => {
  let folded = 0;
  await fc.assert(
    fc.asyncProperty(times, faults, fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (at, rates, seed) => {
      const run = await simulate(scenarioOf(opened(at), { faults: rates, seed }));
      expect([run.deadLetters, run.unfinished, omitted(run)]).toEqual([[], undefined, 0]);
      const told = run.transitions.filter(({ exposure }) => exposure !== undefined).map(({ id }) => id);
      const [sent, inSummaries] = [new Set(byThemselves(run)), listed(run)];
      expect(told.filter((id) => !sent.has(id) && !inSummaries.includes(id))).toEqual([]);
      expect(inSummaries.filter((id, index) => sent.has(id) || inSummaries.indexOf(id) !== index)).toEqual(
        [],
      );
      folded += inSummaries.length;
    }),
    { numRuns: RUNS },
  );
  expect(folded).toBeGreaterThan(RUNS / 2);
}, 300_000);

test('an outage of SNS for hours ends with the rest in summaries, not with a flood', async () => {
  const run = await simulate(
    scenarioOf([...opened(many(40)), change(START + 3 * HOUR, { resourceId: 'sg-last' })], {
      faults: { sns: 0.9 },
      seed: 5,
    }),
  );
  expect(new Set(byThemselves(run)).size).toBe(11);
  expect(new Set(listed(run)).size).toBe(30);
});
