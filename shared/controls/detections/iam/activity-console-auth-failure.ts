import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import { reasonAt } from '../call';
import { CONSOLE_SIGN_IN, type CountedUnder, defineDetection } from '../detection';
import { bounded, textAt } from '../reading';
import { accountOf, principalOf } from '../resource';

/** In the place of a name that the account has no user of. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * The address, for whoever tries many passwords or many users from one place; and the user, for whoever tries one user
 * from many. The user's failures count when they come from several addresses, so that one attack is one finding.
 */
function countedUnder(record: CloudTrailRecord): CountedUnder[] {
  const { sourceIPAddress, userIdentity } = record;
  const isKnown = userIdentity.userName !== undefined && userIdentity.userName !== HIDDEN;
  const user = isKnown ? [principalOf(record)] : [];
  if (sourceIPAddress === undefined) return user.map((resource) => ({ resource }));
  const from = bounded(sourceIPAddress);
  return [
    {
      resource: {
        resourceType: 'AWS::::Account',
        resourceId: `${accountOf(record)}/${from}`,
        name: `sign-ins from ${from}`,
      },
    },
    ...user.map((resource) => ({ resource, from })),
  ];
}

export default defineDetection({
  id: 'activity-console-auth-failure',
  version: 1,
  title: 'Failed console sign-ins are detected',
  severity: 'medium',
  rationale:
    'Passwords are guessed, and tried out after leaks elsewhere: many failures in a short time are somebody at the door.',
  whatToDo: [
    'Look at the user names and the address: one user and one office address is mostly a forgotten password.',
    'Look for a sign-in that worked from the same address or of the same user since; if there is one, treat the user as taken over.',
    'Ask the user; change the password if it is used elsewhere, and make sure that MFA is on.',
    'Let people sign in by your identity provider, which locks out whoever guesses; IAM users are never locked.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '4.6', '3.0.0': '4.6', '4.0.0': '4.6', '5.0.0': '4.6', '6.0.0': '5.6', '7.0.0': '5.6' },
    securityHub: ['CloudWatch.6'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['PI1.3'],
  },
  resourceTypes: ['AWS::IAM::User', 'AWS::::Account'],
  attack: ['T1110.001', 'T1110.003'],
  listensTo: {
    detailTypes: CONSOLE_SIGN_IN,
    calls: { 'signin.amazonaws.com': ['ConsoleLogin'] },
    failed: ['ConsoleLogin'],
  },
  parameters: z.object({
    count: z._default(
      z.int().check(z.minimum(1), z.describe('So many failures of one user or one address make a finding.')),
      5,
    ),
    windowMinutes: z._default(
      z.int().check(z.minimum(1), z.maximum(1440), z.describe('Within so many minutes.')),
      15,
    ),
  }),
  quietHours: 24,
  rate: ({ count, windowMinutes }) => ({ threshold: count, windowMinutes }),
  detect(record) {
    if (textAt(record, 'responseElements.ConsoleLogin') !== 'Failure') return undefined;
    const { errorMessage = 'no reason given', sourceIPAddress = 'an unknown address', userIdentity } = record;
    const isRoot = userIdentity.type === 'Root';
    const resource = principalOf(record);
    const who = isRoot
      ? `the root user of account ${resource.resourceId}`
      : (resource.name ?? resource.resourceId);
    return {
      resource,
      severity: isRoot ? 'high' : 'medium',
      says: `ConsoleLogin: a sign-in as ${who} from ${bounded(sourceIPAddress)} failed (${errorMessage})`,
      because: [reasonAt(record, 'responseElements.ConsoleLogin', 'Success', 'the sign-in was refused')],
      attempted: true,
      // Nobody mistypes the password of root by habit.
      ...(isRoot ? {} : { counts: countedUnder(record) }),
    };
  },
});
