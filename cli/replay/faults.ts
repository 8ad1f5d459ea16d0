import type { Random } from './random';

/** What can fail: a service of AWS, or the function itself. */
export const FAILING = ['dynamodb', 'events', 'sns', 'sqs', 'config', 'crash'] as const;
export type Failing = (typeof FAILING)[number];
export type Service = Exclude<Failing, 'crash'>;

/** Of how many calls one fails, each of these. */
export type FaultRates = Readonly<Partial<Record<Failing, number>>>;

/** One call of AWS: `dynamodb`, `write`, and the finding or alert that it is about. */
export interface Call {
  readonly service: Service;
  readonly action: string;
  readonly about: string;
}

/**
 * How a call goes wrong:
 * - `not-done`: it fails, and has had no effect.
 * - `answer-lost`: it fails for the caller, and has had its effect.
 * - `done-twice`: its answer was lost, and the SDK has tried it again by itself.
 * - `crash-before`, `crash-after`: the function dies, before the call or after it.
 */
export type Fault = 'not-done' | 'answer-lost' | 'done-twice' | 'crash-before' | 'crash-after';

export interface Injected extends Call {
  readonly fault: Fault;
}

/** What a caller gets to see of a failed call. */
export class CallFailed extends Error {
  override readonly name = 'InternalFailure';
}

/** Decides by chance which calls fail, and remembers it. */
export class Faults {
  readonly injected: Injected[] = [];

  constructor(
    private readonly rates: FaultRates,
    private readonly random: Random,
    /** The instant from which on nothing fails any more. */
    readonly until: number,
  ) {}

  /** @param canCrash whether a function makes the call */
  next(call: Call, now: number, canCrash: boolean): Fault | undefined {
    if (now >= this.until) return undefined;
    const fault = (canCrash && this.#crash()) || this.#failure(call.service);
    if (fault !== undefined) this.injected.push({ ...call, fault });
    return fault;
  }

  #crash(): Fault | undefined {
    if (!this.#happens('crash')) return undefined;
    return this.random() < 0.5 ? 'crash-before' : 'crash-after';
  }

  #failure(service: Service): Fault | undefined {
    if (!this.#happens(service)) return undefined;
    if (this.random() < 0.5) return 'not-done';
    // For SNS the SDK is told not to try again: a second message would be a second alert.
    return service !== 'sns' && this.random() < 0.5 ? 'done-twice' : 'answer-lost';
  }

  #happens(what: Failing): boolean {
    const rate = this.rates[what];
    return rate !== undefined && rate > 0 && this.random() < rate;
  }
}
