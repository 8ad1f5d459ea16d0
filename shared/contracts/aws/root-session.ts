import type { CloudTrailRecord } from './cloudtrail-record';
import type { JsonObject } from './configuration-item';

/**
 * A privileged session on the root of a member account, given out by sts:AssumeRoot in the management account or a
 * delegated one. Its calls come from the member account as those of plain root: the access key tells that they are of
 * this session.
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

/** No ARN and no id is longer. */
const LONGEST = 1024;

/**
 * The session that a record of sts:AssumeRoot started; undefined for any other record, and for a refused call.
 *
 * Source: AWS STS API reference, AssumeRoot; IAM User Guide, "Track privileged tasks in CloudTrail".
 */
export function rootSessionOf(record: CloudTrailRecord): RootSession | undefined {
  const { eventSource, eventName, errorCode, eventID, eventTime, userIdentity } = record;
  if (eventSource !== 'sts.amazonaws.com' || eventName !== 'AssumeRoot' || errorCode !== undefined)
    return undefined;
  const accessKeyId = textIn(record.responseElements?.['credentials'], 'accessKeyId');
  const account = rootTarget(record);
  if (accessKeyId === undefined || account === undefined) return undefined;
  const task = textIn(record.requestParameters?.['taskPolicyArn'], 'arn');
  const { arn, accountId, sessionContext } = userIdentity;
  return {
    accessKeyId,
    account,
    startedBy: (arn ?? sessionContext?.sessionIssuer?.arn ?? accountId ?? 'an unknown principal').slice(
      0,
      LONGEST,
    ),
    startedAt: eventTime,
    eventID,
    ...(task === undefined ? {} : { task }),
  };
}

/** The account whose root an AssumeRoot asks for: it is given as an account id, or as the ARN of its root. */
export const rootTarget = ({ requestParameters }: CloudTrailRecord): string | undefined =>
  /\b\d{12}\b/.exec(textIn(requestParameters, 'targetPrincipal') ?? '')?.[0];

/**
 * The access key by which to look for the session that a use of root may be of; undefined for a long-term key, which
 * no session ever had.
 */
export const rootKeyOf = ({ userIdentity }: CloudTrailRecord): string | undefined =>
  userIdentity.type === 'Root' && !userIdentity.accessKeyId?.startsWith('AKIA')
    ? userIdentity.accessKeyId
    : undefined;

/** Whether a call was made in a session. */
export const isInRootSession = (record: CloudTrailRecord, session: RootSession): boolean =>
  rootKeyOf(record) === session.accessKeyId &&
  (record.userIdentity.accountId ?? record.recipientAccountId) === session.account;

/**
 * Of two records of one session, as the accounts of both sides may have, the one that holds, whichever came first: one
 * that names who started it is greater, as an ARN begins with a letter.
 */
export const rootSessionRank = ({ startedBy, startedAt, eventID }: RootSession): string =>
  [startedBy, startedAt, eventID].join('#');

function textIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = (value as JsonObject)[key];
  return typeof text === 'string' && text !== '' ? text.slice(0, LONGEST) : undefined;
}
