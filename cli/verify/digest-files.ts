import {
  type DigestKey,
  digestFolder,
  type FolderOf,
  parseTrailKey,
} from '../../shared/contracts/aws/trail-object-key';
import type { Place } from '../../shared/proof/trail/verdict';
import { lastEnd, type Window } from './options';
import type { Run } from './run';

export interface DigestFile extends Place {
  readonly name: DigestKey;
}

export interface BucketFolder extends FolderOf {
  readonly bucket: string;
}

/** Whether a digest of this end is meant. */
export const isWithin = (end: string, window: Window): boolean =>
  end >= (window.from ?? '') && end <= lastEnd(window);

/** `2026/01/31`, as the folders of a day are named. */
export const dayFolder = (time: string): string => time.slice(0, 10).replaceAll('-', '/');

export interface DigestFiles {
  readonly files: readonly DigestFile[];
  /** Trails that were not asked for have digests there, too. */
  readonly hasOthers: boolean;
}

/** The digests of a folder that are meant. Only the days of the window are listed. */
export async function digestFilesIn(
  folder: BucketFolder,
  { source, slots, window, selection, stop }: Pick<Run, 'source' | 'slots' | 'window' | 'selection' | 'stop'>,
): Promise<DigestFiles> {
  const root = digestFolder(folder);
  const { bucket } = folder;
  const after = window.from === undefined ? undefined : root + dayFolder(window.from);
  const last = `${root}${dayFolder(lastEnd(window))}0`;
  return slots.run(async () => {
    const files: DigestFile[] = [];
    let hasOthers = false;
    for await (const { key } of source.list(bucket, root, after)) {
      // `0` comes right after `/`: the days of the window are over.
      if (key >= last || stop.aborted) break;
      const name = parseTrailKey(key);
      if (name?.kind !== 'digest' || !isWithin(name.end, window)) continue;
      if (selection.trail(name)) files.push({ bucket, key, name });
      else hasOthers = true;
    }
    return { files, hasOthers };
  });
}

/** The last day before the window that a folder has digests of, as `2026-01-31`; by listing folders alone. */
export async function lastDayBefore(
  folder: BucketFolder,
  { source, slots, window }: Pick<Run, 'source' | 'slots' | 'window'>,
): Promise<string | undefined> {
  if (window.from === undefined) return undefined;
  const root = digestFolder(folder);
  const first = root + dayFolder(window.from);
  /** Years, the months of one, then the days of one; the last of them first. */
  const lastIn = async (at: string, depth: number): Promise<string | undefined> => {
    const names = await slots.run(() => source.folders(folder.bucket, at));
    for (const name of names.filter((child) => child < first).reverse()) {
      const day = depth === 2 ? name : await lastIn(name, depth + 1);
      if (day !== undefined) return day;
    }
    return undefined;
  };
  const day = await lastIn(root, 0);
  return day?.slice(root.length, -1).replaceAll('/', '-');
}
