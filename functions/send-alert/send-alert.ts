import type { AlertTopic } from '../../shared/aws/alert-topic';
import type { Claims } from '../../shared/aws/claims';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import { parseAs } from '../../shared/contracts/parse';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import type { CompliancePolicy } from '../../shared/contracts/trailseal/compliance-policy';
import { FindingEventDetail } from '../../shared/contracts/trailseal/finding';
import type { ControlMetadata } from '../../shared/controls/control';
import type { Telemetry } from '../../shared/lambda/telemetry';
import { alertOf, isTold } from '../../shared/tell/alerts/alert';
import { notificationOf } from '../../shared/tell/alerts/notification';

export interface Needs {
  readonly controls: readonly ControlMetadata[];
  readonly policy: CompliancePolicy;
  readonly topic: AlertTopic;
  readonly claims: Claims;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

export type Outcome =
  | { readonly alertId: string; readonly sent: string }
  | { readonly alertId: string; readonly notSent: 'already-sent' | 'superseded' | 'nothing-to-tell' };

/** Not to be handled just now; the queue brings it back. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** Longer than the function may run: who holds a claim for longer than this has died. */
const LEASE_MS = 90_000;

/** For so long an alert waits for the one before it, so that nobody reads "resolved" before "opened". */
const WAIT_FOR_PREDECESSOR_MS = 15 * 60_000;

/**
 * A transition of a finding becomes an alert: once, however often the event comes, and in the order of the finding's
 * transitions.
 *
 * @returns a handler of events from Trailseal's own bus
 * @throws NotYet while another worker holds the claim, or the transition before has not been handled
 */
export const sendAlert =
  ({ controls, policy, topic, claims, telemetry, now }: Needs) =>
  async (message: unknown): Promise<Outcome> => {
    const event = parseAwsEvent(message);
    if (event.source !== 'trailseal') {
      throw new PermanentFailure(
        'invalid-event',
        `event ${event.id}: expected source trailseal, not ${event.source}`,
      );
    }
    const detail = parseAs(FindingEventDetail, 'finding event detail', event.detail) as FindingEventDetail;
    const { transition, finding } = detail;
    const alertId = transition.id;

    if (await claims.isDone(finding.id, alertId)) return { alertId, notSent: 'already-sent' };
    // A late exposure says nothing of how the finding stands: it can't be superseded, and supersedes nothing.
    const isOvertaken = !transition.late && transition.seq < (await claims.handledSeq(finding.id));
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

    const leaseUntil = new Date(now().getTime() + LEASE_MS).toISOString();
    const claim = await claims.take(transition, leaseUntil);
    if (claim === 'done') return { alertId, notSent: 'already-sent' };
    if (claim === 'held') throw new NotYet(`alert ${alertId} is being sent by another worker`);

    if (!isTold(detail)) {
      await claims.finish(transition, 'nothing to tell');
      return { alertId, notSent: 'nothing-to-tell' };
    }
    const alert = alertOf(told, {
      control: controls.find(({ id }) => id === finding.control),
      mode: policy.controls[finding.control]?.mode,
    });
    const sent = await publishOrRelease(
      () => topic.publish(notificationOf(alert)),
      () => claims.release(transition, leaseUntil),
    );
    await claims.finish(told.transition, `sent as ${sent}`);
    telemetry.countBy('AlertsSent', 'severity', finding.severity);
    return { alertId, sent };
  };

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

async function publishOrRelease(
  publish: () => Promise<string>,
  release: () => Promise<void>,
): Promise<string> {
  try {
    return await publish();
  } catch (error) {
    await release();
    throw error;
  }
}
