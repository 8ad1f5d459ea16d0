import type { Log } from './activity';
import { AwsError } from './aws-error';
import type { Functions, FunctionsWorld, InvokeResult } from './functions';
import { isObject } from './json';
import { type Message, md5, type Queue } from './queue';
import { need, receiveNeed, systemAttributes } from './services/sqs';
import { allowProperties, type Resource } from './template';

interface Mapping {
  queue: Queue;
  functionName: string;
  batchSize: number;
  windowSeconds: number;
  reportsFailures: boolean;
  maximumConcurrency: number;
}

/** Lambda starts five pollers per queue when nothing limits them. */
const DEFAULT_CONCURRENCY = 5;

/** The event source mappings of the stack: Lambda's pollers between a queue and its function. */
export class EventSources {
  readonly #world: FunctionsWorld;
  readonly #functions: Functions;
  readonly #mappings: Mapping[] = [];

  constructor(world: FunctionsWorld, functions: Functions) {
    this.#world = world;
    this.#functions = functions;
    for (const resource of world.stack.ofType('AWS::Lambda::EventSourceMapping')) {
      if (resource.properties['Enabled'] !== false) this.#mappings.push(this.#read(resource));
    }
  }

  /** The queues that somebody empties. */
  queues(): Queue[] {
    return this.#mappings.map((mapping) => mapping.queue);
  }

  /** A message in a queue that no function reads waits for a person: say so. */
  announceUnread(): void {
    const { queues, log } = this.#world;
    const read = new Set(this.queues());
    for (const queue of queues.all().filter((other) => !read.has(other))) {
      queue.onArrival(({ attributes, deadLetterSource }) => {
        const reasons = Object.entries(attributes).map(
          ([name, { StringValue = '' }]) => `${name} ${StringValue}`,
        );
        const from = deadLetterSource ? [`given up by ${deadLetterSource.split(':').pop()}`] : [];
        log.error(oneLine(`${queue.settings.name} has a new message: ${[...from, ...reasons].join(', ')}`));
      });
    }
  }

  /** Starts to poll; a mapping whose role can't read its queue is said aloud and stays off, as in AWS. */
  start(): void {
    const { access, activity, log } = this.#world;
    for (const mapping of [...this.#mappings]) {
      const caller = access.functionCaller(mapping.functionName);
      const needs = [
        receiveNeed(mapping.queue),
        need(mapping.queue, 'DeleteMessage'),
        need(mapping.queue, 'GetQueueAttributes'),
      ];
      try {
        access.demand(caller, needs, true);
      } catch (error) {
        this.#mappings.splice(this.#mappings.indexOf(mapping), 1);
        log.error(
          `${mapping.functionName} gets nothing from ${mapping.queue.settings.name}: ${describe(error)}`,
        );
        continue;
      }
      for (let i = 0; i < mapping.maximumConcurrency; i += 1) {
        this.#poll(mapping).catch((error: unknown) => activity.start(() => Promise.reject(error)));
      }
    }
  }

  async #poll(mapping: Mapping): Promise<void> {
    const { signal, activity } = this.#world;
    while (!signal.aborted) {
      await mapping.queue.untilVisible(signal);
      if (signal.aborted) return;
      await activity.during(() => this.#round(mapping));
    }
  }

  async #round(mapping: Mapping): Promise<void> {
    const { access, gate, activity, clock, signal, log } = this.#world;
    const { queue, batchSize, windowSeconds, functionName } = mapping;
    if (windowSeconds > 0 && queue.counts().visible < batchSize) {
      await activity.rest(clock.wait(windowSeconds * 1000, signal));
    }
    const caller = access.functionCaller(functionName);
    const input = { QueueUrl: queue.settings.url, MaxNumberOfMessages: batchSize };
    const needs = [receiveNeed(queue)];
    try {
      const messages = await gate.pass(
        { service: 'sqs', action: 'ReceiveMessage', caller, input, needs, implied: true },
        () => queue.receive(batchSize),
      );
      if (messages.length > 0) await this.#process(mapping, messages);
    } catch (error) {
      log.error(`${functionName} couldn't read ${queue.settings.name}: ${describe(error)}`);
      await activity.rest(clock.wait(1000, signal));
    }
  }

  async #process(mapping: Mapping, messages: Message[]): Promise<void> {
    const { stack, log } = this.#world;
    const { queue, functionName } = mapping;
    const event = { Records: messages.map((message) => asRecord(message, queue, stack.options.region)) };
    const result = await this.#functions.invoke(functionName, event);
    const failed = failedIds(result, messages, mapping, log);
    for (const message of messages) {
      if (!failed.has(message.id)) await this.#delete(mapping, message);
    }
  }

  /** A deletion that fails is no failure of the function: the message simply comes again. */
  async #delete({ queue, functionName }: Mapping, { receiptHandle = '' }: Message): Promise<void> {
    const { access, gate, log } = this.#world;
    const caller = access.functionCaller(functionName);
    const input = { QueueUrl: queue.settings.url, ReceiptHandle: receiptHandle };
    const needs = [need(queue, 'DeleteMessage')];
    try {
      await gate.pass({ service: 'sqs', action: 'DeleteMessage', caller, input, needs, implied: true }, () =>
        queue.delete(receiptHandle),
      );
    } catch (error) {
      log.error(`${functionName} couldn't delete from ${queue.settings.name}: ${describe(error)}`);
    }
  }

  #read(resource: Resource): Mapping {
    allowProperties(resource, [
      'EventSourceArn',
      'FunctionName',
      'BatchSize',
      'MaximumBatchingWindowInSeconds',
      'FunctionResponseTypes',
      'ScalingConfig',
      'Enabled',
    ]);
    const { properties, logicalId } = resource;
    const source = String(properties['EventSourceArn']);
    if (!source.startsWith('arn:aws:sqs:'))
      throw new Error(`${logicalId}: only SQS event sources are simulated`);
    const queue = this.#world.queues.withArn(source);
    const fn = this.#functions.named(String(properties['FunctionName']));
    const timeout = Number(fn.properties['Timeout'] ?? 3);
    if (queue.settings.visibilityTimeout < timeout) {
      throw new Error(
        `${logicalId}: Queue visibility timeout: ${queue.settings.visibilityTimeout} seconds is less than Function timeout: ${timeout} seconds`,
      );
    }
    const scaling = properties['ScalingConfig'];
    const types = properties['FunctionResponseTypes'];
    return {
      queue,
      functionName: fn.name,
      batchSize: Number(properties['BatchSize'] ?? 10),
      windowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
      reportsFailures: Array.isArray(types) && types.includes('ReportBatchItemFailures'),
      maximumConcurrency: Number(
        (isObject(scaling) ? scaling['MaximumConcurrency'] : undefined) ?? DEFAULT_CONCURRENCY,
      ),
    };
  }
}

/** A message as Lambda hands it to a function. */
export function asRecord(message: Message, queue: Queue, region: string): unknown {
  const attributes = Object.entries(message.attributes).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ],
  );
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.settings.arn,
    awsRegion: region,
  };
}

/** Which messages stay in the queue. An answer that Lambda can't read fails the whole batch. */
function failedIds(result: InvokeResult, messages: Message[], mapping: Mapping, log: Log): Set<string> {
  const all = new Set(messages.map((message) => message.id));
  if (result.functionError) return all;
  if (!mapping.reportsFailures) return new Set();
  const { payload } = result;
  if (payload === null || payload === undefined || payload === '') return new Set();
  const failures = isObject(payload) ? payload['batchItemFailures'] : undefined;
  if (isObject(payload) && (failures === undefined || failures === null)) return new Set();
  const ids = Array.isArray(failures)
    ? failures.map((failure) => (isObject(failure) ? failure['itemIdentifier'] : undefined))
    : [undefined];
  const unreadable = ids.find((id) => typeof id !== 'string' || !all.has(id));
  if (unreadable !== undefined || ids.includes(undefined)) {
    log.error(
      `${mapping.functionName} answered no batchItemFailures that Lambda understands: the whole batch fails`,
    );
    return all;
  }
  return new Set(ids.map(String));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const describe = (error: unknown): string =>
  error instanceof AwsError || error instanceof Error ? error.message : String(error);
