import type { Clock } from './clock';

/** One call that reached local AWS, or that AWS makes on somebody's behalf (`implied`). */
export interface Call {
  time: string;
  /** A function's name, `operator`, or a service such as `events.amazonaws.com`. */
  caller: string;
  action: string;
  resource: string;
  allowed: boolean;
  implied?: true;
  /** Why it was refused. */
  because?: string;
}

/** A long-running laptop session keeps the newest calls only. */
const KEPT = 100_000;

/** Every call in order. */
export class CallLog {
  readonly calls: Call[] = [];

  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(call: Omit<Call, 'time'>): void {
    if (this.calls.length >= KEPT) this.calls.splice(0, KEPT / 10);
    this.calls.push({ time: new Date(this.#clock.now()).toISOString(), ...call });
  }
}

/** The refused calls: a role that is too small, a policy that is missing, or an operation not simulated. */
export const deniedCalls = (calls: readonly Call[]): Call[] => calls.filter((call) => !call.allowed);
