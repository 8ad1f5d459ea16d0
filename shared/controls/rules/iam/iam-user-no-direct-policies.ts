import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, type Reason } from '../../control';

const Policies = z.optional(z.nullable(z.array(z.object({ policyName: z.string() }))));

const kinds = [
  ['attachedManagedPolicies', 'a managed policy is attached to the user itself'],
  ['userPolicyList', 'the user has an inline policy'],
] as const;

export default defineRule({
  id: 'iam-user-no-direct-policies',
  version: 1,
  title: 'IAM users get permissions only through groups',
  severity: 'low',
  rationale:
    'Rights of single users are forgotten when people change jobs; those of a group are seen by all who look at it.',
  whatToDo: [
    'Find a group that gives what the user needs, or make one for the job, and add the user to it.',
    'Detach the managed policies of the user and delete its inline ones; write them down first.',
    'Better, let people sign in by IAM Identity Center, and delete the user.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '1.15',
      '3.0.0': '1.15',
      '4.0.0': '1.15',
      '5.0.0': '1.14',
      '6.0.0': '2.14',
      '7.0.0': '2.13',
    },
    securityHub: ['IAM.2'],
    awsConfig: ['IAM_USER_NO_POLICIES_CHECK'],
    nist80053r5: ['AC-2', 'AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6', 'AC-6(3)'],
    pciDss4: [
      '7.2.1',
      '7.2.2',
      '7.2.5',
      '7.3.1',
      '7.3.2',
      '7.3.3',
      '8.2.1',
      '8.2.2',
      '8.2.4',
      '8.2.5',
      '8.2.7',
      '8.2.8',
      '8.3.11',
      '8.3.4',
    ],
    soc2: ['CC1.3'],
  },
  resourceTypes: ['AWS::IAM::User'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({ attachedManagedPolicies: Policies, userPolicyList: Policies }),
  }),
  judge({ configuration }) {
    // Config leaves an empty list out now and then, but not both: such an item says nothing about policies.
    if (kinds.every(([kind]) => !configuration[kind]))
      return insufficientData('configuration.attachedManagedPolicies: expected an array');
    return compliantUnless(
      kinds.flatMap(([kind, says]) =>
        (configuration[kind] ?? []).map(
          ({ policyName }, index): Reason => ({
            says,
            path: `configuration.${kind}[${index}].policyName`,
            value: policyName,
            expected: 'no policy of the user itself',
          }),
        ),
      ),
    );
  },
});
