import { durationText } from '../../shared/tell/alerts/duration';
import type { Shell } from '../shell';
import { shortened } from '../terminal';
import { number } from './number';

export interface Progress {
  /** So many more log files there are to verify. */
  expect(logs: number): void;
  digest(): void;
  log(): void;
  /** Erases the line, so that something else can be written; it comes back. */
  erase(): void;
}

const SECOND = 1000;
const EVERY = 100;
/** Before that, rates say nothing. */
const FIRST_AFTER = 500;

const silent: Progress = {
  expect: () => undefined,
  digest: () => undefined,
  log: () => undefined,
  erase: () => undefined,
};

/** One line that counts up, on a terminal; nothing in a pipe or a file. */
export function progressOn({ err, now }: Pick<Shell, 'err' | 'now'>, isQuiet: boolean): Progress {
  if (!err.isTerminal || isQuiet) return silent;
  const start = now().getTime();
  let [digests, logs, expected, drawnAt] = [0, 0, 0, start + FIRST_AFTER - EVERY];
  let isDrawn = false;
  const draw = () => {
    const at = now().getTime();
    if (at - drawnAt < EVERY) return;
    drawnAt = at;
    isDrawn = true;
    const line = progressText({ digests, logs, expected, seconds: (at - start) / SECOND });
    err.write(`\r\u001b[2K${shortened(line, (err.columns ?? 80) - 1)}`);
  };
  return {
    expect(count) {
      expected += count;
    },
    digest() {
      digests += 1;
      draw();
    },
    log() {
      logs += 1;
      draw();
    },
    erase() {
      if (isDrawn) err.write('\r\u001b[2K');
      isDrawn = false;
    },
  };
}

interface Done {
  readonly digests: number;
  readonly logs: number;
  /** Log files that the digests judged so far list. */
  readonly expected: number;
  readonly seconds: number;
}

/** `720 digests; 12,345 of 36,000 log files, 926 a second, 26 s left` */
export function progressText({ digests, logs, expected, seconds }: Done): string {
  const rate = logs / seconds;
  const left = logs === 0 ? '' : `, ${durationText(Math.round((expected - logs) / rate))} left`;
  return `${number(digests)} digests; ${number(logs)} of ${number(expected)} log files, ${number(rate)} a second${left}`;
}
