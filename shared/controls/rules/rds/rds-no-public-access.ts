import * as z from 'zod/mini';
import { compliantUnless, defineRule } from '../../control';

export default defineRule({
  id: 'rds-no-public-access',
  version: 1,
  title: 'RDS instances are not publicly accessible',
  severity: 'critical',
  rationale:
    'A database with a public address is one open security group and one guessed password away from the internet.',
  whatToDo: [
    'Check the security groups of the instance now: do they admit sources outside your networks?',
    'Set "publicly accessible" to no; clients outside the VPC then need a VPN, a proxy or a bastion.',
    'Read the database logs for sign-ins from addresses that you do not know.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '3.0.0': '2.3.3', '4.0.0': '2.2.3', '5.0.0': '2.2.3', '6.0.0': '3.2.3', '7.0.0': '3.2.3' },
    securityHub: ['RDS.2'],
    awsConfig: ['RDS_INSTANCE_PUBLIC_ACCESS_CHECK'],
    nist80053r5: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
    pciDss4: ['1.2.8', '1.3.1', '1.3.2', '1.4.2', '1.5.1', '10.3.2', '3.5.1.3', 'A1.1.2', 'A1.1.3', 'A3.4.1'],
    soc2: ['CC6.2'],
  },
  resourceTypes: ['AWS::RDS::DBInstance'],
  parameters: z.object({}),
  reads: z.object({ configuration: z.object({ publiclyAccessible: z.boolean() }) }),
  judge: ({ configuration: { publiclyAccessible } }) =>
    compliantUnless(
      publiclyAccessible
        ? [
            {
              says: 'the instance is publicly accessible',
              path: 'configuration.publiclyAccessible',
              value: true,
              expected: 'false',
            },
          ]
        : [],
    ),
});
