import * as z from 'zod/mini';
import type { InspectorFinding } from '../../../contracts/aws/partners/inspector-finding';
import type { Reason } from '../../control';
import { inspectorEvents, mapInspector } from '../inspector-finding';
import { definePartner } from '../partner';

/** An alert shows no more. */
const PACKAGES = 5;

const parameters = z.object({
  minEpss: z._default(
    z
      .number()
      .check(
        z.minimum(0),
        z.maximum(1),
        z.describe(
          'A vulnerability counts when the probability that it is exploited in the next 30 days, by EPSS, is at least this.',
        ),
      ),
    0.5,
  ),
  knownExploited: z._default(
    z
      .array(z.string().check(z.regex(/^CVE-\d{4}-\d{4,}$/)))
      .check(z.describe('Vulnerabilities that always count, such as those that CISA lists as exploited.')),
    [],
  ),
});

export default definePartner({
  id: 'inspector-critical-finding',
  version: 1,
  title: 'Inspector reports no critical or exploited vulnerability',
  severity: 'high',
  rationale:
    'A vulnerability that is critical, or for which an exploit is about, is used by scanners within days; what runs the vulnerable code is the way in.',
  whatToDo: [
    'Read in the finding which package is vulnerable and in which version it is fixed.',
    'Instances: patch by Systems Manager (AWS-RunPatchBaseline, operation Install), first on one of them.',
    'Images and functions: raise the package in the build, push or publish, and deploy; the finding closes when Inspector has scanned the new version.',
    'Where there is no fix yet: take the resource off the internet, or switch off the feature that the vendor names.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['RA-5', 'SI-2'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::Instance', 'AWS::ECR::Repository', 'AWS::Lambda::Function'],
  listensTo: {
    ...inspectorEvents,
    pattern: { detail: { type: [{ 'anything-but': ['NETWORK_REACHABILITY'] }] } },
  },
  parameters,
  map: (event, given) =>
    mapInspector(
      event,
      ({ type }) => type !== 'NETWORK_REACHABILITY',
      (finding) => {
        const [first, ...rest] = reasonsOf(finding, given);
        return first
          ? { state: 'open', because: [first, ...rest, ...packagesOf(finding)] }
          : {
              state: 'closed',
              says: `Inspector rates it ${finding.severity}, and knows of no exploit that counts`,
            };
      },
    ),
});

/** Why a finding counts; each says the same for as long as that is so. */
function reasonsOf(
  { severity, exploitAvailable, epss, packageVulnerabilityDetails }: InspectorFinding,
  { minEpss, knownExploited }: z.infer<typeof parameters>,
): Reason[] {
  const score = epss?.score;
  const id = packageVulnerabilityDetails?.vulnerabilityId;
  return [
    severity === 'CRITICAL' && {
      says: 'Inspector rates it critical',
      path: 'detail.severity',
      value: severity,
      expected: 'no critical vulnerability',
    },
    exploitAvailable === 'YES' && {
      says: 'an exploit is available',
      path: 'detail.exploitAvailable',
      value: exploitAvailable,
      expected: 'NO',
    },
    score !== undefined &&
      score >= minEpss && {
        says: 'it is likely to be exploited within 30 days',
        path: 'detail.epss.score',
        value: score,
        expected: `less than ${minEpss}`,
      },
    id !== undefined &&
      knownExploited.includes(id) && {
        says: 'it is known to be exploited',
        path: 'detail.packageVulnerabilityDetails.vulnerabilityId',
        value: id,
        expected: 'none of knownExploited',
      },
  ].filter((reason) => reason !== false);
}

const packagesOf = ({ packageVulnerabilityDetails: details }: InspectorFinding): Reason[] =>
  (details?.vulnerablePackages ?? [])
    .slice(0, PACKAGES)
    .map(({ name = 'a package', version, fixedInVersion }, index) => ({
      says: `${details?.vulnerabilityId ?? 'the vulnerability'} is in ${name}`,
      path: `detail.packageVulnerabilityDetails.vulnerablePackages[${index}].version`,
      value: version ?? null,
      // Inspector's own words where there is no fix.
      expected:
        fixedInVersion === undefined || fixedInVersion === 'NotAvailable'
          ? 'a version with a fix, which does not exist yet'
          : fixedInVersion,
    }));
