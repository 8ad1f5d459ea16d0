import policy from '../../compliance.yml';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { queues } from '../../shared/aws/queues';
import { partners } from '../../shared/controls';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { importFinding } from './import-finding';

const name = 'import-finding';
const observed = telemetry(name);

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: importFinding({
    partners,
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    record: {
      table: findingsTable(environment('TABLE_NAME')),
      bus: findingsBus(environment('BUS_NAME')),
      now: () => new Date().toISOString(),
    },
    telemetry: observed,
  }),
});
