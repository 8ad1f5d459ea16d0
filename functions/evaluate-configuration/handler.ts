import policy from '../../compliance.yml';
import { configHistory } from '../../shared/aws/config-history';
import { linkedRecord } from '../../shared/aws/linked-record';
import { queues } from '../../shared/aws/queues';
import { rulesByResourceType } from '../../shared/controls';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { evaluateConfiguration } from './evaluate-configuration';

const name = 'evaluate-configuration';
const observed = telemetry(name);
const isWatched = policy.trails.buckets.length > 0;

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: evaluateConfiguration({
    rules: rulesByResourceType,
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    history: configHistory(),
    ...linkedRecord({ table: environment('TABLE_NAME'), bus: environment('BUS_NAME') }, isWatched),
    telemetry: observed,
  }),
});
