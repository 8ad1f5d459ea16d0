import { isOver, type Run } from '../../shared/remediations/run';
import type { ExitCode, Shell } from '../shell';
import { RUN_STATES } from '../show/run-lines';

const EVERY_MS = 2_000;
const LONGEST_MS = 5 * 60_000;

/** How a command lets time pass. Ends early when it is told to stop. */
export type Pause = (ms: number, stop: AbortSignal) => Promise<void>;

export const pause: Pause = (ms, stop) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
    if (stop.aborted) done();
  });

/** Where a run had come to when it was looked at last; `isEnd` when there is nothing more to wait for. */
export interface Followed {
  readonly run: Run | undefined;
  readonly isEnd: boolean;
}

/**
 * Looks at a run again and again until it ends, says so on stderr, and gives up after five minutes.
 * @param isEnd what else than its end there is to wait for
 */
export async function follow(
  look: () => Promise<Run | undefined>,
  isEnd: (run: Run) => boolean,
  { err }: Pick<Shell, 'err'>,
  stop: AbortSignal,
  wait: Pause,
): Promise<Followed> {
  let said = '';
  const say = (words: string) => {
    if (words !== said) err.write(`${words}\n`);
    said = words;
  };
  for (let waited = 0; ; waited += EVERY_MS) {
    const run = await look();
    if (run !== undefined) say(wordsOf(run));
    if (run !== undefined && (isOver(run) || isEnd(run))) return { run, isEnd: true };
    if (stop.aborted || waited >= LONGEST_MS) return { run, isEnd: false };
    await wait(EVERY_MS, stop);
  }
}

function wordsOf({ id, state, steps }: Run): string {
  const call = steps.at(-1)?.call;
  return `Run ${id} is ${RUN_STATES[state]}${state === 'applying' && call !== undefined ? `: call ${call + 1}` : ''}`;
}

/** 0 it did what it was to do, 1 it ended otherwise, 2 it has not ended. */
export function exitCodeOf({ run, isEnd }: Followed): ExitCode {
  if (!isEnd || run === undefined) return 2;
  return run.state === 'applied' || run.state === 'undone' ? 0 : 1;
}
