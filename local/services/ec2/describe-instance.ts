import type { JsonObject } from '../../json';
import type { Ec2Region, Instance, NetworkInterface, StateName, Tags } from './state';

const CODES: Readonly<Record<StateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export const stateOf = (name: StateName) => ({ Code: CODES[name], Name: name });

export const tagSet = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const groupSet = (ec2: Ec2Region, ids: readonly string[]) =>
  ids.map((GroupId) => ({ GroupId, GroupName: ec2.groups.get(GroupId)?.name ?? '' }));

const seconds = (ms: number) => Math.floor(ms / 1000);

/** An instance as DescribeInstances shows it; times in seconds since the epoch. */
export function describeInstance(ec2: Ec2Region, instance: Instance): JsonObject {
  const interfaces = ec2.interfacesOf(instance.id);
  const [primary] = interfaces;
  return {
    ...instance.details,
    InstanceId: instance.id,
    State: stateOf(instance.state),
    StateTransitionReason: instance.transitionReason,
    ...(instance.state === 'stopped' || instance.state === 'stopping'
      ? { StateReason: { Code: 'Client.UserInitiatedShutdown', Message: STOPPED_BY_USER } }
      : {}),
    LaunchTime: seconds(instance.launchedAt),
    Placement: { AvailabilityZone: instance.availabilityZone, GroupName: '', Tenancy: 'default' },
    Monitoring: { State: instance.monitoring },
    MetadataOptions: instance.metadata,
    SubnetId: instance.subnetId,
    VpcId: instance.vpcId,
    PrivateDnsName: primary ? privateName(primary, ec2.region) : '',
    PublicDnsName: '',
    ...(primary ? { PrivateIpAddress: primary.privateIp } : {}),
    ...(primary?.publicIp ? { PublicIpAddress: primary.publicIp.address } : {}),
    RootDeviceName: instance.rootDevice.name,
    RootDeviceType: instance.rootDevice.type,
    BlockDeviceMappings: instance.volumes.map(({ device, volumeId, attachedAt }) => ({
      DeviceName: device,
      Ebs: {
        VolumeId: volumeId,
        Status: 'attached',
        AttachTime: seconds(attachedAt),
        DeleteOnTermination: device === instance.rootDevice.name,
      },
    })),
    SecurityGroups: groupSet(ec2, primary?.groups ?? []),
    SourceDestCheck: instance.attributes.sourceDestCheck,
    NetworkInterfaces: interfaces.map((one) => instanceInterface(ec2, one)),
    Tags: tagSet(instance.tags),
  };
}

const STOPPED_BY_USER = 'Client.UserInitiatedShutdown: User initiated shutdown';

/** An interface as a part of its instance. */
function instanceInterface(ec2: Ec2Region, one: NetworkInterface): JsonObject {
  const { attachment } = one;
  return {
    ...interfaceMembers(ec2, one),
    ...(attachment
      ? {
          Attachment: {
            AttachmentId: attachment.id,
            AttachTime: seconds(attachment.at),
            DeviceIndex: attachment.deviceIndex,
            Status: 'attached',
            DeleteOnTermination: true,
          },
        }
      : {}),
  };
}

/** An interface as DescribeNetworkInterfaces shows it. */
export function describeInterface(ec2: Ec2Region, one: NetworkInterface): JsonObject {
  const { attachment } = one;
  return {
    ...interfaceMembers(ec2, one),
    AvailabilityZone: one.availabilityZone,
    RequesterManaged: one.requesterManaged,
    TagSet: tagSet(one.tags),
    ...(attachment
      ? {
          Attachment: {
            AttachmentId: attachment.id,
            AttachTime: seconds(attachment.at),
            DeviceIndex: attachment.deviceIndex,
            InstanceId: attachment.instanceId,
            InstanceOwnerId: ec2.accountId,
            Status: 'attached',
            DeleteOnTermination: true,
          },
        }
      : {}),
  };
}

function interfaceMembers(ec2: Ec2Region, one: NetworkInterface): JsonObject {
  const Association = one.publicIp
    ? { Association: { PublicIp: one.publicIp.address, PublicDnsName: '', IpOwnerId: one.publicIp.owner } }
    : {};
  const PrivateDnsName = privateName(one, ec2.region);
  return {
    NetworkInterfaceId: one.id,
    SubnetId: one.subnetId,
    VpcId: one.vpcId,
    Description: one.description,
    OwnerId: ec2.accountId,
    Status: one.attachment ? 'in-use' : 'available',
    MacAddress: macOf(one.id),
    PrivateIpAddress: one.privateIp,
    PrivateDnsName,
    SourceDestCheck: one.sourceDestCheck,
    InterfaceType: 'interface',
    Groups: groupSet(ec2, one.groups),
    ...Association,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: one.privateIp, PrivateDnsName, ...Association }],
    Ipv6Addresses: [],
  };
}

const privateName = ({ privateIp }: NetworkInterface, region: string) =>
  `ip-${privateIp.replaceAll('.', '-')}.${region}.compute.internal`;

const macOf = (id: string) => `02:${(id.slice(-10).match(/../g) ?? []).join(':')}`;
