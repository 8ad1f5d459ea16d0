import { type ChainJudgement, judgeChain } from '../../shared/proof/trail/chain';
import { chainFinding } from '../../shared/proof/trail/chain-findings';
import { lastDayBefore } from './digest-files';
import { type Chain, DigestReader } from './digests';
import type { TrailFolder } from './discovery';
import { logFilesIn } from './log-files';
import { expectedLogs, verifyLogs } from './logs';
import { lastEnd } from './options';
import type { Run } from './run';
import { tellUnlisted } from './unlisted';

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
  const later = digests.knowsAllTrails ? await stampsAfterTails(folders, digests, run) : [];
  const judged: { chain: Chain; judgement: ChainJudgement }[] = [];
  for (const chain of digests.chains) {
    const judgement = await judge(chain, later, folders, run);
    for (const report of judgement.digests) run.listener.digest(report);
    for (const gap of judgement.gaps) run.listener.gap(gap, chain.id);
    run.listener.chain(chain.id, judgement.findings);
    run.listener.expect(expectedLogs(chain, judgement.digests));
    judged.push({ chain, judgement });
  }
  for (const { chain, judgement } of judged) {
    await verifyLogs(chain, judgement.digests, digests.listedLogs, run);
    run.held.give(chain.held);
  }
  if (run.stop.aborted) return;
  if (digests.knowsAllTrails) {
    const chains = judged.map(({ judgement }) => judgement.digests);
    await tellUnlisted(folders, chains, digests.listedLogs, run);
  }
}

async function judge(
  { id, reports }: Chain,
  logsAfterTail: readonly string[],
  folders: readonly TrailFolder[],
  { witness, window, now, live }: Run,
): Promise<ChainJudgement> {
  const [folder] = folders;
  const [state, expiryDays] = await Promise.all([
    live ? witness.trailState(id) : undefined,
    folder && witness.expiryDays(folder.bucket, `${folder.prefix}AWSLogs/`),
  ]);
  return judgeChain({
    chain: id,
    reports,
    window,
    ...(state === undefined ? {} : { state }),
    ...(expiryDays === undefined ? {} : { expiryDays }),
    now,
    logsAfterTail,
    live,
  });
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
