import * as z from 'zod/mini';
import { parseAwsEvent } from '../../shared/contracts/aws/event';
import { parseAs } from '../../shared/contracts/parse';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import { Id, RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import { isOver, lastBegun, type Run } from '../../shared/remediations/run';
import { carryOn, lookAgain } from './conclude';
import { type Errand, LEASE_MS, later, reportAll } from './errand';
import { fix } from './fix';
import { type Answer, type Needs, NotYet } from './needs';
import { undo } from './undo';

export type { Answer, Needs };
export { NotYet };

/** Of an event on our own bus the id of the finding is all that counts. */
const Named = z.object({ finding: z.object({ id: Id }) });

/**
 * Mends what a finding is about, as far as compliance.yml, the guards and people let: guards, capture, plan, approval,
 * calls, a second look, the very rule again. Of what it is told it believes nothing but which finding to look at.
 *
 * However often it is told, and wherever it was killed, a call that worked is not made again, the record says what is
 * known, and what was begun is ended.
 *
 * @returns a handler of events from Trailseal's own bus, and of jobs from the function's own queue
 * @throws NotYet while another worker has the finding, or a call is worth another try
 */
export const remediateFinding =
  (needs: Needs) =>
  async (message: unknown): Promise<Answer> => {
    const job = jobOf(message);
    const { findingId } = job;
    const stored = await needs.findings.read(findingId);
    if (!stored) return { findingId, ignored: 'no-such-finding', outcomes: [] };
    const now = needs.now();
    const lease = await needs.runs.lease(findingId, later(now, LEASE_MS), now);
    if (lease === 'held') throw new NotYet(`finding ${findingId} is being remediated by another worker`);
    const { fence, run, follows } = lease;
    try {
      const latest = run && (await needs.runs.read(findingId, run));
      // Who died before the first step of a run was written has done nothing: the run before it counts.
      const current = latest || (follows && (await needs.runs.read(findingId, follows))) || undefined;
      const errand = { needs, finding: stored.finding, fence, current, reported: [] };
      return await work(errand, job);
    } finally {
      // A lease that is not given back ends by itself.
      await needs.runs.release(findingId, fence).catch(() => undefined);
    }
  };

function jobOf(message: unknown): Pick<RemediateJob, 'findingId' | 'undo' | 'again'> {
  if ((message as { readonly job?: unknown } | null)?.job !== undefined)
    return parseAs(RemediateJob, 'remediation job', message);
  const event = parseAwsEvent(message);
  if (event.source !== 'trailseal')
    throw new PermanentFailure(
      'invalid-event',
      `event ${event.id}: expected source trailseal, not ${event.source}`,
    );
  return { findingId: parseAs(Named, 'finding event detail', event.detail).finding.id };
}

/** First what was begun, then what is asked. */
async function work(found: Errand, job: Pick<RemediateJob, 'undo' | 'again'>): Promise<Answer> {
  let current = found.current && (await reportAll(found, found.current));
  if (current?.state === 'applying') current = await reportAll(found, await carryOn(found, current));
  else if (current?.state === 'unconfirmed')
    current = await reportAll(found, await lookAgain(found, current));
  const errand = { ...found, current };
  if (current?.state === 'applying') {
    // It is come back to for its own sake: whoever wants another one undone would be forgotten.
    if (job.undo !== undefined && job.undo !== current.of)
      throw new NotYet(`the undo of run ${job.undo} has to wait for run ${current.id}`);
    return answerOf(errand, current);
  }
  const undone = job.undo ?? (await undoInHand(errand));
  if (undone === undefined && job.again !== true && isKnown(errand)) return answerOf(errand, current);
  const done = undone === undefined ? await fix(errand) : await undo(errand, undone);
  if ('ignored' in done) return { ...answerOf(errand, current), ignored: done.ignored };
  return answerOf(errand, await reportAll(errand, done.run));
}

/** Nothing was observed since a run began last to change something: the event came late, or twice. */
function isKnown({ finding, current }: Errand): boolean {
  const isWaiting = current?.does === 'undo' && current.state === 'planned';
  const begunAt = current && (isOver(current) || isWaiting) ? lastBegun(current) : undefined;
  return begunAt !== undefined && (finding.judgement?.observedAt ?? '') < begunAt;
}

/** The run whose undo was begun, or approved, and not ended. */
async function undoInHand({ needs, current }: Errand): Promise<string | undefined> {
  if (current?.does !== 'undo') return undefined;
  if (current.state === 'captured') return current.of;
  if (current.state !== 'planned') return undefined;
  return (await needs.runs.approvals(current)).length > 0 ? current.of : undefined;
}

const answerOf = ({ finding, reported }: Errand, run: Run | undefined): Answer => ({
  findingId: finding.id,
  ...(run === undefined ? {} : { run: run.id, state: run.state }),
  outcomes: [...reported],
});
