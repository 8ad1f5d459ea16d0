import { type Status, statuses } from '../../shared/proof/trail/verdict';

export type Counts = Readonly<Partial<Record<Status, number>>>;

/** How many files have each status. */
export class Totals {
  readonly #digests = new Map<Status, number>();
  readonly #logs = new Map<Status, number>();

  addDigest(status: Status): void {
    this.#digests.set(status, (this.#digests.get(status) ?? 0) + 1);
  }

  addLog(status: Status): void {
    this.#logs.set(status, (this.#logs.get(status) ?? 0) + 1);
  }

  get digests(): Counts {
    return countsOf(this.#digests);
  }

  get logs(): Counts {
    return countsOf(this.#logs);
  }
}

const countsOf = (map: ReadonlyMap<Status, number>): Counts =>
  Object.fromEntries(
    statuses.flatMap((status) => {
      const count = map.get(status);
      return count === undefined ? [] : [[status, count]];
    }),
  );

export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
