import {
  type Outcome as Evaluated,
  evaluateConfiguration,
} from '../../functions/evaluate-configuration/evaluate-configuration';
import { type Outcome as Sent, sendAlert } from '../../functions/send-alert/send-alert';
import { sweepFindings } from '../../functions/sweep-findings/sweep-findings';
import { controls, rulesByResourceType } from '../../shared/controls';
import type { PolicyInForce } from '../../shared/controls/judge';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { type PowertoolsTelemetry, telemetry } from '../../shared/lambda/telemetry';
import type { Home } from '../../shared/policy/coverage';
import type { MakeCall } from './calls';
import type { VirtualClock } from './clock';
import type { MemoryAws } from './memory-aws';
import type { Handler } from './memory-lambda';

export interface FunctionNeeds {
  readonly aws: MemoryAws;
  readonly clock: VirtualClock;
  readonly home: Home;
  readonly policy: PolicyInForce;
  /** How often each metric was counted, by name and by `name/dimension value`. */
  readonly counted: Map<string, number>;
  /** Told of each message that was handled to its end. */
  evaluated(message: unknown, outcome: Evaluated): void;
  sent(outcome: Sent): void;
}

/** The functions as they are deployed, but for the AWS that they are given. */
export const evaluateConfigurationOn =
  ({ aws, clock, home, policy, counted, evaluated }: FunctionNeeds) =>
  (call: MakeCall): Handler => {
    const name = 'evaluate-configuration';
    const observed = counting(name, counted);
    const clients = aws.as(call);
    const handle = evaluateConfiguration({
      rules: rulesByResourceType,
      policy,
      home,
      history: clients.history,
      record: { table: clients.table, bus: clients.bus, now: () => clock.time },
      telemetry: observed,
    });
    return queueHandler({
      name,
      queues: clients.queues(aws.evaluateQueue),
      telemetry: observed,
      handle: async (message) => {
        const outcome = await handle(message);
        evaluated(message, outcome);
        return outcome;
      },
    });
  };

export const sendAlertOn =
  ({ aws, clock, policy, counted, sent }: FunctionNeeds) =>
  (call: MakeCall): Handler => {
    const name = 'send-alert';
    const observed = counting(name, counted);
    const clients = aws.as(call);
    const handle = sendAlert({
      controls,
      policy,
      topic: clients.topic,
      claims: clients.claims(name),
      telemetry: observed,
      now: () => new Date(clock.now),
    });
    return queueHandler({
      name,
      queues: clients.queues(aws.sendQueue),
      telemetry: observed,
      handle: async (message) => {
        const outcome = await handle(message);
        sent(outcome);
        return outcome;
      },
    });
  };

export const sweepFindingsOn =
  ({ aws, clock, counted }: FunctionNeeds) =>
  (call: MakeCall): Handler => {
    const observed = counting('sweep-findings', counted);
    const { table, bus } = aws.as(call);
    return scheduledHandler({
      telemetry: observed,
      run: sweepFindings({ record: { table, bus, now: () => clock.time }, telemetry: observed }),
    });
  };

/** Telemetry whose counts are kept, and whose log says nothing: its times would be real ones. */
function counting(name: string, counted: Map<string, number>): PowertoolsTelemetry {
  const add = (key: string, by: number) => counted.set(key, (counted.get(key) ?? 0) + by);
  const observed = telemetry(name);
  observed.logger.setLogLevel('SILENT');
  return {
    ...observed,
    count: (metric, by = 1) => void add(metric, by),
    countBy(metric, _dimension, value) {
      add(metric, 1);
      add(`${metric}/${value}`, 1);
    },
    warn: () => undefined,
    error: () => undefined,
  };
}
