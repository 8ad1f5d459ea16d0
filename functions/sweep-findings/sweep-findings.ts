import type { FindingsTable } from '../../shared/aws/findings-table';
import type { JobQueue } from '../../shared/aws/job-queue';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import { type RecordNeeds, settleFinding } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';
import type { Runs } from '../../shared/remediations/run';

export interface Needs {
  readonly record: RecordNeeds & { readonly table: FindingsTable };
  /** Left out where nothing is remediated, as in a replay. */
  readonly remediations?: {
    readonly runs: Pick<Runs, 'due'>;
    /** The queue of remediate-finding. */
    readonly jobs: JobQueue<RemediateJob>;
  };
  readonly telemetry: Telemetry;
}

export interface Outcome {
  readonly due: number;
  readonly settled: number;
  /** Findings whose remediation is to be gone on with. */
  readonly remediations: number;
}

/** As many as one run surely gets through; the next one, a minute later, takes up the rest. */
const FINDINGS_PER_RUN = 200;
/** A job does no harm when it comes again: what is still due in a minute is asked for again. */
const RUNS_PER_RUN = 50;

/**
 * Looks after findings that only time has made due: publishes transitions whose publisher died, ends exemptions, has
 * remediations gone on with whose worker died or that AWS needed time for.
 *
 * @throws AggregateError after all have been tried, when some could not be settled: they stay due
 */
export const sweepFindings =
  ({ record, remediations, telemetry }: Needs) =>
  async (): Promise<Outcome> => {
    const failures: unknown[] = [];
    let unfinished: readonly string[] = [];
    try {
      unfinished = (await remediations?.runs.due(record.now(), RUNS_PER_RUN)) ?? [];
      await remediations?.jobs.send(unfinished.map((findingId) => ({ job: 'remediate', findingId })));
    } catch (error) {
      // Findings do not wait for it.
      failures.push(error);
      telemetry.error('remediations could not be gone on with', { error });
    }
    const due = await record.table.due(record.now(), FINDINGS_PER_RUN);
    for (const id of due) {
      try {
        await settleFinding(id, record);
        telemetry.count('FindingsSettled');
      } catch (error) {
        failures.push(error);
        telemetry.error('a finding could not be settled', { findingId: id, error });
      }
    }
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `of ${due.length} findings and their remediations, ${failures.length} were not settled`,
      );
    return { due: due.length, settled: due.length, remediations: unfinished.length };
  };
