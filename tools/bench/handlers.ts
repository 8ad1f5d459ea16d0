import { simulate } from '../../cli/replay/simulation';
import { loadCompliancePolicy } from '../policy-loader';
import { itemChange } from './events';
import { type Figure, median, seconds } from './figure';

const EVENTS = 2000;
const ROUNDS = 5;

/** Invocations of the real handlers per second, in this process, on an AWS in memory: no network, no waiting. */
export async function benchHandlers(): Promise<Figure[]> {
  const policy = loadCompliancePolicy('compliance.yml');
  const start = Date.UTC(2026, 0, 31);
  const deliveries = Array.from({ length: EVENTS }, (_, index) => ({
    at: start + index * 1000,
    event: itemChange({ resourceId: `sg-${index % 200}`, open: index % 400 < 200, at: start + index * 1000 }),
  }));
  const rates: number[] = [];
  let alerts = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    let invocations = 0;
    const took = await seconds(async () => {
      const run = await simulate({
        deliveries,
        policy,
        home: { accountId: '123456789012', region: 'eu-central-1' },
        seed: 1,
        faults: {},
        until: start,
        itemCapturedAt: () => undefined,
      });
      alerts = run.alerts.length;
      invocations = run.delivered + run.transitions.length;
    });
    rates.push(invocations / took);
  }
  return [
    {
      what: `handler invocations in process (${EVENTS} changes, ${alerts} alerts)`,
      value: median(rates),
      unit: '/s',
    },
  ];
}
