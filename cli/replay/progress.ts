import type { Output } from '../shell';

export interface Progress {
  /** One more event was delivered. */
  add(): void;
  end(): void;
}

const EVERY = 100;

/** One line that counts up, on a terminal; nothing in a pipe or a file. */
export function progressOn(output: Output, total: number): Progress {
  if (!output.isTerminal) return { add: () => undefined, end: () => undefined };
  let delivered = 0;
  return {
    add() {
      delivered += 1;
      if (delivered % EVERY === 0) output.write(`\rReplayed ${delivered} of ${total} events`);
    },
    end() {
      // Erases the line, so that it does not stay between the diagnostics.
      if (delivered >= EVERY) output.write('\r\u001b[2K');
    },
  };
}
