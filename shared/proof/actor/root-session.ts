import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import { type Actor, actorOf } from './actor';

/** A root session that sts:AssumeRoot gave out: what it does in the member account is recorded as plain Root. */
export interface RootSession {
  /** By which the session's own records are recognised. */
  readonly accessKeyId: string;
  /** The member account, where the call names it. */
  readonly account?: string;
  readonly by: Actor;
  readonly eventID: string;
  readonly eventTime: string;
}

/**
 * The session that an AssumeRoot call gave out; undefined for every other call, and for a refused one.
 *
 * Source: AWS STS API reference, AssumeRoot; IAM User Guide, "Track privileged tasks in CloudTrail".
 */
export function rootSessionOf(record: CloudTrailRecord): RootSession | undefined {
  if (record.eventSource !== 'sts.amazonaws.com' || record.eventName !== 'AssumeRoot') return undefined;
  if (record.errorCode !== undefined) return undefined;
  const credentials = record.responseElements?.['credentials'] as JsonObject | undefined | null;
  const accessKeyId = credentials?.['accessKeyId'];
  if (typeof accessKeyId !== 'string' || accessKeyId === '') return undefined;
  // An account id, or the ARN of its root.
  const account = /\b\d{12}\b/.exec(String(record.requestParameters?.['targetPrincipal'] ?? ''))?.[0];
  return {
    accessKeyId,
    ...(account === undefined ? {} : { account }),
    by: actorOf(record),
    eventID: record.eventID,
    eventTime: record.eventTime,
  };
}
