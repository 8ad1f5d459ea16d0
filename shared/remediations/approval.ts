import type { Approval, ApprovalAsked } from '../contracts/trailseal/remediation';

/** For what, and by whom not, an approval is asked. */
export interface ApprovalWanted {
  readonly planHash: string;
  /** Undefined when none was asked for: then none counts. */
  readonly asks: ApprovalAsked | undefined;
  /** ARNs of those who may not approve: who made the change, and of an undo who asked for it. Nor may their roles. */
  readonly notBy: readonly string[];
}

/** Whom IAM knows, by the ARN. */
export const principal = /^arn:[a-z-]+:(iam|sts)::\d{12}:[!-~]+$/;

/**
 * Why an approval does not count; undefined when it does.
 * @param now ISO 8601 in UTC
 */
export function approvalFault(approval: Approval, wanted: ApprovalWanted, now: string): string | undefined {
  const { planHash, asks, notBy } = wanted;
  if (!principal.test(approval.approver)) return 'It does not say who approved.';
  if (asks === undefined || approval.nonce !== asks.nonce) return 'It was not given to what was asked.';
  if (approval.planHash !== planHash) return 'It was given to another plan.';
  if (!(now < asks.expiresAt && now < approval.expiresAt && approval.at < asks.expiresAt))
    return 'It has expired.';
  if (notBy.some((one) => isNamed(one, approval.approver)))
    return 'Who made the change, or asked for this one, may not approve it.';
  if (notBy.some((one) => mayBeOne(one, approval.approver)))
    return 'Who made the change, or asked for this one, may be the same person: whoever is in a role, or federates a session, names that session as he likes.';
  return undefined;
}

/** A very long ARN is known by its beginning. */
const isNamed = (name: string, arn: string): boolean =>
  name === arn || (name.endsWith('…') && arn.startsWith(name.slice(0, -1)));

const mayBeOne = (name: string, arn: string): boolean => {
  const role = roleOf(arn);
  return arn.includes(':federated-user/') || (role !== undefined && role === roleOf(name));
};

/** The role of a session whose name its user may have chosen: Identity Center names those of its own roles. */
const roleOf = (arn: string): string | undefined =>
  /^(arn:[a-z-]+:sts::\d{12}:assumed-role\/(?!AWSReservedSSO_)[^/]+)\/[^/]+$/.exec(arn)?.[1];
