import type { CloudTrailRecord, UserIdentity } from '../../contracts/aws/cloudtrail-record';

/** Identity Center makes one role in every account for each permission set. */
const IDENTITY_CENTER_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

/** The name of a role's or a federated user's session; and of Identity Center's, what it was let in with. */
export function issuedTo({ arn, principalId, sessionContext }: UserIdentity): {
  readonly session?: string;
  readonly permissionSet?: string;
} {
  const [, kind, role, inArn] = /:(assumed-role|federated-user)\/([^/]+)(?:\/(.+))?$/.exec(arn ?? '') ?? [];
  if (kind === 'federated-user') return role === undefined ? {} : { session: role };
  // AROA…:session, where there is no ARN
  const session = inArn ?? /^AROA\w+:(.+)$/.exec(principalId ?? '')?.[1];
  const [, permissionSet] =
    IDENTITY_CENTER_ROLE.exec(sessionContext?.sessionIssuer?.userName ?? role ?? '') ?? [];
  return {
    ...(session === undefined ? {} : { session }),
    ...(permissionSet === undefined ? {} : { permissionSet }),
  };
}

/**
 * Whether a second factor was given to AWS. Undefined where AWS can't know or doesn't say: who signs in elsewhere is
 * always reported without it, and so is what a service does.
 */
export function mfaOf(record: CloudTrailRecord): boolean | undefined {
  const { userIdentity: identity } = record;
  const said = saidOf(record);
  if (said === true) return true;
  if (isSignedInElsewhere(identity) || identity.type === 'AWSService') return undefined;
  // A long-term key carries no session, so no second factor either.
  return said ?? (identity.accessKeyId?.startsWith('AKIA') ? false : undefined);
}

function saidOf({
  userIdentity,
  eventName,
  eventSource,
  additionalEventData,
}: CloudTrailRecord): boolean | undefined {
  const used = additionalEventData?.['MFAUsed'];
  if (eventSource === 'signin.amazonaws.com' && eventName === 'ConsoleLogin' && typeof used === 'string')
    return used.toLowerCase() === 'yes';
  return userIdentity.sessionContext?.mfaAuthenticated;
}

const FEDERATED = new Set(['SAMLUser', 'WebIdentityUser', 'IdentityCenterUser', 'FederatedUser']);

const isSignedInElsewhere = (identity: UserIdentity): boolean =>
  FEDERATED.has(identity.type) ||
  identity.sessionContext?.federatedProvider !== undefined ||
  identity.sessionContext?.ec2RoleDelivery !== undefined ||
  issuedTo(identity).permissionSet !== undefined ||
  isServiceRole(identity);

/** Service-linked roles are assumed by AWS alone. */
const isServiceRole = ({ sessionContext }: UserIdentity): boolean =>
  /:role\/aws-service-role\//.test(sessionContext?.sessionIssuer?.arn ?? '');
