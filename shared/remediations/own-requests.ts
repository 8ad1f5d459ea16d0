import type { MakingCall } from './guards';

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
