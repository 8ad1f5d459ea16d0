import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-eventbridge';
import type { AccessControl, Caller, Need } from '../access';
import type { Activity, Log } from '../activity';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { deliver, type Failure, type RetryPolicy } from '../delivery';
import { compileEventPattern, matchesEventPattern } from '../event-pattern';
import type { Functions } from '../functions';
import { readPolicy, readStatement, type Statement } from '../iam';
import { isObject, list, parseObject } from '../json';
import { operation, type Service } from '../service';
import { allowProperties, busName, type Resource, type Stack } from '../template';
import type { Queues } from './sqs';

/** An event as rules and targets see it. */
export interface Event {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

export interface Bus {
  name: string;
  arn: string;
  policy: Statement[];
  policyText?: string;
  rules: Rule[];
}

interface Rule {
  resource: Resource;
  bus: Bus;
  matches: (event: Event) => boolean;
  pattern: unknown;
  enabled: boolean;
  /** It hears of calls that only read, too. */
  withReadOnly: boolean;
  targets: Target[];
}

interface Target {
  id: string;
  arn: string;
  input?: string;
  role: Caller | undefined;
  deadLetters?: string;
  retry: RetryPolicy;
  declared: Record<string, unknown>;
}

interface Entry {
  Time?: number;
  Source?: string;
  Resources?: string[];
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
}

const WITH_READ_ONLY = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** Source: EventBridge User Guide, "Read-only management events from AWS services". */
const isReadOnly = ({ 'detail-type': type, detail }: Event): boolean =>
  type === 'AWS API Call via CloudTrail' &&
  isObject(detail) &&
  detail['readOnly'] === true &&
  detail['managementEvent'] !== false;

const MAXIMUM_ENTRIES = 10;
const MAXIMUM_SIZE = 1_048_576;
const MAXIMUM_TARGETS = 5;

export interface BusesWorld {
  stack: Stack;
  access: AccessControl;
  queues: Queues;
  functions: Functions;
  clock: Clock;
  activity: Activity;
  log: Log;
  signal: AbortSignal;
}

/** The event buses, their rules, and the way of an event to the rules' targets. */
export class Buses {
  readonly #buses = new Map<string, Bus>();
  readonly #world: BusesWorld;

  constructor(world: BusesWorld) {
    this.#world = world;
    const { region, accountId } = world.stack.options;
    this.#add('default', `arn:aws:events:${region}:${accountId}:event-bus/default`);
    for (const bus of world.stack.ofType('AWS::Events::EventBus')) {
      allowProperties(
        bus,
        ['Name', 'Policy'],
        ['Description', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'],
      );
      this.#add(bus.name, bus.arn);
    }
    for (const policy of world.stack.ofType('AWS::Events::EventBusPolicy')) {
      const bus = this.named(policy.properties['EventBusName']);
      bus.policy.push(...readBusPolicy(policy, bus.arn));
      bus.policyText = JSON.stringify(policy.properties['Statement']);
    }
    for (const rule of world.stack.ofType('AWS::Events::Rule')) this.#addRule(rule);
  }

  all(): Bus[] {
    return [...this.#buses.values()];
  }

  /** By name or ARN; the default bus when none is named. */
  named(nameOrArn: unknown): Bus {
    const name = busName(nameOrArn);
    const bus = this.#buses.get(name);
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return bus;
  }

  /** Hands the event to every target of every rule that it matches, without waiting for them. */
  put(bus: Bus, event: Event): void {
    for (const rule of bus.rules) {
      if (!rule.enabled || (isReadOnly(event) && !rule.withReadOnly) || !rule.matches(event)) continue;
      for (const target of rule.targets) this.#world.activity.start(() => this.#deliver(rule, target, event));
    }
  }

  /** Fires the schedules of the enabled rules until the signal ends them. */
  startSchedules(): void {
    const { clock, signal, log, activity } = this.#world;
    for (const rule of this.all().flatMap(({ rules }) => rules)) {
      const expression = rule.resource.properties['ScheduleExpression'];
      if (expression === undefined || !rule.enabled) continue;
      const interval = readRate(String(expression));
      if (interval === undefined) {
        log.info(`${rule.resource.name}: ${String(expression)} doesn't run locally, only rate(…) does`);
        continue;
      }
      const run = async () => {
        while (!signal.aborted) {
          await clock.wait(interval, signal);
          if (!signal.aborted) this.#fire(rule);
        }
      };
      run().catch((error: unknown) => activity.start(() => Promise.reject(error)));
    }
  }

  #fire(rule: Rule): void {
    const { stack, clock, activity } = this.#world;
    const event: Event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: stack.options.accountId,
      time: toTheSecond(clock.now()),
      region: stack.options.region,
      resources: [rule.resource.arn],
      detail: {},
    };
    for (const target of rule.targets) activity.start(() => this.#deliver(rule, target, event));
  }

  async #deliver(rule: Rule, target: Target, event: Event): Promise<void> {
    const failure = await deliver(() => this.#attempt(rule, target, event), target.retry, this.#world);
    if (failure) await this.#giveUp(rule, target, event, failure);
  }

  async #attempt(rule: Rule, target: Target, event: Event): Promise<void> {
    const { queues, functions, access } = this.#world;
    const body = target.input ?? JSON.stringify(event);
    const caller = target.role ?? this.#caller(rule);
    if (target.arn.startsWith('arn:aws:sqs:')) return queues.deliver(target.arn, body, { caller });
    if (target.arn.startsWith('arn:aws:lambda:')) {
      return functions.invokeLater(target.arn, JSON.parse(body), caller);
    }
    const bus = this.named(target.arn);
    access.demand(caller, [putNeed(bus, event.source, event['detail-type'])], true);
    this.put(bus, event);
  }

  async #giveUp(rule: Rule, target: Target, event: Event, failure: Failure): Promise<void> {
    const { queues, log } = this.#world;
    const what = `Rule ${rule.resource.name} couldn't deliver to ${target.arn}`;
    log.error(`${what}: ${failure.error.message}`);
    if (!target.deadLetters)
      return log.error(`${what}: the event is LOST, the target has no dead-letter queue`);
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    const attributes = {
      RULE_ARN: text(rule.resource.arn),
      TARGET_ARN: text(target.arn),
      ERROR_CODE: text(
        failure.error.code === 'AccessDeniedException' ? 'NO_PERMISSIONS' : failure.error.code,
      ),
      ERROR_MESSAGE: text(failure.error.message.slice(0, 1000)),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(failure.retries) },
      ...(failure.exhausted ? { EXHAUSTED_RETRY_CONDITION: text(failure.exhausted) } : {}),
    };
    try {
      const body = target.input ?? JSON.stringify(event);
      await queues.deliver(target.deadLetters, body, { caller: this.#caller(rule), attributes });
    } catch (error) {
      log.error(`${what}: the event is LOST, its dead-letter queue refused it: ${String(error)}`);
    }
  }

  #caller(rule: Rule): Caller {
    return { kind: 'service', name: 'events.amazonaws.com', sourceArn: rule.resource.arn };
  }

  #add(name: string, arn: string): void {
    this.#buses.set(name, { name, arn, policy: [], rules: [] });
  }

  #addRule(resource: Resource): void {
    allowProperties(resource, [
      'Name',
      'Description',
      'EventBusName',
      'EventPattern',
      'ScheduleExpression',
      'State',
      'Targets',
      'RoleArn',
    ]);
    const { properties, logicalId } = resource;
    const bus = this.named(properties['EventBusName']);
    const pattern = properties['EventPattern'];
    const targets = list(properties['Targets']).map((target) => this.#readTarget(target, logicalId));
    if (targets.length > MAXIMUM_TARGETS)
      throw new Error(`${logicalId}: a rule has at most ${MAXIMUM_TARGETS} targets`);
    bus.rules.push({
      resource,
      bus,
      pattern,
      // A rule with a schedule alone never matches an event.
      matches: pattern === undefined ? () => false : compileEventPattern(JSON.stringify(pattern)),
      enabled: properties['State'] !== 'DISABLED',
      withReadOnly: properties['State'] === WITH_READ_ONLY,
      targets,
    });
  }

  #readTarget(target: unknown, logicalId: string): Target {
    if (!isObject(target)) throw new Error(`${logicalId}: not a target: ${JSON.stringify(target)}`);
    const { Id, Arn, Input, DeadLetterConfig, RetryPolicy: retry, RoleArn, ...rest } = target;
    const [unknown] = Object.keys(rest);
    if (unknown) throw new Error(`${logicalId}: target property ${unknown} isn't simulated by local AWS`);
    const arn = String(Arn);
    if (!/^arn:aws:(sqs|lambda|events):/.test(arn))
      throw new Error(`${logicalId}: target ${arn} isn't simulated`);
    const deadLetters = isObject(DeadLetterConfig) ? DeadLetterConfig['Arn'] : undefined;
    const policy = isObject(retry) ? retry : {};
    return {
      id: String(Id),
      arn,
      ...(Input === undefined ? {} : { input: String(Input) }),
      ...(deadLetters === undefined ? {} : { deadLetters: String(deadLetters) }),
      role: RoleArn === undefined ? undefined : this.#world.access.callerUnder(String(RoleArn)),
      retry: {
        maximumRetries: Number(policy['MaximumRetryAttempts'] ?? 185),
        maximumAgeSeconds: Number(policy['MaximumEventAgeInSeconds'] ?? 86_400),
      },
      declared: target,
    };
  }
}

/** The EventBridge API over the stack's buses. */
export function eventsService(buses: Buses, stack: Stack, clock: Clock, log: Log): Service {
  const { accountId, region } = stack.options;
  const onBus = (action: string, bus: Bus): Need => ({ action: `events:${action}`, resource: bus.arn });
  const ruleOf = (busNamed: string | undefined, name: string) => {
    const rule = buses.named(busNamed).rules.find(({ resource }) => resource.name === name);
    if (!rule)
      throw new AwsError(
        'ResourceNotFoundException',
        `Rule ${name} does not exist on EventBus ${busName(busNamed)}.`,
      );
    return rule;
  };

  const put = (entry: Entry) => {
    const refused = refusal(entry);
    if (refused) return refused;
    const bus = buses.all().find(({ name }) => name === busName(entry.EventBusName));
    const EventId = randomUUID();
    const event: Event = {
      version: '0',
      id: EventId,
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: accountId,
      time: toTheSecond(entry.Time === undefined ? clock.now() : entry.Time * 1000),
      region,
      resources: entry.Resources ?? [],
      detail: parseObject(entry.Detail ?? ''),
    };
    if (bus) buses.put(bus, event);
    // AWS takes the event and drops it: a bus that isn't there is no error.
    else log.error(`PutEvents: there is no bus ${entry.EventBusName}, the event is LOST`);
    return { EventId };
  };

  return {
    name: 'events',
    protocol: 'json',
    schemas: client,
    operations: {
      PutEvents: operation<{ Entries: Entry[] }>({
        needs: ({ Entries }) => {
          if (Entries.length < 1 || Entries.length > MAXIMUM_ENTRIES) {
            throw new AwsError(
              'ValidationException',
              `1 validation error detected: Value '[${Entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MAXIMUM_ENTRIES} and greater than or equal to 1`,
            );
          }
          return Entries.map(({ EventBusName, Source = '', DetailType = '' }) => {
            const known = buses.all().find(({ name }) => name === busName(EventBusName));
            const missing = {
              arn: `arn:aws:events:${region}:${accountId}:event-bus/${busName(EventBusName)}`,
              policy: [],
            };
            return putNeed(known ?? missing, Source, DetailType);
          });
        },
        run: ({ Entries }) => {
          const size = Entries.reduce((sum, entry) => sum + entrySize(entry), 0);
          if (size > MAXIMUM_SIZE) {
            throw new AwsError(
              'ValidationException',
              'Total size of the entries in the request is over the limit.',
            );
          }
          const results = Entries.map(put);
          return {
            FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
            Entries: results,
          };
        },
      }),
      TestEventPattern: operation<{ EventPattern: string; Event: string }>({
        needs: () => [{ action: 'events:TestEventPattern', resource: '*' }],
        run: ({ EventPattern, Event }) => {
          try {
            return { Result: matchesEventPattern(EventPattern, Event) };
          } catch (error) {
            throw new AwsError(
              'InvalidEventPatternException',
              error instanceof Error ? error.message : String(error),
            );
          }
        },
      }),
      ListEventBuses: operation<{ NamePrefix?: string }>({
        needs: () => [{ action: 'events:ListEventBuses', resource: '*' }],
        run: ({ NamePrefix = '' }) => ({
          EventBuses: buses
            .all()
            .filter(({ name }) => name.startsWith(NamePrefix))
            .map(({ name, arn, policyText }) => ({
              Name: name,
              Arn: arn,
              ...(policyText ? { Policy: policyText } : {}),
            })),
        }),
      }),
      ListRules: operation<{ EventBusName?: string; NamePrefix?: string }>({
        needs: (input) => [onBus('ListRules', buses.named(input.EventBusName))],
        run: ({ EventBusName, NamePrefix = '' }) => ({
          Rules: buses
            .named(EventBusName)
            .rules.filter(({ resource }) => resource.name.startsWith(NamePrefix))
            .map(describeRule),
        }),
      }),
      DescribeRule: operation<{ Name: string; EventBusName?: string }>({
        needs: (input) => [
          { action: 'events:DescribeRule', resource: ruleOf(input.EventBusName, input.Name).resource.arn },
        ],
        run: (input) => describeRule(ruleOf(input.EventBusName, input.Name)),
      }),
      ListTargetsByRule: operation<{ Rule: string; EventBusName?: string }>({
        needs: (input) => [
          {
            action: 'events:ListTargetsByRule',
            resource: ruleOf(input.EventBusName, input.Rule).resource.arn,
          },
        ],
        run: (input) => ({
          Targets: ruleOf(input.EventBusName, input.Rule).targets.map(({ declared }) => declared),
        }),
      }),
    },
  };
}

/** Events carry their time to the second. */
export const toTheSecond = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

const putNeed = (bus: Pick<Bus, 'arn' | 'policy'>, source: string, detailType: string): Need => ({
  action: 'events:PutEvents',
  resource: bus.arn,
  policy: bus.policy,
  keys: { 'events:source': source, 'events:detail-type': detailType },
});

function refusal({
  Source,
  DetailType,
  Detail,
}: Entry): { ErrorCode: string; ErrorMessage: string } | undefined {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (!value) {
      const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
      return { ErrorCode: 'InvalidArgument', ErrorMessage };
    }
  }
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!parseObject(Detail ?? ''))
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return undefined;
}

const UNIT: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The milliseconds of `rate(5 minutes)`; undefined for a cron expression. */
function readRate(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT[unit] ?? Number.NaN);
}

/** As AWS counts: 14 bytes for a time, then the UTF-8 length of what the entry says. */
const entrySize = ({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number =>
  (Time === undefined ? 0 : 14) + Buffer.byteLength([Source, DetailType, Detail, ...Resources].join(''));

const describeRule = ({ resource, bus, pattern, enabled }: Rule) => ({
  Name: resource.name,
  Arn: resource.arn,
  EventBusName: bus.name,
  State: enabled ? String(resource.properties['State'] ?? 'ENABLED') : 'DISABLED',
  ...(pattern === undefined ? {} : { EventPattern: JSON.stringify(pattern) }),
  ...(resource.properties['ScheduleExpression'] === undefined
    ? {}
    : { ScheduleExpression: String(resource.properties['ScheduleExpression']) }),
});

/** A bus policy is a whole Statement, or the older Action, Principal and StatementId. */
function readBusPolicy({ properties, logicalId }: Resource, busArn: string): Statement[] {
  const { Statement: statement, Action, Principal, Condition } = properties;
  if (isObject(statement) && 'Statement' in statement) return readPolicy(statement, logicalId);
  if (statement !== undefined) return list(statement).map((s) => readStatement(s, logicalId));
  const condition = isObject(Condition)
    ? { [String(Condition['Type'])]: { [String(Condition['Key'])]: Condition['Value'] } }
    : undefined;
  const principal = Principal === '*' ? '*' : { AWS: `arn:aws:iam::${String(Principal)}:root` };
  return [
    readStatement(
      { Effect: 'Allow', Action, Resource: busArn, Principal: principal, Condition: condition },
      logicalId,
    ),
  ];
}
