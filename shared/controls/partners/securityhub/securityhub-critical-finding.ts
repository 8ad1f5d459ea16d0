import * as z from 'zod/mini';
import {
  parseSecurityHubFinding,
  type SecurityHubFinding,
} from '../../../contracts/aws/partners/security-hub-finding';
import { type Severity, severities } from '../../../contracts/trailseal/finding';
import {
  definePartner,
  type IgnoredBecause,
  ignored,
  type MappedFinding,
  type MappedResource,
} from '../partner';
import { accountResource, resourceOfArn } from '../resource';

/** An alert shows no more. */
const RESOURCES = 5;

const parameters = z.object({
  minSeverity: z._default(
    z
      .enum(['critical', 'high', 'medium', 'low'])
      .check(z.describe('The lowest severity label that opens a finding.')),
    'high',
  ),
  ownProducts: z._default(
    z
      .array(z.string().check(z.minLength(1)))
      .check(
        z.describe(
          'Findings of this app, by its product name or a part of the generator that starts with it: they are never taken back.',
        ),
      ),
    ['trailseal'],
  ),
  importedOtherwise: z._default(
    z
      .array(z.string().check(z.minLength(1)))
      .check(
        z.describe(
          'Products, by the end of their product ARN, whose findings come by their own events already.',
        ),
      ),
    ['aws/guardduty', 'aws/inspector', 'aws/access-analyzer', 'aws/config'],
  ),
});

export default definePartner({
  id: 'securityhub-critical-finding',
  version: 1,
  title: 'Security Hub holds no new finding of high or critical severity',
  severity: 'high',
  rationale:
    'Security Hub gathers what its own standards, Macie, Firewall Manager and products of others find; what is critical there waits for somebody who looks.',
  whatToDo: [
    'Open the finding in the Security Hub console: its remediation section links to instructions for its control.',
    'Mend the resource; findings of the standards pass by themselves at the next check.',
    'Set the workflow status to RESOLVED for findings of other products, or to SUPPRESSED for what is meant to be so.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['IR-4', 'SI-4'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::::Account'],
  listensTo: { source: 'aws.securityhub', detailTypes: ['Security Hub Findings - Imported'] },
  parameters,
  map: (event, given) => {
    const finding = parseSecurityHubFinding(event);
    const because = reasonToIgnore(finding, given);
    if (because) return ignored(because);
    const severity = finding.severity.toLowerCase() as Severity;
    const [state, word] = stateOf(finding, severity, given.minSeverity);
    const control = finding.Compliance?.SecurityControlId;
    return {
      state,
      resource: resourceOf(finding),
      severity,
      says: `Security Hub: ${finding.Title ?? finding.GeneratorId ?? finding.Id}${state === 'open' ? '' : ` (${word})`}`,
      because:
        state === 'open'
          ? [
              {
                says: `Security Hub rates it ${severity}`,
                path: 'detail.findings[0].Severity.Label',
                value: finding.severity,
                expected: `less than ${given.minSeverity}`,
              },
              ...(control
                ? [
                    {
                      says: `control ${control} does not hold`,
                      path: 'detail.findings[0].Compliance.Status',
                      value: finding.Compliance?.Status ?? null,
                      expected: 'PASSED',
                    },
                  ]
                : []),
              ...finding.Resources.slice(0, RESOURCES).map(({ Id }, index) => ({
                says: `it is about ${Id}`,
                path: `detail.findings[0].Resources[${index}].Id`,
                value: Id,
                expected: 'no finding',
              })),
            ]
          : [],
      observedAt: finding.UpdatedAt,
      partnerId: finding.Id,
    };
  },
});

function reasonToIgnore(
  { ProductArn, ProductName, GeneratorId, ProductFields, Workflow }: SecurityHubFinding,
  { ownProducts, importedOtherwise }: z.infer<typeof parameters>,
): IgnoredBecause | undefined {
  const named = [
    ProductName,
    ProductFields?.['aws/securityhub/ProductName'],
    ProductFields?.['ProductName'],
    GeneratorId,
    ProductArn.split('/').at(-1),
  ].map((name) => (typeof name === 'string' ? name.toLowerCase() : ''));
  if (ownProducts.some((own) => named.some((name) => name.startsWith(own.toLowerCase()))))
    return 'own-finding';
  if (importedOtherwise.some((product) => ProductArn.endsWith(`product/${product}`)))
    return 'imported-otherwise';
  return Workflow?.Status === 'SUPPRESSED' ? 'suppressed' : undefined;
}

/** Only the product itself archives its finding, when what it found is over; the workflow is what people set. */
function stateOf(
  { RecordState, Workflow, Compliance }: SecurityHubFinding,
  severity: Severity,
  least: Severity,
): [state: MappedFinding['state'], word: string] {
  if (RecordState === 'ARCHIVED') return ['closed', 'archived by its product'];
  if (Workflow?.Status === 'RESOLVED') return ['closed', 'resolved'];
  switch (Compliance?.Status) {
    case 'PASSED':
      return ['closed', 'passed'];
    case 'WARNING':
    case 'NOT_AVAILABLE':
      return ['undetermined', 'the check could not be made'];
    default:
      return severities.indexOf(severity) <= severities.indexOf(least)
        ? ['open', '']
        : ['closed', `rated ${severity}`];
  }
}

/** The first one that is known by its ARN. */
function resourceOf({ AwsAccountId, Region, Resources }: SecurityHubFinding): MappedResource {
  const place = { accountId: AwsAccountId, region: Region };
  for (const resource of Resources) {
    const known = resourceOfArn(resource.Id, { ...place, region: resource.Region ?? Region });
    if (known) return known;
  }
  return accountResource(place);
}
