import type { ChainState, DigestRow } from '../../shared/aws/chains-table';
import { type LogJob, logJobs } from '../../shared/proof/trail/log-jobs';
import type { ChainId } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import type { Needs } from './needs';
import { verifyLogs } from './verify-logs';

/** What could not be read is tried again. */
export const wasRead = ({ status }: DigestRow): boolean => status !== 'missing' && status !== 'unverifiable';

/** Read and judged for good, and all its log files with it. */
export const isSettled = (row: DigestRow): boolean =>
  wasRead(row) && Object.keys(row.done).length >= row.parts;

/** S3's clock and ours may differ by some seconds; its events are told in whole ones. */
const CLOCKS_DIFFER_MS = 5000;

/** Whether something happened to a file before it was verified, so that there is nothing new in it. */
export const isOlder = ({ at }: { readonly at?: string }, { verifiedAt }: DigestRow): boolean =>
  at !== undefined && Date.parse(at) + CLOCKS_DIFFER_MS < Date.parse(verifiedAt);

export async function rowFor(
  chain: ChainId,
  { end, backfill }: Pick<DigestRow, 'end' | 'backfill'>,
  { chains }: Needs,
): Promise<DigestRow | undefined> {
  return (await chains.digests(chain, end, end)).find((row) => row.backfill === backfill);
}

/**
 * Writes down what was found out about a digest. If its bytes are proven, its log files are verified: those of a small
 * one at once, those of a large one part by part, by messages of their own. Parts that are done are done again only
 * when asked to.
 */
export async function settleDigest(
  report: DigestReport,
  { chain, folder }: Pick<ChainState, 'chain' | 'folder'>,
  needs: Needs,
  again = false,
): Promise<DigestRow> {
  const { digest, provenBy, name } = report;
  const parts = provenBy && digest ? logJobs(digest) : [];
  const known = await rowFor(chain, name, needs);
  const row = rowOf(report, parts, known?.sha256 === report.sha256 ? known : undefined, needs.now());
  await needs.chains.putDigest(chain, row);
  needs.telemetry.countBy('DigestsVerified', 'status', report.status);
  const open = parts.filter((_, part) => again || row.done[part] === undefined);
  const [only] = open;
  if (digest && only && parts.length === 1) {
    await verifyLogs({ chain, row, number: 0, logs: digest.logFiles }, needs);
  } else if (open.length > 0) {
    await needs.jobs.send(
      open.map((range) => ({
        job: 'verify-logs',
        chain,
        folder,
        end: row.end,
        backfill: row.backfill,
        part: parts.indexOf(range),
        ...(again ? { again } : {}),
      })),
    );
  }
  return row;
}

function rowOf(
  { bucket, key, name, status, reason, provenBy, keySource, digest, sha256, etag, versionId }: DigestReport,
  parts: readonly LogJob[],
  known: DigestRow | undefined,
  verifiedAt: string,
): DigestRow {
  return {
    place: { bucket, key },
    ...(digest ? { start: digest.digestStartTime } : {}),
    end: name.end,
    backfill: name.backfill,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(provenBy === undefined ? {} : { provenBy }),
    ...(keySource === undefined ? {} : { keySource }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(etag === undefined ? {} : { etag }),
    ...(versionId === undefined ? {} : { versionId }),
    logs: provenBy && digest ? digest.logFiles.length : 0,
    parts: parts.length,
    done: known?.done ?? {},
    verifiedAt,
  };
}
