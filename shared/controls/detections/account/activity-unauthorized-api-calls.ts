import * as z from 'zod/mini';
import { API_CALL, defineDetection } from '../detection';
import { callerArns, isByService, isDenied } from '../outcome';
import { matchesAny } from '../reading';
import { principalOf } from '../resource';

export default defineDetection({
  id: 'activity-unauthorized-api-calls',
  version: 1,
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
  }),
  quietHours: 24,
  rate: ({ count, windowMinutes }) => ({ threshold: count, windowMinutes }),
  detect(record, { allowedPrincipals, ignoredEvents }) {
    const { eventName, eventSource, errorCode = '' } = record;
    if (!isDenied(errorCode) || isByService(record) || ignoredEvents.includes(eventName)) return undefined;
    if (callerArns(record).some((arn) => matchesAny(allowedPrincipals, arn))) return undefined;
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
