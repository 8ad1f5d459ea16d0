/** Where local AWS says what a person should see. */
export interface Log {
  info(message: string): void;
  error(message: string): void;
}

/** What AWS is doing behind the callers' backs: deliveries, invocations, retries. */
export class Activity {
  #running = 0;
  #resting = 0;
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get running(): number {
    return this.#running;
  }

  /** Work that waits for its next attempt. */
  get resting(): number {
    return this.#resting;
  }

  /** Does work without anybody waiting for it; what it throws is said in the log. */
  start(work: () => Promise<void>): void {
    this.during(work).catch((error: unknown) => this.#log.error(String(error)));
  }

  /** Counts as running while the work lasts. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  /** Counts as resting, not as running, while work that was started waits. */
  async rest(wait: Promise<void>): Promise<void> {
    this.#running -= 1;
    this.#resting += 1;
    try {
      await wait;
    } finally {
      this.#running += 1;
      this.#resting -= 1;
    }
  }
}
