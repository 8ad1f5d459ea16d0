import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import type { Finding, Transition } from '../../shared/contracts/trailseal/finding';
import type { Home } from '../../shared/policy/coverage';
import type { Alert } from '../../shared/tell/alerts/alert';
import { kindOf } from '../event-kinds';
import type { Network } from './calls';
import { VirtualClock } from './clock';
import { type FaultRates, Faults, type Injected } from './faults';
import { eventFunctionOn, type FunctionNeeds, sendAlertOn, sweepFindingsOn } from './functions';
import { type Buried, MemoryAws, type Published } from './memory-aws';
import { EventSource, MemoryFunction } from './memory-lambda';
import type { MemoryQueue } from './memory-queue';
import { randomFor } from './random';

/** An event, and when EventBridge delivers it. */
export interface Delivery {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: unknown;
}

export interface Scenario {
  readonly deliveries: readonly Delivery[];
  readonly policy: CompliancePolicy;
  /** Where the stack runs. */
  readonly home: Home;
  readonly seed: number;
  readonly faults: FaultRates;
  /** Exemptions that end up to then do so, even when nothing else is left to happen. */
  readonly until: number;
  /** What AWS Config keeps, for what is too large for an event. */
  itemCapturedAt(summary: ConfigurationItem): ConfigurationItem | undefined;
}

export interface Watching {
  /** Called for each event as it is delivered. */
  delivered?(): void;
  readonly stop?: AbortSignal;
}

export interface SentAlert {
  readonly at: number;
  readonly subject: string;
  readonly email: string;
  readonly alert: Alert;
  /** The same alert was sent before: an answer, or the note of it, was lost. */
  readonly again: boolean;
}

/** What became of the events. */
export interface Run {
  /** In the order in which they were sent. */
  readonly alerts: readonly SentAlert[];
  /** Of findings, in the order in which they were recorded; not all are worth an alert. */
  readonly transitions: readonly Transition[];
  /** By control, then by id. */
  readonly findings: readonly Finding[];
  readonly deadLetters: readonly Buried[];
  /** By name, and by `name/value of its dimension`. */
  readonly metrics: ReadonlyMap<string, number>;
  readonly delivered: number;
  /** Events that had been handled before. */
  readonly repeatedEvents: number;
  /** Alerts that were not sent, as they had been before. */
  readonly repeatedAlerts: number;
  /** Letters that were put back after an outage. */
  readonly redriven: number;
  readonly injected: readonly Injected[];
  readonly endedAt: number;
  /** Why it ended before all was settled. */
  readonly unfinished?: 'stopped' | 'never-quiet';
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** So long after the last event AWS is well again: whatever still fails then is ours. */
const RECOVERY_MS = DAY;
/** Somebody has read the alarm by then, and redrives what an outage has left behind. */
const REDRIVE_MS = HOUR;
/** So long after its end an outage still shows: its last failures come back, and others have waited for them. */
const AFTERMATH_MS = 3 * HOUR;
/** What is not quiet by then never will be. */
const PATIENCE_MS = 30 * DAY;

/** The policy is in force before anything happens. */
const POLICY_SINCE = '1970-01-01T00:00:00.000Z';

/** Runs events through the functions, in memory and in virtual time, until nothing is due any more. */
export async function simulate(scenario: Scenario, watching: Watching = {}): Promise<Run> {
  const simulation = new Simulation(scenario, watching);
  return simulation.run();
}

class Simulation {
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #aws: MemoryAws;
  readonly #sweep: MemoryFunction;
  readonly #counted = new Map<string, number>();
  /** Full minutes at which the schedule has something to do, and how to take that back. */
  readonly #sweeps = new Map<number, { readonly keepsGoing: boolean; cancel(): void }>();
  readonly #handled = new Set<string>();
  readonly #end: number;
  #delivered = 0;
  #repeatedEvents = 0;
  #repeatedAlerts = 0;
  #redriven = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly watching: Watching,
  ) {
    const { deliveries, policy, home, seed, faults, until } = scenario;
    const times = deliveries.map(({ at }) => at);
    const [start, lastDelivery] = [least(times), greatest(times)];
    this.#clock = new VirtualClock(start);
    this.#end = Math.max(lastDelivery, until);
    const areFaults = Object.values(faults).some((rate) => rate > 0);
    this.#network = {
      clock: this.#clock,
      latency: randomFor(seed, 'latency'),
      faults: new Faults(
        faults,
        randomFor(seed, 'faults'),
        areFaults ? lastDelivery + RECOVERY_MS : Number.NEGATIVE_INFINITY,
      ),
    };
    const needs = { ...this.#network, home };
    this.#aws = new MemoryAws({ ...needs, itemCapturedAt: scenario.itemCapturedAt });
    const functions: FunctionNeeds = {
      aws: this.#aws,
      clock: this.#clock,
      home,
      policy: { ...policy, since: POLICY_SINCE },
      counted: this.#counted,
      handled: (message) => this.#countEvent(message),
      sent: (outcome) => {
        if ('notSent' in outcome && outcome.notSent === 'already-sent') this.#repeatedAlerts += 1;
      },
    };
    const send = new MemoryFunction('send-alert', sendAlertOn(functions), needs);
    this.#sweep = new MemoryFunction('sweep-findings', sweepFindingsOn(functions), needs);
    const taking = [...this.#aws.eventQueues].map(
      ([name, queue]) =>
        [queue, new MemoryFunction(name, eventFunctionOn(name, queue, functions), needs)] as const,
    );
    for (const [queue, target] of [...taking, [this.#aws.sendQueue, send] as const]) {
      new EventSource(queue, target, needs);
      this.#redriveAfterOutages(queue);
    }
    this.#aws.table.becameDue = (dueAt, unpublished) => {
      const due = Math.max(Date.parse(dueAt), this.#clock.now);
      this.#planSweep(Math.ceil(due / MINUTE) * MINUTE, unpublished);
    };
  }

  async run(): Promise<Run> {
    for (const { at, event } of this.scenario.deliveries) {
      this.#clock.plan(at, () => {
        this.#delivered += 1;
        for (const queue of this.#queuesFor(event)) queue.send(JSON.stringify(event));
        this.watching.delivered?.();
      });
    }
    const stopped = () => this.watching.stop?.aborted === true;
    const isQuiet = await this.#clock.run(
      this.#end,
      () => !stopped() && this.#clock.now <= this.#end + PATIENCE_MS,
    );
    return {
      alerts: alertsOf(this.#aws.published),
      transitions: this.#aws.table.transitions,
      findings: this.#aws.table.findings(),
      deadLetters: this.#aws.buried,
      metrics: this.#counted,
      delivered: this.#delivered,
      repeatedEvents: this.#repeatedEvents,
      repeatedAlerts: this.#repeatedAlerts,
      redriven: this.#redriven,
      injected: this.#network.faults.injected,
      endedAt: this.#clock.now,
      ...(isQuiet ? {} : { unfinished: stopped() ? ('stopped' as const) : ('never-quiet' as const) }),
    };
  }

  /** As the rules of EventBridge have it. */
  #queuesFor(event: unknown): MemoryQueue[] {
    const { source, 'detail-type': detailType } = event as { source?: unknown; 'detail-type'?: unknown };
    const kind = kindOf(String(source), String(detailType));
    // A call is looked at by itself, and filed for whoever asks later who changed something.
    const names =
      kind?.functionName === 'detect-activity'
        ? ['index-activity', 'detect-activity']
        : [kind?.functionName ?? ''];
    return names.flatMap((name) => this.#aws.eventQueues.get(name) ?? []);
  }

  #countEvent(message: unknown): void {
    const text = JSON.stringify(message);
    if (this.#handled.has(text)) this.#repeatedEvents += 1;
    this.#handled.add(text);
  }

  /** What an outage has buried is put back; what is buried when AWS has long been well would only fail again. */
  #redriveAfterOutages(queue: MemoryQueue): void {
    queue.gaveUp = ({ body }) => {
      if (this.#clock.now < this.#network.faults.until + AFTERMATH_MS) {
        this.#clock.plan(this.#clock.now + REDRIVE_MS, () => {
          this.#redriven += 1;
          queue.send(body);
        });
      } else {
        this.#aws.buried.push({
          at: this.#clock.now,
          body,
          reason: 'received-too-often',
          error: 'the function failed each time',
          stage: queue.settings.name,
        });
      }
    };
  }

  /** The schedule runs each minute; the minutes that would find nothing due are passed by. */
  #planSweep(minute: number, keepsGoing: boolean): void {
    const planned = this.#sweeps.get(minute);
    if (planned !== undefined && (planned.keepsGoing || !keepsGoing)) return;
    planned?.cancel();
    const cancel = this.#clock.plan(minute, () => void this.#sweepNow(minute), { keepsGoing });
    this.#sweeps.set(minute, { keepsGoing, cancel });
  }

  async #sweepNow(minute: number): Promise<void> {
    this.#sweeps.delete(minute);
    if (!this.#aws.table.hasDue(this.#clock.time)) return;
    await this.#sweep.invoke({}).catch(() => {
      // The schedule does not try again: what is still due is found a minute later.
    });
    if (this.#aws.table.hasDue(this.#clock.time))
      this.#planSweep(Math.floor(this.#clock.now / MINUTE + 1) * MINUTE, true);
  }
}

const least = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const greatest = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

function alertsOf(published: readonly Published[]): SentAlert[] {
  const seen = new Set<string>();
  return published.map(({ at, notification: { subject, message } }) => {
    const alert = JSON.parse(message.default) as Alert;
    const again = seen.has(alert.alertId);
    seen.add(alert.alertId);
    return { at, subject, email: message['email'] ?? '', alert, again };
  });
}
