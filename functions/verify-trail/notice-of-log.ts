import type { FileNotice } from '../../shared/contracts/aws/trail-notification';
import type { LogKey } from '../../shared/contracts/aws/trail-object-key';
import { uri } from '../../shared/proof/trail/verdict';
import { folderOf } from './folder';
import type { Needs } from './needs';
import type { Outcome } from './outcome';
import { isOlder } from './settle-digest';
import { verifyAgain } from './verify-again';

const HOUR_MS = 3_600_000;
/** A log file is listed by the digest of the hour in which it was delivered, at times by the one after. */
const LISTED_WITHIN_MS = 2 * HOUR_MS;

/**
 * A log file was delivered: a digest has to list it, and its announcement outlives its deletion. If the digests of its
 * time are verified already, somebody wrote or deleted it afterwards: they are verified again.
 */
export async function noticeOfLog(notice: FileNotice, name: LogKey, needs: Needs): Promise<Outcome> {
  const { account, region, minute } = name;
  const { chains, now } = needs;
  const folder = folderOf(notice.bucket, name);
  if (notice.change === 'created')
    await chains.announce({ ...folder, account, region }, minute, notice.key, now());
  // CloudTrail tells of the files that it delivers itself, and never of those that others write or delete.
  if (notice.at === undefined) return { announced: notice.key };
  const until = new Date(Date.parse(minute) + LISTED_WITHIN_MS).toISOString();
  const again: string[] = [];
  for (const { chain } of await chains.chains({ account, region })) {
    for (const row of await chains.digests(chain, minute, until)) {
      if (row.provenBy === undefined || row.backfill || isOlder(notice, row)) continue;
      await verifyAgain({ job: 'verify-again', chain, folder, end: row.end, backfill: false }, needs);
      again.push(uri(row.place));
    }
  }
  return again.length > 0 ? { announced: notice.key, verifiedAgain: again } : { announced: notice.key };
}
