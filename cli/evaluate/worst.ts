/** The first so many of any number of entries in an order, in memory for twice as many. */
export class Worst<T> {
  /** How many there were, kept or not. */
  count = 0;
  #kept: T[] = [];
  /** What comes after this one has no place any more. */
  #last: T | undefined;

  constructor(
    private readonly limit: number,
    private readonly order: (a: T, b: T) => number,
  ) {}

  add(entry: T): void {
    this.count += 1;
    if (this.#last !== undefined && this.order(entry, this.#last) >= 0) return;
    this.#kept.push(entry);
    if (this.#kept.length < 2 * this.limit) return;
    this.#kept = this.inOrder();
    this.#last = this.#kept.at(-1);
  }

  inOrder(): T[] {
    return this.#kept.toSorted(this.order).slice(0, this.limit);
  }
}
