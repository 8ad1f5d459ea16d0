import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import { rootTarget } from '../../../contracts/aws/root-session';
import { reasonAt } from '../call';
import { API_CALL, CONSOLE_SIGN_IN, type Detected, defineDetection } from '../detection';
import { hasFailed } from '../outcome';
import { lastSegment, textAt } from '../reading';
import { accountOf, principalOf } from '../resource';

const SERVICE_EVENT = 'AwsServiceEvent';

interface RawIdentity {
  readonly type?: unknown;
  readonly invokedBy?: unknown;
}

const TARGET = 'requestParameters.targetPrincipal';

/** The management account takes the root of a member account on, limited to a task. */
function rootSession(record: CloudTrailRecord): Detected | undefined {
  if (hasFailed(record)) return undefined;
  const account = rootTarget(record);
  const task = textAt(record, 'requestParameters.taskPolicyArn.arn');
  return {
    resource: { resourceType: 'AWS::::Account', resourceId: account ?? accountOf(record) },
    severity: 'medium',
    says: `AssumeRoot: a root session on account ${account ?? 'unknown'} was started${task === undefined ? '' : ` for ${lastSegment(task)}`}`,
    because: [reasonAt(record, TARGET, 'no session of root', 'AssumeRoot gives the rights of root')],
  };
}

export default defineDetection({
  id: 'activity-root-usage',
  version: 1,
  title: 'Any use of root credentials is detected',
  severity: 'critical',
  rationale:
    'The root user can do everything, no policy limits it, and daily work never needs it: its use is an emergency, or an intruder.',
  whatToDo: [
    'Find out who holds the root credentials of this account and whether they used them just now; ask by phone.',
    'If nobody did, recover the account: change the password and mail address, replace the MFA device, delete every root access key.',
    'Look at all that root did since: new users, roles, access keys, policies, changes to billing and contacts.',
    "If the credentials or the mail address can't be recovered, call AWS Support at once.",
    'If it was needed, do the same next time by a role, or by a root session of the management account that is limited to the task.',
  ],
  exemptible: false,
  frameworks: {
    cis: { '1.4.0': '4.3', '3.0.0': '4.3', '4.0.0': '4.3', '5.0.0': '4.3', '6.0.0': '5.3', '7.0.0': '5.3' },
    securityHub: ['CloudWatch.1'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['PI1.3'],
  },
  resourceTypes: ['AWS::::Account'],
  attack: ['T1078.004'],
  listensTo: {
    detailTypes: [API_CALL, ...CONSOLE_SIGN_IN],
    readOnly: true,
    // Sessions that the management account starts on the root of a member account.
    calls: { 'sts.amazonaws.com': ['AssumeRoot'] },
    anyCall: {
      pattern: () => ({
        userIdentity: { type: ['Root'], invokedBy: [{ exists: false }] },
        eventType: [{ 'anything-but': SERVICE_EVENT }],
      }),
      holds({ userIdentity, eventType }) {
        const { type, invokedBy } = (userIdentity ?? {}) as RawIdentity;
        return type === 'Root' && invokedBy === undefined && eventType !== SERVICE_EVENT;
      },
    },
  },
  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    const { eventName, eventSource, errorCode, userIdentity } = record;
    if (eventName === 'AssumeRoot' && userIdentity.type !== 'Root') return rootSession(record);
    if (userIdentity.type !== 'Root') return undefined;
    // A sign-in that failed used no credentials of root: it is told by the failed sign-ins.
    if (textAt(record, `responseElements.${eventName}`) === 'Failure') return undefined;
    const resource = principalOf(record);
    return {
      resource,
      severity: 'critical',
      says: `${eventName} of ${eventSource} was called by the root user of account ${resource.resourceId}${errorCode === undefined ? '' : `, and failed with ${errorCode}`}`,
      because: [
        {
          says: 'the caller is the root user',
          path: 'userIdentity.type',
          value: userIdentity.type,
          expected: 'a role or a user with limited rights',
        },
      ],
      ...(errorCode === undefined ? {} : { attempted: true as const }),
    };
  },
});
