import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCall } from '../contracts/trailseal/remediation';
import { idOf } from '../remediations/run';
import { sessionPolicy } from '../remediations/session-policy';
import type { Credentials } from './calls/callable';

/** The role in which remediations are made in one account, our own too. */
export interface RemediationRole {
  readonly arn: string;
  readonly externalId: string;
}

/** For what a session is. */
export interface RunSession {
  readonly accountId: string;
  readonly findingId: string;
  /** The nonce of the approval, where somebody approved. */
  readonly approval?: string;
  /** What CloudTrail's record of the session shall say besides. */
  readonly tags?: Readonly<Record<string, string>>;
  /** It may do what these need, and nothing else. */
  readonly calls: readonly Pick<AwsCall, 'allows'>[];
}

/** The shortest that STS gives: longer than any run. */
const SECONDS = 900;
const RENEWED_BEFORE_MS = 60_000;

/** There is no session, and so nothing can be done. */
export class NoSession extends Error {
  override readonly name = 'NoSession';
  /** @param passing another attempt may succeed */
  constructor(
    readonly code: string,
    message: string,
    readonly passing: boolean,
  ) {
    super(message);
  }
}

/**
 * Who it is about, as CloudTrail shows it with every call of the session, and with what a session of this one does: the
 * finding, and the approval by a digest, for the nonce itself is what approves.
 * Source: AWS STS API reference, AssumeRole: 2 to 64 of these characters.
 */
export const sourceIdentity = ({ findingId, approval }: Pick<RunSession, 'findingId' | 'approval'>): string =>
  ['trailseal', findingId, ...(approval === undefined ? [] : [idOf('approval', approval)])]
    .join('.')
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64);

/** Source: AWS STS API reference, Tag: values of at most 256 of these characters. */
const sessionTags = (tags: NonNullable<RunSession['tags']>) =>
  Object.entries(tags).map(([Key, value]) => ({
    Key,
    Value: value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, 256),
  }));

/**
 * The keys of a session of the remediation role, for one run. They are asked for once, and again before they expire.
 * @param sts signed as the function that runs
 * @returns what throws NoSession where there is none
 */
export function runCredentials(
  role: RemediationRole,
  session: RunSession,
  { sts = new STSClient({}), now = Date.now }: { readonly sts?: STSClient; readonly now?: () => number } = {},
): Credentials {
  let kept: ReturnType<Credentials> | undefined;
  let until = 0;

  async function assume() {
    const [, , , , owner] = role.arn.split(':');
    if (owner !== session.accountId)
      throw new NoSession('OtherAccount', `The remediation role is not one of ${session.accountId}.`, false);
    const limits = sessionPolicy(session.calls);
    if ('refused' in limits) throw new NoSession('SessionPolicy', limits.refused, false);
    const identity = sourceIdentity(session);
    const { Credentials: keys } = await sts
      .send(
        new AssumeRoleCommand({
          RoleArn: role.arn,
          RoleSessionName: sourceIdentity({ findingId: session.findingId }),
          ExternalId: role.externalId,
          SourceIdentity: identity,
          Policy: limits.policy,
          ...(session.tags === undefined ? {} : { Tags: sessionTags(session.tags) }),
          DurationSeconds: SECONDS,
        }),
      )
      .catch((error: unknown) => {
        throw noSession(error);
      });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = keys ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new NoSession('NoCredentials', 'STS gave no keys.', true);
    until = Expiration.getTime() - RENEWED_BEFORE_MS;
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  }

  return () => {
    if (kept === undefined || now() >= until) {
      until = Number.POSITIVE_INFINITY;
      kept = assume().catch((error: unknown) => {
        kept = undefined;
        throw error;
      });
    }
    return kept;
  };
}

function noSession(error: unknown): NoSession {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const isFinal = status >= 400 && status < 500 && !/Throttl|^ExpiredToken|^IDPCommunication/.test(name);
  return new NoSession(name, `The remediation role could not be assumed: ${message}`.slice(0, 300), !isFinal);
}
