import { createHash, randomUUID } from 'node:crypto';
import type { EncryptionKey } from './access';
import { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { Statement } from './iam';

/** A message attribute as it is on the wire: binary values are base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

export interface Message {
  id: string;
  body: string;
  attributes: MessageAttributes;
  senderId: string;
  sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** Of the latest receipt; older handles no longer work for a message that was received again. */
  receiptHandle?: string;
  /** The queue that gave the message up, once it is a dead letter. */
  deadLetterSource?: string;
}

export interface QueueSettings {
  name: string;
  arn: string;
  url: string;
  visibilityTimeout: number;
  retention: number;
  delay: number;
  receiveWait: number;
  maximumMessageSize: number;
  redrive?: { deadLetterTargetArn: string; maxReceiveCount: number };
  key: EncryptionKey | undefined;
  keyId: string | undefined;
  managedEncryption: boolean;
  createdAt: number;
}

export interface QueueCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** A standard queue: at least once, in no promised order, dead letters after too many receipts. */
export class Queue {
  readonly settings: QueueSettings;
  /** The queue's own policy; template resources add to it. */
  readonly policy: Statement[] = [];
  policyText?: string;
  readonly #clock: Clock;
  readonly #messages = new Map<string, Message>();
  readonly #waiting = new Set<() => void>();
  #deadLetters: Queue | undefined;
  #arrived: (message: Message) => void = () => undefined;

  constructor(settings: QueueSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** Names the queue that takes what nobody could process. */
  redriveTo(queue: Queue): void {
    this.#deadLetters = queue;
  }

  /** Calls back for each message that comes in. */
  onArrival(listener: (message: Message) => void): void {
    this.#arrived = listener;
  }

  send(body: string, options: { attributes?: MessageAttributes; delay?: number; senderId: string }): Message {
    const sentAt = this.#clock.now();
    const message: Message = {
      id: randomUUID(),
      body,
      attributes: options.attributes ?? {},
      senderId: options.senderId,
      sentAt,
      visibleAt: sentAt + (options.delay ?? this.settings.delay) * 1000,
      receiveCount: 0,
    };
    this.#adopt(message);
    return message;
  }

  /** Hides up to `max` visible messages and hands them out; what was received too often becomes a dead letter. */
  receive(max: number, visibilityTimeout = this.settings.visibilityTimeout): Message[] {
    const now = this.#clock.now();
    const received: Message[] = [];
    for (const message of this.#live()) {
      if (received.length === max) break;
      if (message.visibleAt > now) continue;
      if (this.#isExhausted(message)) {
        this.#giveUp(message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityTimeout * 1000;
      message.receiptHandle = randomUUID();
      received.push({ ...message });
    }
    if (received.length > 0) this.#changed();
    return received;
  }

  /** Deleting what is already gone succeeds, as in AWS. */
  delete(receiptHandle: string): void {
    const message = this.#byHandle(receiptHandle);
    if (message) this.#messages.delete(message.id);
    this.#changed();
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    const now = this.#clock.now();
    const message = this.#byHandle(receiptHandle);
    if (!message || message.visibleAt <= now) {
      throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
    }
    message.visibleAt = now + seconds * 1000;
    this.#changed();
  }

  purge(): void {
    this.#messages.clear();
    this.#changed();
  }

  counts(): QueueCounts {
    const now = this.#clock.now();
    const hidden = this.#live().filter((message) => message.visibleAt > now);
    const inFlight = hidden.filter((message) => message.receiveCount > 0).length;
    return { visible: this.#messages.size - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  /** The messages in it, as they are: for tests and for the local-only door. */
  peek(): readonly Message[] {
    return this.#live();
  }

  /** Waits until a message is visible, the deadline passes or the signal aborts. */
  async untilVisible(signal: AbortSignal, deadline = Number.POSITIVE_INFINITY): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.now();
      const next = this.#live().reduce((first, { visibleAt }) => Math.min(first, visibleAt), deadline);
      if (next <= now) return;
      const wake = new AbortController();
      const stop = () => wake.abort();
      this.#waiting.add(stop);
      signal.addEventListener('abort', stop, { once: true });
      if (Number.isFinite(next)) await this.#clock.wait(next - now, wake.signal);
      else await new Promise<void>((resolve) => wake.signal.addEventListener('abort', () => resolve()));
      this.#waiting.delete(stop);
      signal.removeEventListener('abort', stop);
    }
  }

  #live(): Message[] {
    const oldest = this.#clock.now() - this.settings.retention * 1000;
    for (const message of this.#messages.values()) {
      if (message.sentAt < oldest) this.#messages.delete(message.id);
    }
    return [...this.#messages.values()];
  }

  #byHandle(receiptHandle: string): Message | undefined {
    return [...this.#messages.values()].find((message) => message.receiptHandle === receiptHandle);
  }

  #isExhausted(message: Message): boolean {
    const { redrive } = this.settings;
    return redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount;
  }

  #giveUp(message: Message): void {
    if (!this.#deadLetters) return;
    this.#messages.delete(message.id);
    this.#deadLetters.#adopt({
      ...message,
      visibleAt: this.#clock.now(),
      deadLetterSource: this.settings.arn,
    });
  }

  /** Id, body, attributes and the time it was first sent stay the message's own. */
  #adopt(message: Message): void {
    this.#messages.set(message.id, message);
    this.#arrived(message);
    this.#changed();
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

/** The digest that AWS gives for attributes: length-prefixed name, type and value, by name. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const prefixed = (data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, data]);
  };
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    const isBinary = BinaryValue !== undefined;
    const value = isBinary ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue ?? '');
    return [
      prefixed(Buffer.from(name)),
      prefixed(Buffer.from(DataType)),
      Buffer.from([isBinary ? 2 : 1]),
      prefixed(value),
    ];
  });
  return md5(Buffer.concat(parts));
}
