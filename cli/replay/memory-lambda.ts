import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Home } from '../../shared/policy/coverage';
import { callsOver, latencyOf, type MakeCall, type Network } from './calls';
import type { MemoryQueue, QueuedMessage } from './memory-queue';

export type Handler = (event: unknown, context: Context) => Promise<unknown>;

export interface LambdaNeeds extends Network {
  readonly home: Home;
}

/** A sandbox was lost in the middle of its work. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
}

interface Sandbox {
  readonly handler: Handler;
  /** Called when the function dies in the middle of a call. */
  die: () => void;
}

/** A function: each of its sandboxes handles one event at a time, and is used again unless it has crashed. */
export class MemoryFunction {
  readonly #idle: Sandbox[] = [];
  #requests = 0;

  /** @param load starts a sandbox, whose calls of AWS are to be made by what it is given */
  constructor(
    readonly name: string,
    private readonly load: (call: MakeCall) => Handler,
    private readonly needs: LambdaNeeds,
  ) {}

  /** @throws what the handler throws, or Crashed */
  async invoke(event: unknown): Promise<unknown> {
    const sandbox = this.#idle.pop() ?? this.#start();
    const died = new Promise<never>((_, reject) => {
      sandbox.die = () => reject(new Crashed(`${this.name} died in the middle of a call`));
    });
    try {
      const outcome = await Promise.race([sandbox.handler(event, this.#context()), died]);
      this.#idle.push(sandbox);
      return outcome;
    } catch (error) {
      if (!(error instanceof Crashed)) this.#idle.push(sandbox);
      throw error;
    }
  }

  #start(): Sandbox {
    const sandbox: { handler?: Handler; die: () => void } = { die: () => undefined };
    const handler = this.load(callsOver(this.needs, () => sandbox.die()));
    return Object.assign(sandbox, { handler });
  }

  #context(): Context {
    const { name, needs } = this;
    this.#requests += 1;
    const context: Omit<Context, 'getRemainingTimeInMillis' | 'done' | 'fail' | 'succeed'> = {
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${needs.home.region}:${needs.home.accountId}:function:${name}`,
      memoryLimitInMB: '512',
      awsRequestId: `${name}-${this.#requests}`,
      callbackWaitsForEmptyEventLoop: false,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: name,
    };
    // Without a remaining time, middy sets no timer: a real one would know nothing of virtual time.
    return context as Context;
  }
}

const BATCH = 10;
/** Lambda begins with so many batches of a queue at once. */
const BATCHES_AT_ONCE = 5;

/** Lambda's event source: takes batches from a queue to its function, and deletes what was handled. */
export class EventSource {
  #running = 0;
  #isWaking = false;

  constructor(
    private readonly queue: MemoryQueue,
    private readonly target: MemoryFunction,
    private readonly needs: LambdaNeeds,
  ) {
    queue.readable = () => this.#wake();
  }

  /** A moment later, so that what comes at once goes into one batch. */
  #wake(): void {
    if (this.#isWaking || this.#running >= BATCHES_AT_ONCE) return;
    this.#isWaking = true;
    const { clock } = this.needs;
    clock.plan(clock.now + latencyOf(this.needs), () => {
      this.#isWaking = false;
      const messages = this.queue.receive(BATCH);
      if (messages.length > 0) void this.#handle(messages);
      if (this.queue.hasVisible) this.#wake();
    });
  }

  async #handle(messages: readonly QueuedMessage[]): Promise<void> {
    this.#running += 1;
    const failed = await this.#failed(messages);
    // Lambda is no function of ours: its calls can fail, but it can't crash.
    const call = callsOver(this.needs);
    for (const { receiptHandle } of messages.filter(({ id }) => !failed.has(id))) {
      await call({ service: 'sqs', action: 'delete', about: receiptHandle }, () =>
        this.queue.remove(receiptHandle),
      ).catch(() => {
        // It comes back, and is handled again.
      });
    }
    this.#running -= 1;
    if (this.queue.hasVisible) this.#wake();
  }

  async #failed(messages: readonly QueuedMessage[]): Promise<ReadonlySet<string>> {
    try {
      const response = (await this.target.invoke(this.#event(messages))) as SQSBatchResponse;
      return new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch {
      return new Set(messages.map(({ id }) => id));
    }
  }

  #event(messages: readonly QueuedMessage[]): SQSEvent {
    const { accountId, region } = this.needs.home;
    const recordOf = ({ id, body, sentAt, receiveCount, receiptHandle }: QueuedMessage): SQSRecord => ({
      messageId: id,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(sentAt),
        SenderId: accountId,
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${region}:${accountId}:${this.queue.settings.name}`,
      awsRegion: region,
    });
    return { Records: messages.map(recordOf) };
  }
}
