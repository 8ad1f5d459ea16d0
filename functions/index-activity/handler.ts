import policy from '../../compliance.yml';
import { ownEvents } from '../../shared/aws/own-events';
import { ownRecord } from '../../shared/aws/own-record';
import { queues } from '../../shared/aws/queues';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { roleIn } from '../../shared/remediations/role';
import { indexActivity } from './index-activity';

const name = 'index-activity';
const observed = telemetry(name);
const table = environment('TABLE_NAME');
const region = environment('AWS_REGION');
const isWatched = policy.trails.buckets.length > 0;

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: indexActivity({
    policy,
    home: { accountId: environment('ACCOUNT_ID'), region },
    ...ownRecord({ table, bus: environment('BUS_NAME') }, isWatched),
    own: { events: ownEvents(table), role: roleIn(environment('REMEDIATION_ROLE'), region) },
    telemetry: observed,
  }),
});
