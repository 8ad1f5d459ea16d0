import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, LocalDoor } from '../../shared/aws/local-door';

/** What local AWS had delivered, and buried, before events were sent. */
export interface Before {
  readonly lastDelivery: number;
  readonly deadLetters: number;
}

export interface Arrivals {
  /** Nothing is under way any more. */
  readonly isQuiet: boolean;
  readonly deliveries: readonly Delivery[];
  /** How many dead letters there are more. */
  readonly deadLetters: number;
}

const LOOK_EVERY_MS = 200;
/** Between two functions, an event is in no queue for a moment: only several quiet looks mean that all is done. */
const QUIET_LOOKS = 5;

export async function lookBefore(door: LocalDoor): Promise<Before> {
  const [deliveries, deadLetters] = await Promise.all([door.deliveriesAfter(0), deadLettersAt(door)]);
  return { lastDelivery: deliveries.at(-1)?.number ?? 0, deadLetters };
}

/**
 * Watches what comes of events until all is quiet, or the time is over.
 * @param arrived is called for each delivery as it comes
 */
export async function watchArrivals(
  door: LocalDoor,
  before: Before,
  waitMs: number,
  arrived: (delivery: Delivery) => void,
): Promise<Arrivals> {
  const deliveries: Delivery[] = [];
  let quiet = 0;
  for (const deadline = Date.now() + waitMs; quiet < QUIET_LOOKS && Date.now() < deadline; ) {
    await sleep(LOOK_EVERY_MS);
    const busy = await isBusy(door);
    const come = await door.deliveriesAfter(deliveries.at(-1)?.number ?? before.lastDelivery);
    for (const delivery of come) arrived(delivery);
    deliveries.push(...come);
    quiet = busy || come.length > 0 ? 0 : quiet + 1;
  }
  return {
    isQuiet: quiet >= QUIET_LOOKS,
    deliveries,
    deadLetters: Math.max(0, (await deadLettersAt(door)) - before.deadLetters),
  };
}

const holdsDeadLetters = ({ name }: { readonly name: string }): boolean => /-(dlq|dead-letters)$/.test(name);

const isBusy = async (door: LocalDoor): Promise<boolean> =>
  (await door.queues())
    .filter((queue) => !holdsDeadLetters(queue))
    .some(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);

async function deadLettersAt(door: LocalDoor): Promise<number> {
  const queues = await door.queues();
  return queues
    .filter(holdsDeadLetters)
    .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
}
