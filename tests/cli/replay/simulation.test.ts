import { simulate } from '../../../cli/replay/simulation';
import { openTo } from '../../support/config-events';
import { change, HOUR, START, scenarioOf } from './stories';

test('smoke', async () => {
  const d = [
    change(START, {}),
    change(START + HOUR, { configuration: openTo('10.0.0.0/8') }),
    change(START + 2 * HOUR, { configuration: openTo('0.0.0.0/0') }),
  ];
  for (let i = 0; i < 5; i += 1) {
    const t = performance.now();
    const run = await simulate(
      scenarioOf(d, {
        seed: i,
        faults: i ? { dynamodb: 0.2, sns: 0.2, crash: 0.05, events: 0.2, sqs: 0.2 } : {},
      }),
    );
    console.log(
      performance.now() - t,
      run.alerts.map((a) => [new Date(a.at).toISOString(), a.alert.messageType, a.again, a.alert.late]),
      run.findings.map((f) => f.state),
      run.metrics,
      run.deadLetters,
      run.injected.length,
      new Date(run.endedAt).toISOString(),
      run.redriven,
      run.repeatedAlerts,
    );
  }
});
