import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { answerOf } from '../plan';
import { allow, arnIn, cannot, defineRemediation, nothingToDo, read } from '../remediation';
import { complete } from '../resources/answers';
import {
  type CapturedGroup,
  Group,
  groupAndRules,
  groupMeaning,
  groupTags,
  groupTarget,
  Interfaces,
  observedGroup,
  type Rule,
  readGroup,
  readGroupsWith,
  readInterfaces,
  theGroup,
} from '../resources/security-group';
import { authorise } from '../resources/security-group-calls';

const Groups = z.object({ SecurityGroups: z.array(z.pick(Group, { GroupId: true })), ...complete });
const ids = z.optional(z.array(z.string()));
const Templates = z.object({
  LaunchTemplateVersions: z.array(
    z.object({
      LaunchTemplateId: z.string(),
      LaunchTemplateData: z.optional(
        z.object({
          SecurityGroupIds: ids,
          NetworkInterfaces: z.optional(z.array(z.object({ Groups: ids }))),
        }),
      ),
    }),
  ),
  ...complete,
});

interface Captured extends CapturedGroup {
  readonly interfaces: z.infer<typeof Interfaces>;
  readonly ingressOf: z.infer<typeof Groups>;
  readonly egressOf: z.infer<typeof Groups>;
  readonly templates: z.infer<typeof Templates>;
}

/** What would miss the group, in words. */
function usersOf({ interfaces, ingressOf, egressOf, templates }: Captured, id: string): string[] {
  return [
    ...interfaces.NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    ...[...ingressOf.SecurityGroups, ...egressOf.SecurityGroups]
      .map(({ GroupId }) => GroupId)
      .filter((other) => other !== id),
    ...templates.LaunchTemplateVersions.filter(({ LaunchTemplateData: data }) =>
      [
        ...(data?.SecurityGroupIds ?? []),
        ...(data?.NetworkInterfaces ?? []).flatMap((one) => one.Groups ?? []),
      ].includes(id),
    ).map(({ LaunchTemplateId }) => LaunchTemplateId),
  ];
}

/** EC2 gives a new group this rule, whether or not it was asked for. */
const takeDefaultEgress = (target: Target): AwsCall => ({
  service: 'ec2',
  action: 'RevokeSecurityGroupEgress',
  region: target.region,
  input: {
    GroupId: answerOf(0, 'GroupId'),
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  },
  allows: [allow('ec2:RevokeSecurityGroupEgress', arnIn(target, 'ec2', 'security-group/*'))],
  says: 'Take away the rule that EC2 puts into a new group',
  again: 'refused',
  doneCodes: ['InvalidPermission.NotFound'],
});

function createAgain(
  target: Target,
  { GroupName, Description, VpcId, Tags = [] }: z.infer<typeof Group>,
): AwsCall {
  const own = Tags.filter(({ Key }) => !Key.startsWith('aws:'));
  const groups = arnIn(target, 'ec2', 'security-group/*');
  return {
    service: 'ec2',
    action: 'CreateSecurityGroup',
    region: target.region,
    input: {
      GroupName,
      Description,
      VpcId,
      ...(own.length === 0
        ? {}
        : {
            TagSpecifications: [
              {
                ResourceType: 'security-group',
                Tags: own.map(({ Key, Value }) => ({ Key, Value: Value ?? '' })),
              },
            ],
          }),
    },
    allows: [
      allow('ec2:CreateSecurityGroup', groups, arnIn(target, 'ec2', `vpc/${VpcId}`)),
      ...(own.length === 0 ? [] : [allow('ec2:CreateTags', groups)]),
    ],
    says: `Create security group ${GroupName} in ${VpcId}`,
    // A group of this name is refused, but whose it is has to be looked at, and its id is not in the answer.
    again: 'doubles',
  };
}

/** A rule that let the group itself in has to name it by its new id. */
const ofTheNewGroup = (calls: readonly AwsCall[], id: string): AwsCall[] => {
  const renamed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === 'GroupId' && member === id ? answerOf(0, 'GroupId') : renamed(member),
      ]),
    );
  };
  return calls.map((call) => ({ ...call, input: renamed(call.input) as JsonObject }));
};

const isDefaultEgress = (rule: Rule) =>
  rule.IsEgress && rule.IpProtocol === '-1' && rule.CidrIpv4 === '0.0.0.0/0';

export default defineRemediation({
  id: 'ec2-delete-security-group',
  version: 1,
  title: 'Delete a security group that nothing uses',
  fixes: ['ec2-security-group-in-use'],
  restoresEvidence: false,
  cap: 5,
  settleSeconds: 5,
  autoWhen: { never: 'Whoever names the group outside of this account and Region can not be known.' },
  permissions: {
    capture: [
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroupRules',
      'ec2:DescribeSecurityGroups',
    ],
    apply: ['ec2:DeleteSecurityGroup'],
    undo: [
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:CreateSecurityGroup',
      'ec2:CreateTags',
      'ec2:RevokeSecurityGroupEgress',
    ],
  },
  settings: z.object({}),
  captured: z.object({
    ...groupAndRules,
    interfaces: Interfaces,
    ingressOf: Groups,
    egressOf: Groups,
    templates: Templates,
  }) as z.ZodMiniType<Captured>,
  exposesAgain: false,
  target: groupTarget,
  reads: (target) => [
    ...readGroup(target),
    readInterfaces(target),
    readGroupsWith('ingressOf', target, 'ip-permission.group-id'),
    readGroupsWith('egressOf', target, 'egress.ip-permission.group-id'),
    read('templates', {
      service: 'ec2',
      action: 'DescribeLaunchTemplateVersions',
      region: target.region,
      input: { Versions: ['$Latest', '$Default'] },
      allows: [allow('ec2:DescribeLaunchTemplateVersions', '*')],
    }),
  ],
  tags: groupTags,
  meaning: groupMeaning,
  observed: (captured) => {
    const observed = observedGroup(captured);
    const related = (resourceType: string, resourceId: string) => ({ resourceType, resourceId });
    return (
      observed && {
        ...observed,
        relationships: [
          related('AWS::EC2::VPC', theGroup(captured)?.VpcId ?? ''),
          ...captured.interfaces.NetworkInterfaces.map(({ NetworkInterfaceId }) =>
            related('AWS::EC2::NetworkInterface', NetworkInterfaceId),
          ),
        ],
      }
    );
  },
  plan({ captured, target }) {
    const group = theGroup(captured);
    if (!group) return nothingToDo('the security group is gone');
    if (group.GroupName === 'default') return cannot('the default group of a VPC can not be deleted');
    const users = [...new Set(usersOf(captured, target.id))];
    if (users.length > 0) return cannot(`it is used by ${users.slice(0, 10).join(', ')}`);
    return {
      outcome: 'change',
      calls: [
        {
          service: 'ec2',
          action: 'DeleteSecurityGroup',
          region: target.region,
          input: { GroupId: target.id },
          allows: [allow('ec2:DeleteSecurityGroup', target.arn)],
          says: `Delete security group ${target.id} (${group.GroupName})`,
          again: 'refused',
          doneCodes: ['InvalidGroup.NotFound'],
        },
      ],
      after: { ...captured, group: { SecurityGroups: [] }, rules: { SecurityGroupRules: [] } },
      notes: ['The undo creates a group with the same name, rules and tags, and another id.'],
    };
  },
  undo({ captured, target, live }) {
    const group = theGroup(captured);
    if (!group || theGroup(live)) return { reversible: true, calls: [] };
    const rules = captured.rules.SecurityGroupRules;
    const kept = rules.find(
      (rule) => isDefaultEgress(rule) && rule.Description === undefined && !rule.Tags?.length,
    );
    return {
      reversible: true,
      calls: [
        createAgain(target, group),
        ...(kept ? [] : [takeDefaultEgress(target)]),
        ...ofTheNewGroup(
          authorise(
            target,
            rules.filter((rule) => rule !== kept),
            answerOf(0, 'GroupId'),
          ),
          target.id,
        ),
      ],
      comesBackAs: [0, 'GroupId'],
      sameMeaning: 'The group comes back under another id, and so do its rules.',
      leaves: ['Whatever named the group by its old id has to be told the new one.'],
    };
  },
});
