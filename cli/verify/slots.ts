/** So many pieces of work at once, all others wait in line: one budget of requests for all chains together. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a slot, and works in it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /**
   * Works on each item in a slot of its own, and takes the next item only when there is one for it. After a failure, or
   * when asked to stop, no further one is begun; those that are under way are waited for.
   * @throws what the first piece of work threw
   */
  async each<Item>(
    items: Iterable<Item> | AsyncIterable<Item>,
    work: (item: Item) => Promise<void>,
    stop: AbortSignal,
  ): Promise<void> {
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    try {
      for await (const item of items) {
        await this.#take();
        if (stop.aborted || failure !== undefined) {
          this.#release();
          break;
        }
        const done = work(item)
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => {
            this.#release();
            running.delete(done);
          });
        running.add(done);
      }
    } finally {
      await Promise.all(running);
    }
    if (failure !== undefined) throw failure.error;
  }

  async #take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
