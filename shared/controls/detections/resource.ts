import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { ActivityResource } from './detection';
import { bounded, firstText, lastSegment } from './reading';

/** Types that a principal can be of. */
export const PRINCIPAL_TYPES = ['AWS::::Account', 'AWS::IAM::User', 'AWS::IAM::Role'] as const;

/** The account that a record is of; every record of CloudTrail's own says it. */
export const accountOf = ({ recipientAccountId, userIdentity }: CloudTrailRecord): string =>
  bounded(recipientAccountId ?? userIdentity.accountId ?? 'unknown');

export const accountResource = (record: CloudTrailRecord): ActivityResource => ({
  resourceType: 'AWS::::Account',
  resourceId: accountOf(record),
});

/** Who made a call, as what a finding is about. All sessions of a role are the role. */
export function principalOf(record: CloudTrailRecord): ActivityResource {
  const { type, userName, arn, principalId, accountId, sessionContext } = record.userIdentity;
  if (type === 'Root')
    return { resourceType: 'AWS::::Account', resourceId: bounded(accountId ?? accountOf(record)) };
  const issuer = sessionContext?.sessionIssuer;
  if (type === 'AssumedRole' || type === 'Role') {
    const name = issuer?.userName ?? roleOf(arn) ?? principalId?.split(':')[0];
    if (name !== undefined) return named('AWS::IAM::Role', name, issuer?.arn ?? arn);
  }
  const id = userName ?? arn ?? principalId ?? accountId;
  return id === undefined ? accountResource(record) : named('AWS::IAM::User', id, arn);
}

/** `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`, or the ARN of a role with its path. */
const roleOf = (arn: string | undefined): string | undefined =>
  /:assumed-role\/([^/]+)/.exec(arn ?? '')?.[1] ?? (arn?.includes(':role/') ? lastSegment(arn) : undefined);

function named(resourceType: string, id: string, arn: string | undefined): ActivityResource {
  const resourceId = bounded(id);
  return {
    resourceType,
    resourceId,
    ...(arn === undefined ? {} : { arn: bounded(arn) }),
    ...(id === arn ? {} : { name: resourceId }),
  };
}

/**
 * The resource that the first of these paths names, or the principal, where CloudTrail left the parameters out. An
 * ARN and the bare name are the same resource.
 */
export function resourceAt(
  record: CloudTrailRecord,
  resourceType: string,
  paths: readonly string[],
): ActivityResource {
  const text = firstText(record, paths);
  if (text === undefined) return principalOf(record);
  return text.startsWith('arn:')
    ? { resourceType, resourceId: lastSegment(text), arn: text }
    : { resourceType, resourceId: text };
}
