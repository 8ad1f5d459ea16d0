import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, notApplicable } from '../../control';
import { grantsAdministration } from '../../policies/administration';
import { readPolicy } from '../../policies/policy-document';

const Version = z.object({
  versionId: z.optional(z.string()),
  isDefaultVersion: z.optional(z.nullable(z.boolean())),
  document: z.optional(z.unknown()),
});

export default defineRule({
  id: 'iam-policy-no-admin-star',
  version: 1,
  title: 'No attached customer-managed policy grants every action on every resource',
  severity: 'high',
  rationale: 'Whoever gets hold of one credential with such a policy has the whole account.',
  whatToDo: [
    'List who has the policy; detach it where it is not needed.',
    'Ask IAM Access Analyzer for a policy of the actions that each of them has really used.',
    'Put that in its place, and keep one break-glass role, whose use raises an alarm, for the rest.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '1.16',
      '3.0.0': '1.16',
      '4.0.0': '1.16',
      '5.0.0': '1.15',
      '6.0.0': '2.15',
      '7.0.0': '2.14',
    },
    securityHub: ['IAM.1'],
    awsConfig: ['IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS'],
    nist80053r5: [
      'AC-2',
      'AC-2(1)',
      'AC-3',
      'AC-3(15)',
      'AC-3(7)',
      'AC-5',
      'AC-6',
      'AC-6(10)',
      'AC-6(2)',
      'AC-6(3)',
    ],
    pciDss4: [],
    soc2: ['CC1.3', 'CC6.3'],
  },
  resourceTypes: ['AWS::IAM::Policy'],
  parameters: z.object({
    includeUnattached: z._default(
      z.boolean().check(z.describe('Whether policies that nobody has are judged too.')),
      false,
    ),
  }),
  reads: z.object({
    ARN: z.optional(z.string()),
    configuration: z.object({
      attachmentCount: z.number(),
      defaultVersionId: z.optional(z.nullable(z.string())),
      policyVersionList: z.array(Version),
    }),
  }),
  judge({ ARN, configuration }, { includeUnattached }) {
    const { attachmentCount, defaultVersionId, policyVersionList } = configuration;
    if (attachmentCount === 0 && !includeUnattached) return notApplicable('the policy is attached to nobody');
    const inForce = policyVersionList.findIndex(({ isDefaultVersion, versionId }) =>
      defaultVersionId ? versionId === defaultVersionId : isDefaultVersion === true,
    );
    const policy = readPolicy(policyVersionList[inForce]?.document);
    if (!policy) return insufficientData('the item holds no document of the version in force');
    const partition = ARN?.split(':')[1] ?? 'aws';
    const reasons = policy.statements
      .filter((statement) => grantsAdministration(statement, partition))
      .map(({ index, actions, notActions }) => ({
        says: `statement ${index + 1} grants ${notActions ? 'all actions but some, IAM not among them,' : 'every action'} on every resource`,
        path: `configuration.policyVersionList[${inForce}].document.Statement[${index}]`,
        value: notActions ? { NotAction: notActions } : { Action: actions },
        expected: 'single actions, or single resources',
      }));
    return reasons.length === 0 && policy.unread > 0
      ? insufficientData('a statement of the policy cannot be read')
      : compliantUnless(reasons);
  },
});
