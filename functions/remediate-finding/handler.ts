import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import policy from '../../compliance.yml';
import { chainsTable } from '../../shared/aws/chains-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { ownRecord } from '../../shared/aws/own-record';
import { performCalls } from '../../shared/aws/perform-calls';
import { queues } from '../../shared/aws/queues';
import { runCredentials } from '../../shared/aws/remediation-role';
import { remediationsTable } from '../../shared/aws/remediations-table';
import type { RemediateJob } from '../../shared/contracts/trailseal/remediate-job';
import { rulesByResourceType } from '../../shared/controls';
import { recordOutcome } from '../../shared/findings/record';
import { environment } from '../../shared/lambda/environment';
import { queueHandler } from '../../shared/lambda/queue-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { policyAt } from '../../shared/policy/coverage';
import { remediations } from '../../shared/remediations';
import { roleIn } from '../../shared/remediations/role';
import { directionsOf } from './directions';
import { evidenceFrom } from './evidence';
import { judgeBy } from './judge';
import { remediateFinding } from './remediate-finding';

/** SQS keeps a message back for so long at most; whoever comes too early waits again. */
const LONGEST_DELAY_S = 900;

const name = 'remediate-finding';
const observed = telemetry(name);
const table = environment('TABLE_NAME');
const region = environment('AWS_REGION');
const accountId = environment('ACCOUNT_ID');
const now = () => new Date().toISOString();
const jobs = jobQueue<RemediateJob>(environment('QUEUE_URL'));
const { record, index, witnesses } = ownRecord(
  { table, bus: environment('BUS_NAME') },
  policy.trails.buckets.length > 0,
);
const role = roleIn(environment('REMEDIATION_ROLE'), region);
const externalId = environment('EXTERNAL_ID');

export const handler = queueHandler({
  name,
  queues: queues(environment('QUEUE_URL'), environment('DEAD_LETTERS_URL')),
  telemetry: observed,
  handle: remediateFinding({
    findings: record.table,
    runs: remediationsTable(table, now),
    remediations,
    directions: directionsOf(policy, remediations),
    evidence: evidenceFrom({
      // Only what a team's own code mends has its tags read so.
      tags: {
        latest: async (resource) =>
          (await import('../../shared/aws/resource-tags')).resourceTags(region).latest(resource),
      },
      chains: chainsTable(table),
      witnesses,
      index,
      home: { accountId, region },
    }),
    judge: judgeBy(
      rulesByResourceType,
      policyAt({ ...policy, since: environment('POLICY_SINCE') }, { accountId, region }),
    ),
    performer: (session) =>
      performCalls({
        credentials: runCredentials({ arn: role(session.accountId), externalId }, session),
      }),
    ourRole: role,
    api: process.env['APPROVALS_URL'] ?? '',
    report: async (outcome) => {
      await recordOutcome(outcome, record, (findingId) =>
        observed.warn('the finding of a remediation is gone', { findingId, outcome: outcome.id }),
      );
      observed.countBy('RemediationOutcomes', 'kind', outcome.kind);
      if (outcome.kind === 'Failed') observed.count('RemediationsFailed');
      if (outcome.kind === 'Unconfirmed') observed.count('RemediationsUnconfirmed');
    },
    comeBack: (findingId, seconds) =>
      jobs.send([{ job: 'remediate', findingId }], Math.min(seconds, LONGEST_DELAY_S)),
    wait: (ms) => sleep(ms),
    newNonce: randomUUID,
    now,
  }),
});
