import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, notApplicable } from '../../control';
import { goneState, InstanceState } from '../../policies/instance-state';

const PATH = 'configuration.metadataOptions.httpTokens';

export default defineRule({
  id: 'ec2-instance-imdsv2',
  version: 1,
  title: 'Instances accept only IMDSv2',
  severity: 'high',
  rationale:
    'IMDSv1 hands the credentials of the role to any request that the instance can be talked into, as by SSRF.',
  whatToDo: [
    'Look at the CloudWatch metric MetadataNoToken of the instance: who still calls without a token must be updated first.',
    'Require tokens (HttpTokens "required"); no restart is needed.',
    'Set the same in the launch template and as the default of the account, or the next instance comes without it.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '3.0.0': '5.6', '4.0.0': '5.7', '5.0.0': '5.7', '6.0.0': '6.7', '7.0.0': '6.7' },
    securityHub: ['EC2.8'],
    awsConfig: ['EC2_IMDSV2_CHECK'],
    nist80053r5: ['AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'],
    pciDss4: ['8.2.8'],
    soc2: ['CC7.2'],
  },
  resourceTypes: ['AWS::EC2::Instance'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      metadataOptions: z.object({
        httpTokens: z.optional(z.nullable(z.string())),
        httpEndpoint: z.optional(z.nullable(z.string())),
      }),
      state: InstanceState,
    }),
  }),
  judge({ configuration: { metadataOptions, state } }) {
    const gone = goneState(state);
    if (gone) return notApplicable(`the instance is ${gone}`);
    const { httpTokens, httpEndpoint } = metadataOptions;
    // Nobody can ask a service that is off.
    if (httpEndpoint === 'disabled') return compliantUnless([]);
    if (!httpTokens) return insufficientData(`${PATH}: the item does not say whether tokens are required`);
    return compliantUnless(
      httpTokens === 'required'
        ? []
        : [
            {
              says: `the metadata service answers without a token (${httpTokens})`,
              path: PATH,
              value: httpTokens,
              expected: 'required',
            },
          ],
    );
  },
});
