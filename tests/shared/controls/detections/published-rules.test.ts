import { detections } from '../../../../shared/controls';
import { detector } from '../../../../shared/controls/detections/detector';
import { fixtureLines } from '../../../support/judge-rule';
import type { Raw } from './detecting';

interface Row {
  readonly id: string;
  readonly rule: string;
  readonly expected: boolean;
  readonly event: Raw;
}

/** Which of ours answers to a public rule. */
const rules: Readonly<Record<string, string>> = {
  'AWS.CloudTrail.EventSelectorsDisabled': 'activity-cloudtrail-change',
  'AWS.CloudTrail.IAMAnythingChanged': 'activity-iam-policy-change',
  'AWS.CloudTrail.NetworkACLPermissiveEntry': 'activity-nacl-change',
  'AWS.CloudTrail.Stopped': 'activity-cloudtrail-change',
  'AWS.CloudTrail.UnauthorizedAPICall': 'activity-unauthorized-api-calls',
  'AWS.ConfigService.DisabledDeleted': 'activity-config-change',
  'AWS.Console.RootLogin': 'activity-root-usage',
  'AWS.Console.RootLoginFailed': 'activity-console-auth-failure',
  'AWS.EC2.GatewayModified': 'activity-network-gateway-change',
  'AWS.EC2.LaunchUnusualEC2Instances': 'activity-instance-lifecycle',
  'AWS.EC2.NetworkACLModified': 'activity-nacl-change',
  'AWS.IAM.AttachAdminRolePolicy': 'activity-iam-policy-change',
  'AWS.IAM.AttachAdminUserPolicy': 'activity-iam-policy-change',
  'AWS.IAM.PolicyModified': 'activity-iam-policy-change',
  'AWS.Root.Activity': 'activity-root-usage',
  'AWS.S3.BucketPolicyModified': 'activity-s3-bucket-policy-change',
  'AWS.S3.SecurityControlDisabling': 'activity-log-bucket-weakened',
  'AWS.VPCFlow.LogsDeleted': 'activity-flow-log-deleted',
  'Standard.BruteForceByIP': 'activity-console-auth-failure',
  'Standard.BruteForceByUser': 'activity-console-auth-failure',
};

/** Rules in which several stand together, and which row is about what. */
const rows: Readonly<Record<string, string>> = {
  'fx-console_login_without_MFA_and_SSO': 'activity-console-signin-no-mfa',
  'fx-cloudtrail_stop_logging': 'activity-cloudtrail-change',
  'fx-cloudtrail_update_trail': 'activity-cloudtrail-change',
  'fx-cloudtrail_delete_trail': 'activity-cloudtrail-change',
  'fx-non_read_action_by_root': 'activity-root-usage',
  'fx-unauthorized_operation': 'activity-unauthorized-api-calls',
  'fx-access_denied': 'activity-unauthorized-api-calls',
  'sa-cloudtrail_critical_api_calls-1': 'activity-vpc-change',
  'sa-cloudtrail_critical_api_calls-2': 'activity-cloudtrail-change',
  'sa-cloudtrail_critical_api_calls-3': 'activity-cloudtrail-change',
  'sa-cloudtrail_critical_api_calls-5': 'activity-config-change',
  'sa-cloudtrail_critical_api_calls-6': 'activity-flow-log-deleted',
  'sa-cloudtrail_critical_api_calls-7': 'activity-flow-log-deleted',
  'sa-cloudtrail_critical_api_calls-8': 'activity-guardduty-tamper',
  'sa-cloudtrail_critical_api_calls-9': 'activity-guardduty-tamper',
  'sa-cloudtrail_critical_api_calls-10': 'activity-guardduty-tamper',
  'sa-cloudtrail_critical_api_calls-12': 'activity-log-bucket-weakened',
  'sa-cloudtrail_critical_api_calls-13': 'activity-log-bucket-weakened',
};

/** Where ours says something else, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'pct-AWS.CloudTrail.EventSelectorsDisabled-1': 'informational: each change of a trail is told, as CIS asks',
  'pct-AWS.CloudTrail.Stopped-1': 'informational: each change of a trail is told, as CIS asks',
  'pct-AWS.CloudTrail.NetworkACLPermissiveEntry-1': 'low: each change of a network ACL is told, as CIS asks',
  'pct-AWS.ConfigService.DisabledDeleted-0': 'medium: a delivery channel that leads elsewhere hides items',
  'pct-AWS.IAM.AttachAdminRolePolicy-1': 'medium: each change of a policy is told, as CIS asks',
  'pct-AWS.IAM.AttachAdminUserPolicy-1': 'medium: each change of a policy is told, as CIS asks',
  'pct-AWS.EC2.LaunchUnusualEC2Instances-1': 'the launch was refused: the denied calls count it',
  'pct-AWS.Root.Activity-0': 'critical: root did it, whichever call it was',
  'pct-AWS.Root.Activity-5': 'critical: root did it, also by looking',
};

const policy = {
  controls: {
    // Buckets of the samples, which hold logs there.
    'activity-log-bucket-weakened': {
      mode: 'notify' as const,
      parameters: { logBuckets: ['*'], minDays: 365 },
    },
  },
  trails: { buckets: [], topics: [], lookbackDays: 30 },
};
const { inRaw } = detector(detections, policy);

/** Samples that mask their time, or leave their Region out, get one. */
const whole = (event: Raw): Raw => ({
  ...event,
  awsRegion: event['awsRegion'] ?? 'eu-west-1',
  ...(Number.isNaN(Date.parse(String(event['eventTime']))) ? { eventTime: '2026-01-31T10:00:00Z' } : {}),
});

const answered = fixtureLines<Row>('cloudtrail-rules/records.jsonl').flatMap((row) => {
  const control = rows[row.id] ?? rules[row.rule];
  return control === undefined ? [] : [{ ...row, control, isOtherwise: row.id in otherwise }];
});

test.each(answered)('$id by $control', ({ control, expected, event, isOtherwise }) => {
  const fires = inRaw(whole(event)).some(({ detection }) => detection.id === control);
  expect(fires).toBe(isOtherwise ? !expected : expected);
});

test('of the rules that are answered, every row is, and every exception is one', () => {
  expect(answered.length).toBeGreaterThanOrEqual(80);
  const ids = answered.map(({ id }) => id);
  expect([...Object.keys(rows), ...Object.keys(otherwise)].filter((id) => !ids.includes(id))).toEqual([]);
});
