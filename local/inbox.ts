import type { Clock } from './clock';

/** What a subscriber that isn't an AWS resource got: an e-mail, a text message, an HTTP request. */
export interface Delivery {
  number: number;
  time: string;
  protocol: string;
  endpoint: string;
  topicArn: string;
  messageId: string;
  subject?: string;
  /** What the subscriber sees: the text of an e-mail or SMS, the JSON envelope for others. */
  text: string;
}

/** Every delivery in order, numbered from 1. */
export class Inbox {
  readonly deliveries: Delivery[] = [];
  readonly #clock: Clock;
  readonly #listeners = new Set<(delivery: Delivery) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back for each delivery from now on. */
  onDelivery(listener: (delivery: Delivery) => void): void {
    this.#listeners.add(listener);
  }

  put(delivery: Omit<Delivery, 'number' | 'time'>): void {
    const time = new Date(this.#clock.now()).toISOString();
    const numbered = { number: this.deliveries.length + 1, time, ...delivery };
    this.deliveries.push(numbered);
    for (const listener of this.#listeners) listener(numbered);
  }
}
