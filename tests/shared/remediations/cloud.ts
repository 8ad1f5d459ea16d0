import type { Json, JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { AwsCall } from '../../../shared/contracts/trailseal/remediation';
import { inputOf } from '../../../shared/remediations/plan';

/** What AWS answers when it refuses. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: AWS answers in too many shapes to name them all in a test
type Any = Record<string, any>;
export type Handler = (state: CloudState, input: Any) => Any;

/** A tiny AWS in memory: as much of the state as remediations read and write. */
export interface CloudState {
  groups: Any[];
  rules: Any[];
  interfaces: Any[];
  instances: Any[];
  autoScaling: Any[];
  templates: Any[];
  snapshots: Any[];
  metrics: Record<string, Any[]>;
  vpcs: Any[];
  flowLogs: Any[];
  history: Record<string, Any[]>;
  buckets: Record<string, Any>;
  accountBlock: Any | null;
  trails: Record<string, Any>;
  recorders: Any[];
  keys: Record<string, Any>;
  databases: Any[];
  users: Record<string, Any>;
  functions: Record<string, Any>;
  documents: Record<string, Any>;
  made: number;
}

export const emptyCloud = (): CloudState => ({
  groups: [],
  rules: [],
  interfaces: [],
  instances: [],
  autoScaling: [],
  templates: [],
  snapshots: [],
  metrics: {},
  vpcs: [],
  flowLogs: [],
  history: {},
  buckets: {},
  accountBlock: null,
  trails: {},
  recorders: [],
  keys: {},
  databases: [],
  users: {},
  functions: {},
  documents: {},
  made: 0,
});

const found = <T>(value: T | undefined | null, code: string): T => {
  if (value === undefined || value === null) throw new Refused(code);
  return value;
};

const filtered = (filters: Any[] | undefined, name: string): string[] | undefined =>
  filters?.find((filter) => filter['Name'] === name)?.['Values'];

const newId = (state: CloudState, prefix: string) => {
  state.made += 1;
  return `${prefix}${String(state.made).padStart(17, '0')}`;
};

/** Each source of each permission is a rule of its own. */
const rulesIn = (permissions: Any[], IsEgress: boolean, GroupId: string): Any[] =>
  permissions.flatMap(({ IpProtocol, FromPort, ToPort, ...sources }) => {
    const protocol =
      ({ '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' } as Any)[IpProtocol] ?? IpProtocol;
    const like = { GroupId, IsEgress, IpProtocol: protocol, FromPort: FromPort ?? -1, ToPort: ToPort ?? -1 };
    const said = (range: Any) =>
      range['Description'] === undefined ? {} : { Description: range['Description'] };
    return [
      ...(sources['IpRanges'] ?? []).map((one: Any) => ({ ...like, CidrIpv4: one['CidrIp'], ...said(one) })),
      ...(sources['Ipv6Ranges'] ?? []).map((one: Any) => ({
        ...like,
        CidrIpv6: one['CidrIpv6'],
        ...said(one),
      })),
      ...(sources['PrefixListIds'] ?? []).map((one: Any) => ({
        ...like,
        PrefixListId: one['PrefixListId'],
        ...said(one),
      })),
      ...(sources['UserIdGroupPairs'] ?? []).map(({ Description: _, ...one }: Any) => ({
        ...like,
        ReferencedGroupInfo: one,
        ...said({ Description: _ }),
      })),
    ];
  });

const sameRule = (a: Any, b: Any) =>
  ['GroupId', 'IsEgress', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIpv4', 'CidrIpv6', 'PrefixListId'].every(
    (name) => a[name] === b[name],
  ) && a['ReferencedGroupInfo']?.GroupId === b['ReferencedGroupInfo']?.GroupId;

const tagsOf = (input: Any) => input['TagSpecifications']?.[0]?.Tags ?? [];

const authorise =
  (isEgress: boolean): Handler =>
  (state, input) => {
    found(
      state.groups.find(({ GroupId }) => GroupId === input['GroupId']),
      'InvalidGroup.NotFound',
    );
    const rules = rulesIn(input['IpPermissions'], isEgress, input['GroupId']);
    const twice = rules.some(
      (rule, index) =>
        state.rules.some((there) => sameRule(there, rule)) ||
        rules.slice(0, index).some((other) => sameRule(other, rule)),
    );
    if (twice) throw new Refused('InvalidPermission.Duplicate');
    for (const rule of rules)
      state.rules.push({ SecurityGroupRuleId: newId(state, 'sgr-'), ...rule, Tags: tagsOf(input) });
    return { Return: true };
  };

const revoke =
  (isEgress: boolean): Handler =>
  (state, input) => {
    const ids: string[] = input['SecurityGroupRuleIds'] ?? [];
    const wanted = rulesIn(input['IpPermissions'] ?? [], isEgress, input['GroupId']);
    const gone = state.rules.filter(
      (rule) =>
        rule['GroupId'] === input['GroupId'] &&
        rule['IsEgress'] === isEgress &&
        (ids.includes(rule['SecurityGroupRuleId']) || wanted.some((one) => sameRule(one, rule))),
    );
    if (gone.length < ids.length) throw new Refused('InvalidSecurityGroupRuleId.NotFound');
    if (gone.length < wanted.length) throw new Refused('InvalidPermission.NotFound');
    state.rules = state.rules.filter((rule) => !gone.includes(rule));
    return { Return: true };
  };

const bucket = (state: CloudState, input: Any) => {
  const one = found(state.buckets[input['Bucket']], 'NoSuchBucket');
  if (input['ExpectedBucketOwner'] !== one['owner']) throw new Refused('AccessDenied');
  return one;
};

const onInstances =
  (change: (instance: Any) => void): Handler =>
  (state, input) => {
    for (const id of input['InstanceIds'] ?? [input['InstanceId']])
      change(
        found(
          state.instances.find(({ InstanceId }) => InstanceId === id),
          'InvalidInstanceID.NotFound',
        ),
      );
    return {};
  };

const key = (state: CloudState, input: Any) => found(state.keys[input['KeyId']], 'NotFoundException');
const keyTo =
  (from: string[], to: string): Handler =>
  (state, input) => {
    const one = key(state, input);
    if (!from.includes(one['KeyState'])) throw new Refused('KMSInvalidStateException');
    one['KeyState'] = to;
    return { KeyId: one['Arn'] };
  };

const handlers: Readonly<Record<string, Handler>> = {
  'ec2.DescribeSecurityGroups': (state, { Filters }) => {
    const ids = filtered(Filters, 'group-id');
    const names = filtered(Filters, 'group-name');
    const ingress = filtered(Filters, 'ip-permission.group-id');
    const egress = filtered(Filters, 'egress.ip-permission.group-id');
    const references = (id: string, isEgress: boolean, wanted: string[]) =>
      state.rules.some(
        ({ GroupId, IsEgress, ReferencedGroupInfo }) =>
          GroupId === id && IsEgress === isEgress && wanted.includes(ReferencedGroupInfo?.GroupId),
      );
    return {
      SecurityGroups: state.groups
        .filter(
          ({ GroupId, GroupName }) =>
            (ids?.includes(GroupId) ?? true) &&
            (names?.includes(GroupName) ?? true) &&
            (ingress === undefined || references(GroupId, false, ingress)) &&
            (egress === undefined || references(GroupId, true, egress)),
        )
        .map((group) => ({
          ...group,
          OwnerId: '123456789012',
          IpPermissions: state.rules.filter(
            (rule) => rule['GroupId'] === group['GroupId'] && !rule['IsEgress'],
          ),
          IpPermissionsEgress: state.rules.filter(
            (rule) => rule['GroupId'] === group['GroupId'] && rule['IsEgress'],
          ),
        })),
    };
  },
  'ec2.DescribeSecurityGroupRules': (state, { Filters }) => ({
    SecurityGroupRules: state.rules.filter(({ GroupId }) => filtered(Filters, 'group-id')?.includes(GroupId)),
  }),
  'ec2.AuthorizeSecurityGroupIngress': authorise(false),
  'ec2.AuthorizeSecurityGroupEgress': authorise(true),
  'ec2.RevokeSecurityGroupIngress': revoke(false),
  'ec2.RevokeSecurityGroupEgress': revoke(true),
  'ec2.DeleteSecurityGroup': (state, { GroupId: id }) => {
    found(
      state.groups.find(({ GroupId }) => GroupId === id),
      'InvalidGroup.NotFound',
    );
    if (state.interfaces.some(({ Groups }) => Groups.includes(id))) throw new Refused('DependencyViolation');
    state.groups = state.groups.filter(({ GroupId }) => GroupId !== id);
    state.rules = state.rules.filter(({ GroupId }) => GroupId !== id);
    return {};
  },
  'ec2.CreateSecurityGroup': (state, input) => {
    const GroupId = newId(state, 'sg-');
    const { GroupName, Description, VpcId } = input;
    state.groups.push({ GroupId, GroupName, Description, VpcId, Tags: tagsOf(input) });
    state.rules.push({
      SecurityGroupRuleId: newId(state, 'sgr-'),
      GroupId,
      IsEgress: true,
      IpProtocol: '-1',
      FromPort: -1,
      ToPort: -1,
      CidrIpv4: '0.0.0.0/0',
      Tags: [],
    });
    return { GroupId };
  },
  'ec2.DescribeNetworkInterfaces': (state, { Filters }) => ({
    NetworkInterfaces: state.interfaces.filter(({ Groups }) =>
      filtered(Filters, 'group-id')?.some((id) => Groups.includes(id)),
    ),
  }),
  'ec2.DescribeLaunchTemplateVersions': (state) => ({ LaunchTemplateVersions: state.templates }),
  'ec2.DescribeInstances': (state, { Filters }) => ({
    Reservations: state.instances
      .filter(({ InstanceId }) => filtered(Filters, 'instance-id')?.includes(InstanceId))
      .map((instance) => ({ ReservationId: 'r-1', Instances: [instance] })),
  }),
  'ec2.StopInstances': onInstances((instance) => {
    instance['State'] = { Code: 80, Name: 'stopped' };
    for (const one of instance['NetworkInterfaces'] ?? [])
      if (one.Association?.IpOwnerId === 'amazon') delete one.Association;
    if (!instance['NetworkInterfaces']?.some((one: Any) => one['Association']))
      delete instance['PublicIpAddress'];
  }),
  'ec2.StartInstances': onInstances((instance) => {
    instance['State'] = { Code: 16, Name: 'running' };
  }),
  'ec2.MonitorInstances': onInstances((instance) => {
    instance['Monitoring'] = { State: 'pending' };
  }),
  'ec2.UnmonitorInstances': onInstances((instance) => {
    instance['Monitoring'] = { State: 'disabling' };
  }),
  'ec2.ModifyInstanceMetadataOptions': (state, input) =>
    onInstances((instance) => {
      const { InstanceId: _, ...changed } = input;
      instance['MetadataOptions'] = { ...instance['MetadataOptions'], ...changed, State: 'pending' };
    })(state, input),
  'ec2.ModifyNetworkInterfaceAttribute': (state, { NetworkInterfaceId: id, Groups }) => {
    const one = state.instances
      .flatMap(({ NetworkInterfaces }) => NetworkInterfaces)
      .find(({ NetworkInterfaceId }) => NetworkInterfaceId === id);
    found(one, 'InvalidNetworkInterfaceID.NotFound').Groups = Groups.map((GroupId: string) => ({ GroupId }));
    return {};
  },
  'ec2.CreateSnapshots': (state, input) => {
    const instance = found(
      state.instances.find(({ InstanceId }) => InstanceId === input['InstanceSpecification'].InstanceId),
      'InvalidInstanceID.NotFound',
    );
    for (const { Ebs } of instance['BlockDeviceMappings'])
      state.snapshots.push({
        SnapshotId: newId(state, 'snap-'),
        VolumeId: Ebs.VolumeId,
        Tags: tagsOf(input),
      });
    return { Snapshots: state.snapshots };
  },
  'ec2.DescribeSnapshots': (state, { Filters }) => ({
    Snapshots: state.snapshots.filter(({ Tags }) => hasTag(Filters, Tags)),
  }),
  'ec2.DescribeVpcs': (state, { Filters }) => ({
    Vpcs: state.vpcs.filter(({ VpcId }) => filtered(Filters, 'vpc-id')?.includes(VpcId)),
  }),
  'ec2.DescribeFlowLogs': (state, { Filter }) => ({
    FlowLogs: state.flowLogs.filter(
      ({ ResourceId, Tags }) =>
        (filtered(Filter, 'resource-id')?.includes(ResourceId) ?? true) && hasTag(Filter, Tags ?? []),
    ),
  }),
  'ec2.CreateFlowLogs': (state, input) => {
    const { ResourceIds, TrafficType, LogDestinationType, LogDestination, ClientToken } = input;
    const made = state.flowLogs.find((one) => one['ClientToken'] && one['ClientToken'] === ClientToken);
    if (made) return { FlowLogIds: [made['FlowLogId']], Unsuccessful: [] };
    const FlowLogId = newId(state, 'fl-');
    const [ResourceId] = ResourceIds;
    state.flowLogs.push({
      FlowLogId,
      FlowLogStatus: 'ACTIVE',
      ResourceId,
      TrafficType,
      LogDestinationType,
      LogDestination,
      ClientToken,
      Tags: tagsOf(input),
    });
    return { FlowLogIds: [FlowLogId], Unsuccessful: [] };
  },
  'autoscaling.DescribeAutoScalingInstances': (state, { InstanceIds }) => ({
    AutoScalingInstances: state.autoScaling.filter(({ InstanceId }) => InstanceIds.includes(InstanceId)),
  }),
  'autoscaling.DetachInstances': (state, { InstanceIds }) => {
    const left = state.autoScaling.filter(({ InstanceId }) => !InstanceIds.includes(InstanceId));
    if (left.length === state.autoScaling.length) throw new Refused('ValidationError');
    state.autoScaling = left;
    return { Activities: [] };
  },
  'cloudwatch.GetMetricStatistics': (state, { Dimensions }) => ({
    Label: 'MetadataNoToken',
    Datapoints: state.metrics[Dimensions[0].Value] ?? [],
  }),
  'config.GetResourceConfigHistory': (state, { resourceId }) => ({
    configurationItems: found(state.history[resourceId], 'ResourceNotDiscoveredException'),
  }),
  'config.DescribeConfigurationRecorders': (state) => ({
    ConfigurationRecorders: state.recorders.map(({ recording: _, ...one }) => one),
  }),
  'config.DescribeConfigurationRecorderStatus': (state) => ({
    ConfigurationRecordersStatus: state.recorders.map(({ name, recording }) => ({ name, recording })),
  }),
  'config.StartConfigurationRecorder': (state, { ConfigurationRecorderName: wanted }) => {
    found(
      state.recorders.find(({ name }) => name === wanted),
      'NoSuchConfigurationRecorderException',
    )['recording'] = true;
    return {};
  },
  's3.GetPublicAccessBlock': (state, input) =>
    found(bucket(state, input)['block'], 'NoSuchPublicAccessBlockConfiguration'),
  's3.PutPublicAccessBlock': (state, input) => {
    bucket(state, input)['block'] = {
      PublicAccessBlockConfiguration: input['PublicAccessBlockConfiguration'],
    };
    return {};
  },
  's3.DeletePublicAccessBlock': (state, input) => {
    bucket(state, input)['block'] = null;
    return {};
  },
  's3.GetBucketPolicyStatus': (state, input) =>
    found(bucket(state, input)['policyStatus'], 'NoSuchBucketPolicy'),
  's3.GetBucketAcl': (state, input) => ({
    Owner: { ID: 'abc' },
    Grants: bucket(state, input)['grants'] ?? [
      { Grantee: { ID: 'abc', Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
    ],
  }),
  's3.GetBucketTagging': (state, input) => found(bucket(state, input)['tags'], 'NoSuchTagSet'),
  's3.GetBucketPolicy': (state, input) => ({
    Policy: found(bucket(state, input)['policy'], 'NoSuchBucketPolicy'),
  }),
  's3.PutBucketPolicy': (state, input) => {
    bucket(state, input)['policy'] = input['Policy'];
    return {};
  },
  's3.DeleteBucketPolicy': (state, input) => {
    bucket(state, input)['policy'] = null;
    return {};
  },
  's3.GetBucketEncryption': (state, input) => ({
    ServerSideEncryptionConfiguration: found(
      bucket(state, input)['encryption'],
      'ServerSideEncryptionConfigurationNotFoundError',
    ),
  }),
  's3.PutBucketEncryption': (state, input) => {
    bucket(state, input)['encryption'] = input['ServerSideEncryptionConfiguration'];
    return {};
  },
  's3.DeleteBucketEncryption': (state, input) => {
    bucket(state, input)['encryption'] = null;
    return {};
  },
  's3control.GetPublicAccessBlock': (state) =>
    found(state.accountBlock, 'NoSuchPublicAccessBlockConfiguration'),
  's3control.PutPublicAccessBlock': (state, input) => {
    state.accountBlock = { PublicAccessBlockConfiguration: input['PublicAccessBlockConfiguration'] };
    return {};
  },
  's3control.DeletePublicAccessBlock': (state) => {
    state.accountBlock = null;
    return {};
  },
  'cloudtrail.GetTrail': (state, { Name }) => ({
    Trail: found(state.trails[Name], 'TrailNotFoundException')['trail'],
  }),
  'cloudtrail.GetTrailStatus': (state, { Name }) =>
    found(state.trails[Name], 'TrailNotFoundException')['status'],
  'cloudtrail.ListTags': (state, { ResourceIdList: [arn] }) => ({
    ResourceTagList: [
      { ResourceId: arn, TagsList: found(state.trails[arn], 'TrailNotFoundException')['tags'] ?? [] },
    ],
  }),
  'cloudtrail.StartLogging': (state, { Name }) => {
    found(state.trails[Name], 'TrailNotFoundException')['status'].IsLogging = true;
    return {};
  },
  'cloudtrail.UpdateTrail': (state, { Name, EnableLogFileValidation }) => {
    found(state.trails[Name], 'TrailNotFoundException')['trail'].LogFileValidationEnabled =
      EnableLogFileValidation;
    return {};
  },
  'kms.DescribeKey': (state, input) => ({ KeyMetadata: key(state, input) }),
  'kms.ListResourceTags': (state, input) => ({ Tags: key(state, input)['tags'] ?? [], Truncated: false }),
  'kms.CancelKeyDeletion': keyTo(['PendingDeletion'], 'Disabled'),
  'kms.EnableKey': keyTo(['Disabled', 'Enabled'], 'Enabled'),
  'kms.DisableKey': keyTo(['Disabled', 'Enabled'], 'Disabled'),
  'kms.ScheduleKeyDeletion': keyTo(['Disabled', 'Enabled'], 'PendingDeletion'),
  'rds.DescribeDBInstances': (state, { DBInstanceIdentifier: id }) => ({
    DBInstances: [
      found(
        state.databases.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id),
        'DBInstanceNotFound',
      ),
    ],
  }),
  'rds.ModifyDBInstance': (state, { DBInstanceIdentifier: id, PubliclyAccessible, ApplyImmediately }) => {
    const one = state.databases.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);
    const database = found(one, 'DBInstanceNotFound');
    database['PubliclyAccessible'] = PubliclyAccessible;
    if (ApplyImmediately)
      Object.assign(database, database['PendingModifiedValues'], { PendingModifiedValues: {} });
    return { DBInstance: database };
  },
  'iam.GetUser': (state, { UserName }) => ({ User: found(state.users[UserName], 'NoSuchEntity')['user'] }),
  'iam.ListAccessKeys': (state, { UserName }) => ({
    AccessKeyMetadata: found(state.users[UserName], 'NoSuchEntity')['keys'],
    IsTruncated: false,
  }),
  'iam.UpdateAccessKey': (state, { UserName, AccessKeyId: id, Status }) => {
    const keys: Any[] = found(state.users[UserName], 'NoSuchEntity')['keys'];
    found(
      keys.find(({ AccessKeyId }) => AccessKeyId === id),
      'NoSuchEntity',
    )['Status'] = Status;
    return {};
  },
  'lambda.GetFunctionConfiguration': (state, { FunctionName }) =>
    found(state.functions[FunctionName], 'ResourceNotFoundException'),
  'lambda.Invoke': (state, { FunctionName }) => {
    found(state.functions[FunctionName], 'ResourceNotFoundException');
    return { StatusCode: 200 };
  },
  'ssm.DescribeDocument': (state, { Name }) => ({
    Document: found(state.documents[Name], 'InvalidDocument'),
  }),
  'ssm.StartAutomationExecution': () => ({ AutomationExecutionId: 'e-1' }),
};

function hasTag(filters: Any[] | undefined, tags: Any[]): boolean {
  return (filters ?? [])
    .filter(({ Name }) => Name.startsWith('tag:'))
    .every(({ Name, Values }) =>
      tags.some(({ Key, Value }) => `tag:${Key}` === Name && Values.includes(Value)),
    );
}

/** Makes one call on the state, and answers as AWS does. */
export function perform(state: CloudState, call: AwsCall, answers: readonly JsonObject[] = []): JsonObject {
  const handler = handlers[`${call.service}.${call.action}`];
  if (!handler) throw new Error(`the cloud of the tests has no ${call.service}.${call.action}`);
  const answer: Json = JSON.parse(JSON.stringify(handler(state, inputOf(call, answers))));
  return answer as JsonObject;
}
