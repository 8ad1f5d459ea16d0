import type { ChainState, DigestRow, OpenProblem } from '../../shared/aws/chains-table';
import { digestFolder, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import { type ChainCode, HISTORY_DAYS, meaningOf } from '../../shared/proof/trail/chain-codes';
import { type ChainId, uri } from '../../shared/proof/trail/verdict';
import { compareFiles } from './compare-files';
import type { Job, JobOf } from './jobs';
import type { Needs } from './needs';
import { isMendable } from './note-findings';
import { isSettled } from './settle-digest';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Digests that come late, and backfills, are looked for this far back; notifications tell of older ones. */
const LATE_MS = 2 * DAY_MS;
/** A job that was sent when a digest was settled gets this long before it is sent again. */
const JOB_WITHIN_MS = 30 * 60 * 1000;
const JOBS_AT_MOST = 50;

/**
 * What the schedule sees to besides new digests: what came late or was left undone, what was wrong and may be mended,
 * a sample of what was right, log files that no digest lists, and problems that are history by now.
 */
export async function lookAfter(job: JobOf<'check-chain'>, needs: Needs): Promise<void> {
  const { chain, folder, sampleAt } = job;
  const { chains, now } = needs;
  const at = Date.parse(now());
  const since = new Date(at - LATE_MS).toISOString();
  const rows = await chains.digests(chain, since, now());
  const problems = await chains.problems(chain);
  const again = new Map<string, Job>();
  const verifyAgain = (digest: { end: string; backfill: boolean }) =>
    again.set(`${digest.end} ${digest.backfill}`, {
      job: 'verify-again',
      chain,
      folder,
      end: digest.end,
      backfill: digest.backfill,
    });
  for (const digest of await unknownDigests(chain, folder, since, rows, needs)) verifyAgain(digest);
  for (const problem of problems.filter(isMendable)) {
    const name = parseTrailKey(keyOf(problem.digest ?? problem.subject));
    if (name?.kind === 'digest') verifyAgain(name);
  }
  const sample = sampleAt === undefined ? undefined : await firstAfter(chain, sampleAt, needs);
  if (sample) verifyAgain(sample);
  await needs.jobs.send([
    ...[...again.values()].slice(0, JOBS_AT_MOST),
    ...rows
      .filter((row) => !isSettled(row) && at - Date.parse(row.verifiedAt) > JOB_WITHIN_MS)
      .flatMap((row) => unfinishedParts(chain, folder, row)),
  ]);
  await compareFiles(chain, needs);
  for (const problem of problems.filter((one) => isHistory(one, at))) await chains.close(chain, problem);
}

async function unknownDigests(
  chain: ChainId,
  folder: ChainState['folder'],
  since: string,
  rows: readonly DigestRow[],
  { sourceOf, chains }: Needs,
): Promise<{ end: string; backfill: boolean }[]> {
  const { bucket } = folder;
  const state = await chains.chain(chain);
  const known = new Set(rows.map(({ place }) => uri(place)));
  const prefix = digestFolder({ ...folder, ...chain });
  const day = prefix + since.slice(0, 10).replaceAll('-', '/');
  const found: { end: string; backfill: boolean }[] = [];
  for await (const { key } of sourceOf(bucket)?.list(bucket, prefix, day) ?? []) {
    const name = parseTrailKey(key);
    if (name?.kind !== 'digest' || name.end < since || known.has(uri({ bucket, key }))) continue;
    if (name.trail !== chain.trail || name.homeRegion !== chain.homeRegion) continue;
    const isNew = !name.backfill && name.end > (state?.listedTo ?? '');
    if (!isNew) found.push(name);
  }
  return found;
}

const keyOf = (s3Uri: string): string => s3Uri.replace(/^s3:\/\/[^/]+\//, '');

const isHistory = ({ code, foundAt }: OpenProblem, now: number): boolean =>
  meaningOf(code as ChainCode).closes === 'history' && now - Date.parse(foundAt) > HISTORY_DAYS * DAY_MS;

async function firstAfter(chain: ChainId, time: string, { chains }: Needs): Promise<DigestRow | undefined> {
  const until = new Date(Date.parse(time) + DAY_MS).toISOString();
  return (await chains.digests(chain, time, until)).find(({ provenBy }) => provenBy !== undefined);
}

const unfinishedParts = (chain: ChainId, folder: ChainState['folder'], row: DigestRow): Job[] =>
  Array.from({ length: row.parts }, (_, part) => part)
    .filter((part) => row.done[part] === undefined)
    .map((part) => ({
      job: 'verify-logs',
      chain,
      folder,
      end: row.end,
      backfill: row.backfill,
      part,
    }));
