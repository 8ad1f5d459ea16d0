import { disturbed } from '../../../cli/replay/disturbance';
import { simulate } from '../../../cli/replay/simulation';
import { parseConfigurationItem } from '../../../shared/contracts/aws/configuration-item';
import { configurationItem, openTo, oversizedChange } from '../../support/config-events';
import { change, DAY, HOUR, iso, MINUTE, policyOf, START, scenarioOf } from './stories';

const closed = { configuration: openTo('10.0.0.0/8') };
const story = [change(START, {}), change(START + HOUR, closed), change(START + 2 * HOUR, {})];
const faults = { dynamodb: 0.2, events: 0.2, sns: 0.2, sqs: 0.2, crash: 0.05 };

const told = (run: Awaited<ReturnType<typeof simulate>>) =>
  run.alerts.map(({ at, alert }) => [iso(at).slice(11, 16), alert.messageType]);

jest.setTimeout(30_000);

describe('virtual time', () => {
  test('is that of the events', async () => {
    const run = await simulate(scenarioOf(story));
    expect(told(run)).toEqual([
      ['09:00', 'Opened'],
      ['10:00', 'Resolved'],
      ['11:00', 'Reopened'],
    ]);
    expect(run.alerts[1]?.alert.exposure).toEqual({ from: iso(START), to: iso(START + HOUR) });
  });

  test('goes on by itself, whatever the real one does', async () => {
    const once = await simulate(scenarioOf(story, { faults, seed: 7 }));
    jest.useFakeTimers({ now: Date.parse('2031-01-01T00:00:00Z'), doNotFake: ['setImmediate'] });
    try {
      expect(await simulate(scenarioOf(story, { faults, seed: 7 }))).toEqual(once);
    } finally {
      jest.useRealTimers();
    }
    expect(await simulate(scenarioOf(story, { faults, seed: 8 }))).not.toEqual(once);
  });

  test('ends when it is told to stop', async () => {
    const stop = AbortSignal.abort();
    expect(await simulate(scenarioOf(story), { stop })).toMatchObject({ alerts: [], unfinished: 'stopped' });
  });
});

describe('what fails', () => {
  test('before the call, after it, and in the middle of the function, at each service', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const run = await simulate(scenarioOf(story, { faults: { ...faults, config: 0.2 }, seed }));
      for (const { service, fault } of run.injected) found.add(`${service} ${fault}`);
    }
    for (const service of ['dynamodb', 'events', 'sns', 'sqs']) {
      for (const fault of ['not-done', 'answer-lost', 'crash-before', 'crash-after'].filter(
        // Lambda deletes by itself, and does not crash; a function calls SQS only to delay a retry.
        (one) => service !== 'sqs' || !one.startsWith('crash'),
      )) {
        expect(found).toContain(`${service} ${fault}`);
      }
    }
    expect(found).not.toContain('sns done-twice');
  });

  test('an outage of everything ends in nothing lost', async () => {
    const run = await simulate(scenarioOf(story, { faults: { dynamodb: 1 } }));
    expect(run.redriven).toBeGreaterThan(0);
    expect(run.deadLetters).toEqual([]);
    expect(run.findings.map(({ state }) => state)).toEqual(['open', 'resolved']);
    expect(run.alerts.length).toBeGreaterThan(0);
  });

  test('a lost answer of SNS is an alert sent again with the same id', async () => {
    const run = await simulate(scenarioOf(story.slice(0, 1), { faults: { sns: 0.9 }, seed: 3 }));
    expect(new Set(run.alerts.map(({ alert }) => alert.alertId)).size).toBe(1);
    expect(run.alerts.map(({ again }) => again)).toEqual([false, ...run.alerts.slice(1).map(() => true)]);
  });
});

describe('exemptions', () => {
  const policy = policyOf(`
version: 1
exemptions:
  - control: sg-no-world-admin-ipv4
    scope: { resources: ['*'] }
    owner: web-team
    reason: a migration
    expires: '2026-02-01'
`);
  const end = Date.parse('2026-02-02T00:00:00.000Z');

  test('one that ends between events is told in the minute of its end', async () => {
    const later = change(end + DAY, { ...closed, stateId: 9 });
    const run = await simulate(scenarioOf([change(START, {}), later], { policy }));
    expect(run.alerts.map(({ at, alert }) => [iso(at).slice(0, 16), alert.messageType])).toEqual([
      ['2026-02-02T00:00', 'Opened'],
      ['2026-02-03T00:00', 'Resolved'],
    ]);
  });

  test('one that ends after the last event goes on, unless time is told to', async () => {
    const [event] = story;
    if (event === undefined) throw new Error('no event');
    const until = async (time: number) =>
      (await simulate(scenarioOf([event], { policy, until: time }))).findings[0]?.state;
    expect(await until(0)).toBe('exempt');
    expect(await until(end - 1)).toBe('exempt');
    expect(await until(end)).toBe('open');
  });
});

describe('events that can not be handled', () => {
  test.each([
    ['of another account', { account: '210987654321' }, 'account-not-covered'],
    ['of another Region', { region: 'us-west-2' }, 'region-not-covered'],
    ['of another shape', { detail: { messageType: 'ConfigurationItemChangeNotification' } }, 'invalid-event'],
  ])('%s', async (_, parts, reason) => {
    const event = { ...(story[0]?.event as object), ...parts };
    const run = await simulate(scenarioOf([{ at: START, event }]));
    expect(run.deadLetters).toMatchObject([
      { reason, stage: 'evaluate-configuration', body: JSON.stringify(event) },
    ]);
    expect(run.metrics.get(`DeadLetters/${reason}`)).toBe(1);
  });
});

test('the notice of an item too large for an event is answered by what AWS Config keeps', async () => {
  const parts = { capturedAt: iso(START) };
  const delivery = { at: START, event: oversizedChange(parts) };
  const kept = parseConfigurationItem(configurationItem(parts));
  const run = await simulate(scenarioOf([delivery], { itemCapturedAt: () => kept }));
  expect(told(run)).toEqual([['09:00', 'Opened']]);
  const without = await simulate(scenarioOf([delivery]));
  expect([without.alerts, without.metrics.get('InsufficientData')]).toEqual([[], 2]);
});

describe('what happens to events on their way', () => {
  const many = Array.from({ length: 200 }, (_, number) => ({ at: START + number * MINUTE, event: number }));
  const events = (deliveries: readonly { readonly event: unknown }[]) => deliveries.map(({ event }) => event);

  test('nothing, unless asked for', () => expect(disturbed(many, {}, 1)).toEqual(many));

  test('a duplicate comes later, up to an hour', () => {
    const doubled = disturbed(many, { duplicate: 1 }, 1);
    expect(doubled).toHaveLength(400);
    for (const { at, event } of doubled) {
      const late = at - (START + Number(event) * MINUTE);
      expect(late >= 0 && late < HOUR).toBe(true);
    }
    const some = disturbed(many, { duplicate: 0.25 }, 1).length;
    expect(some > 225 && some < 275).toBe(true);
  });

  test('a shuffled event never comes before its time', () => {
    const shuffled = disturbed(many, { shuffle: 5 }, 1);
    expect(events(shuffled)).not.toEqual(events(many));
    expect([...events(shuffled)].sort()).toEqual([...events(many)].sort());
    expect(shuffled.every(({ at, event }) => at >= START + Number(event) * MINUTE)).toBe(true);
    expect(disturbed(many, { shuffle: 5 }, 2)).toEqual(shuffled);
    expect(disturbed(many, { shuffle: 6 }, 1)).not.toEqual(shuffled);
  });

  test('what is dropped depends on the seed alone', () => {
    const dropped = disturbed(many, { drop: 0.5 }, 1);
    expect(dropped.length > 60 && dropped.length < 140).toBe(true);
    expect(disturbed(many, { drop: 0.5 }, 1)).toEqual(dropped);
    expect(new Set(events(disturbed(many, { drop: 0.5, duplicate: 1 }, 1)))).toEqual(
      new Set(events(dropped)),
    );
    expect(disturbed(many, { drop: 0.5 }, 2)).not.toEqual(dropped);
  });
});
