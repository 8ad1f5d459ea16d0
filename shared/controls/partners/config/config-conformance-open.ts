import * as z from 'zod/mini';
import { parseComplianceChange } from '../../../contracts/aws/partners/compliance-change';
import { definePartner, ignored } from '../partner';

/** Rules that another service has made: Security Hub, conformance packs. */
const SERVICE_RULE = /:config-rule\/aws-service-rule\//;
const SERVICE_PREFIX = /^securityhub-/;

const states = {
  NON_COMPLIANT: 'open',
  COMPLIANT: 'closed',
  NOT_APPLICABLE: 'closed',
  INSUFFICIENT_DATA: 'undetermined',
} as const;

export default definePartner({
  id: 'config-conformance-open',
  version: 1,
  title: 'AWS Config rules of the account find every resource compliant',
  severity: 'medium',
  rationale:
    'A Config rule that somebody set up and nobody reads finds the same fault every day; whoever looks for it later finds it first.',
  whatToDo: [
    'Open the rule in the AWS Config console: its description says what it wants, and its timeline since when the resource differs.',
    'Mend the resource, or run the remediation of the rule if it has one.',
    'Narrow the scope of the rule, or exempt the resource here with a reason and an end, if it is meant to be so.',
  ],
  exemptible: true,
  frameworks: { cis: {}, securityHub: [], awsConfig: [], nist80053r5: [], pciDss4: [], soc2: [] },
  resourceTypes: ['AWS::Config::ResourceCompliance'],
  listensTo: {
    source: 'aws.config',
    detailTypes: ['Config Rules Compliance Change'],
    pattern: { detail: { messageType: ['ComplianceChangeNotification'] } },
  },
  parameters: z.object({
    serviceRules: z._default(
      z
        .boolean()
        .check(
          z.describe(
            'Whether rules of Security Hub and of conformance packs count too; Security Hub reports its own by its own events.',
          ),
        ),
      false,
    ),
    ownRules: z._default(
      z
        .array(z.string().check(z.minLength(1)))
        .check(
          z.describe('Rules that judge by this app, by the beginning of their names: it has told already.'),
        ),
      ['trailseal-'],
    ),
  }),
  map: (event, { serviceRules, ownRules }) => {
    const change = parseComplianceChange(event);
    const { configRuleName: rule, configRuleARN, newEvaluationResult: result } = change;
    if (ownRules.some((prefix) => rule.startsWith(prefix))) return ignored('own-finding');
    if (!serviceRules && (SERVICE_RULE.test(configRuleARN ?? '') || SERVICE_PREFIX.test(rule)))
      return ignored('service-rule');
    const state = states[result.complianceType];
    return {
      state,
      resource: {
        accountId: change.awsAccountId,
        region: change.awsRegion,
        resourceType: change.resourceType,
        resourceId: change.resourceId,
      },
      severity: 'medium',
      says: `AWS Config rule ${rule}: ${result.complianceType}${result.annotation ? `, ${result.annotation}` : ''}`,
      because:
        state === 'open'
          ? [
              {
                says: `rule ${rule} does not hold`,
                path: 'detail.newEvaluationResult.complianceType',
                value: result.complianceType,
                expected: 'COMPLIANT',
              },
              ...(result.annotation
                ? [
                    {
                      says: 'what the rule says',
                      path: 'detail.newEvaluationResult.annotation',
                      value: result.annotation,
                      expected: 'COMPLIANT',
                    },
                  ]
                : []),
            ]
          : [],
      observedAt: result.resultRecordedTime,
      partnerId: `${configRuleARN ?? rule}|${change.resourceType}|${change.resourceId}`,
    };
  },
});
