import { setTimeout as sleep } from 'node:timers/promises';

/** Time as local AWS sees it, in milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  async wait(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch {
      // Aborted: whoever waited looks at the world again.
    }
  },
};

interface Timer {
  at: number;
  ring: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  constructor(start = Date.UTC(2026, 0, 31, 10)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = {
        at: this.#now + ms,
        ring: () => {
          this.#timers.delete(timer);
          signal?.removeEventListener('abort', timer.ring);
          resolve();
        },
      };
      this.#timers.add(timer);
      signal?.addEventListener('abort', timer.ring, { once: true });
    });
  }

  /** Moves time on and rings what falls due, earliest first. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(); next && next.at <= until; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at);
      next.ring();
    }
    this.#now = until;
  }

  /** Moves to the next timer; false when nobody waits. */
  step(): boolean {
    const next = this.#next();
    if (!next) return false;
    this.advance(Math.max(0, next.at - this.#now));
    return true;
  }

  #next(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>(
      (first, timer) => (first && first.at <= timer.at ? first : timer),
      undefined,
    );
  }
}
