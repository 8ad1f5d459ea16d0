import * as z from 'zod/mini';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, watchingFrameworks } from '../metadata';
import { hasFailed, isByService } from '../outcome';
import { principalOf } from '../resource';

/** Services that exist once for all Regions: where their calls are recorded says nothing. */
const GLOBAL = [
  'account',
  'artifact',
  'aws-marketplace',
  'billing',
  'billingconsole',
  'budgets',
  'ce',
  'chatbot',
  'cloudfront',
  'cur',
  'freetier',
  'globalaccelerator',
  'health',
  'iam',
  'invoicing',
  'notifications',
  'organizations',
  'payments',
  'route53',
  'route53domains',
  'shield',
  'signin',
  'sso',
  'sts',
  'support',
  'supportplans',
  'tax',
  'trustedadvisor',
  'waf',
].map((service) => `${service}.amazonaws.com`);

const READS =
  /^(Get|List|Describe|Head|Lookup|Search|BatchGet|Query|Scan|Check|Test|Validate|Estimate|Preview|View)/;

/** Older records don't say whether a call reads only. */
const isReadOnly = (readOnly: unknown, eventName: unknown): boolean =>
  readOnly === undefined ? READS.test(String(eventName)) : readOnly === true || readOnly === 'true';

export default defineDetection({
  id: 'activity-unapproved-region',
  version: 1,
  title: 'Mutating calls in an unapproved Region are detected',
  severity: 'high',
  rationale:
    'Intruders start machines for mining, and hide what they build, in Regions that nobody looks at.',
  whatToDo: [
    'Look at what was created in that Region: instances, functions, roles, snapshots, keys; trailseal who tells by whom.',
    askTheCaller,
    'Delete what is not yours, after keeping a snapshot of disks and the logs as evidence.',
    "Deny the Regions that you don't use by a service control policy, or list the Region under regions if you do.",
  ],
  exemptible: true,
  frameworks: watchingFrameworks,
  resourceTypes: ['AWS::::Account', 'AWS::IAM::User', 'AWS::IAM::Role'],
  attack: ['T1535', 'T1578.002'],
  listensTo: {
    detailTypes: [API_CALL],
    anyCall: {
      pattern: ({ regions }) =>
        regions.length === 0
          ? undefined
          : {
              readOnly: [false],
              awsRegion: [{ 'anything-but': regions }],
              errorCode: [{ exists: false }],
            },
      holds: ({ awsRegion, readOnly, eventName }, { regions }) =>
        !regions.some((region) => region === awsRegion) && !isReadOnly(readOnly, eventName),
    },
  },
  parameters: z.object({
    regions: z._default(
      z
        .array(z.string())
        .check(z.describe('The Regions that you use; while none is given, none is unapproved.')),
      [],
    ),
    globalServices: z._default(
      z
        .array(z.string())
        .check(z.describe('Event sources whose Region says nothing, as there is only one of them.')),
      GLOBAL,
    ),
  }),
  quietHours: 24,
  detect(record, { regions, globalServices }) {
    const { awsRegion, eventName, eventSource, readOnly } = record;
    if (regions.length === 0 || regions.includes(awsRegion) || globalServices.includes(eventSource))
      return undefined;
    if (hasFailed(record) || isByService(record) || isReadOnly(readOnly, eventName)) return undefined;
    return {
      resource: principalOf(record),
      severity: 'high',
      says: `${eventName} of ${eventSource} was called in ${awsRegion}`,
      because: [
        {
          says: `${awsRegion} is not approved`,
          path: 'awsRegion',
          value: awsRegion,
          expected: `one of ${regions.join(', ')}`,
        },
      ],
    };
  },
});
