import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { AccessControl, type User } from './access';
import { Activity, type Log } from './activity';
import { type Call, CallLog, deniedCalls } from './calls';
import { type Clock, ManualClock, systemClock } from './clock';
import { type DoorWorld, putEvents } from './door';
import { EventSources } from './event-source';
import { Functions, type Invoke } from './functions';
import { type FaultRule, Gate } from './gate';
import { type UnusedGrant, unusedGrants } from './grants';
import { HttpApis } from './http-api';
import { type Delivery, Inbox } from './inbox';
import type { JsonObject } from './json';
import type { QueueCounts } from './queue';
import { Recording } from './recording';
import { HOST, serve } from './server';
import { AutoScaling, autoscalingService } from './services/autoscaling';
import { CloudTrail, cloudtrailService } from './services/cloudtrail';
import { cloudwatchService, Metrics } from './services/cloudwatch';
import { ConfigHistory, configService } from './services/config';
import { Recorders } from './services/config-recorders';
import { dynamodbService, Tables } from './services/dynamodb';
import { Ec2, ec2Service } from './services/ec2';
import { Buses, eventsService } from './services/events';
import { iamService, Users } from './services/iam';
import { Kms, kmsService } from './services/kms';
import { lambdaService } from './services/lambda';
import { Rds, rdsService } from './services/rds';
import { S3 } from './services/s3';
import { type AccountBlock, s3controlService } from './services/s3control';
import { snsService, Topics } from './services/sns';
import { Queues, sqsService } from './services/sqs';
import { Automations, ssmService } from './services/ssm';
import { stsService } from './services/sts';
import { Stack, type Template } from './template';

export interface LocalAwsOptions {
  /** The template as `serverless package` compiled it. */
  template: Template;
  accountId: string;
  region: string;
  stage: string;
  /** 0 takes any free port. */
  port?: number;
  parameters?: Record<string, string>;
  invoke: Invoke;
  clock?: Clock;
  log?: Log;
  /** Reads topics that have no e-mail subscription, so that alerts are always seen. On unless told. */
  emailViewer?: boolean;
  /** Keep pollers and schedules still until `startPolling()`: the functions may not be up yet. */
  paused?: boolean;
  /** How long S3 takes for every answer, in milliseconds. */
  s3LatencyMs?: number;
}

export interface QueueState extends QueueCounts {
  name: string;
  /** The messages in it, visible or not. */
  messages: readonly {
    body: string;
    attributes: Record<string, { StringValue?: string }>;
    receiveCount: number;
  }[];
}

/** A running local AWS. */
export interface LocalAws {
  readonly url: string;
  readonly stack: Stack;
  readonly calls: readonly Call[];
  readonly inbox: readonly Delivery[];
  onDelivery(listener: (delivery: Delivery) => void): void;
  /** A function's environment, resolved, with credentials that stand for its role. */
  environment(functionName: string): Record<string, string>;
  queue(name: string): QueueState;
  /** Buckets, made and filled as AWS and other accounts do. */
  readonly s3: Pick<S3, 'createBucket' | 'putBucket' | 'notify' | 'deliver'> & {
    readonly account: AccountBlock;
  };
  /** CloudTrail's trails, keys, notices and event history. */
  readonly cloudtrail: Omit<CloudTrail, 'trails' | 'history'>;
  /** What remediations change, and what is put in beforehand. */
  readonly ec2: Ec2;
  readonly rds: Rds;
  readonly kms: Kms;
  readonly iam: Users;
  readonly cloudwatch: Metrics;
  readonly autoscaling: AutoScaling;
  readonly recorders: Recorders;
  readonly automations: Automations;
  /** IAM users with keys of their own, who may do what the statements of a policy allow. */
  readonly people: { add(name: string, statements: readonly object[]): User };
  /** CloudTrail's records of the calls that changed something, in order. */
  readonly records: readonly JsonObject[];
  /** Puts events onto a bus as AWS itself, `aws.*` sources included. */
  putEvents(events: unknown, bus?: string): { id: string }[];
  /** Records a configuration item for GetResourceConfigHistory. */
  putConfigItem(item: unknown): void;
  /** Invokes a function as a schedule does: asynchronously, with retries and the failure destination. */
  invokeLater(functionName: string, payload: unknown): void;
  /** Makes calls fail; the answer takes the rule away. */
  fail(rule: FaultRule): () => void;
  /** Starts what `paused` held back: event source mappings and schedules. */
  startPolling(): void;
  /** Resolves when nothing runs, waits for a retry, or lies in a queue that a function reads. */
  idle(options?: { timeoutMs?: number }): Promise<void>;
  /** What the roles allow and none of the calls needed: these calls, or those gathered from many runs. */
  unusedGrants(calls?: readonly Call[]): UnusedGrant[];
  deniedCalls(): Call[];
  stop(): Promise<void>;
}

const SILENT: Log = { info: () => undefined, error: () => undefined };

/** Builds the stack's resources and serves AWS's APIs over them on one local port. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const {
    template,
    accountId,
    region,
    stage,
    port = 4566,
    invoke,
    clock = systemClock,
    log = SILENT,
  } = options;
  const server = createServer();
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('local AWS has no port');
  const url = `http://${HOST}:${address.port}`;

  const closing = new AbortController();
  const { signal } = closing;
  // Every poller listens for the end; that is no leak.
  setMaxListeners(0, signal);
  try {
    const stack = new Stack(template, {
      accountId,
      region,
      url,
      stackName: `trailseal-${stage}`,
      ...(options.parameters ? { parameters: options.parameters } : {}),
    });
    const callLog = new CallLog(clock);
    const access = new AccessControl(stack, callLog, clock);
    const gate = new Gate(access);
    const activity = new Activity(log);
    const queues = new Queues(stack, access, gate, clock);
    const inbox = new Inbox(clock);
    const history = new ConfigHistory();
    const world = { stack, access, gate, queues, activity, clock, log, signal, invoke };
    const functions = new Functions(world);
    const topics = new Topics({ ...world, functions, inbox });
    const buses = new Buses({ ...world, functions });
    const tables = new Tables(stack, access);
    const sources = new EventSources(world, functions);
    const httpApis = new HttpApis(world, functions);
    const cloudtrail = new CloudTrail(stack.options, topics);
    const recording = new Recording({
      accountId,
      clock,
      emit: (event) => putEvents(door, 'default', event),
      remember: (record) => cloudtrail.history.add([record]),
    });
    const latencyMs = options.s3LatencyMs ?? 0;
    const s3 = new S3({ ...world, callLog, recording, topics, buses, latencyMs });
    const holding = { accountId, clock, activity, recording, signal };
    const ec2 = new Ec2(region, holding);
    const rds = new Rds(region, holding);
    const kms = new Kms(stack, access, clock);
    const users = new Users(accountId, clock);
    const metrics = new Metrics(region);
    const autoscaling = new AutoScaling(region, accountId);
    const recorders = new Recorders({ accountId, region }, clock);
    const automations = new Automations(region, accountId);
    await tables.create(stack);
    await s3.create(stack);
    if (options.emailViewer !== false) topics.addEmailViewer(stack.leftOut('AWS::SNS::Subscription'));

    const services = [
      eventsService(buses, stack, clock, log),
      sqsService(queues, stack, clock, signal),
      snsService(topics, inbox, stack),
      dynamodbService(tables, stack),
      configService(history, recorders, { clock, accountId }),
      cloudtrailService(cloudtrail, clock),
      stsService(stack, access),
      ec2Service(ec2),
      rdsService(rds, accountId),
      kmsService(kms, stack, clock),
      iamService(users),
      cloudwatchService(metrics),
      autoscalingService(autoscaling, clock),
      ssmService(automations),
      lambdaService(functions),
      s3controlService(s3.account, accountId),
    ];
    const seeded = {
      ec2,
      rds,
      kms,
      iam: users,
      cloudwatch: metrics,
      autoscaling,
      recorders,
      automations,
    };
    const door: DoorWorld = {
      stack,
      buses,
      queues,
      history,
      inbox,
      s3,
      cloudtrail,
      seeded: { ...seeded, s3 },
      log: callLog,
      clock,
    };
    serve(server, new Map(services.map((service) => [service.name, service])), {
      access,
      gate,
      callLog,
      log,
      door,
      s3,
      httpApis,
      recording,
    });
    const startPolling = () => {
      sources.announceUnread();
      sources.start();
      buses.startSchedules();
    };
    if (!options.paused) startPolling();

    return {
      url,
      stack,
      calls: callLog.calls,
      inbox: inbox.deliveries,
      onDelivery: (listener) => inbox.onDelivery(listener),
      environment: (name) => functions.environment(name),
      queue: (name) => {
        const queue = queues.named(name);
        return { name, ...queue.counts(), messages: queue.peek() };
      },
      s3,
      cloudtrail,
      ...seeded,
      people: { add: (name, statements) => access.addUser(name, statements) },
      records: recording.records,
      putEvents: (events, bus = 'default') => putEvents(door, bus, events),
      putConfigItem: (item) => history.put(item),
      invokeLater: (name, payload) =>
        functions.invokeLater(name, payload, { kind: 'operator', name: 'operator' }),
      fail: (rule) => gate.fail(rule),
      startPolling,
      idle: ({ timeoutMs = 60_000 } = {}) => untilIdle(activity, sources, clock, timeoutMs),
      unusedGrants: (calls = callLog.calls) => unusedGrants(access, calls),
      deniedCalls: () => deniedCalls(callLog.calls),
      stop: async () => {
        closing.abort();
        tables.close();
        await close(server);
      },
    };
  } catch (error) {
    closing.abort();
    await close(server);
    throw error;
  }
}

async function untilIdle(
  activity: Activity,
  sources: EventSources,
  clock: Clock,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    // Two turns of the event loop: work that a message or an answer just set off gets to count itself.
    await turn();
    await turn();
    const queues = sources.queues().map((queue) => queue.counts());
    const visible = queues.some((counts) => counts.visible > 0);
    const hidden = queues.some((counts) => counts.inFlight + counts.delayed > 0);
    if (activity.running === 0 && !visible) {
      if (activity.resting === 0 && !hidden) return;
      // Everything waits for a time to come: a clock that stands still is moved there.
      if (clock instanceof ManualClock && clock.step()) continue;
    }
    if (Date.now() > deadline)
      throw new Error(`not idle after ${timeoutMs} ms: ${describeBusy(activity, sources)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function describeBusy(activity: Activity, sources: EventSources): string {
  const queues = sources
    .queues()
    .map((queue) => ({ name: queue.settings.name, ...queue.counts() }))
    .filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
  return JSON.stringify({ running: activity.running, resting: activity.resting, queues });
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
