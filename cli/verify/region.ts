import { type ChainInput, type ChainJudgement, judgeChain } from '../../shared/proof/trail/chain';
import { chainFinding } from '../../shared/proof/trail/chain-findings';
import type { TrailFolder } from '../../shared/proof/trail/discovery';
import type { ChainId } from '../../shared/proof/trail/verdict';
import { lastDayBefore } from './digest-files';
import { type Chain, DigestReader } from './digests';
import { logFilesIn } from './log-files';
import { expectedLogs, verifyLogs } from './logs';
import type { Names } from './names';
import { lastEnd } from './options';
import type { Run } from './run';
import { tellUnreferenced, unlistedLogs } from './unlisted';

/**
 * Verifies all chains of one account in one Region: first every digest, then how they are linked, then the log files
 * that proven digests list, and last whether there are log files that none lists.
 * @param folders of that account and Region, in all buckets of the source
 */
export async function verifyRegion(folders: readonly TrailFolder[], run: Run): Promise<void> {
  const digests = new DigestReader(run);
  await digests.read(folders.filter(({ hasDigests }) => hasDigests));
  if (run.stop.aborted) return;
  if (digests.chains.length === 0) {
    await tellNothing(folders, run);
    return;
  }
  const { chains, knowsAllTrails, listedLogs } = digests;
  const [later, ...known] = await Promise.all([
    knowsAllTrails ? stampsAfterTails(folders, digests, run) : [],
    ...chains.map(({ id }) => whatAwsKnows(id, folders, run)),
  ]);
  const judged = chains.map((chain, index) => ({
    chain,
    judgement: judgeChain({
      chain: chain.id,
      reports: chain.reports,
      window: run.window,
      now: run.now,
      live: run.live,
      logsAfterTail: later,
      ...known[index],
    }),
  }));
  for (const { chain, judgement } of judged) {
    for (const report of judgement.digests) run.listener.digest(report);
    for (const gap of judgement.gaps) run.listener.gap(gap, chain.id);
    run.listener.chain(chain.id, judgement.findings);
    run.listener.expect(expectedLogs(chain, judgement.digests));
  }
  // Listing is waiting, mostly: it goes on beside the work. One that is refused must not leave that work behind.
  const [verified, unlisted] = await Promise.allSettled([
    verifyAll(judged, listedLogs, run),
    knowsAllTrails ? unlistedLogs(folders, listedLogs, run) : [],
  ]);
  if (verified.status === 'rejected') throw verified.reason;
  if (unlisted.status === 'rejected') throw unlisted.reason;
  if (run.stop.aborted) return;
  tellUnreferenced(
    unlisted.value.filter(({ bucket, key }) => !listedLogs.has(bucket, key)),
    judged.map(({ judgement }) => judgement.digests),
    run,
  );
}

async function verifyAll(
  judged: readonly { readonly chain: Chain; readonly judgement: ChainJudgement }[],
  listedLogs: Names,
  run: Run,
): Promise<void> {
  for (const { chain, judgement } of judged) {
    await verifyLogs(chain, judgement.digests, listedLogs, run);
    run.held.give(chain.held);
  }
}

async function whatAwsKnows(
  id: ChainId,
  [folder]: readonly TrailFolder[],
  { witness, live }: Run,
): Promise<Pick<ChainInput, 'state' | 'expiryDays'>> {
  const [state, expiryDays] = await Promise.all([
    live ? witness.trailState(id) : undefined,
    folder && witness.expiryDays(folder.bucket, `${folder.prefix}AWSLogs/`),
  ]);
  return { ...(state === undefined ? {} : { state }), ...(expiryDays === undefined ? {} : { expiryDays }) };
}

const newestEnd = ({ reports }: Chain): string | undefined =>
  reports
    .map(({ name }) => name.end)
    .sort()
    .at(-1);

/** When log files were stamped that came after the end of the shortest chain, and that no digest lists. */
async function stampsAfterTails(
  folders: readonly TrailFolder[],
  { chains, listedLogs }: DigestReader,
  run: Run,
): Promise<readonly string[]> {
  const first = chains.flatMap((chain) => newestEnd(chain) ?? []).sort()[0];
  const stamps: string[] = [];
  if (first === undefined || first >= lastEnd(run.window)) return stamps;
  for (const folder of folders.filter(({ hasLogs }) => hasLogs)) {
    await run.slots.run(async () => {
      for await (const { bucket, key, name } of logFilesIn(folder, run, first)) {
        if (name.minute > first && !listedLogs.has(bucket, key)) stamps.push(name.minute);
      }
    });
  }
  return stamps;
}

/** Silence is told, too: whoever removed every digest has removed what would accuse them. */
async function tellNothing(folders: readonly TrailFolder[], run: Run): Promise<void> {
  const [folder] = folders;
  if (folder === undefined) return;
  const { account, region } = folder;
  const log = await firstLog(folders, run);
  const withDigests = folders.find(({ hasDigests }) => hasDigests);
  // A Region without any digest that was left long ago has nothing to say about the window.
  if (withDigests === undefined && log === undefined) return;
  const last = withDigests && (await lastDayBefore(withDigests, run));
  const says = [
    `no digest of ${account} in ${region} ends within the hours that were asked for`,
    ...(log === undefined ? [] : [`log files are there, from ${log} on`]),
    ...(last === undefined ? [] : [`the last digest before is of ${last}`]),
  ].join('; ');
  run.listener.folder({ account, region, ...chainFinding('no-digests', says, run.window) });
}

/** When the first log file within the window was stamped. */
async function firstLog(folders: readonly TrailFolder[], run: Run): Promise<string | undefined> {
  for (const folder of folders.filter(({ hasLogs }) => hasLogs)) {
    const first = await run.slots.run(async () => {
      for await (const { name } of logFilesIn(folder, run)) return name.minute;
      return undefined;
    });
    if (first !== undefined) return first;
  }
  return undefined;
}
