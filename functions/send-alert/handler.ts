import policy from '../../compliance.yml';
import { alertTopic } from '../../shared/aws/alert-topic';
import { bursts } from '../../shared/aws/bursts';
import { claims } from '../../shared/aws/claims';
import { jobQueue } from '../../shared/aws/job-queue';
import { queues } from '../../shared/aws/queues';
import { metadata } from '../../shared/controls/metadata';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { sendAlert } from './send-alert';

const name = 'send-alert';
const observed = telemetry(name);
const now = () => new Date().toISOString();

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: sendAlert({
    controls: metadata,
    policy,
    topic: alertTopic(environment('ALERTS_TOPIC_ARN')),
    claims: claims(environment('TABLE_NAME'), name, now),
    bursts: bursts(environment('TABLE_NAME'), now),
    jobs: jobQueue(environment('QUEUE_URL')),
    telemetry: observed,
    now: () => new Date(),
  }),
});
