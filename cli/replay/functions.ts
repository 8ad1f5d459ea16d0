import { detectActivity } from '../../functions/detect-activity/detect-activity';
import { evaluateConfiguration } from '../../functions/evaluate-configuration/evaluate-configuration';
import { importFinding } from '../../functions/import-finding/import-finding';
import { indexActivity } from '../../functions/index-activity/index-activity';
import { type Outcome as Sent, sendAlert } from '../../functions/send-alert/send-alert';
import { sweepFindings } from '../../functions/sweep-findings/sweep-findings';
import { controls, detections, partners, rulesByResourceType } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import type { PolicyInForce } from '../../shared/controls/judge';
import { linkFinding } from '../../shared/findings/links';
import type { RecordNeeds } from '../../shared/findings/record';
import { pendingProof } from '../../shared/findings/witnesses';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { type PowertoolsTelemetry, telemetry } from '../../shared/lambda/telemetry';
import type { Home } from '../../shared/policy/coverage';
import type { MakeCall } from './calls';
import type { VirtualClock } from './clock';
import type { Clients, MemoryAws } from './memory-aws';
import type { Handler } from './memory-lambda';
import type { MemoryQueue } from './memory-queue';

export interface FunctionNeeds {
  readonly aws: MemoryAws;
  readonly clock: VirtualClock;
  readonly home: Home;
  readonly policy: PolicyInForce;
  /** How often each metric was counted, by name and by `name/dimension value`. */
  readonly counted: Map<string, number>;
  /** Told of each message that was handled to its end. */
  handled(message: unknown): void;
  sent(outcome: Sent): void;
}

/** The functions that take events of AWS, as they are deployed but for the AWS that they are given, by name. */
export const eventFunctions: Readonly<
  Record<string, (needs: FunctionNeeds, clients: Clients, observed: PowertoolsTelemetry) => Handle>
> = {
  'evaluate-configuration': ({ clock, home, policy }, clients, telemetry) =>
    evaluateConfiguration({
      rules: rulesByResourceType,
      policy,
      home,
      history: clients.history,
      index: clients.index,
      record: recordNeeds(clock, clients),
      telemetry,
    }),
  'detect-activity': ({ clock, home, policy }, clients, telemetry) =>
    detectActivity({
      detector: detector(detections, policy),
      policy,
      home,
      activity: clients.activity,
      record: recordNeeds(clock, clients),
      telemetry,
    }),
  'index-activity': ({ clock, home, policy }, clients, telemetry) =>
    indexActivity({
      policy,
      home,
      index: clients.index,
      record: recordNeeds(clock, clients),
      telemetry,
    }),
  'import-finding': ({ clock, home, policy }, clients, telemetry) =>
    importFinding({
      partners,
      policy,
      home,
      record: { table: clients.table, bus: clients.bus, now: () => clock.time },
      telemetry,
    }),
};

/** Files hold no digests: whether records are true is not looked into. */
const recordNeeds = (clock: VirtualClock, clients: Clients): RecordNeeds => {
  const now = () => clock.time;
  return {
    table: clients.table,
    bus: clients.bus,
    link: linkFinding({
      index: clients.index,
      witnesses: { expect: async () => pendingProof, read: async () => undefined },
      isWatched: false,
      rootSession: (key) => clients.activity.rootSession(key),
      now,
    }),
    now,
  };
};

type Handle = (message: unknown) => Promise<unknown>;

/** One of the functions that take events of AWS. */
export const eventFunctionOn =
  (name: string, queue: MemoryQueue, needs: FunctionNeeds) =>
  (call: MakeCall): Handler => {
    const observed = counting(name, needs.counted);
    const clients = needs.aws.as(call);
    const handle = eventFunctions[name]?.(needs, clients, observed);
    if (handle === undefined) throw new Error(`there is no function ${name} for events`);
    return queueHandler({
      name,
      queues: clients.queues(queue),
      telemetry: observed,
      handle: async (message) => {
        const outcome = await handle(message);
        needs.handled(message);
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
      bursts: clients.bursts,
      jobs: clients.jobs(aws.sendQueue),
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
