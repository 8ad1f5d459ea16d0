import * as z from 'zod/mini';
import {
  type AccessAnalyzerFinding,
  parseAccessAnalyzerFinding,
} from '../../../contracts/aws/partners/access-analyzer-finding';
import { definePartner, ignored, type MappedFinding, type MappedResource } from '../partner';
import { resourceOfArn } from '../resource';

export default definePartner({
  id: 'access-analyzer-finding',
  version: 1,
  title: 'Access Analyzer finds no resource open to the public or to accounts that are not trusted',
  severity: 'high',
  rationale:
    'Access Analyzer proves by the policies themselves who outside can reach a resource; nobody has to have used the way for it to be open.',
  whatToDo: [
    'Open the finding in the IAM console: it names who has access, to which actions and under which conditions.',
    'Narrow the policy of the resource if that is not meant, and rescan; the finding resolves by itself.',
    'Name the account under trustedAccounts, or archive the finding, if it is meant.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['AC-6', 'RA-5'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: [
    'AWS::S3::Bucket',
    'AWS::IAM::Role',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::SQS::Queue',
    'AWS::SecretsManager::Secret',
  ],
  listensTo: { source: 'aws.access-analyzer', detailTypes: ['Access Analyzer Finding'] },
  parameters: z.object({
    trustedAccounts: z._default(
      z
        .array(z.string().check(z.regex(/^\d{12}$/)))
        .check(z.describe('Accounts that may have access from outside.')),
      [],
    ),
  }),
  map: (event, { trustedAccounts }) => {
    const finding = parseAccessAnalyzerFinding(event);
    if (finding.status === 'ARCHIVED') return ignored('archived');
    const [state, says] = stateOf(finding, trustedAccounts);
    return {
      state,
      resource: resourceOf(finding),
      severity: finding.isPublic ? 'critical' : 'high',
      says: `Access Analyzer: ${says}`,
      because:
        state === 'open'
          ? [
              {
                says,
                path: finding.isPublic ? 'detail.isPublic' : 'detail.principal',
                value: finding.isPublic ? true : (finding.principal ?? null),
                expected: 'nobody outside, or trusted accounts only',
              },
              ...(finding.action?.length
                ? [
                    {
                      says: 'what the access is to',
                      path: 'detail.action',
                      value: finding.action.slice(0, 20),
                      expected: 'no action',
                    },
                  ]
                : []),
            ]
          : [],
      observedAt: finding.updatedAt,
      partnerId: finding.id,
    };
  },
});

function stateOf(
  { status, isDeleted, error, isPublic, principal, resource }: AccessAnalyzerFinding,
  trustedAccounts: readonly string[],
): [state: MappedFinding['state'], says: string] {
  if (status === 'RESOLVED') return ['closed', `access to ${resource} from outside is resolved`];
  // Its analyzer was deleted: the access is there as before, only nobody looks any longer.
  if (isDeleted) return ['undetermined', `nobody looks after ${resource} any longer: its analyzer is gone`];
  if (error) return ['undetermined', `the policy of ${resource} could not be analysed (${error})`];
  if (isPublic) return ['open', `${resource} is open to the public`];
  const outside = Object.values(principal ?? {});
  if (outside.length > 0 && outside.every((who) => trustedAccounts.includes(accountOf(who))))
    return ['closed', `only trusted accounts have access to ${resource}`];
  return ['open', `${resource} is open to ${outside.join(', ') || 'somebody outside'}`];
}

/** Of `999988887777` or an ARN; whatever else is no account. */
const accountOf = (principal: string): string =>
  /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(principal)?.[1] ?? '';

function resourceOf({ accountId, region, resource, resourceType }: AccessAnalyzerFinding): MappedResource {
  const place = { accountId, region };
  const known = resourceOfArn(resource, place);
  return known?.resourceType === resourceType
    ? known
    : { ...place, resourceType, resourceId: resource, arn: resource };
}
