import * as z from 'zod/mini';
import { parseAs } from '../../shared/contracts/parse';
import { summaryDueAt, summaryId } from '../../shared/tell/alerts/burst';
import { notificationOf } from '../../shared/tell/alerts/notification';
import { LISTED, summaryAlertOf } from '../../shared/tell/alerts/summary';
import { LEASE_MS, NotYet, type Outcome } from './outcome';
import type { Needs } from './send-alert';

/** What this function asks itself for by its own queue. */
const SummaryJob = z.object({
  job: z.literal('summarize'),
  control: z.string().check(z.minLength(1), z.maxLength(200)),
  from: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/)),
});
export type SummaryJob = z.infer<typeof SummaryJob>;

export const isSummaryJob = (message: unknown): boolean =>
  (message as { readonly job?: unknown } | null)?.job === 'summarize';

/**
 * Sends the summary of a window, once however often it is asked for.
 *
 * @throws NotYet while the window can still be added to, or another worker holds the claim
 */
export async function summarize(message: unknown, needs: Needs): Promise<Outcome> {
  const { controls, policy, topic, claims, bursts, telemetry, now } = needs;
  const { control, from } = parseAs(SummaryJob, 'summary job', message);
  const window = { control, from };
  const alertId = summaryId(window);
  if (now().toISOString() < summaryDueAt(window))
    throw new NotYet(`the window of summary ${alertId} is not over`);

  const claimed = { findingId: alertId, id: alertId, kind: 'Summary', seq: 0, late: true };
  const leaseUntil = new Date(now().getTime() + LEASE_MS).toISOString();
  const claim = await claims.take(claimed, leaseUntil);
  if (claim === 'done') return { alertId, notSent: 'already-sent' };
  if (claim === 'held') throw new NotYet(`summary ${alertId} is being sent by another worker`);
  try {
    const folded = await bursts.foldedOf(window, LISTED);
    if (folded === undefined) {
      await claims.finish(claimed, 'nothing to tell');
      return { alertId, notSent: 'nothing-to-tell' };
    }
    const alert = summaryAlertOf(window, folded, {
      control: controls.find(({ id }) => id === control),
      mode: policy.controls[control]?.mode,
    });
    const sent = await topic.publish(notificationOf(alert));
    await claims.finish(claimed, `sent as ${sent}`);
    telemetry.countBy('AlertsSent', 'severity', alert.severity);
    return { alertId, sent };
  } catch (error) {
    await claims.release(claimed, leaseUntil);
    throw error;
  }
}
