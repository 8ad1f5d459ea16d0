import type { ActivityTable, Counted, RootUse } from '../../shared/aws/activity-table';
import type { AlertTopic } from '../../shared/aws/alert-topic';
import type { Bursts } from '../../shared/aws/bursts';
import type { Claims } from '../../shared/aws/claims';
import type { ConfigHistory } from '../../shared/aws/config-history';
import type { FindingsTable } from '../../shared/aws/findings-table';
import type { JobQueue } from '../../shared/aws/job-queue';
import type { DeadLetter, Queues } from '../../shared/aws/queues';
import type { ConfigurationItem } from '../../shared/contracts/aws/configuration-item';
import { type RootSession, rootSessionRank } from '../../shared/contracts/aws/root-session';
import type { FindingEventDetail } from '../../shared/contracts/trailseal/finding';
import type { RecordNeeds } from '../../shared/findings/record';
import type { Home } from '../../shared/policy/coverage';
import type { Notification } from '../../shared/tell/alerts/notification';
import { eventKinds } from '../event-kinds';
import { latencyOf, type MakeCall, type Network } from './calls';
import { MemoryBursts } from './memory-bursts';
import { MemoryIndex } from './memory-index';
import { MemoryQueue, type QueueSettings } from './memory-queue';
import { MemoryTable } from './memory-table';

/** A message that the topic took. */
export interface Published {
  readonly at: number;
  readonly notification: Notification;
}

/** A message that nobody handles any more. */
export interface Buried extends DeadLetter {
  readonly at: number;
}

export interface MemoryAwsNeeds extends Network {
  readonly home: Home;
  /** What AWS Config keeps. */
  itemCapturedAt(summary: ConfigurationItem): ConfigurationItem | undefined;
}

// As resources/functions.cjs sets them.
const VISIBILITY_MS = 360_000;
const RECEIVED_AT_MOST = 12;

const queueNamed = (name: string): QueueSettings => ({
  name,
  visibilityMs: VISIBILITY_MS,
  maxReceiveCount: RECEIVED_AT_MOST,
});

/** As much of AWS as the functions use, in memory and in virtual time. */
export class MemoryAws {
  readonly table: MemoryTable;
  /** Of each function that takes events of AWS, by its name. */
  readonly eventQueues: ReadonlyMap<string, MemoryQueue>;
  readonly sendQueue: MemoryQueue;
  readonly published: Published[] = [];
  readonly buried: Buried[] = [];
  readonly #bursts = new MemoryBursts();
  readonly #index = new MemoryIndex();
  readonly #counted = new Map<string, Map<string, Counted>>();
  readonly #rootSessions = new Map<string, RootSession>();
  readonly #rootUses = new Map<string, Map<string, RootUse>>();
  #events = 0;

  constructor(private readonly needs: MemoryAwsNeeds) {
    const { clock } = needs;
    this.table = new MemoryTable(clock);
    this.eventQueues = new Map(
      [...new Set(eventKinds.map(({ functionName }) => functionName))].map((name) => [
        name,
        new MemoryQueue(queueNamed(name), clock),
      ]),
    );
    this.sendQueue = new MemoryQueue(queueNamed('send-alert'), clock);
  }

  /** What a caller uses of AWS. */
  as(call: MakeCall): Clients {
    return {
      table: this.table.findingsTable(call),
      claims: (consumer) => this.table.claims(consumer, call),
      bursts: this.#bursts.as(call),
      jobs: (own) => ({
        send: (jobs, delaySeconds) =>
          call({ service: 'sqs', action: 'send', about: own.settings.name }, () => {
            for (const job of jobs) own.send(JSON.stringify(job), delaySeconds);
          }),
      }),
      activity: this.#activity(call),
      index: this.#index.as(call),
      bus: {
        publish: (events) =>
          call({ service: 'events', action: 'publish', about: events[0]?.finding.id ?? '' }, () => {
            for (const event of events) this.#route(event);
          }),
      },
      topic: {
        publish: (notification) =>
          call({ service: 'sns', action: 'publish', about: notification.attributes['alertId'] ?? '' }, () =>
            this.published.push({ at: this.needs.clock.now, notification }),
          ).then((count) => `message-${count}`),
      },
      history: {
        itemCapturedAt: (summary) =>
          call({ service: 'config', action: 'read-history', about: summary.resourceId }, () =>
            this.needs.itemCapturedAt(summary),
          ),
      },
      queues: (own) => ({
        bury: (letter) =>
          call({ service: 'sqs', action: 'bury', about: letter.stage }, () => {
            this.buried.push({ ...letter, at: this.needs.clock.now });
          }),
        hide: (receiptHandle, seconds) =>
          call({ service: 'sqs', action: 'hide', about: receiptHandle }, () =>
            own.hide(receiptHandle, seconds),
          ),
      }),
    };
  }

  #activity(call: MakeCall): ActivityTable {
    const of = (action: string, about: string) => ({ service: 'dynamodb', action, about }) as const;
    return {
      count: (counter, counted) =>
        call(of('count', counter), () => {
          const known = this.#counted.get(counter) ?? new Map<string, Counted>();
          this.#counted.set(counter, known.set(counted.event.eventID, counted));
        }),
      counted: (counter, from, to) =>
        call(of('read-counted', counter), () =>
          [...(this.#counted.get(counter)?.values() ?? [])]
            .filter(({ event }) => from <= event.eventTime && event.eventTime <= to)
            .sort((a, b) => (a.event.eventTime < b.event.eventTime ? -1 : 1)),
        ),
      remember: (session) =>
        call(of('remember', session.accessKeyId), () => {
          const known = this.#rootSessions.get(session.accessKeyId);
          if (known === undefined || rootSessionRank(known) < rootSessionRank(session))
            this.#rootSessions.set(session.accessKeyId, session);
        }),
      rootSession: (accessKeyId) =>
        call(of('read-session', accessKeyId), () => this.#rootSessions.get(accessKeyId)),
      rememberUse: (accessKeyId, use) =>
        call(of('remember-use', accessKeyId), () => {
          const known = this.#rootUses.get(accessKeyId) ?? new Map<string, RootUse>();
          const { subject, judgement } = use;
          this.#rootUses.set(
            accessKeyId,
            known.set(`${judgement.configurationStateId}#${subject.control}`, use),
          );
        }),
      rootUses: (accessKeyId) =>
        call(of('read-uses', accessKeyId), () => [...(this.#rootUses.get(accessKeyId)?.values() ?? [])]),
    };
  }

  /** The bus: its one rule sends every transition to send-alert's queue. */
  #route(detail: FindingEventDetail): void {
    const { clock, home } = this.needs;
    this.#events += 1;
    const event = {
      version: '0',
      id: `transition-event-${this.#events}`,
      'detail-type': `Finding ${detail.transition.kind}`,
      source: 'trailseal',
      account: home.accountId,
      time: clock.time,
      region: home.region,
      resources: detail.finding.arn === undefined ? [] : [detail.finding.arn],
      detail,
    };
    const body = JSON.stringify(event);
    clock.plan(clock.now + latencyOf(this.needs), () => this.sendQueue.send(body));
  }
}

export interface Clients {
  readonly table: FindingsTable;
  readonly activity: ActivityTable;
  readonly index: ReturnType<MemoryIndex['as']>;
  readonly bus: RecordNeeds['bus'];
  readonly topic: AlertTopic;
  readonly history: ConfigHistory;
  readonly bursts: Bursts;
  claims(consumer: string): Claims;
  /** @param own the function's own queue */
  jobs(own: MemoryQueue): JobQueue<object>;
  /** @param own the function's own queue */
  queues(own: MemoryQueue): Queues;
}
