import type { TrailFolder } from '../../shared/proof/trail/discovery';
import { unreferencedLogs } from '../../shared/proof/trail/unreferenced';
import type { Place } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import { logFilesIn } from './log-files';
import type { Names } from './names';
import type { Run } from './run';

/** The log files of the window that are there, and that no digest is known to list. */
export async function unlistedLogs(
  folders: readonly TrailFolder[],
  listedLogs: Names,
  run: Run,
): Promise<readonly Place[]> {
  const unlisted: Place[] = [];
  for (const folder of folders.filter(({ hasLogs }) => hasLogs)) {
    await run.slots.run(async () => {
      for await (const { bucket, key } of logFilesIn(folder, run)) {
        if (!listedLogs.has(bucket, key)) unlisted.push({ bucket, key });
      }
    });
  }
  return unlisted;
}

/**
 * Tells of log files that no digest lists, where the digests of their time are proven.
 * @param chains the digests of each chain of their folders
 */
export function tellUnreferenced(
  unlisted: readonly Place[],
  chains: readonly (readonly DigestReport[])[],
  { now, listener }: Run,
): void {
  const logs = unreferencedLogs({
    announced: [],
    listed: unlisted,
    // What digests list was left out one by one: all names of a month would not fit into memory.
    referenced: new Set(),
    verified: chains.map(timesCovered),
    now,
  });
  listener.expect(logs.length);
  for (const log of logs) listener.log(log);
}

const timesCovered = (digests: readonly DigestReport[]) =>
  digests.flatMap(({ provenBy, digest }) =>
    provenBy === undefined || digest === undefined
      ? []
      : [{ from: digest.digestStartTime, to: digest.digestEndTime }],
  );
