import type { VirtualClock } from './clock';
import { type Call, CallFailed, type Faults } from './faults';
import type { Random } from './random';

/** Makes a call of AWS: some time passes, and it may fail. */
export type MakeCall = <T>(call: Call, effect: () => T) => Promise<T>;

export interface Network {
  readonly clock: VirtualClock;
  readonly faults: Faults;
  /** How long calls take, so that those at work at once come in each other's way. */
  readonly latency: Random;
}

const SHORTEST_MS = 4;
const LONGEST_MS = 24;

export const latencyOf = ({ latency }: Pick<Network, 'latency'>): number =>
  SHORTEST_MS + Math.floor(latency() * (LONGEST_MS - SHORTEST_MS + 1));

/** Never answers: whoever waited is dead. */
const silence = <T>(): Promise<T> => new Promise(() => undefined);

/** @param die called when the function dies in the middle of a call; left out for callers that can't */
export const callsOver =
  (network: Network, die?: () => void): MakeCall =>
  async (call, effect) => {
    const { clock, faults } = network;
    await clock.sleep(latencyOf(network));
    switch (faults.next(call, clock.now, die !== undefined)) {
      case undefined:
        return effect();
      case 'not-done':
        throw new CallFailed(`${call.service} could not do it: ${call.action}`);
      case 'answer-lost':
        effect();
        throw new CallFailed(`${call.service} did not answer in time: ${call.action}`);
      case 'done-twice':
        effect();
        return effect();
      case 'crash-before':
        die?.();
        return silence();
      case 'crash-after':
        effect();
        die?.();
        return silence();
    }
  };
