import * as client from '@aws-sdk/client-sts';
import { type AccessControl, type Caller, type Need, type Role, sessionArn } from '../access';
import { AwsError } from '../aws-error';
import { readPolicy, type Statement } from '../iam';
import { operation, type Service } from '../service';
import type { Stack } from '../template';

const SHORTEST_SECONDS = 900;
/** A function is itself a session of a role, and a session of a session lasts an hour at most. */
const LONGEST_SECONDS = 3_600;
const MOST_POLICY_CHARACTERS = 2_048;
const NAME = /^[\w+=,.@-]{2,64}$/;

interface AssumeInput {
  RoleArn: string;
  RoleSessionName: string;
  DurationSeconds?: number;
  ExternalId?: string;
  SourceIdentity?: string;
  Policy?: string;
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
        run: (_, caller) =>
          caller.kind === 'role'
            ? { Account: accountId, UserId: `AROALOCAL:${caller.name}`, Arn: sessionArn(caller) }
            : {
                Account: accountId,
                UserId: 'AIDALOCAL',
                Arn: `arn:aws:iam::${accountId}:user/${caller.name}`,
              },
      }),
      AssumeRole: operation<AssumeInput>({
        needs: (input) => assuming(input, access.roleNamed(input.RoleArn)),
        run: (input, caller) =>
          assume(input, caller, { sessions: access.sessions, roleNamed: (arn) => access.roleNamed(arn) }),
      }),
    },
  };
}

/** What the role's trust policy decides; a role that isn't there is refused like one that doesn't trust. */
function assuming(
  { RoleArn, RoleSessionName, ExternalId, SourceIdentity }: AssumeInput,
  role?: Role,
): Need[] {
  const need = (action: string): Need => ({
    action,
    resource: RoleArn,
    policy: role?.trust ?? [],
    decidedBy: 'keyPolicy',
    keys: {
      'sts:ExternalId': ExternalId,
      'sts:RoleSessionName': RoleSessionName,
      'sts:SourceIdentity': SourceIdentity,
    },
  });
  return [need('sts:AssumeRole'), ...(SourceIdentity === undefined ? [] : [need('sts:SetSourceIdentity')])];
}

function assume(input: AssumeInput, caller: Caller, { roleNamed, sessions }: Assuming): unknown {
  const { RoleArn, RoleSessionName, DurationSeconds = LONGEST_SECONDS, Policy } = input;
  const before = caller.kind === 'role' ? caller.session?.sourceIdentity : undefined;
  const SourceIdentity = input.SourceIdentity ?? before;
  for (const [member, value] of Object.entries({ RoleSessionName, SourceIdentity }))
    if (value !== undefined && !NAME.test(value)) throw invalid(member, value);
  if (DurationSeconds < SHORTEST_SECONDS || DurationSeconds > LONGEST_SECONDS)
    throw invalid('DurationSeconds', DurationSeconds);
  if (before !== undefined && SourceIdentity !== before)
    throw new AwsError('AccessDeniedException', 'The source identity of a session can not be changed', 403);
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
