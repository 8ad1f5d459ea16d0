import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { canonicalJson } from '../plan';
import { allow, arnIn, tagMap } from '../remediation';
import { type CapturedGroup, hasPorts, protocolOf, type Rule, traffic } from './security-group';

/** A rule as calls that authorise take it. */
function permission(rule: Rule): JsonObject {
  const said = rule.Description === undefined ? {} : { Description: rule.Description };
  const ports =
    hasPorts(protocolOf(rule)) && rule.FromPort !== undefined && rule.ToPort !== undefined
      ? { FromPort: rule.FromPort, ToPort: rule.ToPort }
      : {};
  const { GroupId, UserId, VpcPeeringConnectionId } = rule.ReferencedGroupInfo ?? {};
  return {
    IpProtocol: rule.IpProtocol,
    ...ports,
    ...(rule.CidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: rule.CidrIpv4, ...said }] }),
    ...(rule.CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...said }] }),
    ...(rule.PrefixListId === undefined
      ? {}
      : { PrefixListIds: [{ PrefixListId: rule.PrefixListId, ...said }] }),
    ...(GroupId === undefined
      ? {}
      : {
          UserIdGroupPairs: [
            {
              GroupId,
              ...(UserId === undefined ? {} : { UserId }),
              ...(VpcPeeringConnectionId === undefined ? {} : { VpcPeeringConnectionId }),
              ...said,
            },
          ],
        }),
  };
}

const direction = (isEgress: boolean) => (isEgress ? 'Egress' : 'Ingress');

/** One call for each direction and set of tags: a call gives all its rules the same ones. */
export function authorise(target: Target, rules: readonly Rule[], group: Json = target.id): AwsCall[] {
  const calls = new Map<string, Rule[]>();
  for (const rule of rules) {
    const alike = `${rule.IsEgress} ${canonicalJson(tagMap(rule.Tags))}`;
    calls.set(alike, [...(calls.get(alike) ?? []), rule]);
  }
  return [...calls.values()].map((together) => authoriseTogether(target, together, group));
}

function authoriseTogether(target: Target, rules: readonly Rule[], group: Json): AwsCall {
  const [first] = rules;
  const way = direction(first?.IsEgress ?? false);
  // Nobody but AWS can set these.
  const tags = (first?.Tags ?? []).filter(({ Key }) => !Key.startsWith('aws:'));
  const newRules = arnIn(target, 'ec2', 'security-group-rule/*');
  const groupArn = group === target.id ? target.arn : arnIn(target, 'ec2', 'security-group/*');
  return {
    service: 'ec2',
    action: `AuthorizeSecurityGroup${way}`,
    region: target.region,
    input: {
      GroupId: group,
      IpPermissions: rules.map(permission),
      ...(tags.length === 0
        ? {}
        : {
            TagSpecifications: [
              {
                ResourceType: 'security-group-rule',
                Tags: tags.map(({ Key, Value }) => ({ Key, Value: Value ?? '' })),
              },
            ],
          }),
    },
    allows: [
      allow(`ec2:AuthorizeSecurityGroup${way}`, groupArn, newRules),
      ...(tags.length === 0 ? [] : [allow('ec2:CreateTags', newRules)]),
    ],
    says: `Allow ${rules.map(traffic).join(', ')}`,
    again: 'refused',
    doneCodes: ['InvalidPermission.Duplicate'],
  };
}

/** By rule id, so that nothing but these rules is touched. */
export const revoke = (target: Target, rules: readonly Rule[]): AwsCall[] =>
  [false, true].flatMap((isEgress) => {
    const these = rules.filter((rule) => rule.IsEgress === isEgress);
    if (these.length === 0) return [];
    const action = `RevokeSecurityGroup${direction(isEgress)}`;
    return [
      {
        service: 'ec2' as const,
        action,
        region: target.region,
        input: {
          GroupId: target.id,
          SecurityGroupRuleIds: these.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId),
        },
        allows: [allow(`ec2:${action}`, target.arn)],
        says: `Revoke ${these.map((rule) => `${rule.SecurityGroupRuleId} (${traffic(rule)})`).join(', ')}`,
        again: 'refused' as const,
        doneCodes: ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'],
      },
    ];
  });

/** What the rules of a group lack of what was captured is allowed again, then what we added is taken away. */
export function restoreRules(
  target: Target,
  states: { readonly captured: CapturedGroup; readonly left: CapturedGroup; readonly live: CapturedGroup },
): AwsCall[] {
  const keys = (state: CapturedGroup) => new Set(state.rules.SecurityGroupRules.map(traffic));
  const before = keys(states.captured);
  const left = keys(states.left);
  const live = keys(states.live);
  const lacking = states.captured.rules.SecurityGroupRules.filter((rule) => !live.has(traffic(rule)));
  const added = states.live.rules.SecurityGroupRules.filter(
    (rule) => left.has(traffic(rule)) && !before.has(traffic(rule)),
  );
  return [...authorise(target, lacking), ...revoke(target, added)];
}

export const newRuleIds = 'AWS gives the rules that come back new ids; what they let through is the same.';
