import { canonicalCidr } from './cidr';
import { missing, refuse } from './errors';
import type { Peer, Rule, RuleSpec } from './state';

/** A set of rules as AuthorizeSecurityGroupIngress and its like take and give them. */
export interface IpPermission {
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  UserIdGroupPairs?: { GroupId?: string; UserId?: string; GroupName?: string; Description?: string }[];
  IpRanges?: { CidrIp?: string; Description?: string }[];
  Ipv6Ranges?: { CidrIpv6?: string; Description?: string }[];
  PrefixListIds?: { PrefixListId?: string; Description?: string }[];
}

const NUMBERS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const WITH_PORTS = ['tcp', 'udp'];
const NAMES = ['tcp', 'udp', 'icmp', 'icmpv6', '-1'];

/** Checks and unfolds permissions: one rule for each range, list or group. */
export const rulesOf = (permissions: readonly IpPermission[], accountId: string): RuleSpec[] =>
  permissions.flatMap((permission) => {
    const { protocol, from, to } = portsOf(permission.IpProtocol, permission.FromPort, permission.ToPort);
    const peers = peersOf(permission, accountId);
    if (peers.length === 0) {
      const choice = "Either 'cidrIp', 'cidrIpv6', 'prefixListId' or 'groupId' should be provided.";
      throw refuse('MissingParameter', choice);
    }
    return peers.map((peer) => ({ protocol, from, to, ...peer }));
  });

/** The protocol by the name that EC2 has for it, and its ports as far as it has any. */
export function portsOf(
  given: string | undefined,
  from: number | undefined,
  to: number | undefined,
): Pick<RuleSpec, 'protocol' | 'from' | 'to'> {
  if (given === undefined) {
    throw refuse(
      'InvalidParameterValue',
      "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
    );
  }
  const protocol = NUMBERS[given] ?? given.toLowerCase();
  if (!NAMES.includes(protocol) && !(/^\d{1,3}$/.test(protocol) && Number(protocol) < 256)) {
    throw refuse('InvalidParameterValue', `Invalid value '${given}' for IP protocol. Unknown protocol.`);
  }
  if (protocol === '-1') return { protocol, from: -1, to: -1 };
  if (WITH_PORTS.includes(protocol)) return { protocol, ...tcpPorts(from, to) };
  return { protocol, from: from ?? -1, to: to ?? -1 };
}

function tcpPorts(from: number | undefined, to: number | undefined): { from: number; to: number } {
  const portRange = (why: string) => refuse('InvalidParameterValue', `Invalid value '${why}' for portRange.`);
  if (from === undefined || to === undefined) {
    throw portRange('Must specify both from and to ports with TCP/UDP.');
  }
  const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (!isPort(from) || !isPort(to) || from > to) throw portRange(`${from}-${to}`);
  return { from, to };
}

function peersOf(permission: IpPermission, accountId: string): Pick<RuleSpec, 'peer' | 'description'>[] {
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
  const described = (peer: Peer, Description: string | undefined) => ({
    peer,
    ...(Description === undefined ? {} : { description: checkedDescription(Description) }),
  });
  return [
    ...IpRanges.map(({ CidrIp = '', Description }) => described(range(CidrIp, 4), Description)),
    ...Ipv6Ranges.map(({ CidrIpv6 = '', Description }) => described(range(CidrIpv6, 6), Description)),
    ...PrefixListIds.map(({ PrefixListId = '', Description }) =>
      described({ kind: 'PrefixListId', value: PrefixListId }, Description),
    ),
    ...UserIdGroupPairs.map(({ GroupId, UserId = accountId, Description }) => {
      if (GroupId === undefined) throw missing('groupId');
      return described({ kind: 'Group', value: GroupId, userId: UserId }, Description);
    }),
  ];
}

/** The range that EC2 makes of a text, or its refusal. */
export function range(text: string, version: 4 | 6): Peer {
  const value = canonicalCidr(text, version);
  if (value === undefined) throw refuse('InvalidParameterValue', `CIDR block ${text} is malformed`);
  return { kind: version === 4 ? 'CidrIpv4' : 'CidrIpv6', value };
}

/** Up to 255 characters, of those that EC2 takes. */
export function checkedDescription(text: string): string {
  if (/^[\w .\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(text)) return text;
  throw refuse(
    'InvalidParameterValue',
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  ' +
      'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

/** Rules that are equal in this are one rule: a description makes no difference. */
export const ruleKey = ({ protocol, from, to, peer }: RuleSpec): string =>
  [protocol, from, to, peer.kind, peer.value].join(' ');

/** Rules folded into permissions, in the order in which they came. */
export function permissionsOf(
  rules: readonly RuleSpec[],
): Required<Omit<IpPermission, 'FromPort' | 'ToPort'>>[] {
  const folded = new Map<string, Required<Omit<IpPermission, 'FromPort' | 'ToPort'>>>();
  for (const { protocol, from, to, peer, description } of rules) {
    const key = `${protocol} ${from} ${to}`;
    const permission = folded.get(key) ?? {
      IpProtocol: protocol,
      ...(protocol === '-1' ? {} : { FromPort: from, ToPort: to }),
      UserIdGroupPairs: [],
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
    };
    folded.set(key, permission);
    const Description = description === undefined ? {} : { Description: description };
    if (peer.kind === 'CidrIpv4') permission.IpRanges.push({ CidrIp: peer.value, ...Description });
    if (peer.kind === 'CidrIpv6') permission.Ipv6Ranges.push({ CidrIpv6: peer.value, ...Description });
    if (peer.kind === 'PrefixListId')
      permission.PrefixListIds.push({ PrefixListId: peer.value, ...Description });
    if (peer.kind === 'Group')
      permission.UserIdGroupPairs.push({ GroupId: peer.value, UserId: peer.userId, ...Description });
  }
  return [...folded.values()];
}

/** The sentence with which EC2 names a rule that is already there. */
export function inWords({ protocol, from, to, peer }: RuleSpec): string {
  const ports = protocol === '-1' ? '' : ` from port: ${from}, to port: ${to},`;
  const name = protocol === '-1' ? 'ALL' : protocol.toUpperCase();
  return `peer: ${peer.value}, ${name},${ports} ALLOW`;
}

const peerMember = (peer: Peer) => {
  if (peer.kind !== 'Group') return { [peer.kind]: peer.value };
  return { ReferencedGroupInfo: { GroupId: peer.value, UserId: peer.userId } };
};

/** A rule as DescribeSecurityGroupRules shows it. */
export const describeRule = (rule: Rule, groupId: string, owner: { accountId: string; arn: string }) => ({
  SecurityGroupRuleId: rule.id,
  GroupId: groupId,
  GroupOwnerId: owner.accountId,
  IsEgress: rule.isEgress,
  IpProtocol: rule.protocol,
  FromPort: rule.from,
  ToPort: rule.to,
  ...peerMember(rule.peer),
  ...(rule.description === undefined ? {} : { Description: rule.description }),
  Tags: Object.entries(rule.tags).map(([Key, Value]) => ({ Key, Value })),
  SecurityGroupRuleArn: owner.arn,
});

/** A rule as it is named when it has been revoked. */
export const describeRevoked = (rule: Rule, groupId: string) => ({
  SecurityGroupRuleId: rule.id,
  GroupId: groupId,
  IsEgress: rule.isEgress,
  IpProtocol: rule.protocol,
  FromPort: rule.from,
  ToPort: rule.to,
  ...(rule.peer.kind === 'Group'
    ? { ReferencedGroupId: rule.peer.value }
    : { [rule.peer.kind]: rule.peer.value }),
  ...(rule.description === undefined ? {} : { Description: rule.description }),
});
