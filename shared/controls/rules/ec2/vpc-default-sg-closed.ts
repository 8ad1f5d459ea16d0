import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, notApplicable, type Reason } from '../../control';

const Permissions = z.optional(z.nullable(z.array(z.object({ ipProtocol: z.string() }))));

const directions = [
  ['ipPermissions', 'admits'],
  ['ipPermissionsEgress', 'lets out'],
] as const;

const ALL_TRAFFIC = '-1';

export default defineRule({
  id: 'vpc-default-sg-closed',
  version: 1,
  title: 'Default security groups have no rules',
  severity: 'medium',
  rationale:
    'Whatever is started without a group gets the default one, and with it all traffic between everything that has it.',
  whatToDo: [
    'Find out what uses the group: describe the network interfaces that have it.',
    'Give each of them a group of its own that admits only what it needs.',
    'Revoke all ingress and egress rules of the default group; it cannot be deleted.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '5.3', '3.0.0': '5.4', '4.0.0': '5.5', '5.0.0': '5.5', '6.0.0': '6.5', '7.0.0': '6.5' },
    securityHub: ['EC2.2'],
    awsConfig: ['VPC_DEFAULT_SECURITY_GROUP_CLOSED'],
    nist80053r5: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      groupName: z.string(),
      ipPermissions: Permissions,
      ipPermissionsEgress: Permissions,
    }),
  }),
  judge({ configuration }) {
    // AWS keeps the name for the groups that it makes itself.
    if (configuration.groupName !== 'default') return notApplicable('not the default group of a VPC');
    const reasons = directions.flatMap(([direction, verb]) =>
      (configuration[direction] ?? []).map(
        ({ ipProtocol }, index): Reason => ({
          says: `the default group ${verb} ${ipProtocol === ALL_TRAFFIC ? 'all traffic' : `traffic (${ipProtocol})`}`,
          path: `configuration.${direction}[${index}].ipProtocol`,
          value: ipProtocol,
          expected: 'no rule',
        }),
      ),
    );
    const [unsaid] = directions.filter(([direction]) => !configuration[direction]);
    return reasons.length === 0 && unsaid
      ? insufficientData(`configuration.${unsaid[0]}: expected an array`)
      : compliantUnless(reasons);
  },
});
