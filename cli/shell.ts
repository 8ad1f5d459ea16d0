/** 2 could not do it, 1 something was found, 0 nothing was. */
export type ExitCode = 0 | 1 | 2;

export interface Output {
  write(text: string): void;
  /** Set on terminals only. */
  readonly columns?: number;
  readonly isTerminal: boolean;
}

/** What a command may use of the world around it. */
export interface Shell {
  /** Data. */
  readonly out: Output;
  /** Progress and diagnostics. */
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  now(): Date;
  /** From now on a first Ctrl-C asks to stop at a good place; a second one ends the process. */
  stopSignal(): AbortSignal;
}

export const processShell = (): Shell => ({
  out: outputTo(process.stdout),
  err: outputTo(process.stderr),
  env: process.env,
  folder: process.cwd(),
  now: () => new Date(),
  stopSignal() {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    return stop.signal;
  },
});

function outputTo(stream: NodeJS.WriteStream): Output {
  // Whoever reads may leave early, as `head` does: that must not end a command halfway through its work.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => stream.write(text),
    isTerminal: stream.isTTY === true,
    // A terminal that was never given a size says 0.
    ...(stream.isTTY && stream.columns > 0 ? { columns: stream.columns } : {}),
  };
}
