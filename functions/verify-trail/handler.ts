import policy from '../../compliance.yml';
import { chainsTable } from '../../shared/aws/chains-table';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { queues } from '../../shared/aws/queues';
import { trailService } from '../../shared/aws/trail-service';
import { watchedBuckets } from '../../shared/aws/watched-buckets';
import { parseMessageBody } from '../../shared/contracts/aws/trail-notification';
import { verifications } from '../../shared/controls';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { verifyTrail } from './verify-trail';

const name = 'verify-trail';
const observed = telemetry(name);
const account = environment('ACCOUNT_ID');

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  parse: parseMessageBody,
  handle: verifyTrail({
    policy: { ...policy, since: environment('POLICY_SINCE') },
    home: { accountId: account, region: environment('AWS_REGION') },
    verifications,
    sourceOf: watchedBuckets(policy.trails.buckets, account),
    trails: trailService({
      account,
      onUnknown: (reason) => observed.warn('CloudTrail could not be asked', { reason }),
    }),
    chains: chainsTable(environment('TABLE_NAME')),
    jobs: jobQueue(environment('QUEUE_URL')),
    record: {
      table: findingsTable(environment('TABLE_NAME')),
      bus: findingsBus(environment('BUS_NAME')),
      now: () => new Date().toISOString(),
    },
    telemetry: observed,
    now: () => new Date().toISOString(),
  }),
});
