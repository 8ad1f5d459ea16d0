import { unreferencedLogs } from '../../shared/proof/trail/unreferenced';
import type { Place } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import type { TrailFolder } from './discovery';
import { logFilesIn } from './log-files';
import type { Names } from './names';
import type { Run } from './run';

/**
 * Tells of log files that no digest lists, where the digests of their time are proven.
 * @param chains the digests of each chain of the folders
 */
export async function tellUnlisted(
  folders: readonly TrailFolder[],
  chains: readonly (readonly DigestReport[])[],
  listedLogs: Names,
  run: Run,
): Promise<void> {
  const unlisted: Place[] = [];
  for (const folder of folders.filter(({ hasLogs }) => hasLogs)) {
    await run.slots.run(async () => {
      for await (const { bucket, key } of logFilesIn(folder, run)) {
        if (!listedLogs.has(bucket, key)) unlisted.push({ bucket, key });
      }
    });
  }
  const logs = unreferencedLogs({
    announced: [],
    listed: unlisted,
    // What digests list was left out above, one by one: all names of a month would not fit into memory.
    referenced: new Set(),
    verified: chains.map(timesCovered),
    now: run.now,
  });
  run.listener.expect(logs.length);
  for (const log of logs) run.listener.log(log);
}

const timesCovered = (digests: readonly DigestReport[]) =>
  digests.flatMap(({ provenBy, digest }) =>
    provenBy === undefined || digest === undefined
      ? []
      : [{ from: digest.digestStartTime, to: digest.digestEndTime }],
  );
