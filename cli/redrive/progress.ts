import type { Output } from '../shell';

export interface Progress {
  add(count: number): void;
  end(): void;
}

/** One line that counts up, on a terminal; nothing in a pipe or a file. */
export function progressOn(output: Output, about: number): Progress {
  if (!output.isTerminal) return { add: () => undefined, end: () => undefined };
  let lookedAt = 0;
  return {
    add(count) {
      lookedAt += count;
      output.write(`\rLooked at ${lookedAt} of about ${Math.max(about, lookedAt)}`);
    },
    end() {
      // Erases the line, so that it does not stay between the diagnostics.
      if (lookedAt > 0) output.write('\r\u001b[2K');
    },
  };
}
