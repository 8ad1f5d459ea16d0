import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import { matchesAny } from '../../glob';
import { type ActivityResource, API_CALL, type Detected, defineDetection } from '../detection';
import { callerArns, isByService, isDenied } from '../outcome';
import { bounded } from '../reading';
import { accountOf, principalOf } from '../resource';

/** What IAM calls a service that CloudTrail calls otherwise. */
const SERVICES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', email: 'ses' };

/** As AWS words a refusal: "… is not authorized to perform: ec2:DescribeInstances on resource: …" */
const PERMISSION = /not authorized to perform: ([a-z0-9-]{2,40}:[A-Za-z0-9]{2,80})\b/;

/** The permission that a refused call lacked: by AWS's word, or else by the call's own name. */
function permissionLacked({ eventSource, eventName, errorMessage = '' }: CloudTrailRecord): string {
  const told = PERMISSION.exec(bounded(errorMessage))?.[1];
  if (told !== undefined) return told;
  const [service = ''] = eventSource.split('.');
  return bounded(`${SERVICES[service] ?? service}:${eventName.replace(/20\d{6}(v\d+)?$/, '')}`);
}

/** A role of this account that is named as the stack names its own, such as trailseal-dev-SendAlertRole-1A2B3C. */
function ownRoleOf(record: CloudTrailRecord, prefix: string): ActivityResource | undefined {
  const issuer = record.userIdentity.sessionContext?.sessionIssuer;
  if (record.userIdentity.type !== 'AssumedRole' || issuer?.type !== 'Role') return undefined;
  const role = principalOf(record);
  const isOurs = role.resourceId.startsWith(prefix) && issuer.accountId === accountOf(record);
  return isOurs ? role : undefined;
}

/** Our own collectors lack a permission: that is for whoever deploys us, and none of the strangers' refused calls. */
function ownRefusal(record: CloudTrailRecord, role: ActivityResource): Detected {
  const lacked = permissionLacked(record);
  return {
    resource: { ...role, topic: lacked },
    severity: 'low',
    says: `the role ${role.resourceId} of Trailseal lacks ${lacked}, so what it collects by that is missing`,
    because: [
      {
        says: `Trailseal was refused ${lacked}`,
        path: 'errorCode',
        value: record.errorCode ?? null,
        expected: `a role that allows ${lacked}, and nothing above it that denies it`,
      },
    ],
    attempted: true,
  };
}

export default defineDetection({
  id: 'activity-unauthorized-api-calls',
  version: 2,
  title: 'Denied API calls are detected',
  severity: 'medium',
  rationale:
    'Stolen credentials are tried out: whoever holds them does not know what they may do, and is refused again and again until something works.',
  whatToDo: [
    'Look at which calls were refused: reading out secrets, users, policies and other accounts is how intruders look around; one service alone is mostly a role that lacks a permission.',
    'Compare the source address and user agent with where this principal usually calls from.',
    'Look for calls of the same access key that were not refused, before and after: trailseal who, or the event history by access key.',
    'If it is an intruder, deactivate the access key or revoke the sessions of the role, then look for what the principal created.',
    'If it is a role that lacks a permission, give it that, or list it under allowedPrincipals.',
    'If it is a role of Trailseal, its stack is older than its code, or a service control policy, a boundary or a key policy denies what the alert names.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.1', '3.0.0': '4.1', '4.0.0': '4.1', '5.0.0': '4.1', '6.0.0': '5.1', '7.0.0': '5.1' },
    securityHub: ['CloudWatch.2'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['PI1.3'],
  },
  resourceTypes: ['AWS::::Account', 'AWS::IAM::User', 'AWS::IAM::Role'],
  attack: ['T1580', 'T1526', 'T1078.004'],
  listensTo: {
    detailTypes: [API_CALL],
    readOnly: true,
    anyCall: {
      pattern: () => ({ errorCode: [{ suffix: 'UnauthorizedOperation' }, { prefix: 'AccessDenied' }] }),
      holds: ({ errorCode }) => isDenied(errorCode),
    },
  },
  parameters: z.object({
    count: z._default(
      z.int().check(z.minimum(1), z.describe('So many denied calls of one principal make a finding.')),
      10,
    ),
    windowMinutes: z._default(
      z.int().check(z.minimum(1), z.maximum(1440), z.describe('Within so many minutes.')),
      15,
    ),
    allowedPrincipals: z._default(
      z
        .array(z.string())
        .check(z.describe('ARNs of principals and roles that may be refused; "*" stands for any text.')),
      [],
    ),
    ignoredEvents: z._default(
      z
        .array(z.string())
        .check(
          z.describe('Names of events that do not count, as programs that probe for a bucket make them.'),
        ),
      ['HeadBucket'],
    ),
    ownPrefix: z._default(
      z
        .string()
        .check(
          z.minLength(3),
          z.describe('How names of the roles of Trailseal begin: what they are refused is told apart.'),
        ),
      'trailseal-',
    ),
  }),
  quietHours: 24,
  rate: ({ count, windowMinutes }) => ({ threshold: count, windowMinutes }),
  detect(record, { allowedPrincipals, ignoredEvents, ownPrefix }) {
    const { eventName, eventSource, errorCode = '' } = record;
    if (!isDenied(errorCode) || isByService(record) || ignoredEvents.includes(eventName)) return undefined;
    if (callerArns(record).some((arn) => matchesAny(allowedPrincipals, arn))) return undefined;
    const own = ownRoleOf(record, ownPrefix);
    if (own !== undefined) return ownRefusal(record, own);
    const resource = principalOf(record);
    return {
      resource,
      severity: 'medium',
      says: `${eventName} of ${eventSource} was denied to ${resource.name ?? resource.resourceId}`,
      because: [
        {
          says: `${eventName} was refused`,
          path: 'errorCode',
          value: errorCode,
          expected: 'calls that the principal may make',
        },
      ],
      attempted: true,
      counts: [{ resource }],
    };
  },
});
