/** What can be said of an hour; of several that apply the one that stands first. */
export const hourStates = ['wrong', 'uncovered', 'unproven', 'successor'] as const;
export type HourState = (typeof hourStates)[number];

export const HOUR = 3_600_000;

/** What is known of the hours of a chain. All from the first to the last are verified but for those marked. */
export class Hours {
  readonly #marked = new Map<number, HourState>();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /**
   * Takes note of a time that belongs to the chain.
   * @param from to: ISO 8601; the hours that they touch
   * @param state left out for hours that are verified
   */
  add(from: string, to: string, state?: HourState): void {
    const first = Math.floor(Date.parse(from) / HOUR);
    const last = Math.max(first, Math.ceil(Date.parse(to) / HOUR) - 1);
    this.#from = Math.min(this.#from, first);
    this.#to = Math.max(this.#to, last);
    if (state === undefined) return;
    for (let hour = first; hour <= last; hour += 1) {
      const before = this.#marked.get(hour);
      if (before === undefined || hourStates.indexOf(state) < hourStates.indexOf(before)) {
        this.#marked.set(hour, state);
      }
    }
  }

  /** Hours since the epoch, both inclusive; undefined when there are none. */
  get range(): { readonly first: number; readonly last: number } | undefined {
    return this.#to < this.#from ? undefined : { first: this.#from, last: this.#to };
  }

  /** What is known of an hour within the range. */
  at(hour: number): HourState | 'verified' {
    return this.#marked.get(hour) ?? 'verified';
  }

  /** All that was marked. */
  get states(): ReadonlySet<HourState> {
    return new Set(this.#marked.values());
  }
}
