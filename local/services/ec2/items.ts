import type { JsonObject } from '../../json';
import type { ItemParts, Relationship } from '../../recording/items';
import { describeInstance } from './describe-instance';
import { permissionsOf } from './permissions';
import type { Ec2Region, Group, Instance, Tags } from './state';

/** A security group as AWS Config records it. */
export function groupItem(ec2: Ec2Region, group: Group): ItemParts {
  const { accountId } = ec2;
  const users = [...ec2.interfaces.values()].filter(({ groups }) => groups.includes(group.id));
  const instances = [...new Set(users.flatMap(({ attachment }) => attachment?.instanceId ?? []))];
  const permissions = (isEgress: boolean) =>
    permissionsOf(group.rules.filter((rule) => rule.isEgress === isEgress)).map((permission) => {
      const { IpRanges, ...rest } = permission;
      const ipv4Ranges = IpRanges.map(camelCased);
      return { ...camelCased(rest), ipv4Ranges, ipRanges: IpRanges.map(({ CidrIp }) => CidrIp) };
    });
  return {
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: group.id,
    resourceName: group.name,
    arn: ec2.arn('security-group', group.id),
    region: ec2.region,
    tags: group.tags,
    relationships: [
      { resourceType: 'AWS::EC2::VPC', resourceId: group.vpcId, name: 'Is contained in Vpc' },
      ...users.map(({ id }) =>
        related('AWS::EC2::NetworkInterface', id, 'Is associated with NetworkInterface'),
      ),
      ...instances.map((id) => related('AWS::EC2::Instance', id, 'Is associated with Instance')),
    ],
    configuration: ec2.groups.has(group.id)
      ? {
          description: group.description,
          groupName: group.name,
          ipPermissions: permissions(false),
          ownerId: accountId,
          groupId: group.id,
          ipPermissionsEgress: permissions(true),
          tags: tagList(group.tags),
          vpcId: group.vpcId,
        }
      : null,
  };
}

/** An instance as AWS Config records it. */
export function instanceItem(ec2: Ec2Region, instance: Instance): ItemParts {
  const interfaces = ec2.interfacesOf(instance.id);
  const groups = [...new Set(interfaces.flatMap((one) => one.groups))];
  return {
    resourceType: 'AWS::EC2::Instance',
    resourceId: instance.id,
    arn: ec2.arn('instance', instance.id),
    region: ec2.region,
    availabilityZone: instance.availabilityZone,
    createdAt: new Date(instance.launchedAt).toISOString(),
    tags: instance.tags,
    relationships: [
      ...interfaces.map(({ id }) => related('AWS::EC2::NetworkInterface', id, 'Contains NetworkInterface')),
      ...groups.map((id) => related('AWS::EC2::SecurityGroup', id, 'Is associated with SecurityGroup')),
      related('AWS::EC2::Subnet', instance.subnetId, 'Is contained in Subnet'),
      ...instance.volumes.map(({ volumeId }) =>
        related('AWS::EC2::Volume', volumeId, 'Is attached to Volume'),
      ),
      related('AWS::EC2::VPC', instance.vpcId, 'Is contained in Vpc'),
    ],
    configuration: camelCased(withIsoTimes(describeInstance(ec2, instance)) as JsonObject),
  };
}

const related = (resourceType: string, resourceId: string, name: string): Relationship => ({
  resourceType,
  resourceId,
  name,
});

const tagList = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Names as AWS Config writes them: `MetadataOptions` as `metadataOptions`. */
export function camelCased<T>(value: T): T extends object ? JsonObject : unknown;
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => camelCased(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      camelCased(member),
    ]),
  );
}

/** The API has times in seconds since the epoch, AWS Config in ISO 8601. */
function withIsoTimes(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => withIsoTimes(entry));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, withIsoTimes(inner, member)]),
    );
  }
  return typeof value === 'number' && name.endsWith('Time') ? new Date(value * 1000).toISOString() : value;
}
