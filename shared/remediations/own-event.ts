import type { CloudTrailRecord } from '../contracts/aws/cloudtrail-record';
import { RUN_TAG } from './own-requests';

/** For which finding a call of ours was made, and of the session of a run, which run. */
export interface OwnCall {
  readonly findingId: string;
  readonly run?: string;
}

/** The source identity of our sessions, as `sourceIdentity` writes it. */
const identity = /^trailseal\.([A-Z2-7]{26})(?:\.[A-Z2-7]{26})?$/;
const id = /^[A-Z2-7]{26}$/;

/**
 * Reads from CloudTrail's record of a call whether it was made for a finding: in a session of the role of our
 * remediations, or the call by which such a session began.
 *
 * @param ourRole ARN of the role in the record's account
 * @returns undefined for other calls, and for those that failed
 */
export function ownCallIn(record: CloudTrailRecord, ourRole: string): OwnCall | undefined {
  if (record.errorCode !== undefined) return undefined;
  const { sessionContext } = record.userIdentity;
  if (sessionContext?.sessionIssuer?.arn === ourRole) return named(sessionContext.sourceIdentity);
  const isSession = record.eventSource === 'sts.amazonaws.com' && record.eventName === 'AssumeRole';
  const { roleArn, sourceIdentity, tags } = record.requestParameters ?? {};
  if (!isSession || roleArn !== ourRole) return undefined;
  const own = named(sourceIdentity);
  const run = runIn(tags);
  // Sessions that only read carry no run.
  return own && run === undefined ? undefined : own && { ...own, ...(run === undefined ? {} : { run }) };
}

function named(sourceIdentity: unknown): OwnCall | undefined {
  const [, findingId] = identity.exec(String(sourceIdentity)) ?? [];
  return findingId === undefined ? undefined : { findingId };
}

function runIn(tags: unknown): string | undefined {
  const pairs: readonly unknown[] = Array.isArray(tags) ? tags : [];
  for (const pair of pairs) {
    const { key, value } = (pair ?? {}) as Readonly<Record<string, unknown>>;
    if (key === RUN_TAG && typeof value === 'string' && id.test(value)) return value;
  }
  return undefined;
}
