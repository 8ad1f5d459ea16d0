import policy from '../../compliance.yml';
import { activityTable } from '../../shared/aws/activity-table';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { queues } from '../../shared/aws/queues';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { detections } from '../../shared/controls';
import { detector } from '../../shared/controls/detections/detector';
import { linkEvents } from '../../shared/findings/event-links';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { detectActivity } from './detect-activity';

const name = 'detect-activity';
const observed = telemetry(name);
const table = environment('TABLE_NAME');
const activity = activityTable(table);
const now = () => new Date().toISOString();

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: detectActivity({
    detector: detector(detections, { ...policy, ownKeys: [environment('KEY_ARN')] }),
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') },
    activity,
    record: {
      table: findingsTable(table),
      bus: findingsBus(environment('BUS_NAME')),
      // What a detection finds is about calls: the tables that explain configurations stay out of the bundle.
      link: linkEvents({
        witnesses: witnessesTable(table),
        isWatched: policy.trails.buckets.length > 0,
        rootSession: activity.rootSession,
        now,
      }),
      now,
    },
    telemetry: observed,
  }),
});
