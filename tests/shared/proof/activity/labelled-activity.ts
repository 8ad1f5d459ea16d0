import {
  type CloudTrailRecord,
  parseCloudTrailRecord,
} from '../../../../shared/contracts/aws/cloudtrail-record';
import type { ChangedItem } from '../../../../shared/proof/activity/join';
import { fixtureLines } from '../../../support/judge-rule';

/** A change as AWS Config would have reported it, and the calls that did it; none when CloudTrail's events got lost. */
export interface Labelled {
  readonly item: ChangedItem;
  readonly events: readonly CloudTrailRecord[];
  readonly causes: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
type Item = Pick<ChangedItem, 'resourceType' | 'resourceId' | 'resourceName' | 'arn' | 'changedPaths'>;

/**
 * What AWS Config writes after these calls, by its documentation and captured items; not by the tables under test. Ids
 * are Config's own: DbiResourceId, AIDA…, addresses of queues, ARNs of topics.
 */
const EFFECTS: Readonly<Record<string, (request: Fields, region: string, account: string) => Item>> = {
  CreateRole: ({ roleName }, _region, account) => role(roleName, account, 'Configuration'),
  CreateBucket: ({ bucketName }) => item('AWS::S3::Bucket', bucketName, 'Configuration'),
  CreateTrail: ({ name }) => item('AWS::CloudTrail::Trail', name, 'Configuration'),
  CreateLogGroup: ({ logGroupName }) => item('AWS::Logs::LogGroup', logGroupName, 'Configuration'),
  DeleteLogGroup: ({ logGroupName }) => item('AWS::Logs::LogGroup', logGroupName, 'Configuration'),
  DeletePolicy: ({ policyArn }) => ({
    ...item('AWS::IAM::Policy', 'ANPAEXAMPLE', 'Configuration'),
    arn: String(policyArn),
  }),
  DeleteSecret: ({ secretId }) => item('AWS::SecretsManager::Secret', secretId, 'Configuration.Deleted'),
  DeleteNetworkInterface: ({ networkInterfaceId }) =>
    item('AWS::EC2::NetworkInterface', networkInterfaceId, 'Configuration'),
  DeleteSubnet: ({ subnetId }) => item('AWS::EC2::Subnet', subnetId, 'Configuration'),
  AuthorizeSecurityGroupIngress: ({ groupId }) => group(groupId, 'Configuration.IpPermissions.0'),
  RevokeSecurityGroupIngress: ({ groupId }) => group(groupId, 'Configuration.IpPermissions.1'),
  AuthorizeSecurityGroupEgress: ({ groupId }) => group(groupId, 'Configuration.IpPermissionsEgress.0'),
  RevokeSecurityGroupEgress: ({ groupId }) => group(groupId, 'Configuration.IpPermissionsEgress.0'),
  CreateRoute: ({ routeTableId }) => item('AWS::EC2::RouteTable', routeTableId, 'Configuration.Routes.1'),
  DeleteRoute: ({ routeTableId }) => item('AWS::EC2::RouteTable', routeTableId, 'Configuration.Routes.1'),
  AssociateRouteTable: ({ routeTableId }) =>
    item('AWS::EC2::RouteTable', routeTableId, 'Configuration.Associations.0', 'Relationships.1'),
  // It names an association only: of these the join can't know.
  DisassociateRouteTable: ({ associationId }) =>
    item(
      'AWS::EC2::RouteTable',
      associated().get(String(associationId)),
      'Configuration.Associations.0',
      'Relationships.1',
    ),
  DeleteRouteTable: ({ routeTableId }) => item('AWS::EC2::RouteTable', routeTableId, 'Configuration'),
  AttachInternetGateway: ({ internetGatewayId }) =>
    item('AWS::EC2::InternetGateway', internetGatewayId, 'Configuration.Attachments.0', 'Relationships.0'),
  DetachInternetGateway: ({ internetGatewayId }) =>
    item('AWS::EC2::InternetGateway', internetGatewayId, 'Configuration.Attachments.0', 'Relationships.0'),
  DeleteVpc: ({ vpcId }) => item('AWS::EC2::VPC', vpcId, 'Configuration'),
  DeleteVolume: ({ volumeId }) => item('AWS::EC2::Volume', volumeId, 'Configuration'),
  StopInstances: ({ instancesSet }) =>
    item('AWS::EC2::Instance', firstInstance(instancesSet), 'Configuration.State.Name'),
  StartInstances: ({ instancesSet }) =>
    item('AWS::EC2::Instance', firstInstance(instancesSet), 'Configuration.State.Name'),
  TerminateInstances: ({ instancesSet }) =>
    item('AWS::EC2::Instance', firstInstance(instancesSet), 'Configuration.State'),
  PutBucketPolicy: ({ bucketName }) =>
    item('AWS::S3::Bucket', bucketName, 'SupplementaryConfiguration.BucketPolicy'),
  PutBucketLifecycle: ({ bucketName }) =>
    item('AWS::S3::Bucket', bucketName, 'SupplementaryConfiguration.BucketLifecycleConfiguration'),
  DeleteBucketLifecycle: ({ bucketName }) =>
    item('AWS::S3::Bucket', bucketName, 'SupplementaryConfiguration.BucketLifecycleConfiguration'),
  PutBucketTagging: ({ bucketName }) =>
    item('AWS::S3::Bucket', bucketName, 'SupplementaryConfiguration.BucketTaggingConfiguration'),
  DeleteBucket: ({ bucketName }) => item('AWS::S3::Bucket', bucketName, 'Configuration'),
  DeleteTrail: ({ name }) => item('AWS::CloudTrail::Trail', name, 'Configuration'),
  PutEventSelectors: ({ trailName }) =>
    item('AWS::CloudTrail::Trail', trailName, 'Configuration.HasCustomEventSelectors'),
  AttachRolePolicy: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.AttachedManagedPolicies.0', 'Relationships.0'),
  DetachRolePolicy: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.AttachedManagedPolicies.0', 'Relationships.0'),
  PutRolePolicy: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.RolePolicyList.0'),
  DeleteRolePolicy: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.RolePolicyList.0'),
  UpdateAssumeRolePolicy: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.AssumeRolePolicyDocument'),
  AddRoleToInstanceProfile: ({ roleName }, _region, account) =>
    role(roleName, account, 'Configuration.InstanceProfileList.0'),
  DeleteRole: ({ roleName }, _region, account) => role(roleName, account, 'Configuration'),
  AttachUserPolicy: ({ userName }, _region, account) => ({
    ...item('AWS::IAM::User', 'AIDAEXAMPLE', 'Configuration.AttachedManagedPolicies.0'),
    resourceName: String(userName),
    arn: `arn:aws:iam::${account}:user/people/${userName}`,
  }),
  DeleteDBInstance: ({ dBInstanceIdentifier }, region, account) => ({
    ...item('AWS::RDS::DBInstance', 'db-ABCDEFGHIJ', 'Configuration.DBInstanceStatus'),
    arn: `arn:aws:rds:${region}:${account}:db:${dBInstanceIdentifier}`,
  }),
  UpdateFunctionCode: ({ functionName }) =>
    item(
      'AWS::Lambda::Function',
      String(functionName).split(':').at(-1),
      'Configuration.CodeSha256',
      'Configuration.RevisionId',
    ),
  UpdateFunctionConfiguration: ({ functionName }) =>
    item('AWS::Lambda::Function', String(functionName).split(':').at(-1), 'Configuration.Layers.0'),
};

const item = (resourceType: string, resourceId: unknown, ...changedPaths: string[]): Item => ({
  resourceType,
  resourceId: String(resourceId),
  changedPaths: changedPaths.map((path) => path.charAt(0).toLowerCase() + path.slice(1)),
});
const group = (id: unknown, path: string) => item('AWS::EC2::SecurityGroup', id, path);
const role = (name: unknown, account: string, ...paths: string[]): Item => ({
  ...item('AWS::IAM::Role', 'AROAEXAMPLE', ...paths),
  resourceName: String(name),
  arn: `arn:aws:iam::${account}:role/${name}`,
});
const firstInstance = (set: unknown) => (set as { items: { instanceId: string }[] }).items[0]?.instanceId;

const SECOND = 1000;
const iso = (time: number) => new Date(time).toISOString();
const apiOf = ({ eventName }: CloudTrailRecord) => eventName.replace(/\d{8}.*$/, '');

/** All real calls of both sets that worked, each once. */
let read: readonly CloudTrailRecord[] | undefined;
function realCalls(): readonly CloudTrailRecord[] {
  read ??= readCalls();
  return read;
}

function readCalls(): CloudTrailRecord[] {
  const rows = ['stratus', 'invictus'].flatMap((name) =>
    fixtureLines<{ event: unknown }>(`cloudtrail-attacks/${name}.jsonl`),
  );
  return [
    ...new Map(
      rows.map(({ event }) => parseCloudTrailRecord(event)).map((record) => [record.eventID, record]),
    ).values(),
  ];
}

/**
 * Items after real calls, each among all the calls of both sets. AWS Config captures some seconds to minutes later; the
 * item before is older than that, and in every third case it was captured while the call was made.
 * @param lost the share of causes that never arrived, for which nobody must be named
 */
export function labelledActivity(random: () => number, lost: number): Labelled[] {
  const calls = realCalls();
  return calls.flatMap((call) => {
    const effect = EFFECTS[apiOf(call)];
    const account = call.recipientAccountId ?? call.userIdentity.accountId;
    if (call.errorCode !== undefined || effect === undefined || account === undefined) return [];
    const changed = effect(call.requestParameters ?? {}, call.awsRegion, account);
    const at = Date.parse(call.eventTime);
    const capturedAt = iso(at + (5 + random() * 115) * SECOND);
    const created = calls.find(
      (other) => other.eventName.startsWith('Create') && isOn(other, changed),
    )?.eventTime;
    const isNew = created === call.eventTime && call.eventName.startsWith('Create');
    const before = random() < 1 / 3 ? at + 2 * SECOND : at - random() * 3600 * SECOND;
    // There is no item of what was not made yet.
    const previous = Math.max(before, created === undefined ? 0 : Date.parse(created) + SECOND);
    const from = iso(isNew ? at - 24 * 3600 * SECOND : previous - 300 * SECOND);
    const isLost = random() < lost;
    // What else changed the same before the capture is as much a cause: AWS Config shows what all of them left.
    const alike = calls.filter(
      (other) =>
        other.errorCode === undefined &&
        other.eventTime > from &&
        other.eventTime <= capturedAt &&
        isOn(other, changed) &&
        (isNew || isSameChange(other, changed)),
    );
    const causes = isLost ? [] : alike.map(({ eventID }) => eventID);
    const present = isLost ? calls.filter((other) => !alike.includes(other)) : calls;
    return [
      {
        item: {
          ...changed,
          account,
          isGone: changed.changedPaths.includes('configuration') && /^Delete/.test(call.eventName),
          region: changed.resourceType.startsWith('AWS::IAM::') ? 'global' : call.awsRegion,
          capturedAt,
          ...(isNew ? {} : { previousCapturedAt: iso(previous) }),
        },
        events: present,
        causes,
      },
    ];
  });
}

const effectOf = (call: CloudTrailRecord): Item | undefined =>
  EFFECTS[apiOf(call)]?.(
    call.requestParameters ?? {},
    call.awsRegion,
    call.recipientAccountId ?? call.userIdentity.accountId ?? '',
  );

/** Which route table an association is of, by the calls that made them. */
const associated = (): ReadonlyMap<string, string> =>
  new Map(
    realCalls().map(({ requestParameters, responseElements }) => [
      String(responseElements?.['associationId']),
      String(requestParameters?.['routeTableId']),
    ]),
  );

const nameOf = ({ resourceName, arn, resourceId }: Item) => resourceName ?? arn ?? resourceId;

/** Whether a call is about the same resource: by what it changes, or for what it made, by any mention of the id. */
function isOn(call: CloudTrailRecord, changed: Item): boolean {
  const its = effectOf(call);
  if (its !== undefined) return its.resourceType === changed.resourceType && nameOf(its) === nameOf(changed);
  return (
    call.eventName.toLowerCase() === `create${changed.resourceType.split('::')[2]?.toLowerCase()}` &&
    JSON.stringify(call).includes(JSON.stringify(nameOf(changed)))
  );
}

/** Whether another call changes a property that this item says has changed. */
function isSameChange(other: CloudTrailRecord, changed: Item): boolean {
  const top = (path: string) => path.split('.').slice(0, 2).join('.');
  const mine = changed.changedPaths.map(top).filter((path) => !path.startsWith('relationships'));
  const isRemaking = /^(Create|Delete|Terminate)/.test(other.eventName);
  return (effectOf(other)?.changedPaths ?? []).some(
    (path) => mine.includes(top(path)) || (isRemaking && mine.includes('configuration')),
  );
}
