import * as z from 'zod/mini';
import { accessKeysSnapshot, SNAPSHOT } from '../../contracts/aws/account-snapshot';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import {
  allow,
  cannot,
  defineRemediation,
  locate,
  nothingToDo,
  type Occasion,
  read,
  tagMap,
} from '../remediation';
import { Tags } from '../resources/answers';

const DAY = 86_400_000;
const EXPOSED = 'trusted-advisor-exposed-keys';
const ROTATION = 'iam-access-key-rotation';

/** A secret is shown once, when the key is made, and never among these. */
const Keys = z.object({
  AccessKeyMetadata: z.array(
    z.object({ AccessKeyId: z.string(), Status: z.string(), CreateDate: z.optional(z.string()) }),
  ),
  IsTruncated: z.optional(z.nullable(z.literal(false))),
});
/** A path may hold what IAM takes for a wildcard: such an ARN would be a right to more than one user. */
const plainArn = z.string().check(z.regex(/^[\w+=,.@:/-]+$/));
const User = z.object({ User: z.object({ UserName: z.string(), Arn: plainArn, Tags }) });

interface Captured {
  readonly user: z.infer<typeof User>;
  readonly keys: z.infer<typeof Keys>;
}

/** Where only the name is known, the user may stand below a path. */
const readable = ({ arn, id }: Target): readonly [string, ...string[]] =>
  arn.endsWith(`:user/${id}`) ? [arn, arn.replace(`:user/${id}`, `:user/*/${id}`)] : [arn];

const setStatus = (target: Target, arn: string, key: string, status: string): AwsCall => ({
  service: 'iam',
  action: 'UpdateAccessKey',
  region: target.region,
  input: { UserName: target.id, AccessKeyId: key, Status: status },
  allows: [allow('iam:UpdateAccessKey', arn)],
  says: `Set access key ${key} of ${target.id} to ${status}`,
  again: 'harmless',
});

const Rotation = z.object({ maxDays: z._default(z.int().check(z.minimum(1)), 90) });

/** The active keys that the control is about, or why they can't be told. */
function keysFor({ keys }: Captured, target: Target, occasion: Occasion): readonly string[] | string {
  const active = keys.AccessKeyMetadata.filter(({ Status }) => Status === 'Active');
  if (occasion.control === EXPOSED) {
    if (target.topic === undefined) return 'the finding does not name the access key';
    return active
      .filter(({ AccessKeyId }) => AccessKeyId === target.topic)
      .map(({ AccessKeyId }) => AccessKeyId);
  }
  const parameters = Rotation.safeParse(occasion.parameters);
  if (occasion.control !== ROTATION || !parameters.success) return 'which keys are meant is not known';
  const oldest = Date.parse(occasion.at) - parameters.data.maxDays * DAY;
  return active
    .filter(({ CreateDate }) => CreateDate !== undefined && Date.parse(CreateDate) < oldest)
    .map(({ AccessKeyId }) => AccessKeyId);
}

export default defineRemediation({
  id: 'iam-deactivate-access-key',
  version: 1,
  title: 'Deactivate access keys of a user',
  fixes: [ROTATION, EXPOSED],
  restoresEvidence: false,
  cap: 10,
  settleSeconds: 10,
  autoWhen: {
    says: 'Trusted Advisor says that the key was published: whoever found it can use it.',
    holds: ({ occasion }) =>
      occasion.control === EXPOSED || 'what works with an old key stops working, and its owner has to know',
  },
  permissions: {
    capture: ['iam:GetUser', 'iam:ListAccessKeys'],
    apply: ['iam:UpdateAccessKey'],
    undo: ['iam:UpdateAccessKey'],
  },
  settings: z.object({}),
  captured: z.object({ user: User, keys: Keys }),
  exposesAgain: 'The access key works again, for whoever has it.',
  target: locate({
    resourceTypes: ['AWS::IAM::User'],
    id: /^[\w+=,.@-]{1,64}$/,
    // The resource id (AIDA…) of AWS Config is not what calls take.
    idOf: ({ resourceName, resourceId }) => resourceName ?? resourceId,
    globalRegion: 'us-east-1',
    // A user may stand below a path, which only AWS's answer tells.
    arnOf: ({ partition, accountId, id }, { arn }) =>
      arn?.startsWith(`arn:${partition}:iam::${accountId}:user/`) && /^[\w+=,.@:/-]+$/.test(arn)
        ? arn
        : `arn:${partition}:iam::${accountId}:user/${id}`,
  }),
  reads: (target) => [
    read('user', {
      service: 'iam',
      action: 'GetUser',
      region: target.region,
      input: { UserName: target.id },
      allows: [allow('iam:GetUser', ...readable(target))],
    }),
    read('keys', {
      service: 'iam',
      action: 'ListAccessKeys',
      region: target.region,
      input: { UserName: target.id },
      allows: [allow('iam:ListAccessKeys', ...readable(target))],
    }),
  ],
  tags: ({ user }) => tagMap(user.User.Tags),
  meaning: ({ keys }) =>
    Object.fromEntries(keys.AccessKeyMetadata.map(({ AccessKeyId, Status }) => [AccessKeyId, Status])),
  observed: ({ keys }) => ({
    resourceType: 'AWS::IAM::User',
    configuration: {},
    supplementaryConfiguration: { [SNAPSHOT]: accessKeysSnapshot(keys.AccessKeyMetadata) },
  }),
  plan({ captured, target, occasion }) {
    const chosen = keysFor(captured, target, occasion);
    if (typeof chosen === 'string') return cannot(chosen);
    const { Arn } = captured.user.User;
    const [first, ...more] = chosen.map((key) => setStatus(target, Arn, key, 'Inactive'));
    if (!first) return nothingToDo('no such key is active');
    return {
      outcome: 'change',
      calls: [first, ...more],
      after: {
        ...captured,
        keys: {
          AccessKeyMetadata: captured.keys.AccessKeyMetadata.map((key) =>
            chosen.includes(key.AccessKeyId) ? { ...key, Status: 'Inactive' } : key,
          ),
        },
      },
      notes: ['Whatever signs with the key is refused at once. The key is kept, and can be activated again.'],
    };
  },
  undo({ captured, target, left, live }) {
    const statusIn = (state: Captured, id: string) =>
      state.keys.AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === id)?.Status;
    const changed = captured.keys.AccessKeyMetadata.filter(
      ({ AccessKeyId, Status }) => statusIn(left, AccessKeyId) !== Status,
    );
    const gone = changed.filter(({ AccessKeyId }) => statusIn(live, AccessKeyId) === undefined);
    return {
      reversible: true,
      calls: changed
        .filter((key) => !gone.includes(key))
        .map(({ AccessKeyId, Status }) => setStatus(target, captured.user.User.Arn, AccessKeyId, Status)),
      ...(gone.length === 0
        ? {}
        : {
            after: {
              ...captured,
              keys: {
                AccessKeyMetadata: captured.keys.AccessKeyMetadata.filter((key) => !gone.includes(key)),
              },
            },
            leaves: gone.map(
              ({ AccessKeyId }) => `Access key ${AccessKeyId} was deleted, and is gone for good.`,
            ),
          }),
    };
  },
});
