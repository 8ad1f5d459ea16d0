import policy from '../../compliance.yml';
import { activityIndex } from '../../shared/aws/activity-index';
import { activityTable } from '../../shared/aws/activity-table';
import { configHistory } from '../../shared/aws/config-history';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { queues } from '../../shared/aws/queues';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { rulesByResourceType } from '../../shared/controls';
import { linkFinding } from '../../shared/findings/links';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { evaluateConfiguration } from './evaluate-configuration';

const name = 'evaluate-configuration';
const observed = telemetry(name);
const table = environment('TABLE_NAME');
const index = activityIndex(table);
const now = () => new Date().toISOString();

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: evaluateConfiguration({
    rules: rulesByResourceType,
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    history: configHistory(),
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
