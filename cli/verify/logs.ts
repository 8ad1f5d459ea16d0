import type { DigestLogFile } from '../../shared/contracts/aws/cloudtrail-digest';
import { DIGEST_LIMIT } from '../../shared/proof/trail/gzip';
import { readLog } from '../../shared/proof/trail/read-log';
import { uri } from '../../shared/proof/trail/verdict';
import { type DigestReport, verifyDigest } from '../../shared/proof/trail/verify-digest';
import type { LogReport } from '../../shared/proof/trail/verify-log';
import type { Chain } from './digests';
import type { Names } from './names';
import type { Run } from './run';

interface Listed {
  readonly listed: DigestLogFile;
  readonly digest: DigestReport;
}

/** How many log files `verifyLogs` will tell of. */
export const expectedLogs = ({ unheld }: Pick<Chain, 'unheld'>, digests: readonly DigestReport[]): number =>
  digests
    .filter(({ provenBy }) => provenBy !== undefined)
    .reduce((sum, digest) => sum + (unheld.get(uri(digest)) ?? digest.digest?.logFiles.length ?? 0), 0);

/**
 * Verifies the log files that the proven digests of a chain list. What others list is nobody's word.
 * @param listedLogs gets those that were not known to be listed
 */
export const verifyLogs = (
  { unheld }: Pick<Chain, 'unheld'>,
  digests: readonly DigestReport[],
  listedLogs: Names,
  run: Run,
): Promise<void> =>
  run.slots.each(
    listedBy(digests, unheld, listedLogs, run),
    async ({ listed, digest }) => run.listener.log(await verifyOne(listed, digest, run), listed.hashValue),
    run.stop,
  );

async function* listedBy(
  digests: readonly DigestReport[],
  unheld: ReadonlyMap<string, number>,
  listedLogs: Names,
  run: Run,
): AsyncGenerator<Listed> {
  for (const digest of digests) {
    if (digest.provenBy === undefined) continue;
    const logFiles = unheld.has(uri(digest)) ? await readAgain(digest, run) : digest.digest?.logFiles;
    for (const listed of logFiles ?? []) {
      // Wrong by its own signature, and proven by its successor all the same: only now it is known to count.
      if (digest.status === 'invalid') listedLogs.add(listed.s3Bucket, listed.s3Object);
      yield { listed, digest };
    }
  }
}

/** The entries of a digest that were let go after it was judged. */
async function readAgain(report: DigestReport, { source, listener }: Run): Promise<readonly DigestLogFile[]> {
  const { bucket, key, sha256, name } = report;
  const place = { bucket, key };
  // Its signature was verified before: it is enough that these are the same bytes.
  const again = verifyDigest(place, await source.read(place, DIGEST_LIMIT), {
    state: 'unread',
    detail: 'not asked for',
  });
  if (again.digest !== undefined && again.sha256 === sha256) return again.digest.logFiles;
  listener.digest({
    kind: 'digest',
    ...place,
    name,
    status: 'unverifiable',
    reason: 'unavailable',
    says: 'it was another when it was read again for its log files, or could not be read again',
  });
  return [];
}

async function verifyOne(listed: DigestLogFile, digest: DigestReport, run: Run): Promise<LogReport> {
  const place = { bucket: listed.s3Bucket, key: listed.s3Object };
  if (run.isProven(place, listed.hashValue)) {
    return { kind: 'log', ...place, status: 'valid', digest: uri(digest) };
  }
  try {
    return await readLog(run.source, listed, digest, run.hash);
  } catch (error) {
    return brokenOff(error, place, digest);
  }
}

/** A file whose reading began, and could not be ended, says nothing about itself. @throws all other errors */
function brokenOff(
  error: unknown,
  place: Pick<LogReport, 'bucket' | 'key'>,
  digest: DigestReport,
): LogReport {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name !== 'BodyUnread' && code === undefined) throw error;
  return {
    kind: 'log',
    ...place,
    status: 'unverifiable',
    reason: 'unavailable',
    says: message,
    digest: uri(digest),
  };
}
