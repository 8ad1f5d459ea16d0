import type { CloudTrailRecord, UserIdentity } from '../../contracts/aws/cloudtrail-record';
import { isInRootSession, type RootSession } from '../../contracts/aws/root-session';
import { shortenedTo } from '../bounded-value';
import { issuedTo, mfaOf } from './session';

/**
 * - `assumed-root`: a root session of a member account that AssumeRoot gave out, or the call that did.
 * - `service`: AWS itself; what it does for somebody carries that one's type, and `invokedBy`.
 * - `account`: another account, of which CloudTrail tells no more.
 */
export type ActorType =
  | 'iam-user'
  | 'role'
  | 'identity-center-user'
  | 'federated-user'
  | 'saml-user'
  | 'web-identity-user'
  | 'root'
  | 'assumed-root'
  | 'service'
  | 'account'
  | 'unknown';

/**
 * Who made a call, in one form for every kind of identity. Texts are as reported, cut: people choose their own names,
 * sessions and user agents. No secret is ever in it: an access key's id is none.
 */
export interface Actor {
  readonly type: ActorType;
  /** The ARN of the user or session, or what names it best where the record has none. */
  readonly principal: string;
  /** The account that the identity belongs to. */
  readonly account?: string;
  /** It is not the account that the record speaks of. */
  readonly isFromOtherAccount?: true;
  /** Of a session, the name of the role or user that it was issued from. */
  readonly userName?: string;
  /** ARN of the role that a session is of, or of the user who asked for it. */
  readonly issuer?: string;
  readonly session?: string;
  /** Of Identity Center: what the user was let in with. */
  readonly permissionSet?: string;
  /** Who vouched for a federated user. */
  readonly provider?: string;
  readonly sourceIdentity?: string;
  /** Id of the Identity Center user for whom the identity acts. */
  readonly onBehalfOf?: string;
  /** Absent where it can't be told, as for users whose MFA is their identity provider's business. */
  readonly mfa?: boolean;
  /** An IP address, or the name of the AWS service that called. */
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly accessKeyId?: string;
  /** By a console's session, as AWS says. */
  readonly console: boolean;
  /** The AWS service that called on the identity's behalf. */
  readonly invokedBy?: string;
  /** AWS's word that CloudFormation did it, or that the resource is part of a stack. */
  readonly iac?: { readonly tool: 'CloudFormation'; readonly by: 'invokedBy' | 'system-tag' };
  /** The user agent claims a tool. Whoever calls chooses the user agent: to be shown, not to be relied on. */
  readonly iacHint?: string;
  /** Who asked for the root session, as an ARN. */
  readonly assumedBy?: string;
}

/** What is known besides the record. */
export interface ActorContext {
  /** Sessions that AssumeRoot gave out, as far as known: the member account's record doesn't mention it. */
  readonly rootSessions?: readonly RootSession[];
  /** The tags of the resource: nobody but CloudFormation can set its system tags. */
  readonly resourceTags?: Readonly<Record<string, string>>;
}

const LONGEST = 512;
const CLOUDFORMATION = 'cloudformation.amazonaws.com';
const STACK_TAG = 'aws:cloudformation:stack-id';

/** Who made a call. Never throws: a record that doesn't say has an actor of type `unknown`. */
export function actorOf(
  record: CloudTrailRecord,
  { rootSessions = [], resourceTags = {} }: ActorContext = {},
): Actor {
  const { userIdentity: identity } = record;
  const context = identity.sessionContext ?? {};
  const assumedBy = rootSessions.find((session) => isInRootSession(record, session))?.startedBy;
  const type = assumedBy ? 'assumed-root' : typeOf(identity);
  const { session, permissionSet } = issuedTo(identity);
  const account = accountOf(identity);
  const invokedBy = identity.invokedBy;
  const mfa = mfaOf(record);
  return {
    type,
    principal: cut(principalOf(identity, record)),
    ...given('account', account),
    ...(isForeign(account, record) ? { isFromOtherAccount: true } : {}),
    ...given('userName', identity.userName ?? context.sessionIssuer?.userName),
    ...given('issuer', context.sessionIssuer?.arn),
    ...given('session', session),
    ...given('permissionSet', permissionSet),
    ...given('provider', identity.identityProvider ?? context.federatedProvider),
    ...given('sourceIdentity', context.sourceIdentity),
    ...given('onBehalfOf', identity.onBehalfOf?.userId),
    ...(mfa === undefined ? {} : { mfa }),
    ...given('sourceIp', record.sourceIPAddress),
    ...given('userAgent', record.userAgent),
    ...given('accessKeyId', identity.accessKeyId),
    console: isConsole(record),
    ...given('invokedBy', invokedBy),
    ...(invokedBy === CLOUDFORMATION
      ? { iac: { tool: 'CloudFormation', by: 'invokedBy' } as const }
      : Object.hasOwn(resourceTags, STACK_TAG)
        ? { iac: { tool: 'CloudFormation', by: 'system-tag' } as const }
        : {}),
    ...given('iacHint', toolIn(record.userAgent)),
    ...given('assumedBy', assumedBy),
  };
}

const TYPES: Readonly<Record<string, ActorType>> = {
  IAMUser: 'iam-user',
  AssumedRole: 'role',
  Role: 'role',
  IdentityCenterUser: 'identity-center-user',
  FederatedUser: 'federated-user',
  SAMLUser: 'saml-user',
  WebIdentityUser: 'web-identity-user',
  Root: 'root',
  AWSService: 'service',
  AWSAccount: 'account',
};

function typeOf(identity: UserIdentity): ActorType {
  if (identity.sessionContext?.assumedRoot === true) return 'assumed-root';
  if (issuedTo(identity).permissionSet !== undefined) return 'identity-center-user';
  if (Object.hasOwn(TYPES, identity.type)) return TYPES[identity.type] ?? 'unknown';
  // What a service does by itself comes without a type now and then.
  return identity.invokedBy !== undefined && identity.arn === undefined ? 'service' : 'unknown';
}

/** What stands for an identity that has no ARN. */
function principalOf(identity: UserIdentity, { sourceIPAddress }: CloudTrailRecord): string {
  const { arn, userName, principalId, accountId, invokedBy, onBehalfOf } = identity;
  if (arn !== undefined) return arn;
  const named = userName ?? principalId;
  switch (typeOf(identity)) {
    case 'service':
      return invokedBy ?? sourceIPAddress ?? 'an AWS service';
    case 'root':
      return accountId === undefined ? 'root' : `root of ${accountId}`;
    case 'account':
      return accountId === undefined ? (named ?? 'another account') : `account ${accountId}`;
    case 'identity-center-user':
      return userName ?? onBehalfOf?.userId ?? principalId ?? 'an Identity Center user';
    case 'iam-user':
      return named === undefined ? 'an IAM user' : `user ${named}`;
    default:
      return named ?? (accountId === undefined ? 'unknown' : `unknown, of account ${accountId}`);
  }
}

const ACCOUNT = /^\d{12}$/;

const accountOf = ({ accountId, arn, sessionContext }: UserIdentity): string | undefined =>
  [accountId, arn?.split(':')[4], sessionContext?.sessionIssuer?.accountId].find(
    (account) => account !== undefined && ACCOUNT.test(account),
  );

const isForeign = (account: string | undefined, { recipientAccountId }: CloudTrailRecord): boolean =>
  account !== undefined && recipientAccountId !== undefined && account !== recipientAccountId;

const isConsole = ({ sessionCredentialFromConsole, eventType }: CloudTrailRecord): boolean =>
  sessionCredentialFromConsole === true ||
  eventType === 'AwsConsoleSignIn' ||
  eventType === 'AwsConsoleAction';

const TOOLS = /\b(Terraform|OpenTofu|Pulumi)\b/i;
const toolIn = (userAgent = ''): string | undefined => TOOLS.exec(userAgent.slice(0, LONGEST))?.[1];

const cut = (text: string): string => shortenedTo(LONGEST, text);
const given = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: cut(value) } as { [P in K]?: string });
