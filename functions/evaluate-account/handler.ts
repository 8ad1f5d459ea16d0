import policy from '../../compliance.yml';
import { accountReader } from '../../shared/aws/account-snapshot';
import { linkedRecord } from '../../shared/aws/linked-record';
import { unresolvedFindings } from '../../shared/aws/unresolved-findings';
import { rules } from '../../shared/controls';
import { environment } from '../../shared/lambda/environment';
import { scheduledHandler } from '../../shared/lambda/scheduled-handler';
import { telemetry } from '../../shared/lambda/telemetry';
import { policyAt } from '../../shared/policy/coverage';
import { evaluateAccount } from './evaluate-account';

const observed = telemetry('evaluate-account');
const table = environment('TABLE_NAME');
const home = { accountId: environment('ACCOUNT_ID'), region: environment('AWS_REGION') };

export const handler = scheduledHandler({
  telemetry: observed,
  run: evaluateAccount({
    rules: rules.filter(({ ofSnapshots }) => ofSnapshots),
    policy: policyAt({ ...policy, since: environment('POLICY_SINCE') }, home),
    home,
    reader: accountReader(),
    unresolved: unresolvedFindings(table),
    ...linkedRecord({ table, bus: environment('BUS_NAME') }, policy.trails.buckets.length > 0),
    telemetry: observed,
    now: () => new Date().toISOString(),
  }),
});
