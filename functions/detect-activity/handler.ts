import policy from '../../compliance.yml';
import { activityTable } from '../../shared/aws/activity-table';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { queues } from '../../shared/aws/queues';
import { detections } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { detectActivity } from './detect-activity';

const name = 'detect-activity';
const observed = telemetry(name);

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: detectActivity({
    detector: detector(detections, policy),
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    activity: activityTable(environment('TABLE_NAME')),
    record: {
      table: findingsTable(environment('TABLE_NAME')),
      bus: findingsBus(environment('BUS_NAME')),
      now: () => new Date().toISOString(),
    },
    telemetry: observed,
  }),
});
