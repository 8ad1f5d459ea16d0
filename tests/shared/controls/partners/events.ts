import { compileEventPattern } from '../../../../local/event-pattern';
import { type AwsEvent, parseAwsEvent } from '../../../../shared/contracts/aws/event';
import {
  type AnyPartner,
  eventPattern,
  type Mapped,
  type MappedFinding,
  type Partner,
} from '../../../../shared/controls/partners/partner';
import { fixtureLines } from '../../../support/judge-rule';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

type Members = Readonly<Record<string, unknown>>;

const envelope = (source: string, detailType: string, detail: Members, more: Members = {}): AwsEvent =>
  parseAwsEvent({
    version: '0',
    id: 'c8f1e6d2-0000-4000-8000-000000000001',
    source,
    'detail-type': detailType,
    account: ACCOUNT,
    region: REGION,
    time: '2026-01-31T10:00:30Z',
    resources: [],
    detail,
    ...more,
  });

/** Members under dotted paths are put in; undefined takes one out. */
export function changed(detail: Members, changes: Members): Members {
  const copy = structuredClone(detail) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let target = copy;
    for (const name of names) target = target[name] as Record<string, unknown>;
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  return copy;
}

const finding = {
  schemaVersion: '2.0',
  accountId: ACCOUNT,
  region: REGION,
  partition: 'aws',
  id: '16afba5c5c43e07c9e3e5e2e544e95df',
  arn: `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/16afba5c5c43e07c9e3e5e2e544e95df`,
  type: 'Recon:EC2/PortProbeUnprotectedPort',
  severity: 8,
  title: 'An instance behaves in an unusual way.',
  createdAt: '2026-01-31T09:00:00.000Z',
  updatedAt: '2026-01-31T10:00:00.000Z',
  resource: {
    resourceType: 'Instance',
    instanceDetails: { instanceId: 'i-0123456789abcdef0' },
    accessKeyDetails: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      principalId: 'AIDACKCEVSQ6C2EXAMPLE',
      userName: 'bob',
      userType: 'IAMUser',
    },
    s3BucketDetails: [{ name: 'papers', arn: 'arn:aws:s3:::papers', type: 'Destination' }],
  },
  service: {
    serviceName: 'guardduty',
    action: {
      actionType: 'AWS_API_CALL',
      awsApiCallAction: {
        api: 'StopLogging',
        serviceName: 'cloudtrail.amazonaws.com',
        remoteIpDetails: { ipAddressV4: '198.51.100.7' },
        affectedResources: { 'AWS::CloudTrail::Trail': 'audit' },
      },
    },
    resourceRole: 'TARGET',
    additionalInfo: {},
    archived: false,
    count: 1,
  },
};

export const guardDuty = (changes: Members = {}, more: Members = {}) =>
  envelope('aws.guardduty', 'GuardDuty Finding', changed(finding, changes), more);

const vulnerability = {
  awsAccountId: ACCOUNT,
  findingArn: `arn:aws:inspector2:${REGION}:${ACCOUNT}:finding/be674aaddd0f75ac632055EXAMPLE`,
  type: 'PACKAGE_VULNERABILITY',
  severity: 'HIGH',
  status: 'ACTIVE',
  title: 'CVE-2024-3094 - xz-utils',
  firstObservedAt: 'Wed Sep 04 16:59:44.356 UTC 2024',
  lastObservedAt: 'Wed Sep 04 16:59:44.356 UTC 2024',
  updatedAt: 'Wed Sep 04 16:59:44.356 UTC 2024',
  epss: { score: 0.1 },
  exploitAvailable: 'NO',
  fixAvailable: 'YES',
  packageVulnerabilityDetails: {
    vulnerabilityId: 'CVE-2024-3094',
    vulnerablePackages: [{ name: 'xz-utils', version: '5.6.0', fixedInVersion: '5.6.1+really5.4.5-1' }],
  },
  resources: [{ type: 'AWS_EC2_INSTANCE', id: 'i-0123456789abcdef0', partition: 'aws', region: REGION }],
};

export const inspector = (changes: Members = {}) =>
  envelope('aws.inspector2', 'Inspector2 Finding', changed(vulnerability, changes));

export const reachability = (changes: Members = {}) =>
  inspector({
    type: 'NETWORK_REACHABILITY',
    severity: 'MEDIUM',
    title: 'Port 22 is reachable from an Internet Gateway',
    packageVulnerabilityDetails: undefined,
    networkReachabilityDetails: {
      openPortRange: { begin: 22, end: 22 },
      protocol: 'TCP',
      networkPath: {
        steps: [
          { componentId: 'igw-0abc', componentType: 'AWS::EC2::InternetGateway' },
          { componentId: 'sg-0abc', componentType: 'AWS::EC2::SecurityGroup' },
          { componentId: 'eni-0abc', componentType: 'AWS::EC2::NetworkInterface' },
        ],
      },
    },
    ...changes,
  });

export const advisorItem = (check: string, status: string, columns: Members, changes: Members = {}) =>
  envelope(
    'aws.trustedadvisor',
    'Trusted Advisor Check Item Refresh Notification',
    changed(
      {
        'check-name': check,
        'check-item-detail': columns,
        status,
        resource_id: '',
        uuid: 'aa12345f-55c7-498e-b7ac-123456789012',
      },
      changes,
    ),
    { region: 'us-east-1' },
  );

const securityFinding = {
  SchemaVersion: '2018-10-08',
  Id: `arn:aws:securityhub:${REGION}:${ACCOUNT}:security-control/S3.8/finding/6e842abe`,
  ProductArn: `arn:aws:securityhub:${REGION}::product/aws/securityhub`,
  ProductName: 'Security Hub',
  GeneratorId: 'security-control/S3.8',
  AwsAccountId: ACCOUNT,
  Region: REGION,
  Title: 'S3 general purpose buckets should block public access',
  Severity: { Label: 'HIGH', Normalized: 70 },
  Compliance: { Status: 'FAILED', SecurityControlId: 'S3.8' },
  Workflow: { Status: 'NEW' },
  RecordState: 'ACTIVE',
  Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::papers', Partition: 'aws', Region: REGION }],
  ProductFields: {},
  UpdatedAt: '2026-01-31T10:00:00.000Z',
};

export const securityHub = (changes: Members = {}) =>
  envelope('aws.securityhub', 'Security Hub Findings - Imported', {
    findings: [changed(securityFinding, changes)],
  });

export const accessAnalyzer = (changes: Members = {}) =>
  envelope(
    'aws.access-analyzer',
    'Access Analyzer Finding',
    changed(
      {
        version: '1.0',
        id: '22222222-dcba-4444-dcba-333333333333',
        accountId: ACCOUNT,
        region: REGION,
        resource: 'arn:aws:s3:::papers',
        resourceType: 'AWS::S3::Bucket',
        status: 'ACTIVE',
        isDeleted: false,
        isPublic: false,
        principal: { AWS: '999988887777' },
        action: ['s3:GetObject'],
        condition: {},
        updatedAt: '2026-01-31T10:00:00Z',
      },
      changes,
    ),
    { resources: [`arn:aws:access-analyzer:${REGION}:${ACCOUNT}:analyzer/outside`] },
  );

export const complianceChange = (changes: Members = {}) =>
  envelope(
    'aws.config',
    'Config Rules Compliance Change',
    changed(
      {
        recordVersion: '1.0',
        messageType: 'ComplianceChangeNotification',
        notificationCreationTime: '2026-01-31T10:00:01.000Z',
        awsAccountId: ACCOUNT,
        awsRegion: REGION,
        configRuleName: 'restricted-ssh',
        configRuleARN: `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/config-rule-9rpvxc`,
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-0abc',
        newEvaluationResult: {
          complianceType: 'NON_COMPLIANT',
          resultRecordedTime: '2026-01-31T10:00:00.000Z',
          annotation: null,
        },
      },
      changes,
    ),
  );

export const alarm = (changes: Members = {}) =>
  envelope(
    'aws.cloudwatch',
    'CloudWatch Alarm State Change',
    changed(
      {
        alarmName: 'security-root-use',
        state: {
          value: 'ALARM',
          reason: 'Threshold Crossed',
          timestamp: '2026-01-31T10:00:00.000+0000',
        },
        previousState: { value: 'OK', timestamp: '2026-01-31T09:00:00.000+0000' },
        configuration: { description: 'root was used', metrics: [] },
      },
      changes,
    ),
    { resources: [`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:security-root-use`] },
  );

interface Published {
  readonly id: string;
  readonly kind: string;
  readonly event: Members;
}

/** All published examples of findings, those without an envelope in one. */
export const published = fixtureLines<Published>('partner-events/published.jsonl').map(
  ({ id, kind, event }): [id: string, event: unknown] => [
    id,
    kind === 'asff'
      ? { ...securityHub(), detail: { findings: [event] } }
      : kind === 'guardduty-finding'
        ? { ...guardDuty(), detail: event }
        : event,
  ],
);

/** @throws when no published event has this id */
export function publishedEvent(id: string): AwsEvent {
  const found = published.find(([other]) => other === id);
  if (!found) throw new Error(`tests/fixtures/partner-events has no ${id}`);
  return parseAwsEvent(found[1]);
}

/** What a mapping makes of an event by its default parameters, unless others are given. */
export const mapped = <P>(partner: Partner<P>, event: AwsEvent, given: Members = {}): Mapped | undefined =>
  partner.map(event, partner.parameters.parse(given));

/** The same as one word: the state, why it is ignored, or that it is for another mapping. */
export function said<P>(partner: Partner<P>, event: AwsEvent, given: Members = {}): string {
  const answer = mapped(partner, event, given);
  return answer === undefined ? 'not for it' : answer.state === 'ignored' ? answer.because : answer.state;
}

/** @throws when the mapping has no finding for it */
export function findingOf<P>(partner: Partner<P>, event: AwsEvent, given: Members = {}): MappedFinding {
  const answer = mapped(partner, event, given);
  if (answer === undefined || answer.state === 'ignored') throw new Error('no finding');
  return answer;
}

/** Whether the EventBridge rule of a mapping brings it this event. */
export const reaches = <P>(partner: Partner<P>, event: AwsEvent): boolean =>
  compileEventPattern(eventPattern(partner as unknown as AnyPartner))(event);
