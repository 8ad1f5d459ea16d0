import policy from '../../compliance.yml';
import { activityIndex } from '../../shared/aws/activity-index';
import { activityTable } from '../../shared/aws/activity-table';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { queues } from '../../shared/aws/queues';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { linkFinding } from '../../shared/findings/links';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { indexActivity } from './index-activity';

const name = 'index-activity';
const observed = telemetry(name);
const table = environment('TABLE_NAME');
const index = activityIndex(table);
const now = () => new Date().toISOString();

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: indexActivity({
    policy,
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    index,
    record: {
      table: findingsTable(table),
      bus: findingsBus(environment('BUS_NAME')),
      link: linkFinding({
        index,
        witnesses: witnessesTable(table),
        isWatched: policy.trails.buckets.length > 0,
        rootSession: (key) => activityTable(table).rootSession(key),
        now,
      }),
      now,
    },
    telemetry: observed,
  }),
});
