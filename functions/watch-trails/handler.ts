import { randomInt } from 'node:crypto';
import policy from '../../compliance.yml';
import { activityIndex } from '../../shared/aws/activity-index';
import { chainsTable } from '../../shared/aws/chains-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { watchedBuckets } from '../../shared/aws/watched-buckets';
import { witnessesTable } from '../../shared/aws/witnesses-table';
import { environment } from '../../shared/lambda/environment';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { watchTrails } from './watch-trails';

const observed = telemetry('watch-trails');
const account = environment('ACCOUNT_ID');

export const handler = scheduledHandler({
  telemetry: observed,
  run: watchTrails({
    policy,
    home: { accountId: account, region: environment('AWS_REGION') },
    sourceOf: watchedBuckets(policy.trails.buckets, account),
    chains: chainsTable(environment('TABLE_NAME')),
    witnesses: witnessesTable(environment('TABLE_NAME')),
    index: activityIndex(environment('TABLE_NAME')),
    jobs: jobQueue(environment('JOBS_URL')),
    telemetry: observed,
    now: () => new Date().toISOString(),
    random: () => randomInt(2 ** 32) / 2 ** 32,
  }),
});
