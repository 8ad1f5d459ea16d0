import type { DigestRow } from '../../shared/aws/chains-table';
import { digestKey } from '../../shared/contracts/aws/trail-object-key';
import { judgeChain } from '../../shared/proof/trail/chain';
import type { ChainFinding } from '../../shared/proof/trail/chain-findings';
import { type ChainId, uri } from '../../shared/proof/trail/verdict';
import { reverified } from '../../shared/proof/trail/watch';
import { isExpired } from './expiry';
import type { JobOf } from './jobs';
import { judgeProblems } from './judge-problems';
import type { Needs } from './needs';
import { isMendable, noteFindings } from './note-findings';
import { nameOf, type Outcome } from './outcome';
import { readDigest } from './read-digest';
import { rowFor, settleDigest, wasRead } from './settle-digest';

const HOUR_MS = 3_600_000;
/** A digest that follows may be the one after some that are missing. */
const SUCCESSOR_WITHIN_MS = 4 * HOUR_MS;

/**
 * Verifies a digest with its log files although it was looked at before: because it was written or deleted since,
 * because it came late or could not be read, or as a sample. What was proven once stays on record as it was: another
 * file in its place is `verified-file-altered`, none is `verified-file-deleted`.
 */
export async function verifyAgain(job: JobOf<'verify-again'>, needs: Needs): Promise<Outcome> {
  const { chain, folder, end, backfill } = job;
  const row = await rowFor(chain, job, needs);
  const place = row?.place ?? {
    bucket: folder.bucket,
    key: digestKey({ ...folder, ...chain, end, backfill }),
  };
  const reports = [await readDigest(chain, place, needs)];
  const successor = backfill ? undefined : await successorOf(chain, end, needs);
  if (successor) reports.push(await readDigest(chain, successor.place, needs));
  const judged = judgeChain({
    chain,
    reports,
    window: { from: end, to: successor?.end ?? end },
    now: needs.now(),
    live: false,
    ...(row && !wasRead(row) ? { unsettled: [end] } : {}),
  });
  const report = judged.digests.find(({ key }) => key === place.key);
  if (report === undefined) throw new Error(`${uri(place)} was verified and not judged`);

  const outcome = { chain: nameOf(chain), end, status: report.status };
  if (row && (await isExpired(report, row.end, needs))) return { ...outcome, expired: true };
  const isAsItWas = report.status === row?.status && report.sha256 === row.sha256;
  const change =
    row?.provenBy && !isAsItWas ? reverified({ ...row, at: end, now: needs.now() }, report) : undefined;
  const about = judged.findings.filter(({ digest }) => digest === uri(place));
  if (change) await noteFindings(chain, [change], needs);
  // What was proven and can't be read this time stays proven, but somebody should look why.
  else if (row?.provenBy && report.status === 'unverifiable') await noteFindings(chain, about, needs);
  else {
    await closeOthers(chain, uri(place), about, needs);
    await noteFindings(chain, about, needs);
    await settleDigest(report, { chain, folder }, needs, true);
  }
  await judgeProblems(chain, needs);
  return outcome;
}

async function successorOf(chain: ChainId, end: string, { chains }: Needs): Promise<DigestRow | undefined> {
  const until = new Date(Date.parse(end) + SUCCESSOR_WITHIN_MS).toISOString();
  return (await chains.digests(chain, end, until)).find((row) => !row.backfill && row.end > end);
}

/** What was found about the file before, can be mended, and is not found any more. */
async function closeOthers(
  chain: ChainId,
  file: string,
  found: readonly ChainFinding[],
  { chains }: Needs,
): Promise<void> {
  for (const problem of await chains.problems(chain)) {
    const isFound = found.some(({ code }) => code === problem.code);
    if (problem.subject === file && !isFound && isMendable(problem)) await chains.close(chain, problem);
  }
}
