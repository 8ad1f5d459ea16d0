import { durationText } from '../../shared/tell/alerts/duration';
import type { Shell } from '../shell';
import { shortened } from '../terminal';

export interface Progress {
  /** One more item was judged. */
  item(): void;
  /** So many more bytes were taken from the files. */
  bytes(count: number): void;
  /** Erases the line, so that something else can be written; it comes back. */
  erase(): void;
}

const MEGABYTE = 1_000_000;
const SECOND = 1000;
const EVERY = 100;
/** Before that, rates say nothing. */
const FIRST_AFTER = 500;

const silent: Progress = { item: () => undefined, bytes: () => undefined, erase: () => undefined };

/**
 * One line that counts up, on a terminal; nothing in a pipe or a file.
 * @param size of all files together; undefined when one is a pipe
 */
export function progressOn(
  { err, now }: Pick<Shell, 'err' | 'now'>,
  size: number | undefined,
  isQuiet: boolean,
): Progress {
  if (!err.isTerminal || isQuiet) return silent;
  const start = now().getTime();
  let [items, bytes, drawnAt] = [0, 0, start + FIRST_AFTER - EVERY];
  let isDrawn = false;
  const draw = () => {
    const at = now().getTime();
    if (at - drawnAt < EVERY) return;
    drawnAt = at;
    isDrawn = true;
    const line = progressText({ items, bytes, size, seconds: (at - start) / SECOND });
    err.write(`\r\u001b[2K${shortened(line, (err.columns ?? 80) - 1)}`);
  };
  return {
    item() {
      items += 1;
    },
    bytes(count) {
      bytes += count;
      draw();
    },
    erase() {
      if (isDrawn) err.write('\r\u001b[2K');
      isDrawn = false;
    },
  };
}

interface Done {
  readonly items: number;
  readonly bytes: number;
  readonly size: number | undefined;
  readonly seconds: number;
}

/** `12,345 items, 8,230 a second; 123 of 1,024 MB, 82.0 MB a second, 11 s left` */
export function progressText({ items, bytes, size, seconds }: Done): string {
  const rate = bytes / seconds;
  const parts = [
    `${whole(items)} items, ${whole(items / seconds)} a second`,
    `${whole(bytes / MEGABYTE)}${size === undefined ? '' : ` of ${whole(size / MEGABYTE)}`} MB, ${(rate / MEGABYTE).toFixed(1)} MB a second`,
  ];
  const left =
    size === undefined || bytes === 0
      ? ''
      : `, ${durationText(Math.max(0, Math.round((size - bytes) / rate)))} left`;
  return parts.join('; ') + left;
}

const whole = (value: number): string => Math.floor(value).toLocaleString('en');
