import { type Random, randomFor } from './random';
import type { Delivery } from './simulation';

/** What happens to events on their way in. */
export interface Disturbance {
  /** How many more times each comes: of 0.2, every fifth comes once more. */
  readonly duplicate?: number | undefined;
  /** A seed by which events come late, and so in any order. */
  readonly shuffle?: number | undefined;
  /** Which part of them never comes. */
  readonly drop?: number | undefined;
}

const HOUR = 3_600_000;

/** Events as they arrive: those of one instant stay in their order. */
export function disturbed(
  deliveries: readonly Delivery[],
  { duplicate = 0, shuffle, drop = 0 }: Disturbance,
  seed: number,
): Delivery[] {
  const [dropping, copying, lateness] = ['drop', 'duplicate', 'lateness of copies'].map((purpose) =>
    randomFor(seed, purpose),
  ) as [Random, Random, Random];
  const surviving = deliveries.filter(() => dropping() >= drop);
  const repeated = surviving.flatMap((delivery) => [
    delivery,
    ...Array.from({ length: copies(duplicate, copying) }, () => late(delivery, HOUR, lateness)),
  ]);
  const shuffling = shuffle === undefined ? undefined : randomFor(shuffle, 'shuffle');
  const span = spanOf(deliveries);
  return (shuffling ? repeated.map((delivery) => late(delivery, span, shuffling)) : repeated).sort(
    (a, b) => a.at - b.at,
  );
}

const copies = (duplicate: number, random: Random): number =>
  Math.floor(duplicate) + (random() < duplicate % 1 ? 1 : 0);

/** Never before its time: what has not happened can't be told. */
const late = (delivery: Delivery, atMost: number, random: Random): Delivery => ({
  ...delivery,
  at: delivery.at + Math.floor(random() * atMost),
});

/** As late as the whole input is long, so that any order can come; some minutes where all is of one instant. */
function spanOf(deliveries: readonly Delivery[]): number {
  const times = deliveries.map(({ at }) => at);
  const [first, last] = [
    times.reduce((a, b) => Math.min(a, b), Infinity),
    times.reduce((a, b) => Math.max(a, b), 0),
  ];
  return Math.max(last - first, HOUR / 6);
}
