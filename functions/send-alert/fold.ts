import type { Bursts } from '../../shared/aws/bursts';
import type { JobQueue } from '../../shared/aws/job-queue';
import type { Alert } from '../../shared/tell/alerts/alert';
import {
  type BurstWindow,
  endOf,
  foldedAlertOf,
  mayFold,
  SENT_BY_THEMSELVES,
  summaryDueAt,
  summaryId,
  windowOf,
} from '../../shared/tell/alerts/burst';
import type { SummaryJob } from './summarize';

export interface FoldNeeds {
  readonly bursts: Bursts;
  /** The function's own queue. */
  readonly jobs: JobQueue<SummaryJob>;
  readonly now: () => Date;
}

/**
 * Lists an alert for the summary of its window, when it is one of too many. What was decided for an alert once is
 * decided again whenever it is asked: those that were admitted stay so, and none is listed once its window is over, so
 * that the summary, which is made after that, has them all.
 *
 * @param firstTakenAt when the alert's transition was first claimed
 * @returns the id of the summary; undefined when the alert is to be sent by itself
 */
export async function fold(
  alert: Alert,
  firstTakenAt: string,
  { bursts, jobs, now }: FoldNeeds,
): Promise<string | undefined> {
  if (!mayFold(alert)) return undefined;
  const window = windowOf(alert.control.id, firstTakenAt);
  if (await bursts.admit(window, alert.alertId, SENT_BY_THEMSELVES)) return undefined;
  const folded = foldedAlertOf(alert);
  if (now().toISOString() < endOf(window)) await bursts.fold(window, folded);
  else if (!(await bursts.isFolded(window, folded))) return undefined;
  await askForSummary(window, { bursts, jobs, now });
  return summaryId(window);
}

/** Asked for before it is noted: whoever dies in between asks again, and a summary is sent once however often. */
async function askForSummary(window: BurstWindow, { bursts, jobs, now }: FoldNeeds): Promise<void> {
  if (await bursts.isSummaryAsked(window)) return;
  const wait = Math.ceil((Date.parse(summaryDueAt(window)) - now().getTime()) / 1000);
  await jobs.send([{ job: 'summarize', ...window }], Math.max(0, wait));
  await bursts.noteSummaryAsked(window);
}
