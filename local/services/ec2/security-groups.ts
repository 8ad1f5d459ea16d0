import type { Need } from '../../access';
import type { Operation } from '../../service';
import { tagSet } from './describe-instance';
import { missing, oneOf, refuse } from './errors';
import { describing } from './listing';
import {
  changing,
  type DryRunnable,
  needOn,
  type Regions,
  requestedTags,
  type TagSpecification,
  taggingNeeds,
  tagsFor,
} from './operations';
import { describeRule, permissionsOf } from './permissions';
import type { Ec2Region, Group, Rule, Vpc } from './state';

const NAME = /^[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

interface NamedInput extends DryRunnable {
  GroupId?: string;
  GroupName?: string;
}

interface CreateInput extends DryRunnable {
  GroupName: string;
  Description: string;
  VpcId?: string;
  TagSpecifications?: TagSpecification[];
}

/** By id; by name in the default VPC, as long ago. */
export function groupOf(ec2: Ec2Region, { GroupId, GroupName }: NamedInput): Group {
  if (GroupId !== undefined) return oneOf('group', ec2.groups, GroupId);
  if (GroupName === undefined) throw missing('GroupName or GroupId');
  const named = [...ec2.groups.values()].find(
    ({ name, vpcId }) => name === GroupName && ec2.vpcs.get(vpcId)?.isDefault,
  );
  if (!named) {
    throw refuse('InvalidGroup.NotFound', `The security group '${GroupName}' does not exist in default VPC`);
  }
  return named;
}

/** A right on a security group. */
export const groupNeed = (ec2: Ec2Region, action: string, group: Group): Need =>
  needOn(ec2, action, 'security-group', group.id, {
    tags: group.tags,
    keys: { 'ec2:Vpc': ec2.arn('vpc', group.vpcId), 'ec2:SecurityGroupID': group.id },
  });

export const describeGroup = (group: Group, ec2: Ec2Region) => ({
  GroupId: group.id,
  GroupName: group.name,
  Description: group.description,
  OwnerId: ec2.accountId,
  VpcId: group.vpcId,
  SecurityGroupArn: ec2.arn('security-group', group.id),
  IpPermissions: permissionsOf(group.rules.filter(({ isEgress }) => !isEgress)),
  IpPermissionsEgress: permissionsOf(group.rules.filter(({ isEgress }) => isEgress)),
  Tags: tagSet(group.tags),
});

export const ruleOut = (ec2: Ec2Region, rule: Rule, groupId: string) =>
  describeRule(rule, groupId, { accountId: ec2.accountId, arn: ec2.arn('security-group-rule', rule.id) });

/** Security groups as wholes: looking at them, making and deleting them. */
export const securityGroups = (regions: Regions): Record<string, Operation> => ({
  DescribeSecurityGroups: describing<Group>(regions, 'DescribeSecurityGroups', {
    kind: 'group',
    ids: 'GroupIds',
    found: 'SecurityGroups',
    pages: [5, 1000],
    all: (ec2) => ec2.groups,
    tags: ({ tags }) => tags,
    fields: {
      'group-id': ({ id }) => [id],
      'group-name': ({ name }) => [name],
      'vpc-id': ({ vpcId }) => [vpcId],
      description: ({ description }) => [description],
      'owner-id': (_, ec2) => [ec2.accountId],
      'ip-permission.cidr': peers(false, 'CidrIpv4'),
      'ip-permission.ipv6-cidr': peers(false, 'CidrIpv6'),
      'ip-permission.group-id': peers(false, 'Group'),
      'egress.ip-permission.cidr': peers(true, 'CidrIpv4'),
      'egress.ip-permission.ipv6-cidr': peers(true, 'CidrIpv6'),
      'egress.ip-permission.group-id': peers(true, 'Group'),
    },
    narrow: byName,
    describe: describeGroup,
  }),
  DescribeSecurityGroupRules: describing<{ rule: Rule; group: Group }>(
    regions,
    'DescribeSecurityGroupRules',
    {
      kind: 'rule',
      ids: 'SecurityGroupRuleIds',
      found: 'SecurityGroupRules',
      pages: [5, 1000],
      all: (ec2) => ec2.rules(),
      tags: ({ rule }) => rule.tags,
      fields: {
        'group-id': ({ group }) => [group.id],
        'security-group-rule-id': ({ rule }) => [rule.id],
      },
      describe: ({ rule, group }, ec2) => ruleOut(ec2, rule, group.id),
    },
  ),
  CreateSecurityGroup: changing<CreateInput>(regions, 'CreateSecurityGroup', {
    needs(ec2, { VpcId, TagSpecifications }) {
      const vpc = vpcFor(ec2, VpcId);
      const tags = tagsFor(TagSpecifications, 'security-group');
      return [
        needOn(ec2, 'CreateSecurityGroup', 'security-group', '*', {
          keys: { 'ec2:Vpc': ec2.arn('vpc', vpc.id), ...requestedTags(tags) },
        }),
        needOn(ec2, 'CreateSecurityGroup', 'vpc', vpc.id, { tags: vpc.tags }),
        ...taggingNeeds(ec2, 'CreateSecurityGroup', 'security-group', tags),
      ];
    },
    run: create,
  }),
  DeleteSecurityGroup: changing<NamedInput>(regions, 'DeleteSecurityGroup', {
    needs: (ec2, input) => [groupNeed(ec2, 'DeleteSecurityGroup', groupOf(ec2, input))],
    run(ec2, input) {
      const group = groupOf(ec2, input);
      if (group.name === 'default') {
        const named = `the specified group: "${group.id}" name: "default" cannot be deleted by a user`;
        throw refuse('CannotDelete', named);
      }
      if (isUsed(ec2, group)) {
        throw refuse('DependencyViolation', `resource ${group.id} has a dependent object`);
      }
      ec2.groups.delete(group.id);
      ec2.groupChanged(group);
      return { Return: true, GroupId: group.id };
    },
  }),
});

function byName(all: Group[], input: Record<string, unknown>, ec2: Ec2Region): Group[] {
  const names = input['GroupNames'] as string[] | undefined;
  if (names === undefined || names.length === 0) return all;
  const named = names.map((GroupName) => groupOf(ec2, { GroupName }));
  return input['GroupIds'] === undefined ? named : [...new Set([...all, ...named])];
}

const peers = (egress: boolean, kind: Rule['peer']['kind']) => (group: Group) =>
  group.rules
    .filter(({ isEgress, peer }) => isEgress === egress && peer.kind === kind)
    .map(({ peer }) => peer.value);

function vpcFor(ec2: Ec2Region, id: string | undefined): Vpc {
  if (id !== undefined) return oneOf('vpc', ec2.vpcs, id);
  const fallback = [...ec2.vpcs.values()].find(({ isDefault }) => isDefault);
  if (!fallback) throw refuse('VPCIdNotSpecified', 'No default VPC for this user');
  return fallback;
}

function create(ec2: Ec2Region, { GroupName, Description, VpcId, TagSpecifications }: CreateInput): unknown {
  const vpc = vpcFor(ec2, VpcId);
  if (!NAME.test(GroupName) || GroupName.startsWith('sg-')) {
    throw refuse('InvalidParameterValue', `Invalid value '${GroupName}' for parameter GroupName`);
  }
  if (!NAME.test(Description)) {
    throw refuse('InvalidParameterValue', `Invalid value '${Description}' for parameter GroupDescription`);
  }
  if (GroupName.toLowerCase() === 'default') {
    throw refuse('InvalidGroup.Reserved', `Cannot use reserved security group name: ${GroupName}`);
  }
  if ([...ec2.groups.values()].some(({ name, vpcId }) => name === GroupName && vpcId === vpc.id)) {
    const already = `The security group '${GroupName}' already exists for VPC '${vpc.id}'`;
    throw refuse('InvalidGroup.Duplicate', already);
  }
  const group: Group = {
    id: ec2.newId('group'),
    name: GroupName,
    description: Description,
    vpcId: vpc.id,
    tags: tagsFor(TagSpecifications, 'security-group'),
    rules: [
      {
        id: ec2.newId('rule'),
        isEgress: true,
        protocol: '-1',
        from: -1,
        to: -1,
        peer: { kind: 'CidrIpv4', value: '0.0.0.0/0' },
        tags: {},
      },
    ],
  };
  ec2.groups.set(group.id, group);
  ec2.groupChanged(group);
  const SecurityGroupArn = ec2.arn('security-group', group.id);
  return { GroupId: group.id, Tags: tagSet(group.tags), SecurityGroupArn };
}

/** An interface has it, or a rule of another group names it. */
const isUsed = (ec2: Ec2Region, { id }: Group): boolean =>
  [...ec2.interfaces.values()].some(({ groups }) => groups.includes(id)) ||
  [...ec2.groups.values()].some(
    (other) => other.id !== id && other.rules.some(({ peer }) => peer.kind === 'Group' && peer.value === id),
  );
