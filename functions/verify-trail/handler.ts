import policy from '../../compliance.yml';
import { activityLookup } from '../../shared/aws/activity-lookup';
import { chainsTable } from '../../shared/aws/chains-table';
import { evidenceBucket } from '../../shared/aws/evidence-bucket';
import { jobQueue } from '../../shared/aws/job-queue';
import { ownRecord } from '../../shared/aws/own-record';
import { queues } from '../../shared/aws/queues';
import { recordSearches } from '../../shared/aws/record-searches';
import { settingsHistory } from '../../shared/aws/settings-history';
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
const isWatched = policy.trails.buckets.length > 0;
const account = environment('ACCOUNT_ID');
const table = environment('TABLE_NAME');
const now = () => new Date().toISOString();

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
    chains: chainsTable(table),
    settings: settingsHistory(table),
    searches: recordSearches(table),
    evidence: evidenceBucket(environment('EVIDENCE_BUCKET'), account),
    lookup: activityLookup(),
    jobs: jobQueue(environment('QUEUE_URL')),
    ...ownRecord({ table, bus: environment('BUS_NAME') }, isWatched),
    telemetry: observed,
    now,
  }),
});
