import type { ReceivedMessage, RedriveQueues } from '../../shared/aws/redrive-queues';
import { errorText } from '../aws-failure';
import { printable } from '../terminal';
import { type Letter, readLetter } from './letter';
import type { Outcome } from './outcome';
import { isSelected, type Selection } from './selection';
import { type DeadLetterQueue, prefixOf, type StackQueues } from './stack';

export interface Walk {
  readonly queues: RedriveQueues;
  readonly stage: string;
  readonly stack: StackQueues;
  readonly selection: Selection;
  /** Letters sent from then on are passed by: one that fails again at once would else come round for ever. */
  readonly startedAt: Date;
  /** False: only look. */
  readonly apply: boolean;
  readonly limit: number;
  readonly stop: AbortSignal;
  /** Called for each letter that was selected, as soon as it is settled. */
  settled(outcome: Outcome): void;
  /** Called as messages are looked at. */
  lookedAt(count: number): void;
}

export interface Walked {
  /** Came in after the start. */
  readonly later: number;
  /** Not made visible again: they become so by themselves. */
  readonly stillHidden: number;
  /** Why a queue was not walked to its end. */
  readonly failures: readonly unknown[];
}

/** A full turn of this many batches that hold nothing new: others keep giving back what we have seen. */
const REPEATED_BATCHES = 10;
const ERROR_LENGTH = 200;

/** Walks all queues of dead letters at once, each until it is empty. */
export async function walkAll(walk: Walk): Promise<Walked> {
  let taken = 0;
  const takesOneMore = () => taken < walk.limit && ++taken > 0;
  const walks = walk.stack.deadLetterQueues.map((queue) => new QueueWalk(walk, queue, takesOneMore));
  // Each to its end, whatever becomes of the others: what it hid must be made visible again.
  const ends = await Promise.allSettled(walks.map((queueWalk) => queueWalk.run(() => taken < walk.limit)));
  const sum = (count: (queueWalk: QueueWalk) => number) =>
    walks.reduce((total, queueWalk) => total + count(queueWalk), 0);
  return {
    later: sum(({ later }) => later),
    stillHidden: sum(({ stillHidden }) => stillHidden),
    failures: ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : [])),
  };
}

/**
 * One queue. What is received stays hidden until the walk is over, so that SQS offers the others; then all that was
 * not deleted is made visible again.
 */
class QueueWalk {
  later = 0;
  stillHidden = 0;
  /** Receipt handles by message id; only a message's latest is sure to work. */
  readonly #held = new Map<string, string>();
  readonly #seen = new Set<string>();
  /** Sent, so that they are to be deleted and never to be sent again. */
  readonly #sent = new Set<string>();

  constructor(
    private readonly walk: Walk,
    private readonly queue: DeadLetterQueue,
    private readonly takesOneMore: () => boolean,
  ) {}

  async run(goesOn: () => boolean): Promise<void> {
    try {
      let repeated = 0;
      while (goesOn() && !this.walk.stop.aborted && repeated < REPEATED_BATCHES) {
        const messages = await this.walk.queues.receive(this.queue.url);
        if (messages.length === 0) return;
        const isNew = await this.#take(messages);
        repeated = isNew ? 0 : repeated + 1;
      }
    } finally {
      await this.#release();
    }
  }

  /** @returns whether one of them had not been seen before */
  async #take(messages: readonly ReceivedMessage[]): Promise<boolean> {
    for (const { id, receiptHandle } of messages) this.#held.set(id, receiptHandle);
    const fresh = messages.filter(({ id }) => !this.#seen.has(id));
    for (const { id } of fresh) this.#seen.add(id);
    const again = messages.filter(({ id }) => this.#sent.has(id));
    await Promise.all([
      ...fresh.map((message) => this.#settle(message)),
      ...again.map((message) => this.#removeQuietly(message)),
    ]);
    this.walk.lookedAt(fresh.length);
    return fresh.length > 0;
  }

  async #settle(message: ReceivedMessage): Promise<void> {
    const { stage, selection, startedAt, settled } = this.walk;
    const letter = readLetter(message, this.queue, stage);
    if (!isSelected(letter, selection)) return;
    if (message.sentAt > startedAt.getTime()) {
      this.later += 1;
      return;
    }
    if (this.takesOneMore()) settled(await this.#redrive(letter, message));
  }

  /** Deletes only what is safely sent: a crash in between leaves it in both places, and in none never. */
  async #redrive(letter: Letter, message: ReceivedMessage): Promise<Outcome> {
    const { queues, stage, stack, apply } = this.walk;
    const { functionName } = letter;
    const target = functionName === undefined ? undefined : stack.functionQueues.get(functionName);
    if (target === undefined) {
      const because =
        functionName === undefined
          ? 'it does not say which function it was for'
          : `there is no queue ${prefixOf(stage)}${functionName}`;
      return { letter, status: 'no-queue', because };
    }
    if (!apply) return { letter, status: 'found' };
    try {
      await queues.send(target.url, message.body);
      this.#sent.add(message.id);
    } catch (error) {
      return { letter, status: 'not-sent', because: printable(errorText(error), ERROR_LENGTH) };
    }
    try {
      await this.#remove(message);
      return { letter, status: 'redriven' };
    } catch (error) {
      return { letter, status: 'not-removed', because: printable(errorText(error), ERROR_LENGTH) };
    }
  }

  async #remove({ id, receiptHandle }: ReceivedMessage): Promise<void> {
    await this.walk.queues.remove(this.queue.url, receiptHandle);
    this.#held.delete(id);
  }

  /** SQS may bring back what was deleted. Where deleting fails once more, the letter's outcome has said all. */
  async #removeQuietly(message: ReceivedMessage): Promise<void> {
    await this.#remove(message).catch(() => undefined);
  }

  async #release(): Promise<void> {
    const { queues } = this.walk;
    try {
      this.stillHidden = await queues.showAgain(this.queue.url, [...this.#held.values()]);
    } catch (error) {
      this.stillHidden = this.#held.size;
      throw error;
    }
  }
}
