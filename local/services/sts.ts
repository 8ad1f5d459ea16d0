import * as client from '@aws-sdk/client-sts';
import { type AccessControl, type Caller, identityOf, type Need, type Role } from '../access';
import { AwsError } from '../aws-error';
import { type ConditionKeys, readPolicy, type Statement } from '../iam';
import { operation, type Service } from '../service';
import type { Stack } from '../template';

const SHORTEST_SECONDS = 900;
/** A function is itself a session of a role, and a session of a session lasts an hour at most. */
const LONGEST_SECONDS = 3_600;
const MOST_POLICY_CHARACTERS = 2_048;
const NAME = /^[\w+=,.@-]{2,64}$/;
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

interface AssumeInput {
  RoleArn: string;
  RoleSessionName: string;
  DurationSeconds?: number;
  ExternalId?: string;
  SourceIdentity?: string;
  Policy?: string;
  Tags?: { Key: string; Value: string }[];
}

/** Who am I, which needs no right, and roles assumed by whom they trust. */
export function stsService({ options: { accountId } }: Stack, access: AccessControl): Service {
  return {
    name: 'sts',
    protocol: 'query',
    apiVersion: '2011-06-15',
    schemas: client,
    deniedCode: 'AccessDenied',
    deniedStatus: 403,
    invalidCode: 'ValidationError',
    operations: {
      GetCallerIdentity: operation<object>({
        needs: () => [],
        run: (_, caller) => {
          if (caller.kind === 'service') throw new Error('no service asks who it is');
          const { arn, userId } = identityOf(caller, accountId);
          return { Account: accountId, UserId: userId, Arn: arn };
        },
      }),
      AssumeRole: operation<AssumeInput>({
        needs: (input) => assuming(input, access.roleNamed(input.RoleArn)),
        run: (input, caller) =>
          assume(input, caller, { sessions: access.sessions, roleNamed: (arn) => access.roleNamed(arn) }),
        readOnly: true,
        activity: (input, output) => ({
          requestParameters: recordedInput(input),
          responseElements: output === undefined ? null : recordedOutput(output as Assumed),
        }),
      }),
    },
  };
}

/** What the role's trust policy decides; a role that isn't there is refused like one that doesn't trust. */
function assuming(
  { RoleArn, RoleSessionName, ExternalId, SourceIdentity, Tags = [] }: AssumeInput,
  role?: Role,
): Need[] {
  const need = (action: string, keys: ConditionKeys): Need => ({
    action,
    resource: RoleArn,
    policy: role?.trust ?? [],
    decidedBy: 'keyPolicy',
    keys,
  });
  // Each is decided for itself, by its own keys. Source: Service Authorization Reference, AWS Security Token Service.
  const identity = { 'sts:SourceIdentity': SourceIdentity };
  const named = { 'sts:ExternalId': ExternalId, 'sts:RoleSessionName': RoleSessionName };
  return [
    need('sts:AssumeRole', { ...named, ...identity }),
    ...(SourceIdentity === undefined ? [] : [need('sts:SetSourceIdentity', identity)]),
    ...(Tags.length === 0 ? [] : [need('sts:TagSession', {})]),
  ];
}

/** As CloudTrail writes it. Source: IAM User Guide, "Passing session tags in STS", on tags in CloudTrail. */
const recordedInput = ({ RoleArn, RoleSessionName, DurationSeconds, ExternalId, ...rest }: AssumeInput) => ({
  roleArn: RoleArn,
  roleSessionName: RoleSessionName,
  ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
  ...(ExternalId === undefined ? {} : { externalId: ExternalId }),
  ...(rest.SourceIdentity === undefined ? {} : { sourceIdentity: rest.SourceIdentity }),
  ...(rest.Policy === undefined ? {} : { policy: rest.Policy }),
  ...(rest.Tags === undefined
    ? {}
    : { tags: rest.Tags.map(({ Key, Value }) => ({ key: Key, value: Value })) }),
});

function recordedOutput({ Credentials, AssumedRoleUser, SourceIdentity }: Assumed): unknown {
  return {
    credentials: {
      accessKeyId: Credentials.AccessKeyId,
      expiration: new Date(Credentials.Expiration * 1000).toISOString(),
      sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
    assumedRoleUser: { assumedRoleId: AssumedRoleUser.AssumedRoleId, arn: AssumedRoleUser.Arn },
    ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
  };
}

function assume(input: AssumeInput, caller: Caller, { roleNamed, sessions }: Assuming): Assumed {
  const { RoleArn, RoleSessionName, DurationSeconds = LONGEST_SECONDS, Policy, Tags = [] } = input;
  const before = caller.kind === 'role' ? caller.session?.sourceIdentity : undefined;
  const SourceIdentity = input.SourceIdentity ?? before;
  for (const [member, value] of Object.entries({ RoleSessionName, SourceIdentity }))
    if (value !== undefined && !NAME.test(value)) throw invalid(member, value);
  if (DurationSeconds < SHORTEST_SECONDS || DurationSeconds > LONGEST_SECONDS)
    throw invalid('DurationSeconds', DurationSeconds);
  if (before !== undefined && SourceIdentity !== before)
    throw new AwsError('AccessDeniedException', 'The source identity of a session can not be changed', 403);
  for (const { Key, Value } of Tags)
    if (!TAG.test(Key) || !TAG.test(Value)) throw invalid('Tags', `${Key}=${Value}`);
  const policy = Policy === undefined ? undefined : sessionPolicy(Policy);
  if (!roleNamed(RoleArn)) throw new AwsError('AccessDeniedException', `${RoleArn} is not there`, 403);
  const session = sessions.start(
    {
      name: RoleSessionName,
      roleArn: RoleArn,
      ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
      ...(policy === undefined ? {} : { policy }),
    },
    DurationSeconds,
  );
  const [, , , , accountId = '', role = ''] = RoleArn.split(':');
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: session.expiresAt / 1000,
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROALOCAL:${RoleSessionName}`,
      Arn: `arn:aws:sts::${accountId}:assumed-role/${role.split('/').at(-1)}/${RoleSessionName}`,
    },
    ...(Policy === undefined
      ? {}
      : { PackedPolicySize: Math.ceil((Policy.length / MOST_POLICY_CHARACTERS) * 100) }),
    ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
  };
}

interface Assumed {
  Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: number };
  AssumedRoleUser: { AssumedRoleId: string; Arn: string };
  PackedPolicySize?: number;
  SourceIdentity?: string;
}

type Assuming = Pick<AccessControl, 'sessions'> & { roleNamed(arn: string): Role | undefined };

function sessionPolicy(text: string): Statement[] {
  if (text.length > MOST_POLICY_CHARACTERS) {
    const length = `Member must have length less than or equal to ${MOST_POLICY_CHARACTERS}`;
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: ${length}`,
    );
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new AwsError('MalformedPolicyDocumentException', 'This policy contains invalid Json');
  }
  return readPolicy(document, 'session policy');
}

const invalid = (member: string, value: unknown) =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member.slice(0, 1).toLowerCase()}${member.slice(1)}' failed to satisfy constraint`,
  );
