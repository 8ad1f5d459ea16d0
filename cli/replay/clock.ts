/** Something that happens at an instant. */
interface Entry {
  readonly at: number;
  /** Of two at one instant, the one that was planned first happens first. */
  readonly order: number;
  readonly keepsGoing: boolean;
  run: (() => void) | undefined;
}

/** Takes back what was planned. */
export type Cancel = () => void;

/** All microtasks are over: whoever can go on has done so, and waits for the clock again. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that jumps from one planned instant to the next, and waits at each until all that it set off waits for the
 * clock again. Nobody may wait for anything else: not for a file, a network or a real timer.
 */
export class VirtualClock {
  #now: number;
  #planned = 0;
  #keepingGoing = 0;
  readonly #heap: Entry[] = [];

  /** @param start milliseconds since 1970 */
  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** ISO 8601 in UTC. */
  get time(): string {
    return new Date(this.#now).toISOString();
  }

  /**
   * @param at an instant; one that has passed is now
   * @param options.keepsGoing false for what alone is no reason to let time go on
   */
  plan(at: number, run: () => void, { keepsGoing = true } = {}): Cancel {
    const entry: Entry = { at: Math.max(at, this.#now), order: this.#planned++, keepsGoing, run };
    if (keepsGoing) this.#keepingGoing += 1;
    this.#push(entry);
    return () => {
      if (entry.run !== undefined && keepsGoing) this.#keepingGoing -= 1;
      entry.run = undefined;
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.plan(this.#now + milliseconds, resolve));
  }

  /**
   * Lets time go on until nothing is planned that keeps it going, and what else was planned until `until` is done.
   * @returns false when it was told to stop before
   */
  async run(until: number, goesOn: () => boolean = () => true): Promise<boolean> {
    await quiet();
    for (let entry = this.#next(until); entry !== undefined; entry = this.#next(until)) {
      if (!goesOn()) return false;
      this.#pop();
      this.#now = entry.at;
      if (entry.keepsGoing) this.#keepingGoing -= 1;
      const { run } = entry;
      entry.run = undefined;
      run?.();
      await quiet();
    }
    return true;
  }

  #next(until: number): Entry | undefined {
    while (this.#heap[0]?.run === undefined && this.#heap.length > 0) this.#pop();
    const first = this.#heap[0];
    return first !== undefined && (this.#keepingGoing > 0 || first.at <= until) ? first : undefined;
  }

  // A binary heap: the entry at index n comes before those at 2n + 1 and 2n + 2.
  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapped(parent, index)) return;
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const first = isBefore(heap[right], heap[left]) ? right : left;
      if (!this.#swapped(index, first)) return;
      index = first;
    }
  }

  /** Puts the earlier of two at the upper place. @returns whether it had been at the lower one */
  #swapped(upper: number, lower: number): boolean {
    const [above, below] = [this.#heap[upper], this.#heap[lower]];
    if (above === undefined || below === undefined || !isBefore(below, above)) return false;
    this.#heap[upper] = below;
    this.#heap[lower] = above;
    return true;
  }
}

const isBefore = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a !== undefined && (b === undefined || a.at < b.at || (a.at === b.at && a.order < b.order));
