import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import type { Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, locate, type Observed, read, tagMap } from '../remediation';
import { complete, Tags } from './answers';

const text = z.optional(z.string());
const port = z.optional(z.int());

/** Source: EC2 API reference, SecurityGroupRule. */
export const Rule = z.object({
  SecurityGroupRuleId: z.string(),
  IsEgress: z.boolean(),
  IpProtocol: z.string(),
  FromPort: port,
  ToPort: port,
  CidrIpv4: text,
  CidrIpv6: text,
  PrefixListId: text,
  ReferencedGroupInfo: z.optional(
    z.object({ GroupId: z.string(), UserId: text, VpcId: text, VpcPeeringConnectionId: text }),
  ),
  Description: text,
  Tags,
});
export type Rule = Readonly<z.infer<typeof Rule>>;

export const Group = z.object({
  GroupId: z.string(),
  GroupName: z.string(),
  Description: z.string(),
  VpcId: z.string(),
  Tags,
});

export const groupAndRules = {
  group: z.object({ SecurityGroups: z.array(Group), ...complete }),
  rules: z.object({ SecurityGroupRules: z.array(Rule), ...complete }),
};

export interface CapturedGroup {
  readonly group: { readonly SecurityGroups: readonly z.infer<typeof Group>[] };
  readonly rules: { readonly SecurityGroupRules: readonly Rule[] };
}

export const groupTarget = locate({
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  id: /^sg-[0-9a-f]{8,17}$/,
  arnOf: (target) => arnIn(target, 'ec2', `security-group/${target.id}`),
});

const describeCall = (target: Target, action: string, input: JsonObject) => ({
  service: 'ec2' as const,
  action,
  region: target.region,
  input,
  allows: [allow(`ec2:${action}`, '*')],
});

const by = (name: string, value: string): JsonObject => ({ Filters: [{ Name: name, Values: [value] }] });

/** A filter finds nothing where an id would be an error: a group that is gone is an empty list. */
export const readGroup = (target: Target) =>
  [
    read('group', describeCall(target, 'DescribeSecurityGroups', by('group-id', target.id))),
    read('rules', describeCall(target, 'DescribeSecurityGroupRules', by('group-id', target.id))),
  ] as const;

export const readGroupsWith = (as: string, target: Target, filter: string) =>
  read(as, describeCall(target, 'DescribeSecurityGroups', by(filter, target.id)));

export const readInterfaces = (target: Target) =>
  read('interfaces', describeCall(target, 'DescribeNetworkInterfaces', by('group-id', target.id)));

export const Interfaces = z.object({
  NetworkInterfaces: z.array(z.object({ NetworkInterfaceId: z.string() })),
  ...complete,
});

export const theGroup = ({ group }: CapturedGroup) => group.SecurityGroups[0];
export const groupTags = (captured: CapturedGroup) => tagMap(theGroup(captured)?.Tags);

const numbered: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

/** EC2 takes well-known protocols by number too, and writes them by name. */
export const protocolOf = ({ IpProtocol }: Pick<Rule, 'IpProtocol'>): string =>
  numbered[IpProtocol] ?? IpProtocol.toLowerCase();

export const hasPorts = (protocol: string) => ['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol);

const peerOf = (rule: Rule): string => {
  const peering = rule.ReferencedGroupInfo?.VpcPeeringConnectionId;
  return (
    rule.CidrIpv4 ??
    rule.CidrIpv6 ??
    rule.PrefixListId ??
    `${rule.ReferencedGroupInfo?.GroupId}${peering ? ` over ${peering}` : ''}`
  );
};

/** What a rule lets through, in words. A group has no two rules that let the same through. */
export function traffic(rule: Rule): string {
  const protocol = protocolOf(rule);
  const ports = hasPorts(protocol) ? ` ${rule.FromPort ?? -1}-${rule.ToPort ?? -1}` : '';
  return `${protocol === '-1' ? 'all traffic' : protocol}${ports} ${rule.IsEgress ? 'to' : 'from'} ${peerOf(rule)}`;
}

/** The rules of a group by what they let through: their ids are AWS's. */
export const rulesMeaning = (rules: readonly Rule[]): JsonObject =>
  Object.fromEntries(
    rules
      .map((rule): [string, JsonObject] => [
        traffic(rule),
        {
          ...(rule.Description === undefined ? {} : { description: rule.Description }),
          ...(rule.Tags === undefined || rule.Tags.length === 0 ? {} : { tags: tagMap(rule.Tags) }),
        },
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const groupMeaning = (captured: CapturedGroup): Json => {
  const group = theGroup(captured);
  if (!group) return null;
  const rules = captured.rules.SecurityGroupRules;
  return {
    name: group.GroupName,
    vpc: group.VpcId,
    ingress: rulesMeaning(rules.filter(({ IsEgress }) => !IsEgress)),
    egress: rulesMeaning(rules.filter(({ IsEgress }) => IsEgress)),
  };
};

/** As AWS Config reports a group: one permission for each rule, which judges the same. */
export function observedGroup(captured: CapturedGroup): Observed | null {
  const group = theGroup(captured);
  if (!group) return null;
  const permissions = (isEgress: boolean) =>
    captured.rules.SecurityGroupRules.filter((rule) => rule.IsEgress === isEgress).map(configPermission);
  return {
    resourceType: 'AWS::EC2::SecurityGroup',
    configuration: {
      groupId: group.GroupId,
      groupName: group.GroupName,
      description: group.Description,
      vpcId: group.VpcId,
      ipPermissions: permissions(false),
      ipPermissionsEgress: permissions(true),
    },
  };
}

const configPermission = (rule: Rule): JsonObject => ({
  ipProtocol: rule.IpProtocol,
  ...(rule.IpProtocol === '-1' ? {} : { fromPort: rule.FromPort ?? null, toPort: rule.ToPort ?? null }),
  ipv4Ranges: rule.CidrIpv4 === undefined ? [] : [{ cidrIp: rule.CidrIpv4 }],
  ipRanges: rule.CidrIpv4 === undefined ? [] : [rule.CidrIpv4],
  ipv6Ranges: rule.CidrIpv6 === undefined ? [] : [{ cidrIpv6: rule.CidrIpv6 }],
  prefixListIds: rule.PrefixListId === undefined ? [] : [{ prefixListId: rule.PrefixListId }],
  userIdGroupPairs:
    rule.ReferencedGroupInfo === undefined ? [] : [{ groupId: rule.ReferencedGroupInfo.GroupId }],
});
