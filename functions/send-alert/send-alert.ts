import type { AlertTopic } from '../../shared/aws/alert-topic';
import type { Bursts } from '../../shared/aws/bursts';
import type { Claims } from '../../shared/aws/claims';
import type { JobQueue } from '../../shared/aws/job-queue';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import { parseAs } from '../../shared/contracts/parse';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { FindingEventDetail } from '../../shared/contracts/trailseal/finding';
import type { ControlMetadata } from '../../shared/controls/control';
import { modeFor } from '../../shared/controls/scope';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { alertOf, isTold } from '../../shared/tell/alerts/alert';
import { isFollowUp } from '../../shared/tell/alerts/follow-up';
import { notificationOf } from '../../shared/tell/alerts/notification';
import { fold } from './fold';
import { LEASE_MS, NotYet, type Outcome } from './outcome';
import { isSummaryJob, type SummaryJob, summarize } from './summarize';

export type { Outcome };

export interface Needs {
  readonly controls: readonly ControlMetadata[];
  readonly policy: CompliancePolicy;
  readonly topic: AlertTopic;
  readonly claims: Claims;
  readonly bursts: Bursts;
  /** The function's own queue. */
  readonly jobs: JobQueue<SummaryJob>;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** For so long an alert waits for the one before it, so that nobody reads "resolved" before "opened". */
const WAIT_FOR_PREDECESSOR_MS = 15 * 60_000;

/**
 * A transition of a finding becomes an alert: once, however often the event comes, and in the order of the finding's
 * transitions. Of too many at once of one control the rest becomes one summary, which the function asks itself for.
 *
 * @returns a handler of events from Trailseal's own bus
 * @throws NotYet while another worker holds the claim, or the transition before has not been handled
 */
export const sendAlert =
  (needs: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    if (isSummaryJob(message)) return summarize(message, needs);
    const { claims, telemetry, now } = needs;
    const detail = detailOf(message);
    const { transition, finding } = detail;
    const alertId = transition.id;

    if (await claims.isDone(finding.id, alertId)) return { alertId, notSent: 'already-sent' };
    // A late exposure, and what became known of a call or of a remediation, say nothing of how the finding stands: they
    // can't be superseded, and supersede nothing.
    const isAside = transition.late === true || isFollowUp(transition.kind);
    const isOvertaken = !isAside && transition.seq < (await claims.handledSeq(finding.id));
    if (isOvertaken && transition.exposure?.to === undefined) {
      await claims.finish(transition, 'superseded');
      telemetry.count('AlertsSuperseded');
      telemetry.warn('superseded: a later transition of this finding has been told already', { alertId });
      return { alertId, notSent: 'superseded' };
    }
    // An exposure that is over is told all the same, as one that was heard of too late: nobody else will tell of it.
    const told: FindingEventDetail = isOvertaken
      ? { ...detail, transition: { ...transition, late: true } }
      : detail;
    if (!isOvertaken) await afterPredecessor(detail, claims, now());

    const claimed = { ...told.transition, late: isAside || isOvertaken };
    const leaseUntil = new Date(now().getTime() + LEASE_MS).toISOString();
    const claim = await claims.take(claimed, leaseUntil);
    if (claim === 'done') return { alertId, notSent: 'already-sent' };
    if (claim === 'held') throw new NotYet(`alert ${alertId} is being sent by another worker`);

    if (!isTold(detail)) {
      await claims.finish(claimed, 'nothing to tell');
      return { alertId, notSent: 'nothing-to-tell' };
    }
    const outcome = await orRelease(
      () => tell(told, claim.firstTakenAt, needs),
      () => claims.release(claimed, leaseUntil),
    );
    await claims.finish(claimed, 'sent' in outcome ? `sent as ${outcome.sent}` : `in ${outcome.foldedInto}`);
    return outcome;
  };

function detailOf(message: unknown): FindingEventDetail {
  const event = parseAwsEvent(message);
  if (event.source !== 'trailseal') {
    throw new PermanentFailure(
      'invalid-event',
      `event ${event.id}: expected source trailseal, not ${event.source}`,
    );
  }
  return parseAs(FindingEventDetail, 'finding event detail', event.detail) as FindingEventDetail;
}

/** Sends an alert, or lists it for the summary of its window. */
async function tell(detail: FindingEventDetail, firstTakenAt: string, needs: Needs) {
  const { controls, policy, topic, telemetry } = needs;
  const { control, accountId, region, arn, ...resource } = detail.finding;
  const alert = alertOf(detail, {
    control: controls.find(({ id }) => id === control),
    mode: modeFor(policy.controls[control], {
      ...resource,
      awsAccountId: accountId,
      awsRegion: region,
      ARN: arn,
    }),
  });
  const { alertId } = alert;
  const foldedInto = await fold(alert, firstTakenAt, needs);
  if (foldedInto !== undefined) {
    telemetry.count('AlertsFolded');
    return { alertId, foldedInto };
  }
  const sent = await topic.publish(notificationOf(alert));
  telemetry.countBy('AlertsSent', 'severity', alert.severity);
  return { alertId, sent };
}

async function afterPredecessor(
  { transition, finding }: FindingEventDetail,
  claims: Claims,
  now: Date,
): Promise<void> {
  if (transition.after === undefined) return;
  if (now.getTime() - Date.parse(transition.recordedAt) > WAIT_FOR_PREDECESSOR_MS) return;
  if (!(await claims.isDone(finding.id, transition.after))) {
    throw new NotYet(`alert ${transition.id} waits for ${transition.after}, the transition before it`);
  }
}

async function orRelease<T>(act: () => Promise<T>, release: () => Promise<void>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await release();
    throw error;
  }
}
