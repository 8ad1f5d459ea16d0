import fc from 'fast-check';
import { type Disturbance, disturbed } from '../../../cli/replay/disturbance';
import type { FaultRates } from '../../../cli/replay/faults';
import { type Delivery, type Run, simulate } from '../../../cli/replay/simulation';
import type { Exposure, Finding, HistoryEntry } from '../../../shared/contracts/trailseal/finding';
import { type ItemParts, openTo } from '../../support/config-events';
import { change, DAY, HOUR, MINUTE, policyOf, START, scenarioOf } from './stories';

// More of them on demand: REPLAY_SEEDS=5000 npx jest tests/cli/replay/any-order
const RUNS = Number(process.env['REPLAY_SEEDS'] ?? 300);

/** What a resource is like in one item of it. */
const looks = ['fine', 'open', 'open otherwise', 'unclear', 'gone'] as const;
type Look = (typeof looks)[number];

const onPort = (port: number) => {
  const group = openTo('0.0.0.0/0');
  return {
    ...group,
    ipPermissions: group.ipPermissions.map((one) => ({ ...one, fromPort: port, toPort: port })),
  };
};

const block = (blockPublicAcls: boolean, restrictPublicBuckets: boolean) => ({
  PublicAccessBlockConfiguration: {
    blockPublicAcls,
    restrictPublicBuckets,
    ignorePublicAcls: true,
    blockPublicPolicy: true,
  },
});

type Parts = Pick<ItemParts, 'configuration' | 'supplementaryConfiguration'>;

const kinds = {
  // Two rules judge it, so that a message can fail between them.
  'AWS::EC2::SecurityGroup': (look: Look): Parts => ({
    configuration:
      look === 'unclear'
        ? { ipPermissions: 'a text' }
        : look === 'fine'
          ? openTo('10.0.0.0/8')
          : onPort(look === 'open otherwise' ? 3389 : 22),
  }),
  'AWS::S3::Bucket': (look: Look): Parts => ({
    configuration: {},
    supplementaryConfiguration:
      look === 'unclear'
        ? { PublicAccessBlockConfiguration: 7 }
        : block(look === 'fine', look !== 'open otherwise'),
  }),
  'AWS::RDS::DBInstance': (look: Look): Parts => ({
    configuration: { publiclyAccessible: look === 'unclear' ? null : look !== 'fine' },
  }),
};

/** A resource and its items, each so many milliseconds after the one before. */
interface Resource {
  readonly type: keyof typeof kinds;
  readonly begins: number;
  readonly items: readonly (readonly [gap: number, look: Look])[];
}

const storyWith = (gaps: fc.Arbitrary<number>): fc.Arbitrary<Resource[]> =>
  fc.array(
    fc.record({
      type: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
      begins: fc.integer({ min: 0, max: 30 * MINUTE }),
      items: fc.array(fc.tuple(gaps, fc.constantFrom(...looks)), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

/** Its events in order, each delivered at once. */
const eventsOf = (story: readonly Resource[]): Delivery[] =>
  story
    .flatMap(({ type, begins, items }, number) => {
      let at = START + begins;
      return items.map(([gap, look], index) => {
        at += gap;
        return change(at, {
          resourceType: type,
          resourceId: `resource-${number}`,
          stateId: index + 1,
          status: look === 'gone' ? 'ResourceDeleted' : 'OK',
          ...kinds[type](look),
        });
      });
    })
    .sort((a, b) => a.at - b.at);

const anyStory = storyWith(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 2000 }),
    fc.integer({ min: 2000, max: 10 * MINUTE }),
    fc.integer({ min: 10 * MINUTE, max: 6 * HOUR }),
  ),
);

/** So far apart that whatever fails has been tried again before the next item comes. */
const slowStory = storyWith(fc.integer({ min: 2 * DAY, max: 4 * DAY }));

const rate = (max: number) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 100 }).map((part) => (part / 100) * max) },
  );

const faults: fc.Arbitrary<FaultRates> = fc.record({
  dynamodb: rate(0.3),
  events: rate(0.3),
  sns: rate(0.4),
  sqs: rate(0.4),
  crash: rate(0.1),
});

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

const disorder: fc.Arbitrary<Disturbance> = fc.record({
  duplicate: fc.constantFrom(0, 0.3, 1, 3),
  shuffle: fc.option(seed, { nil: undefined }),
});

/** Times in which a control did not hold, by a second way to count them; those of no length are none. */
function exposures(history: readonly HistoryEntry[]): Exposure[] {
  const found: { from: string; to?: string }[] = [];
  for (const { compliance, observedAt } of history.filter(
    (entry) => entry.compliance !== 'INSUFFICIENT_DATA',
  )) {
    const last = found.at(-1);
    const isOpen = last !== undefined && last.to === undefined;
    if (compliance === 'NON_COMPLIANT' && !isOpen) found.push({ from: observedAt });
    if (compliance !== 'NON_COMPLIANT' && isOpen) last.to = observedAt;
  }
  return found.filter(({ from, to }) => to !== from);
}

const overlap = (a: Exposure, b: Exposure): boolean =>
  (b.to === undefined || a.from < b.to) && (a.to === undefined || b.from < a.to);

/** Each alert once; those of a burst stand in its summary, and not for themselves. */
const firstTold = ({ alerts }: Run) =>
  alerts.filter(({ again, alert }) => !again && alert.folded === undefined).map(({ alert }) => alert);

/** Ids of what was told, by itself or in a summary. */
const idsTold = ({ alerts }: Run): Set<string> =>
  new Set(
    alerts.flatMap(({ alert }) =>
      alert.folded ? alert.folded.listed.map(({ alertId }) => alertId) : [alert.alertId],
    ),
  );

const toldOf = (run: Run, finding: Finding) => {
  const ids = idsTold(run);
  return run.transitions.filter(({ id, findingId }) => findingId === finding.id && ids.has(id));
};

/** Every time in which a control did not hold is in some alert, whichever way the finding came about. */
function expectExposuresTold(run: Run, finding: Finding): void {
  const told = toldOf(run, finding).flatMap(({ exposure }) => (exposure ? [exposure] : []));
  const untold = exposures(finding.history).filter((exposure) => !told.some((one) => overlap(one, exposure)));
  expect({ control: finding.control, told, untold }).toEqual({ control: finding.control, told, untold: [] });
}

/** How often the answer of SNS to an alert was lost, or the note of that answer. */
const timesLost = ({ injected }: Run, alertId: string): number =>
  injected.filter(
    ({ service, action, about, fault }) =>
      about === alertId &&
      (service === 'sns'
        ? fault === 'answer-lost' || fault === 'crash-after'
        : action === 'write-handled' ||
          (action === 'close-claim' && (fault === 'not-done' || fault === 'crash-before'))),
  ).length;

/** The last thing that people heard of a finding is how it stands; a late exposure is about the past. */
function expectStateTold({ alerts }: Run, { id, state }: Finding): void {
  const told = alerts.flatMap(({ alert }) => {
    const { finding, status, late, folded } = alert;
    if (folded) return folded.listed.filter(({ findingId }) => findingId === id);
    return finding.id === id && !late ? [{ status, seq: finding.seq }] : [];
  });
  // What a summary lists may have been followed by a message of its own, before the summary came.
  const isFolded = alerts.some(({ alert }) => alert.folded?.listed.some(({ findingId }) => findingId === id));
  const last = isFolded ? told.reduce((a, b) => (b.seq > a.seq ? b : a)) : told.at(-1);
  expect({ id, state: last?.status ?? 'resolved' }).toEqual({ id, state });
}

/** After an alert that SNS has acknowledged, and that is noted, no older one of the same finding's state is sent. */
function expectInOrder(run: Run): void {
  const ofStates = run.alerts.filter(({ alert }) => !alert.late && alert.folded === undefined);
  const backwards = ofStates.flatMap(({ alert }, index) =>
    ofStates
      .slice(0, index)
      .filter((before) => before.alert.finding.id === alert.finding.id)
      .filter((before) => before.alert.finding.seq > alert.finding.seq)
      .filter((before) => timesLost(run, before.alert.alertId) === 0)
      .map((before) => `${alert.messageType} ${alert.alertId} after ${before.alert.messageType}`),
  );
  expect(backwards).toEqual([]);
}

function expectEachOnce(run: Run): void {
  for (const alertId of new Set(run.alerts.map(({ alert }) => alert.alertId))) {
    const times = run.alerts.filter(({ alert }) => alert.alertId === alertId).length;
    expect([alertId, times <= 1 + timesLost(run, alertId)]).toEqual([alertId, true]);
  }
}

function expectEachTransitionTold(run: Run): void {
  const ids = idsTold(run);
  const told = run.transitions.filter(({ id }) => ids.has(id));
  for (const { id, seq, findingId, exposure } of run.transitions) {
    if (exposure === undefined || ids.has(id)) continue;
    // Only what a later alert of the same finding has overtaken may stay untold.
    expect([id, told.some((other) => other.findingId === findingId && other.seq > seq)]).toEqual([id, true]);
  }
}

const seen = (run: Run) => ({
  findings: run.findings,
  deadLetters: run.deadLetters,
  unfinished: run.unfinished,
});

/** The first resource of a story is exempt for its first day. */
const exempting = policyOf(`
version: 1
exemptions:
  - { control: S3.8, scope: { resources: [resource-0] }, owner: web, reason: a website, expires: '2026-01-31' }
  - { control: EC2.53, scope: { resources: [resource-0] }, owner: ops, reason: a bastion, expires: '2026-01-31' }
`);
const until = START + 30 * DAY;
const policies = fc.constantFrom(policyOf(), exempting);

test('any order, repetition and failure ends with the findings of the undisturbed run, each alert once', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStory,
      policies,
      disorder,
      faults,
      seed,
      async (story, policy, disturbance, rates, seeded) => {
        const undisturbed = await simulate(scenarioOf(eventsOf(story), { policy, until }));
        const deliveries = disturbed(eventsOf(story), disturbance, seeded);
        const run = await simulate(scenarioOf(deliveries, { policy, until, faults: rates, seed: seeded }));
        expect(seen(run)).toEqual({ findings: undisturbed.findings, deadLetters: [] });
        for (const one of [undisturbed, run]) {
          expectEachOnce(one);
          expectEachTransitionTold(one);
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);

test('any order, repetition and failure ends with people knowing how each finding stands', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStory,
      policies,
      disorder,
      faults,
      seed,
      async (story, policy, disturbance, rates, seeded) => {
        const deliveries = disturbed(eventsOf(story), disturbance, seeded);
        const run = await simulate(scenarioOf(deliveries, { policy, until, faults: rates, seed: seeded }));
        expectInOrder(run);
        for (const finding of run.findings) expectStateTold(run, finding);
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);

/** SNS fails for so long that the alert of an exposure's end is overtaken by that of the next beginning. */
const overtaken = [
  [
    {
      type: 'AWS::S3::Bucket',
      begins: 0,
      items: [
        [2000, 'open'],
        [78, 'unclear'],
        [4_860_418, 'fine'],
        [2000, 'open otherwise'],
        [600_000, 'fine'],
      ],
    },
  ],
  { duplicate: 0, shuffle: undefined },
  {
    dynamodb: 0.156,
    events: 0.003,
    sns: 0.372_000_000_000_000_05,
    sqs: 0.028_000_000_000_000_004,
    crash: 0.056_000_000_000_000_01,
  },
  11,
] as never;

test('any order, repetition and failure leaves no exposure untold', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, disorder, faults, seed, async (story, disturbance, rates, seeded) => {
      const deliveries = disturbed(eventsOf(story), disturbance, seeded);
      const run = await simulate(scenarioOf(deliveries, { faults: rates, seed: seeded }));
      for (const finding of run.findings) expectExposuresTold(run, finding);
    }),
    { numRuns: RUNS, examples: [overtaken] },
  );
}, 600_000);

test('an alert that was noted is followed by no older one, wherever the function died', async () => {
  const story = [change(START, {}), change(START + 20_000, { configuration: openTo('10.0.0.0/8') })];
  for (let seeded = 0; seeded < 100; seeded += 1) {
    const run = await simulate(scenarioOf(story, { seed: seeded, faults: { dynamodb: 0.3, crash: 0.05 } }));
    const last = run.alerts.at(-1)?.alert;
    expect([seeded, last?.messageType]).toEqual([seeded, 'Resolved']);
  }
});

test('an exposure is told although a later one was heard of first', async () => {
  const open = change(START, {});
  const closed = change(START + HOUR, { configuration: openTo('10.0.0.0/8') });
  const openAgain = change(START + 2 * HOUR, {});
  const deliveries = [openAgain, open, closed].map((delivery, minute) => ({
    ...delivery,
    at: START + 3 * HOUR + minute * MINUTE,
  }));
  const run = await simulate(scenarioOf(deliveries));
  for (const finding of run.findings) expectExposuresTold(run, finding);
});

test('failures alone change no alert', async () => {
  await fc.assert(
    fc.asyncProperty(slowStory, faults, seed, async (story, rates, seeded) => {
      const undisturbed = await simulate(scenarioOf(eventsOf(story)));
      const run = await simulate(scenarioOf(eventsOf(story), { faults: rates, seed: seeded }));
      expect(seen(run)).toEqual({ findings: undisturbed.findings, deadLetters: [] });
      const ids = (one: Run) =>
        firstTold(one)
          .map(({ alertId }) => alertId)
          .sort();
      expect(ids(run)).toEqual(ids(undisturbed));
      expectEachOnce(run);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('events that are lost are as if they had never been', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, disorder, faults, seed, async (story, disturbance, rates, seeded) => {
      const events = eventsOf(story);
      const deliveries = disturbed(events, { ...disturbance, drop: 0.4 }, seeded);
      const surviving = new Set(deliveries.map(({ event }) => event));
      const run = await simulate(scenarioOf(deliveries, { faults: rates, seed: seeded }));
      const alone = await simulate(scenarioOf(events.filter(({ event }) => surviving.has(event))));
      expect(seen(run)).toEqual({ findings: alone.findings, deadLetters: [] });
    }),
    { numRuns: RUNS },
  );
}, 600_000);
