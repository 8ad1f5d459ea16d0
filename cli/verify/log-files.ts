import { type LogKey, logFolder, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import type { Place } from '../../shared/proof/trail/verdict';
import { type BucketFolder, dayFolder } from './digest-files';
import { lastEnd, type Window } from './options';
import type { Run } from './run';

export interface LogFile extends Place {
  readonly name: LogKey;
}

/**
 * The log files of a folder that are stamped within the window, and the hour after it.
 * @param from where to begin, if not with the window
 */
export async function* logFilesIn(
  folder: BucketFolder,
  { source, window, stop }: Pick<Run, 'source' | 'window' | 'stop'>,
  from: string | undefined = window.from,
): AsyncGenerator<LogFile> {
  const root = logFolder(folder);
  const { bucket } = folder;
  const last = `${root}${dayFolder(lastEnd(window))}0`;
  const after = from === undefined ? undefined : root + dayFolder(from);
  for await (const { key } of source.list(bucket, root, after)) {
    // `0` comes right after `/`: the days of the window are over.
    if (key >= last || stop.aborted) return;
    const name = parseTrailKey(key);
    if (name?.kind === 'log' && isStampedWithin(name.minute, window, from)) yield { bucket, key, name };
  }
}

const isStampedWithin = (minute: string, window: Window, from: string | undefined) =>
  minute >= (from ?? '') && minute <= lastEnd(window);
