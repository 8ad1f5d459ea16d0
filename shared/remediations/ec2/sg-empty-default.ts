import * as z from 'zod/mini';
import { cannot, defineRemediation, nothingToDo } from '../remediation';
import {
  type CapturedGroup,
  groupAndRules,
  groupMeaning,
  groupTags,
  groupTarget,
  Interfaces,
  observedGroup,
  readGroup,
  readInterfaces,
  theGroup,
} from '../resources/security-group';
import { newRuleIds, restoreRules, revoke } from '../resources/security-group-calls';

interface Captured extends CapturedGroup {
  readonly interfaces: z.infer<typeof Interfaces>;
}

export default defineRemediation({
  id: 'sg-empty-default',
  version: 1,
  title: 'Take every rule out of a default security group',
  fixes: ['vpc-default-sg-closed'],
  restoresEvidence: false,
  cap: 10,
  settleSeconds: 5,
  autoWhen: {
    says: 'No network interface is in the group.',
    holds: ({ captured: { interfaces } }) =>
      interfaces.NetworkInterfaces.length === 0 ||
      `${interfaces.NetworkInterfaces.length} network interfaces are in the group`,
  },
  permissions: {
    capture: [
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroupRules',
      'ec2:DescribeSecurityGroups',
    ],
    apply: ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
    undo: ['ec2:AuthorizeSecurityGroupEgress', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateTags'],
  },
  settings: z.object({}),
  captured: z.object({ ...groupAndRules, interfaces: Interfaces }) as z.ZodMiniType<Captured>,
  exposesAgain: false,
  target: groupTarget,
  reads: (target) => [...readGroup(target), readInterfaces(target)],
  tags: groupTags,
  meaning: groupMeaning,
  observed: observedGroup,
  plan({ captured, target }) {
    const group = theGroup(captured);
    if (!group) return nothingToDo('the security group is gone');
    if (group.GroupName !== 'default') return cannot('it is not the default group of its VPC');
    const [first, ...more] = revoke(target, captured.rules.SecurityGroupRules);
    if (!first) return nothingToDo('the group has no rules');
    const inUse = captured.interfaces.NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId);
    return {
      outcome: 'change',
      calls: [first, ...more],
      after: { ...captured, rules: { SecurityGroupRules: [] } },
      notes:
        inUse.length === 0
          ? []
          : [`In the group, and cut off unless another group lets them through: ${inUse.join(', ')}.`],
    };
  },
  undo: (states) => ({
    reversible: true,
    calls: restoreRules(states.target, states),
    sameMeaning: newRuleIds,
  }),
});
