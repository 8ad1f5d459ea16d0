import type { JobQueue } from '../../shared/aws/job-queue';
import type { HttpRequest } from '../../shared/contracts/aws/http-request';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import type { HttpAnswer } from '../../shared/lambda/http-handler';
import type { PowertoolsTelemetry } from '../../shared/lambda/telemetry';
import type { Runs } from '../../shared/remediations/run';
import { type Asked, decideApproval, decideUndo, type Refused } from './decide';
import { readRequest, type Wish } from './read-request';

export interface Needs {
  /** Strongly consistent. */
  readonly findings: { read(id: string): Promise<{ readonly finding: Finding } | undefined> };
  readonly runs: Pick<Runs, 'read' | 'approve' | 'askUndo'>;
  /** The queue of remediate-finding. */
  readonly jobs: JobQueue<RemediateJob>;
  /** compliance.yml's word on whether those who made a change may approve what is done about it. */
  readonly actorMayApprove: boolean;
  readonly telemetry: Pick<PowertoolsTelemetry, 'count' | 'countBy' | 'info'>;
  readonly now: () => string;
}

/**
 * Takes somebody's word that a plan may be carried out, or that a fix is to be undone, from whom API Gateway says it is.
 * It is stored before remediate-finding is told. Whoever gets no answer asks again: that does no harm.
 */
export const approveRemediation =
  (needs: Needs) =>
  async (request: HttpRequest): Promise<HttpAnswer> => {
    const { telemetry } = needs;
    const { caller, requestId } = request;
    const read = readRequest(request);
    const who = { caller, requestId, ...('wish' in read ? named(read.wish) : {}) };
    const done = 'refused' in read ? read : await grant(needs, read.wish);
    if ('refused' in done) {
      const { status, message } = done.refused;
      telemetry.countBy('ApprovalsRefused', 'status', String(status));
      // Without the message: it may hold what was sent.
      telemetry.info('a request was refused', { ...who, status });
      return { status, body: { message } };
    }
    telemetry.count(done.counts);
    telemetry.info('a request was accepted', who);
    return { status: 202, body: done.accepted };
  };

const named = ({ wants, findingId, runId }: Wish) => ({ wants, findingId, run: runId });

type Granted =
  | { readonly accepted: object; readonly counts: 'ApprovalsGiven' | 'UndosAsked' }
  | { readonly refused: Refused };

async function grant(needs: Needs, wish: Wish): Promise<Granted> {
  const { caller, findingId, runId } = wish;
  const { finding } = (await needs.findings.read(findingId)) ?? {};
  if (finding === undefined) return missing('finding');
  const run = await needs.runs.read(findingId, runId);
  if (run === undefined) return missing('run of this finding');
  const asked: Asked = { caller, finding, run, now: needs.now() };
  return wish.wants === 'approval' ? approve(needs, asked, wish.body) : askUndo(needs, asked, wish.body);
}

async function approve(
  { runs, jobs, actorMayApprove }: Needs,
  asked: Asked,
  body: Parameters<typeof decideApproval>[1],
): Promise<Granted> {
  const { run } = asked;
  const decided = decideApproval(asked, body, actorMayApprove);
  if ('refused' in decided) return decided;
  const { approver, planHash, expiresAt } = decided.approval;
  await runs.approve(run, decided.approval);
  await jobs.send([{ job: 'remediate', findingId: run.findingId }]);
  return {
    counts: 'ApprovalsGiven',
    accepted: { findingId: run.findingId, run: run.id, approver, planHash, expiresAt },
  };
}

async function askUndo(
  { runs, jobs }: Needs,
  asked: Asked,
  body: Parameters<typeof decideUndo>[1],
): Promise<Granted> {
  const { run } = asked;
  const decided = decideUndo(asked, body);
  if ('refused' in decided) return decided;
  await runs.askUndo(run, decided.asked);
  await jobs.send([{ job: 'remediate', findingId: run.findingId, undo: run.id }]);
  return {
    counts: 'UndosAsked',
    accepted: { findingId: run.findingId, run: run.id, askedBy: decided.asked.by },
  };
}

const missing = (what: string): Granted => ({
  refused: { status: 404, message: `There is no such ${what}.` },
});
