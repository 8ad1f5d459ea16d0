import policy from '../../compliance.yml';
import { activityIndex } from '../../shared/aws/activity-index';
import { activityLookup } from '../../shared/aws/activity-lookup';
import { activityTable } from '../../shared/aws/activity-table';
import { chainsTable } from '../../shared/aws/chains-table';
import { evidenceBucket } from '../../shared/aws/evidence-bucket';
import { findingsBus } from '../../shared/aws/findings-bus';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { queues } from '../../shared/aws/queues';
import { recordSearches } from '../../shared/aws/record-searches';
import { settingsHistory } from '../../shared/aws/settings-history';
import { trailService } from '../../shared/aws/trail-service';
import { watchedBuckets } from '../../shared/aws/watched-buckets';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { parseMessageBody } from '../../shared/contracts/aws/trail-notification';
import { verifications } from '../../shared/controls';
import { linkFinding } from '../../shared/findings/links';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { verifyTrail } from './verify-trail';

const name = 'verify-trail';
const observed = telemetry(name);
const account = environment('ACCOUNT_ID');
const table = environment('TABLE_NAME');
const index = activityIndex(table);
const witnesses = witnessesTable(table);
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
    witnesses,
    searches: recordSearches(table),
    index,
    evidence: evidenceBucket(environment('EVIDENCE_BUCKET'), account),
    lookup: activityLookup(),
    jobs: jobQueue(environment('QUEUE_URL')),
    record: {
      table: findingsTable(table),
      bus: findingsBus(environment('BUS_NAME')),
      link: linkFinding({
        index,
        witnesses,
        isWatched: policy.trails.buckets.length > 0,
        rootSession: (key) => activityTable(table).rootSession(key),
        now,
      }),
      now,
    },
    telemetry: observed,
    now,
  }),
});
