import policy from '../../compliance.yml';
import { linkedRecord } from '../../shared/aws/linked-record';
import { queues } from '../../shared/aws/queues';
import { detections } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { detectActivity } from './detect-activity';

const name = 'detect-activity';
const observed = telemetry(name);
const isWatched = policy.trails.buckets.length > 0;

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: detectActivity({
    detector: detector(detections, { ...policy, ownKeys: [environment('KEY_ARN')] }),
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    ...linkedRecord({ table: environment('TABLE_NAME'), bus: environment('BUS_NAME') }, isWatched),
    telemetry: observed,
  }),
});
