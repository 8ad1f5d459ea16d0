import { chainFinding } from '../../shared/proof/trail/chain-findings';
import { type Discovery, discover, type TrailFolder } from '../../shared/proof/trail/discovery';
import { explained } from '../aws-failure';
import { counted } from '../table';
import { isRefusal } from './refusal';
import { verifyRegion } from './region';
import type { Run } from './run';
import { Slots } from './slots';
import type { NamedSource } from './sources';

/**
 * Verifies all that is selected of a source: its accounts and Regions in parallel. What can't be listed is said, and
 * the rest is verified all the same.
 * @param atOnce accounts and Regions
 * @returns whether all of it could be looked at
 */
export async function verifySource(
  { starts, name }: NamedSource,
  run: Run,
  atOnce: number,
  say: (line: string) => void,
): Promise<boolean> {
  let isComplete = true;
  const orSay = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      isComplete = false;
      const { message, next } = explained(error);
      for (const line of [`error: ${message}`, ...next]) say(line);
      return undefined;
    }
  };
  const found = await Promise.all(
    starts.map((start) =>
      orSay(discover(start, run.source, run.selection, (request) => run.slots.run(request))),
    ),
  );
  const discoveries = found.filter((discovery) => discovery !== undefined);
  sayWhatWasSkipped(discoveries, say);
  const regions = byRegion(discoveries.flatMap(({ folders }) => folders));
  if (regions.length === 0 && isComplete) {
    const what = run.selection.isNarrow ? 'files of CloudTrail that were asked for' : 'file of CloudTrail';
    const where =
      name === 's3' ? starts.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`).join(', ') : name;
    run.listener.folder(chainFinding('no-digests', `there are no ${what} in ${where}`, run.window));
  }
  await new Slots(atOnce).each(
    regions,
    async (folders) => {
      await orSay(verifyRegion(folders, run));
    },
    run.stop,
  );
  return isComplete;
}

function sayWhatWasSkipped(discoveries: readonly Discovery[], say: (line: string) => void): void {
  const skipped = discoveries.reduce((sum, discovery) => sum + discovery.skipped, 0);
  if (skipped === 0) return;
  say(`${counted(skipped, 'folder')} not searched for AWSLogs/: name the prefix, as in s3://bucket/prefix`);
}

/** The folders of each account and Region: a chain may go through several. */
function byRegion(folders: readonly TrailFolder[]): TrailFolder[][] {
  const regions = new Map<string, Map<string, TrailFolder>>();
  for (const folder of folders) {
    const { account, region, bucket, prefix, organizationId = '' } = folder;
    const name = `${account} ${region}`;
    const known = regions.get(name) ?? new Map<string, TrailFolder>();
    regions.set(name, known.set(`${bucket}/${prefix} ${organizationId}`, folder));
  }
  return [...regions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, known]) => [...known.values()]);
}
