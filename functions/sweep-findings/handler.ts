import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { environment } from '../../shared/lambda/environment';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { sweepFindings } from './sweep-findings';

const observed = telemetry('sweep-findings');

export const handler = scheduledHandler({
  telemetry: observed,
  run: sweepFindings({
    record: {
      table: findingsTable(environment('TABLE_NAME')),
      bus: findingsBus(environment('BUS_NAME')),
      now: () => new Date().toISOString(),
    },
    telemetry: observed,
  }),
});
