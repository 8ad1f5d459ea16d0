import policy from '../../compliance.yml';
import { findingsTable } from '../../shared/aws/findings-table';
import { jobQueue } from '../../shared/aws/job-queue';
import { remediationsTable } from '../../shared/aws/remediations-table';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { approveRemediation } from './approve-remediation';

const observed = telemetry('approve-remediation');
const table = environment('TABLE_NAME');
const now = () => new Date().toISOString();

export const handler = httpHandler({
  telemetry: observed,
  handle: approveRemediation({
    findings: findingsTable(table),
    runs: remediationsTable(table, now),
    jobs: jobQueue(environment('JOBS_URL')),
    actorMayApprove: policy.remediations.actorMayApprove,
    telemetry: observed,
    now,
  }),
});
