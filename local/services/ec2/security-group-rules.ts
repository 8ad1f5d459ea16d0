import type { Operation } from '../../service';
import { allOf, missing, oneOf, refuse } from './errors';
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
import {
  checkedDescription,
  describeRevoked,
  type IpPermission,
  inWords,
  permissionsOf,
  portsOf,
  range,
  ruleKey,
  rulesOf,
} from './permissions';
import { groupNeed, groupOf, ruleOut } from './security-groups';
import type { Ec2Region, Group, Peer, Rule, RuleSpec } from './state';

/** For each direction, IPv4 and IPv6 counted by themselves. */
const MOST_RULES = 60;

interface RulesInput extends DryRunnable {
  GroupId?: string;
  GroupName?: string;
  IpPermissions?: IpPermission[];
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIp?: string;
  SourceSecurityGroupName?: string;
  SourceSecurityGroupOwnerId?: string;
}

interface AuthorizeInput extends RulesInput {
  TagSpecifications?: TagSpecification[];
}

interface RevokeInput extends RulesInput {
  SecurityGroupRuleIds?: string[];
}

interface ModifyInput extends DryRunnable {
  GroupId: string;
  SecurityGroupRules: { SecurityGroupRuleId: string; SecurityGroupRule?: RuleRequest }[];
}

interface RuleRequest {
  IpProtocol?: string;
  FromPort?: number;
  ToPort?: number;
  CidrIpv4?: string;
  CidrIpv6?: string;
  PrefixListId?: string;
  ReferencedGroupId?: string;
  Description?: string;
}

/** The rules of security groups: adding, taking away and replacing them. */
export const securityGroupRules = (regions: Regions): Record<string, Operation> => ({
  AuthorizeSecurityGroupIngress: authorizing(regions, 'AuthorizeSecurityGroupIngress', false),
  AuthorizeSecurityGroupEgress: authorizing(regions, 'AuthorizeSecurityGroupEgress', true),
  RevokeSecurityGroupIngress: revoking(regions, 'RevokeSecurityGroupIngress', false),
  RevokeSecurityGroupEgress: revoking(regions, 'RevokeSecurityGroupEgress', true),
  ModifySecurityGroupRules: changing<ModifyInput>(regions, 'ModifySecurityGroupRules', {
    needs: (ec2, { GroupId, SecurityGroupRules }) => {
      const group = groupOf(ec2, { GroupId });
      const rules = rulesByIds(
        group,
        SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId),
      );
      return [
        groupNeed(ec2, 'ModifySecurityGroupRules', group),
        ...rules.map(({ id, tags }) =>
          needOn(ec2, 'ModifySecurityGroupRules', 'security-group-rule', id, { tags }),
        ),
      ];
    },
    run: modify,
  }),
});

const authorizing = (regions: Regions, action: string, isEgress: boolean): Operation =>
  changing<AuthorizeInput>(regions, action, {
    needs(ec2, input) {
      const tags = tagsFor(input.TagSpecifications, 'security-group-rule');
      const group = groupNeed(ec2, action, groupOf(ec2, input));
      return [
        { ...group, keys: { ...group.keys, ...requestedTags(tags) } },
        ...taggingNeeds(ec2, action, 'security-group-rule', tags),
      ];
    },
    run(ec2, input) {
      const group = groupOf(ec2, input);
      const specs = specsOf(ec2, input);
      if (specs.length === 0) throw missing('ipPermissions');
      demandPeers(ec2, specs);
      demandNew(group, isEgress, specs);
      const tags = tagsFor(input.TagSpecifications, 'security-group-rule');
      const added = specs.map(
        (spec): Rule => ({ ...spec, id: ec2.newId('rule'), isEgress, tags: { ...tags } }),
      );
      demandRoom([...group.rules, ...added], isEgress);
      group.rules.push(...added);
      ec2.groupChanged(group);
      return { Return: true, SecurityGroupRules: added.map((rule) => ruleOut(ec2, rule, group.id)) };
    },
  });

const revoking = (regions: Regions, action: string, isEgress: boolean): Operation =>
  changing<RevokeInput>(regions, action, {
    needs: (ec2, input) => [groupNeed(ec2, action, groupOf(ec2, input))],
    run(ec2, input) {
      const group = groupOf(ec2, input);
      const { revoked, unknown } = selected(ec2, group, isEgress, input);
      group.rules = group.rules.filter((rule) => !revoked.includes(rule));
      ec2.groupChanged(group);
      return {
        Return: true,
        UnknownIpPermissions: permissionsOf(unknown),
        RevokedSecurityGroupRules: revoked.map((rule) => describeRevoked(rule, group.id)),
      };
    },
  });

/** The rules that a revocation means. In a default VPC it may mean some that don't exist; elsewhere all or none go. */
function selected(
  ec2: Ec2Region,
  group: Group,
  isEgress: boolean,
  input: RevokeInput,
): { revoked: Rule[]; unknown: RuleSpec[] } {
  const own = group.rules.filter((rule) => rule.isEgress === isEgress);
  const specs = specsOf(ec2, input);
  const { SecurityGroupRuleIds: ids = [] } = input;
  if (ids.length > 0) {
    if (specs.length > 0) {
      const both = 'The parameter securityGroupRuleIds cannot be used with the parameter ipPermissions';
      throw refuse('InvalidParameterCombination', both);
    }
    return { revoked: rulesByIds({ ...group, rules: own }, ids), unknown: [] };
  }
  if (specs.length === 0) {
    throw refuse('MissingParameter', "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
  }
  const wanted = new Set(specs.map(ruleKey));
  const present = new Set(own.map(ruleKey));
  const unknown = specs.filter((spec) => !present.has(ruleKey(spec)));
  if (unknown.length > 0 && !ec2.vpcs.get(group.vpcId)?.isDefault) {
    const none = 'The specified rule does not exist in this security group.';
    throw refuse('InvalidPermission.NotFound', none);
  }
  return { revoked: own.filter((rule) => wanted.has(ruleKey(rule))), unknown };
}

const rulesByIds = (group: Group, ids: readonly string[]): Rule[] =>
  allOf('rule', new Map(group.rules.map((rule) => [rule.id, rule])), [...new Set(ids)]);

/** Permissions may also be given as one rule, spread over the parameters. */
function specsOf(ec2: Ec2Region, input: RulesInput): RuleSpec[] {
  const { IpPermissions = [], IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (input.SourceSecurityGroupName !== undefined || input.SourceSecurityGroupOwnerId !== undefined) {
    const use = 'Use IpPermissions: SourceSecurityGroupName is for the default VPC of long ago.';
    throw refuse('InvalidParameterCombination', use);
  }
  const spread: IpPermission[] =
    IpProtocol === undefined && CidrIp === undefined
      ? []
      : [
          {
            ...(IpProtocol === undefined ? {} : { IpProtocol }),
            ...(FromPort === undefined ? {} : { FromPort }),
            ...(ToPort === undefined ? {} : { ToPort }),
            ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp }] }),
          },
        ];
  return rulesOf([...IpPermissions, ...spread], ec2.accountId);
}

function demandPeers(ec2: Ec2Region, specs: readonly RuleSpec[]): void {
  for (const { peer } of specs) {
    if (peer.kind === 'Group' && peer.userId === ec2.accountId) oneOf('group', ec2.groups, peer.value);
  }
}

function demandNew(group: Group, isEgress: boolean, specs: readonly RuleSpec[]): void {
  const keys = specs.map(ruleKey);
  if (new Set(keys).size < keys.length) {
    throw refuse('InvalidParameterValue', 'The same permission must not appear multiple times');
  }
  const present = new Set(group.rules.filter((rule) => rule.isEgress === isEgress).map(ruleKey));
  const twice = specs.find((spec) => present.has(ruleKey(spec)));
  if (twice) {
    const already = `the specified rule "${inWords(twice)}" already exists`;
    throw refuse('InvalidPermission.Duplicate', already);
  }
}

function demandRoom(rules: readonly Rule[], isEgress: boolean): void {
  for (const version of ['CidrIpv4', 'CidrIpv6']) {
    const counted = rules.filter(
      ({ isEgress: out, peer }) =>
        out === isEgress && (peer.kind === version || !peer.kind.startsWith('Cidr')),
    );
    if (counted.length > MOST_RULES) {
      const full = 'The maximum number of rules per security group has been reached.';
      throw refuse('RulesPerSecurityGroupLimitExceeded', full);
    }
  }
}

function modify(ec2: Ec2Region, { GroupId, SecurityGroupRules }: ModifyInput): unknown {
  const group = groupOf(ec2, { GroupId });
  const changes = new Map(
    SecurityGroupRules.map(({ SecurityGroupRuleId, SecurityGroupRule = {} }) => [
      SecurityGroupRuleId,
      specOf(ec2, SecurityGroupRule),
    ]),
  );
  rulesByIds(group, [...changes.keys()]);
  demandPeers(ec2, [...changes.values()]);
  const rules = group.rules.map((rule): Rule => {
    const spec = changes.get(rule.id);
    return spec ? { ...spec, id: rule.id, isEgress: rule.isEgress, tags: rule.tags } : rule;
  });
  const seen = new Set<string>();
  for (const rule of rules) {
    const key = `${rule.isEgress} ${ruleKey(rule)}`;
    if (seen.has(key)) {
      const already = `the specified rule "${inWords(rule)}" already exists`;
      throw refuse('InvalidPermission.Duplicate', already);
    }
    seen.add(key);
  }
  group.rules = rules;
  ec2.groupChanged(group);
  return { Return: true };
}

function specOf(ec2: Ec2Region, request: RuleRequest): RuleSpec {
  const peers: Peer[] = [
    ...(request.CidrIpv4 === undefined ? [] : [range(request.CidrIpv4, 4)]),
    ...(request.CidrIpv6 === undefined ? [] : [range(request.CidrIpv6, 6)]),
    ...(request.PrefixListId === undefined
      ? []
      : [{ kind: 'PrefixListId' as const, value: request.PrefixListId }]),
    ...(request.ReferencedGroupId === undefined
      ? []
      : [{ kind: 'Group' as const, value: request.ReferencedGroupId, userId: ec2.accountId }]),
  ];
  const [peer] = peers;
  if (!peer || peers.length > 1) {
    const one = 'Exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId must be specified';
    throw refuse('InvalidParameterCombination', one);
  }
  const { Description } = request;
  return {
    ...portsOf(request.IpProtocol, request.FromPort, request.ToPort),
    peer,
    ...(Description === undefined ? {} : { description: checkedDescription(Description) }),
  };
}
