import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { Detected } from './detection';
import { callerArns, hasFailed } from './outcome';
import { lastSegment, textAt } from './reading';

/**
 * A privileged session on the root of a member account, given out by sts:AssumeRoot in the management account or a
 * delegated one. Its calls come from the member account as those of plain root: the access key tells that they are of
 * this session.
 * Source: IAM User Guide, "Track privileged tasks in CloudTrail".
 */
export interface RootSession {
  readonly accessKeyId: string;
  /** The member account. */
  readonly account: string;
  /** Who started it, as an ARN; the account where the record names nobody. */
  readonly startedBy: string;
  readonly startedAt: string;
  readonly eventID: string;
  /** ARN of the policy that says what the session may do. */
  readonly task?: string;
}

/** The session that a record of sts:AssumeRoot started; undefined for any other record. */
export function rootSessionStarted(record: CloudTrailRecord): RootSession | undefined {
  if (record.eventSource !== 'sts.amazonaws.com' || record.eventName !== 'AssumeRoot' || hasFailed(record))
    return undefined;
  const accessKeyId = textAt(record, 'responseElements.credentials.accessKeyId');
  // An account id, or the ARN of its root.
  const account = /\b\d{12}\b/.exec(textAt(record, 'requestParameters.targetPrincipal') ?? '')?.[0];
  if (accessKeyId === undefined || account === undefined) return undefined;
  const task = textAt(record, 'requestParameters.taskPolicyArn.arn');
  return {
    accessKeyId,
    account,
    startedBy: callerArns(record)[0] ?? record.userIdentity.accountId ?? 'an unknown principal',
    startedAt: record.eventTime,
    eventID: record.eventID,
    ...(task === undefined ? {} : { task }),
  };
}

/** The access key by which to look for the session that a use of root may be of. */
export const rootKeyOf = ({ userIdentity }: CloudTrailRecord): string | undefined =>
  userIdentity.type === 'Root' ? userIdentity.accessKeyId : undefined;

/** A use of root of which the session is known: no one signed in as root, and somebody can be asked. */
export function inRootSession(detected: Detected, session: RootSession): Detected {
  const task = session.task === undefined ? '' : ` for ${lastSegment(session.task)}`;
  return {
    ...detected,
    severity: 'medium',
    says: `${detected.says}, in a session${task} that ${session.startedBy} started by AssumeRoot at ${session.startedAt}`,
    because: [
      ...detected.because,
      {
        says: `AssumeRoot (event ${session.eventID}) gave out this access key`,
        path: 'userIdentity.accessKeyId',
        value: session.accessKeyId,
        expected: 'no session of root',
      },
    ],
  };
}
