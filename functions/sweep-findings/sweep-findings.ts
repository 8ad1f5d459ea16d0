import type { FindingsTable } from '../../shared/aws/findings-table';
import { type RecordNeeds, settleFinding } from '../../shared/findings/record';
import type { Telemetry } from '../../shared/lambda/telemetry';

export interface Needs {
  readonly record: RecordNeeds & { readonly table: FindingsTable };
  readonly telemetry: Telemetry;
}

export interface Outcome {
  readonly due: number;
  readonly settled: number;
}

/** As many as one run surely gets through; the next one, a minute later, takes up the rest. */
const FINDINGS_PER_RUN = 200;

/**
 * Looks after findings that only time has made due: publishes transitions whose publisher died, ends exemptions.
 *
 * @throws AggregateError after all have been tried, when some could not be settled: they stay due
 */
export const sweepFindings =
  ({ record, telemetry }: Needs) =>
  async (): Promise<Outcome> => {
    const due = await record.table.due(record.now(), FINDINGS_PER_RUN);
    const failures: unknown[] = [];
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
      throw new AggregateError(failures, `${failures.length} of ${due.length} findings were not settled`);
    return { due: due.length, settled: due.length };
  };
