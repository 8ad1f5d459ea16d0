import type { MakingCall } from './guards';
import type { Run } from './run';

/** Names of the tags of a session in which a run is made. */
export const RUN_TAG = 'trailseal:run';
const PLAN_TAG = 'trailseal:plan';
const APPROVER_TAG = 'trailseal:approver';

/**
 * What CloudTrail's record of the session says of a run: with an approval, who approved which plan. AWS writes no record
 * of the request by which somebody approves, so this one, which is made at once when the approval is used, stands for it.
 */
export const sessionTags = ({ id, planHash = '', approval }: Run): Readonly<Record<string, string>> => ({
  [RUN_TAG]: id,
  ...(approval === undefined ? {} : { [PLAN_TAG]: planHash, [APPROVER_TAG]: approval.approver }),
});

/** As much of a record of CloudTrail as tells who sent the request. */
interface Sent {
  readonly requestID?: unknown;
  readonly userIdentity?: unknown;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** Who sent a request and under which id, as a record of CloudTrail says it. */
export function makingCallOf({ requestID, userIdentity }: Sent): MakingCall {
  const issuer = member(member(member(userIdentity, 'sessionContext'), 'sessionIssuer'), 'arn');
  return {
    ...(typeof issuer === 'string' ? { issuer } : {}),
    ...(typeof requestID === 'string' ? { requestID } : {}),
  };
}

/** Ours is a call by the role of our remediations whose requestID we stored. */
export function isOurs(record: Sent, ourRole: string, ourRequests: ReadonlySet<string>): boolean {
  const { issuer, requestID } = makingCallOf(record);
  return issuer === ourRole && requestID !== undefined && ourRequests.has(requestID);
}
