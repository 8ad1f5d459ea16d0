import * as z from 'zod/mini';
import { compliantUnless, defineRule, notApplicable } from '../../control';

const gone = ['terminated', 'shutting-down'];
// `pending`: AWS is turning it on.
const monitored = ['enabled', 'pending'];

export default defineRule({
  id: 'ec2-detailed-monitoring',
  version: 1,
  title: 'EC2 instances have detailed monitoring',
  severity: 'low',
  rationale: 'With one figure in five minutes, short bursts of abuse and overload stay invisible to alarms.',
  whatToDo: [
    'Turn detailed monitoring on for the instance; one-minute metrics are billed.',
    'Set it in the launch template too, or the next instance comes without it.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: ['EC2_INSTANCE_DETAILED_MONITORING_ENABLED'],
    nist80053r5: [],
    pciDss4: ['10.2.1.1', '10.4.1', '10.4.1.1', '10.4.2', '10.6.3', '10.7.1', '10.7.2', 'A3.3.1', 'A3.5.1'],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::Instance'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      monitoring: z.object({ state: z.string() }),
      // AWS lists the state under both names.
      state: z.optional(
        z.nullable(z.object({ name: z.optional(z.string()), value: z.optional(z.string()) })),
      ),
    }),
  }),
  judge({ configuration: { monitoring, state } }) {
    const lifecycle = state?.name ?? state?.value;
    if (lifecycle !== undefined && gone.includes(lifecycle))
      return notApplicable(`the instance is ${lifecycle}`);
    return compliantUnless(
      monitored.includes(monitoring.state)
        ? []
        : [
            {
              says: `detailed monitoring is ${monitoring.state}`,
              path: 'configuration.monitoring.state',
              value: monitoring.state,
              expected: 'enabled',
            },
          ],
    );
  },
});
