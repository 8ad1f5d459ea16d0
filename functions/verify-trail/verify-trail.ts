import type { DigestRow } from '../../shared/aws/chains-table';
import {
  type Announcement,
  type FileNotice,
  parseAnnouncements,
  parseTrailNotification,
} from '../../shared/contracts/aws/trail-notification';
import { type DigestKey, parseTrailKey } from '../../shared/contracts/aws/trail-object-key';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import { requireCovered } from '../../shared/policy/coverage';
import { type ChainId, uri } from '../../shared/proof/trail/verdict';
import { checkChain } from './check-chain';
import { checkCoverage } from './check-coverage';
import { folderOf } from './folder';
import { isJob, type Job, parseJob } from './jobs';
import type { Needs } from './needs';
import { noticeOfLog } from './notice-of-log';
import type { Outcome } from './outcome';
import { sealRecord } from './seal-record';
import { seekCause } from './seek-cause';
import { isOlder, rowFor, wasRead } from './settle-digest';
import { verifyAgain } from './verify-again';
import { verifyPart } from './verify-part';

/**
 * Verifies what a message announces: a digest with its log files as soon as it is there. A log file is remembered, for
 * a digest to list; one that was verified before and is written or deleted again is verified again.
 *
 * @returns a handler of notifications of CloudTrail and S3 in every envelope, and of verify-trail's own jobs
 * @throws PermanentFailure for files that are not CloudTrail's or not covered, after the others of the message are done
 */
export const verifyTrail =
  (needs: Needs) =>
  async (message: unknown): Promise<Outcome[]> => {
    if (isJob(message)) return [await work(parseJob(message), needs)];
    const outcomes: Outcome[] = [];
    const refused: unknown[] = [];
    for (const notice of parseAnnouncements(message).flatMap((each) => noticesOf(each, needs))) {
      try {
        outcomes.push(await take(notice, needs));
      } catch (error) {
        // One file that is not ours must not keep the others from being verified.
        if (!(error instanceof PermanentFailure)) throw error;
        refused.push(error);
      }
    }
    if (refused.length > 0) throw refused[0];
    return outcomes;
  };

async function work(job: Job, needs: Needs): Promise<Outcome> {
  switch (job.job) {
    case 'check-chain':
      return await checkChain(job, needs);
    case 'verify-logs':
      return await verifyPart(job, needs);
    case 'verify-again':
      return await verifyAgain(job, needs);
    case 'check-coverage':
      return await checkCoverage(job, needs);
    case 'seal':
      return await sealRecord(job, needs);
    case 'seek':
      return await seekCause(job, needs);
  }
}

function noticesOf({ topicArn, content }: Announcement, { policy, telemetry }: Needs): readonly FileNotice[] {
  if (topicArn !== undefined && !policy.trails.topics.includes(topicArn)) {
    throw new PermanentFailure(
      'topic-not-covered',
      `topic ${topicArn} is not one of trails.topics in compliance.yml: add it there, or end its subscription`,
    );
  }
  const notification = parseTrailNotification(content);
  if (notification.kind === 'files') return notification.files;
  telemetry.countBy('NotificationsIgnored', 'because', notification.because);
  return [];
}

async function take(notice: FileNotice, needs: Needs): Promise<Outcome> {
  const { bucket, key, change } = notice;
  if (needs.sourceOf(bucket) === undefined) {
    throw new PermanentFailure(
      'bucket-not-covered',
      `bucket ${bucket} is not one of trails.buckets in compliance.yml: add it there, or stop its notifications`,
    );
  }
  if (isNoFile(key)) return { ignored: key };
  const name = parseTrailKey(key);
  if (name === undefined) {
    throw new PermanentFailure(
      'malformed-key',
      `key ${JSON.stringify(key.slice(0, 300))} in bucket ${bucket}: expected that of a digest or log file of CloudTrail`,
    );
  }
  requireCovered(needs.policy, needs.home, name.account, name.region);
  // The bucket's own lifecycle deletes what it was told to; a shortened one is a change of the bucket.
  if (change === 'expired') return { ignored: key };
  return name.kind === 'digest'
    ? await noticeOfDigest(notice, name, needs)
    : await noticeOfLog(notice, name, needs);
}

/** What CloudTrail and its consoles write beside: the empty markers of folders, and files of Insights. */
const isNoFile = (key: string) => key.endsWith('/') || !/\/CloudTrail(-Digest)?\//.test(key);

async function noticeOfDigest(notice: FileNotice, name: DigestKey, needs: Needs): Promise<Outcome> {
  const { account, region, homeRegion, trail, end, backfill } = name;
  const chain = { account, region, homeRegion, trail };
  const folder = folderOf(notice.bucket, name);
  const state = await needs.chains.chain(chain);
  if (!backfill && (state === undefined || end > (state.listedTo ?? state.since))) {
    return await checkChain({ job: 'check-chain', chain, folder }, needs);
  }
  const row = await rowFor(chain, name, needs);
  const isKnown = row !== undefined && wasRead(row) && (isSameFile(notice, row) || isOlder(notice, row));
  if (isKnown && !(await isInDoubt(chain, notice, needs))) return { known: notice.key };
  return await verifyAgain({ job: 'verify-again', chain, folder, end, backfill }, needs);
}

const isSameFile = ({ change, etag }: FileNotice, row: DigestRow): boolean =>
  change === 'created' && etag !== undefined && etag === row.etag;

/** A file that was restored is the same as before, and has to be seen again for what was wrong to be over. */
const isInDoubt = async (chain: ChainId, notice: FileNotice, { chains }: Needs): Promise<boolean> =>
  (await chains.problems(chain)).some(({ subject }) => subject === uri(notice));
