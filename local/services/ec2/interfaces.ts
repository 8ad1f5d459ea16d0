import type { Need } from '../../access';
import { NotSimulated } from '../../aws-error';
import type { Operation } from '../../service';
import { describeInterface } from './describe-instance';
import { allOf, missing, oneOf, refuse } from './errors';
import { describing } from './listing';
import { changing, type DryRunnable, needOn, type Regions } from './operations';
import { groupNeed } from './security-groups';
import type { Ec2Region, NetworkInterface } from './state';

const MOST_GROUPS = 5;

interface ModifyInput extends DryRunnable {
  NetworkInterfaceId: string;
  Groups?: string[];
  Description?: { Value?: string };
  SourceDestCheck?: { Value?: boolean };
}

/** Network interfaces: where security groups take hold. */
export const interfaces = (regions: Regions): Record<string, Operation> => ({
  DescribeNetworkInterfaces: describing<NetworkInterface>(regions, 'DescribeNetworkInterfaces', {
    kind: 'interface',
    ids: 'NetworkInterfaceIds',
    found: 'NetworkInterfaces',
    pages: [5, 1000],
    all: (ec2) => ec2.interfaces,
    tags: ({ tags }) => tags,
    fields: {
      'network-interface-id': ({ id }) => [id],
      'group-id': ({ groups }) => groups,
      'vpc-id': ({ vpcId }) => [vpcId],
      'subnet-id': ({ subnetId }) => [subnetId],
      status: ({ attachment }) => [attachment ? 'in-use' : 'available'],
      description: ({ description }) => [description],
      'private-ip-address': ({ privateIp }) => [privateIp],
      'requester-managed': ({ requesterManaged }) => [String(requesterManaged)],
      'attachment.instance-id': ({ attachment }) => (attachment ? [attachment.instanceId] : []),
      'attachment.device-index': ({ attachment }) => (attachment ? [String(attachment.deviceIndex)] : []),
    },
    describe: (one, ec2) => describeInterface(ec2, one),
  }),
  ModifyNetworkInterfaceAttribute: changing<ModifyInput>(regions, 'ModifyNetworkInterfaceAttribute', {
    needs(ec2, { NetworkInterfaceId, Groups = [] }) {
      const one = oneOf('interface', ec2.interfaces, NetworkInterfaceId);
      const keys = {
        'ec2:Vpc': ec2.arn('vpc', one.vpcId),
        'ec2:Subnet': ec2.arn('subnet', one.subnetId),
        'ec2:NetworkInterfaceID': one.id,
      };
      const action = 'ModifyNetworkInterfaceAttribute';
      return [
        needOn(ec2, action, 'network-interface', one.id, { tags: one.tags, keys }),
        ...groupNeeds(ec2, action, Groups),
      ];
    },
    run: modify,
  }),
});

/** The rights on groups that an interface is put into. */
export const groupNeeds = (ec2: Ec2Region, action: string, ids: readonly string[]): Need[] =>
  allOf('group', ec2.groups, ids).map((group) => groupNeed(ec2, action, group));

/** Puts an interface into these groups and no others. */
export function assignGroups(ec2: Ec2Region, one: NetworkInterface, ids: readonly string[]): void {
  const groups = allOf('group', ec2.groups, [...new Set(ids)]);
  if (groups.length === 0) throw missing('groupId');
  if (groups.length > MOST_GROUPS) {
    const full = 'The maximum number of security groups per interface has been reached.';
    throw refuse('SecurityGroupsPerInterfaceLimitExceeded', full);
  }
  const foreign = groups.find(({ vpcId }) => vpcId !== one.vpcId);
  if (foreign) {
    const apart = `Security group ${foreign.id} and interface ${one.id} belong to different networks.`;
    throw refuse('InvalidParameterValue', apart);
  }
  const before = one.groups;
  one.groups = groups.map(({ id }) => id);
  ec2.groupsChanged(new Set([...before, ...one.groups]));
}

function modify(ec2: Ec2Region, input: ModifyInput): void {
  const { NetworkInterfaceId, DryRun: _, ...attributes } = input;
  const one = oneOf('interface', ec2.interfaces, NetworkInterfaceId);
  if (one.requesterManaged) {
    const not = `You do not have permission to access the specified resource.`;
    throw refuse('AuthFailure', not);
  }
  const [name, ...more] = Object.keys(attributes);
  if (name === undefined || more.length > 0) {
    const fields =
      name === undefined ? 'No attributes specified.' : 'Fields for multiple attribute types specified';
    throw refuse('InvalidParameterCombination', fields);
  }
  if (input.Groups) assignGroups(ec2, one, input.Groups);
  else if (input.Description) one.description = input.Description.Value ?? '';
  else if (input.SourceDestCheck) one.sourceDestCheck = input.SourceDestCheck.Value === true;
  else throw new NotSimulated(`ModifyNetworkInterfaceAttribute of ${name}`);
  const instance = one.attachment && ec2.instances.get(one.attachment.instanceId);
  if (instance) ec2.instanceChanged(instance);
}
