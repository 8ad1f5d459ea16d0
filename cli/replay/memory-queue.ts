import type { Cancel, VirtualClock } from './clock';

/** A message as a queue keeps it. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receiveCount: number;
  /** Of its last receipt; older ones no longer work. */
  receiptHandle: string;
}

interface Hidden extends QueuedMessage {
  showAgain: Cancel;
}

export interface QueueSettings {
  readonly name: string;
  readonly visibilityMs: number;
  /** A message received so often is given up instead of being received once more. */
  readonly maxReceiveCount: number;
}

/** A standard queue of SQS: at least once, in no promised order, with visibility and a limit of receipts. */
export class MemoryQueue {
  /** Called when there may be something to receive. */
  readable = (): void => undefined;
  /** Called with what was received too often. */
  gaveUp = (_message: QueuedMessage): void => undefined;

  #count = 0;
  #visible: Hidden[] = [];
  readonly #hidden = new Map<string, Hidden>();

  constructor(
    readonly settings: QueueSettings,
    private readonly clock: VirtualClock,
  ) {}

  send(body: string, delaySeconds = 0): void {
    this.#count += 1;
    const message: Hidden = {
      id: `${this.settings.name}-${this.#count}`,
      body,
      sentAt: this.clock.now,
      receiveCount: 0,
      receiptHandle: '',
      showAgain: () => undefined,
    };
    if (delaySeconds === 0) this.#show(message);
    else this.clock.plan(this.clock.now + delaySeconds * 1000, () => this.#show(message));
  }

  get hasVisible(): boolean {
    return this.#visible.length > 0;
  }

  /** Up to so many messages, hidden from others until the visibility timeout is over. */
  receive(limit: number): QueuedMessage[] {
    const { visibilityMs, maxReceiveCount } = this.settings;
    const received: QueuedMessage[] = [];
    for (const message of this.#visible.splice(0, limit)) {
      if (message.receiveCount >= maxReceiveCount) {
        this.gaveUp(message);
        continue;
      }
      message.receiveCount += 1;
      message.receiptHandle = `${message.id}#${message.receiveCount}`;
      this.#hidden.set(message.receiptHandle, message);
      this.#hideFor(message, visibilityMs);
      received.push({ ...message });
    }
    return received;
  }

  /** Without effect for a message that has become visible since, as SQS leaves open. */
  remove(receiptHandle: string): void {
    this.#hidden.get(receiptHandle)?.showAgain();
    this.#hidden.delete(receiptHandle);
  }

  hide(receiptHandle: string, seconds: number): void {
    const message = this.#hidden.get(receiptHandle);
    if (message === undefined) return;
    message.showAgain();
    this.#hideFor(message, seconds * 1000);
  }

  #hideFor(message: Hidden, milliseconds: number): void {
    message.showAgain = this.clock.plan(this.clock.now + milliseconds, () => {
      this.#hidden.delete(message.receiptHandle);
      this.#show(message);
    });
  }

  #show(message: Hidden): void {
    this.#visible.push(message);
    this.readable();
  }
}
