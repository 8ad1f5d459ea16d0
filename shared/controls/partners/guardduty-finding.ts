import * as z from 'zod/mini';
import type { AwsEvent } from '../../contracts/aws/event';
import { type GuardDutyFinding, parseGuardDutyFinding } from '../../contracts/aws/partners/guardduty-finding';
import type { Frameworks, Reason, Severity } from '../control';
import { ignored, type Mapped, type MappedResource } from './partner';
import { accountResource, resourceOfArn } from './resource';

/** GuardDuty keeps a finding for 90 days, and never says that it is over. */
export const GUARDDUTY_QUIET_HOURS = 90 * 24;

export const guardDutyEvents = {
  source: 'aws.guardduty',
  detailTypes: ['GuardDuty Finding'],
} as const;

export const threatFrameworks: Frameworks = {
  cis: {},
  securityHub: [],
  awsConfig: [],
  nist80053r5: ['IR-4', 'SI-4'],
  pciDss4: [],
  soc2: [],
};

/** The parameter of every mapping that goes by how bad GuardDuty finds it. */
export const minSeverity = (value: number) =>
  z.object({
    minSeverity: z._default(
      z
        .number()
        .check(
          z.minimum(1),
          z.maximum(10),
          z.describe(
            'The lowest severity, as GuardDuty numbers it, that opens a finding: 4 is medium, 7 high, 9 critical.',
          ),
        ),
      value,
    ),
  });

/** GuardDuty's own bands. */
export const severityOf = ({ severity }: GuardDutyFinding): Severity =>
  severity >= 9 ? 'critical' : severity >= 7 ? 'high' : severity >= 4 ? 'medium' : 'low';

interface Reading {
  /** Whether the mapping is for this finding, whatever its severity. */
  readonly isFor: (finding: GuardDutyFinding) => boolean;
  readonly resourceOf: (finding: GuardDutyFinding) => MappedResource;
  /** Below it, the finding is not open, or no longer. */
  readonly minSeverity?: number;
  readonly severityOf: (finding: GuardDutyFinding) => Severity;
}

/** What all mappings of GuardDuty's findings have in common. */
export function mapGuardDuty(event: AwsEvent, reading: Reading): Mapped | undefined {
  const finding = parseGuardDutyFinding(event);
  if (!reading.isFor(finding)) return undefined;
  if (isSample(finding)) return ignored('sample');
  if (finding.service?.archived) return ignored('archived');
  const isOpen = finding.severity >= (reading.minSeverity ?? 0);
  const count = finding.service?.count;
  return {
    state: isOpen ? 'open' : 'closed',
    resource: reading.resourceOf(finding),
    severity: reading.severityOf(finding),
    says: isOpen
      ? `GuardDuty: ${finding.title ?? finding.type}`
      : `GuardDuty rates ${finding.type} ${finding.severity}, less than ${reading.minSeverity}`,
    because: isOpen ? reasonsOf(finding, reading.minSeverity) : [],
    observedAt: finding.updatedAt,
    partnerId: finding.arn ?? finding.id,
    ...(count === undefined ? {} : { count }),
  };
}

/** The mark has moved with the years: beside the rest, inside a JSON text, or in the title alone. */
function isSample({ service, title }: GuardDutyFinding): boolean {
  const { sample, value } = service?.additionalInfo ?? {};
  return sample === true || isMarked(value) || /^\[SAMPLE\]/i.test(title ?? '');
}

function isMarked(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    const info = JSON.parse(value) as unknown;
    return typeof info === 'object' && info !== null && 'sample' in info && info.sample === true;
  } catch {
    return false;
  }
}

function reasonsOf(finding: GuardDutyFinding, least: number | undefined): Reason[] {
  const { type, severity, service } = finding;
  const { awsApiCallAction: call, networkConnectionAction: connection } = service?.action ?? {};
  const address = (call ?? connection)?.remoteIpDetails?.ipAddressV4;
  const operation = call?.api && `${call.serviceName ?? 'unknown service'} ${call.api}`;
  return [
    {
      says: `GuardDuty reports ${type}`,
      path: 'detail.type',
      value: type,
      expected: 'no such finding',
    },
    {
      says: `GuardDuty rates it ${severity} of 10`,
      path: 'detail.severity',
      value: severity,
      expected: least === undefined ? 'no finding' : `less than ${least}`,
    },
    ...(operation
      ? [
          {
            says: 'it saw an API call',
            path: 'detail.service.action.awsApiCallAction.api',
            value: operation,
            expected: 'no suspicious call',
          },
        ]
      : []),
    ...(address
      ? [
          {
            says: 'it saw a remote address',
            path: `detail.service.action.${call ? 'awsApiCallAction' : 'networkConnectionAction'}.remoteIpDetails.ipAddressV4`,
            value: address,
            expected: 'no suspicious address',
          },
        ]
      : []),
  ];
}

const placeOf = ({ accountId, region }: GuardDutyFinding) => ({ accountId, region });

const arnOf = ({ partition = 'aws', accountId, region }: GuardDutyFinding, service: string, rest: string) =>
  `arn:${partition}:${service}:${region}:${accountId}:${rest}`;

/** The resource that GuardDuty names, by its own word for the type; else the account. */
export function resourceOf(finding: GuardDutyFinding): MappedResource {
  const resource = finding.resource;
  const place = placeOf(finding);
  const known = (arn: string | undefined) => (arn ? resourceOfArn(arn, place) : undefined);
  switch (resource?.resourceType) {
    case 'Instance':
      return instanceOf(finding) ?? accountResource(place);
    case 'AccessKey':
      return principalOf(finding);
    case 'S3Bucket':
    case 'S3Object':
      return bucketOf(finding) ?? accountResource(place);
    case 'Lambda':
      return known(resource.lambdaDetails?.functionArn) ?? accountResource(place);
    case 'EKSCluster':
      return known(resource.eksClusterDetails?.arn) ?? accountResource(place);
    case 'ECSCluster':
      return known(resource.ecsClusterDetails?.arn) ?? accountResource(place);
    case 'RDSDBInstance':
      return databaseOf(finding) ?? accountResource(place);
    default:
      return accountResource(place);
  }
}

export function instanceOf(finding: GuardDutyFinding): MappedResource | undefined {
  const id = finding.resource?.instanceDetails?.instanceId;
  return id
    ? {
        ...placeOf(finding),
        resourceType: 'AWS::EC2::Instance',
        resourceId: id,
        arn: arnOf(finding, 'ec2', `instance/${id}`),
      }
    : undefined;
}

/** Whose credentials they are. The root user, and whom GuardDuty doesn't name, is the account. */
export function principalOf(finding: GuardDutyFinding): MappedResource {
  const { userType, userName, principalId } = finding.resource?.accessKeyDetails ?? {};
  const resourceType =
    userType === 'IAMUser'
      ? 'AWS::IAM::User'
      : userType === 'Role' || userType === 'AssumedRole'
        ? 'AWS::IAM::Role'
        : undefined;
  // `AROA…:session` for a role: AWS Config knows it by what stands before the colon.
  const id = principalId?.split(':', 1)[0] || userName;
  if (resourceType === undefined || !id) return accountResource(placeOf(finding));
  return { ...placeOf(finding), resourceType, resourceId: id, ...(userName ? { name: userName } : {}) };
}

export function bucketOf(finding: GuardDutyFinding): MappedResource | undefined {
  const [bucket] = finding.resource?.s3BucketDetails ?? [];
  const name = bucket?.name || bucket?.arn?.split(':::')[1];
  if (!name) return undefined;
  const arn = bucket?.arn ?? `arn:${finding.partition ?? 'aws'}:s3:::${name}`;
  return { ...placeOf(finding), resourceType: 'AWS::S3::Bucket', resourceId: name, arn, name };
}

function databaseOf(finding: GuardDutyFinding): MappedResource | undefined {
  const { dbInstanceIdentifier, dbiResourceId, dbInstanceArn } = finding.resource?.rdsDbInstanceDetails ?? {};
  const id = dbiResourceId || dbInstanceIdentifier;
  return id
    ? {
        ...placeOf(finding),
        resourceType: 'AWS::RDS::DBInstance',
        resourceId: id,
        ...(dbInstanceArn ? { arn: dbInstanceArn } : {}),
        ...(dbInstanceIdentifier ? { name: dbInstanceIdentifier } : {}),
      }
    : undefined;
}

/** The trail whose logging was touched: GuardDuty gives its name or its ARN. */
export function trailOf(finding: GuardDutyFinding): MappedResource {
  const named = finding.service?.action?.awsApiCallAction?.affectedResources?.['AWS::CloudTrail::Trail'];
  const place = placeOf(finding);
  if (typeof named !== 'string' || named === '') return accountResource(place);
  return (
    resourceOfArn(named, place) ?? {
      ...place,
      resourceType: 'AWS::CloudTrail::Trail',
      resourceId: named,
      arn: arnOf(finding, 'cloudtrail', `trail/${named}`),
      name: named,
    }
  );
}
