import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { remediationsTable } from '../../shared/aws/remediations-table';
import { environment } from '../../shared/lambda/environment';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { sweepFindings } from './sweep-findings';

const observed = telemetry('sweep-findings');
const table = environment('TABLE_NAME');
const now = () => new Date().toISOString();

export const handler = scheduledHandler({
  telemetry: observed,
  run: sweepFindings({
    record: {
      table: findingsTable(table),
      bus: findingsBus(environment('BUS_NAME')),
      now,
    },
    remediations: { runs: remediationsTable(table, now), jobs: jobQueue(environment('REMEDIATE_URL')) },
    telemetry: observed,
  }),
});
