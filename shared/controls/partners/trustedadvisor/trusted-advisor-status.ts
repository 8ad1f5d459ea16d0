import * as z from 'zod/mini';
import { checkName } from '../../../contracts/aws/partners/trusted-advisor-item';
import { definePartner, ignored } from '../partner';
import { accountResource, resourceOfArn } from '../resource';
import { mapItem, placeOf, trustedAdvisorEvents } from '../trusted-advisor-item';

const EVERY = '*';

/** The security checks, by the names that their events carry. */
const SECURITY_CHECKS = [
  'Amazon EBS Public Snapshots',
  'Amazon RDS Public Snapshots',
  'Amazon RDS Security Group Access Risk',
  'Amazon Route 53 MX Resource Record Sets and Sender Policy Framework',
  'Amazon S3 Bucket Permissions',
  'AWS CloudTrail Logging',
  'AWS Lambda Functions Using Deprecated Runtimes',
  'CloudFront Custom SSL Certificates in the IAM Certificate Store',
  'CloudFront SSL Certificate on the Origin Server',
  'ELB Listener Security',
  'ELB Security Groups',
  'Exposed Access Keys',
  'IAM Access Key Rotation',
  'IAM Password Policy',
  'IAM Use',
  'MFA on Root Account',
  'Security Groups - Specific Ports Unrestricted',
  'Security Groups - Unrestricted Access',
];

export default definePartner({
  id: 'trusted-advisor-status',
  version: 1,
  title: 'Trusted Advisor marks no item of a chosen check yellow or red',
  severity: 'medium',
  rationale:
    'Trusted Advisor looks at the account as AWS Support would: what it marks red is a fault that is known to be abused or to lose data.',
  whatToDo: [
    'Open the check in the Trusted Advisor console: its description says what is wrong and what to do about each item.',
    'Mend the item, then refresh the check; this finding closes with it.',
    'Exclude the item in Trusted Advisor if it is meant to be so, or exempt it here, where the exemption expires.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['RA-5', 'SI-4'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::::Account'],
  // Sent in us-east-1 alone, and only where the account has a support plan that brings the checks.
  listensTo: trustedAdvisorEvents,
  parameters: z.object({
    checks: z._default(
      z
        .array(z.string().check(z.minLength(1)))
        .check(z.describe('The checks whose items count, by name; "*" is every check.')),
      SECURITY_CHECKS,
    ),
  }),
  general: true,
  map: (event, { checks }) =>
    mapItem(event, (item) => {
      if (!checks.includes(EVERY) && !checks.some((name) => isSame(name, item.check)))
        return ignored('not-chosen');
      const place = placeOf(item, event);
      const { resourceId, uuid, status } = item;
      return {
        resource:
          (resourceId === undefined ? undefined : resourceOfArn(resourceId, place)) ?? accountResource(place),
        item: resourceId ?? uuid ?? '',
        severity: status === 'ERROR' ? 'high' : 'medium',
        says: `Trusted Advisor marks an item of "${item.check}" ${status === 'ERROR' ? 'red' : 'yellow'}`,
        because: [
          {
            says: `"${item.check}" is ${status === 'ERROR' ? 'red' : 'yellow'}`,
            path: 'detail.status',
            value: status,
            expected: 'OK',
          },
          ...[...item.columns].slice(0, 9).map(([title, value]) => ({
            says: title,
            path: `detail.check-item-detail["${title}"]`,
            value,
            expected: 'what the check recommends',
          })),
        ],
      };
    }),
});

const isSame = (name: string, check: string): boolean =>
  checkName(name).toLowerCase() === check.toLowerCase();
