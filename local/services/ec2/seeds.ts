import type {
  FlowLog as SdkFlowLog,
  SecurityGroup as SdkGroup,
  Instance as SdkInstance,
  NetworkInterface as SdkInterface,
  Snapshot as SdkSnapshot,
  LaunchTemplateVersion as SdkTemplate,
  Volume as SdkVolume,
} from '@aws-sdk/client-ec2';
import { isObject, type JsonObject } from '../../json';
import { readTags } from './operations';
import { type IpPermission, rulesOf } from './permissions';
import type { Ec2Region, Group, Instance, NetworkInterface, StateName, Tags } from './state';

/** Members that are kept by themselves; the others of an instance are shown as they were put in. */
const KEPT = [
  'InstanceId',
  'State',
  'StateTransitionReason',
  'StateReason',
  'LaunchTime',
  'Placement',
  'Monitoring',
  'MetadataOptions',
  'SubnetId',
  'VpcId',
  'PrivateDnsName',
  'PublicDnsName',
  'PrivateIpAddress',
  'PublicIpAddress',
  'RootDeviceName',
  'RootDeviceType',
  'BlockDeviceMappings',
  'SecurityGroups',
  'SourceDestCheck',
  'NetworkInterfaces',
  'Tags',
];

const METADATA = {
  State: 'applied',
  HttpTokens: 'optional',
  HttpPutResponseHopLimit: 1,
  HttpEndpoint: 'enabled',
  HttpProtocolIpv6: 'disabled',
  InstanceMetadataTags: 'disabled',
};

/** Makes a VPC, if there is none. One that nobody has put in is no default VPC. */
export function putVpc(
  ec2: Ec2Region,
  { VpcId, IsDefault, Tags: given }: { VpcId: string; IsDefault?: boolean; Tags?: SdkGroup['Tags'] },
): void {
  const before = ec2.vpcs.get(VpcId);
  ec2.vpcs.set(VpcId, {
    id: VpcId,
    isDefault: IsDefault ?? before?.isDefault ?? false,
    tags: given ? tagsOf(given) : (before?.tags ?? {}),
  });
}

/** Makes or replaces a security group, as DescribeSecurityGroups shows it. */
export function putGroup(ec2: Ec2Region, group: SdkGroup): void {
  const { GroupId = '', VpcId = '', GroupName = GroupId, Description = GroupName } = group;
  demand('GroupId', GroupId);
  demand('VpcId', VpcId);
  putVpc(ec2, { VpcId });
  const rules = (permissions: SdkGroup['IpPermissions'], isEgress: boolean) =>
    rulesOf((permissions ?? []) as IpPermission[], ec2.accountId).map((spec) => ({
      ...spec,
      id: ec2.newId('rule'),
      isEgress,
      tags: {},
    }));
  const put: Group = {
    id: GroupId,
    name: GroupName,
    description: Description,
    vpcId: VpcId,
    tags: tagsOf(group.Tags),
    rules: [...rules(group.IpPermissions, false), ...rules(group.IpPermissionsEgress, true)],
  };
  ec2.groups.set(GroupId, put);
  ec2.settle();
}

/** Makes or replaces an instance with its interfaces and volumes, as DescribeInstances shows it. */
export function putInstance(ec2: Ec2Region, given: SdkInstance): void {
  const { InstanceId = '', VpcId = '', SubnetId = '' } = given;
  demand('InstanceId', InstanceId);
  demand('VpcId', VpcId);
  demand('SubnetId', SubnetId);
  putVpc(ec2, { VpcId });
  const availabilityZone = given.Placement?.AvailabilityZone ?? `${ec2.region}a`;
  ec2.subnets.set(SubnetId, { id: SubnetId, vpcId: VpcId, availabilityZone });
  const launchedAt = given.LaunchTime ? new Date(given.LaunchTime).getTime() : ec2.now();
  const devices = given.BlockDeviceMappings ?? [];
  for (const { Ebs } of devices) {
    const VolumeId = Ebs?.VolumeId;
    if (VolumeId && !ec2.volumes.has(VolumeId))
      putVolume(ec2, { VolumeId, AvailabilityZone: availabilityZone });
  }
  const instance: Instance = {
    id: InstanceId,
    vpcId: VpcId,
    subnetId: SubnetId,
    availabilityZone,
    state: (given.State?.Name ?? 'running') as StateName,
    transitionReason: given.StateTransitionReason ?? '',
    launchedAt,
    rootDevice: { name: given.RootDeviceName ?? '/dev/xvda', type: given.RootDeviceType ?? 'ebs' },
    volumes: devices.map(({ DeviceName = '/dev/xvda', Ebs }) => ({
      device: DeviceName,
      volumeId: Ebs?.VolumeId ?? '',
      attachedAt: launchedAt,
    })),
    metadata: { ...METADATA, ...given.MetadataOptions },
    monitoring: given.Monitoring?.State ?? 'disabled',
    attributes: {
      disableApiStop: false,
      sourceDestCheck: given.SourceDestCheck ?? true,
      borrowsAddress: given.PublicIpAddress !== undefined,
    },
    tags: tagsOf(given.Tags),
    details: details(given),
  };
  ec2.instances.set(InstanceId, instance);
  for (const [index, one] of (given.NetworkInterfaces ?? [{}]).entries()) {
    putInterface(ec2, {
      NetworkInterfaceId: one.NetworkInterfaceId ?? `${InstanceId.replace(/^i-/, 'eni-')}${index || ''}`,
      VpcId,
      SubnetId: one.SubnetId ?? SubnetId,
      AvailabilityZone: availabilityZone,
      Groups: one.Groups ?? given.SecurityGroups,
      PrivateIpAddress: one.PrivateIpAddress ?? given.PrivateIpAddress,
      Association: one.Association ?? (index === 0 ? lent(given.PublicIpAddress) : undefined),
      Description: one.Description,
      SourceDestCheck: one.SourceDestCheck ?? given.SourceDestCheck,
      Attachment: { InstanceId, DeviceIndex: index },
    });
  }
  ec2.settle();
}

const lent = (address: string | undefined) =>
  address === undefined ? undefined : { PublicIp: address, IpOwnerId: 'amazon' };

/** Makes or replaces a network interface, as DescribeNetworkInterfaces shows it. */
export function putInterface(ec2: Ec2Region, given: SdkInterface): void {
  const { NetworkInterfaceId: id = '', VpcId = '', SubnetId = '', Association, Attachment } = given;
  demand('NetworkInterfaceId', id);
  demand('VpcId', VpcId);
  putVpc(ec2, { VpcId });
  const availabilityZone = given.AvailabilityZone ?? `${ec2.region}a`;
  ec2.subnets.set(SubnetId, { id: SubnetId, vpcId: VpcId, availabilityZone });
  const put: NetworkInterface = {
    id,
    vpcId: VpcId,
    subnetId: SubnetId,
    availabilityZone,
    groups: (given.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    description: given.Description ?? '',
    sourceDestCheck: given.SourceDestCheck ?? true,
    requesterManaged: given.RequesterManaged ?? false,
    privateIp: given.PrivateIpAddress ?? `10.0.0.${4 + (ec2.interfaces.size % 250)}`,
    ...(Association?.PublicIp
      ? { publicIp: { address: Association.PublicIp, owner: Association.IpOwnerId ?? 'amazon' } }
      : {}),
    ...(Attachment?.InstanceId
      ? {
          attachment: {
            id: Attachment.AttachmentId ?? id.replace(/^eni-/, 'eni-attach-'),
            instanceId: Attachment.InstanceId,
            deviceIndex: Attachment.DeviceIndex ?? 0,
            at: ec2.now(),
          },
        }
      : {}),
    tags: tagsOf(given.TagSet),
  };
  ec2.interfaces.set(id, put);
  ec2.settle();
}

/** Makes or replaces a volume. */
export function putVolume(ec2: Ec2Region, given: SdkVolume): void {
  const { VolumeId: id = '', Size = 8, Encrypted = false, KmsKeyId } = given;
  demand('VolumeId', id);
  ec2.volumes.set(id, {
    id,
    size: Size,
    encrypted: Encrypted,
    ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    availabilityZone: given.AvailabilityZone ?? `${ec2.region}a`,
    tags: tagsOf(given.Tags),
  });
}

/** Makes or replaces a snapshot. */
export function putSnapshot(ec2: Ec2Region, given: SdkSnapshot): void {
  const { SnapshotId: id = '', VolumeId = 'vol-ffffffff', VolumeSize = 8, Encrypted = false } = given;
  demand('SnapshotId', id);
  ec2.snapshots.set(id, {
    id,
    volumeId: VolumeId,
    size: VolumeSize,
    encrypted: Encrypted,
    description: given.Description ?? '',
    state: given.State === 'pending' ? 'pending' : 'completed',
    startedAt: given.StartTime ? new Date(given.StartTime).getTime() : ec2.now(),
    tags: tagsOf(given.Tags),
  });
}

/** Makes or replaces a launch template with one version, as DescribeLaunchTemplateVersions shows it. */
export function putLaunchTemplate(ec2: Ec2Region, given: SdkTemplate): void {
  const { LaunchTemplateId: id = '', LaunchTemplateName: name = id, LaunchTemplateData = {} } = given;
  demand('LaunchTemplateId', id);
  const data = withSeconds(LaunchTemplateData) as JsonObject;
  ec2.launchTemplates.set(id, { id, name, createdAt: ec2.now(), data });
}

/** Makes or replaces a flow log, as DescribeFlowLogs shows it. */
export function putFlowLog(ec2: Ec2Region, given: SdkFlowLog): void {
  const { FlowLogId: id = '', ResourceId = '', CreationTime, Tags: tags, ...rest } = given;
  demand('FlowLogId', id);
  demand('ResourceId', ResourceId);
  const { FlowLogStatus: _, DeliverLogsStatus: __, ...settings } = rest;
  const createdAt = CreationTime ? new Date(CreationTime).getTime() : ec2.now();
  ec2.flowLogs.set(id, { id, resourceId: ResourceId, createdAt, tags: tagsOf(tags), settings });
}

const tagsOf = (tags: SdkGroup['Tags']): Tags =>
  readTags(tags as { Key?: string; Value?: string }[] | undefined);

function demand(member: string, value: string): void {
  if (value === '') throw new Error(`${member} must be given`);
}

const details = (given: SdkInstance): JsonObject => {
  const rest = Object.entries(given).filter(([name]) => !KEPT.includes(name));
  const fallback = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro', Architecture: 'x86_64' };
  return { ...fallback, ...(withSeconds(Object.fromEntries(rest)) as JsonObject) };
};

/** The wire has times in seconds since the epoch. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSeconds(inner)]));
}
