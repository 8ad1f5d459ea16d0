import * as z from 'zod/mini';
import type { Json } from '../aws/configuration-item';

/** Whatever JSON can say. Nothing is checked: what comes here was parsed from JSON. */
const AnyJson = z.unknown() as unknown as z.ZodMiniType<Json>;
const Time = z.string().check(z.describe('ISO 8601 in UTC.'));

/** What one call needs to be allowed to do: the statements of the session that it is made in. */
export const Allowance = z.object({
  action: z.string().check(z.describe('An IAM action: ec2:RevokeSecurityGroupIngress.')),
  resources: z
    .array(z.string())
    .check(z.minLength(1), z.describe('ARNs, or "*" alone where IAM knows no resource for the action.')),
});
export type Allowance = Readonly<z.infer<typeof Allowance>>;

/** The SDK clients that remediations call, by the names that the catalogue of controls gives them. */
export const services = [
  'autoscaling',
  'cloudtrail',
  'cloudwatch',
  'config',
  'ec2',
  'iam',
  'kms',
  'lambda',
  'rds',
  's3',
  's3control',
  'ssm',
] as const;

/**
 * One call to AWS, as data: a dry run prints it, a test compares it, an approval is bound to it.
 *
 * `input` is what the SDK's command takes, with two things that JSON can't say. `{"$time": "2026-11-29T10:00:00.000Z"}`
 * stands for a time, `{"$answer": [0, "GroupId"]}` for a member of what the first call of the same list answered.
 *
 * `again` is what a second, equal call does. `harmless`: nothing more. `refused`: AWS answers one of `doneCodes`. Behind
 * a call whose answer got lost that means that it worked; to the first call it means that somebody else was faster, and
 * that the rest of the plan no longer fits. `doubles`: it does it twice, so whoever got no answer looks before calling
 * again.
 */
export const AwsCall = z.object({
  service: z.enum(services),
  action: z
    .string()
    .check(
      z.regex(/^[A-Z][A-Za-z0-9]+$/),
      z.describe("The SDK's command without Command: RevokeSecurityGroupIngress."),
    ),
  region: z.string(),
  input: z.record(z.string(), AnyJson),
  allows: z.array(Allowance),
  says: z.string().check(z.describe('What it does, as a sentence begins: Revoke ingress rule sgr-0a1b.')),
  again: z.enum(['harmless', 'refused', 'doubles']),
  doneCodes: z.optional(z.array(z.string())),
});
export type AwsCall = Readonly<z.infer<typeof AwsCall>>;

/** A call of the capture. Its answer is kept under `as`, as null where AWS answers one of `absentOn`. */
export const ReadCall = z.object({
  as: z.string(),
  call: AwsCall,
  absentOn: z.array(z.string()),
});
export type ReadCall = Readonly<z.infer<typeof ReadCall>>;

/** What a remediation works on, named as calls name it. */
export const Target = z.object({
  accountId: z.string(),
  region: z.string(),
  partition: z.string(),
  resourceType: z.string(),
  id: z.string(),
  arn: z.string(),
  topic: z.optional(z.string()),
});
export type Target = Readonly<z.infer<typeof Target>>;

/**
 * The state before, as it was read: what the undo restores. It holds what the remediation reads and nothing else, and
 * never a secret. It is stored before the first call is made.
 */
export const Capture = z.object({
  remediation: z.string(),
  version: z.int(),
  target: Target,
  at: Time,
  captured: AnyJson,
});
export type Capture = Readonly<z.infer<typeof Capture>>;

/**
 * What a remediation would do. `before` and `after` tell the captured state and the one that is foreseen in the terms
 * that count: without the ids that AWS gives anew, without figures that change by themselves.
 */
export const Plan = z.object({
  does: z.enum(['fix', 'undo']),
  remediation: z.string(),
  version: z.int(),
  findingId: z.string(),
  control: z.string(),
  target: Target,
  calls: z.array(AwsCall).check(z.minLength(1)),
  before: AnyJson,
  after: AnyJson,
  notes: z.array(z.string()).check(z.describe('What whoever approves has to know besides.')),
  hash: z
    .string()
    .check(
      z.regex(/^[0-9a-f]{64}$/),
      z.describe('SHA-256 over the canonical JSON of all the other members: an approval is bound to it.'),
    ),
});
export type Plan = Readonly<z.infer<typeof Plan>>;

/** The way back, or why there is none. */
export const Undo = z.discriminatedUnion('reversible', [
  z.object({
    reversible: z.literal(true),
    calls: z.array(AwsCall),
    sameMeaning: z
      .optional(z.string())
      .check(z.describe('Why what comes back is not the same to the letter: AWS gives it another id.')),
    comesBackAs: z
      .optional(z.tuple([z.int(), z.string()]))
      .check(z.describe('Where its new id stands: which call, and which member of the answer.')),
    leaves: z.optional(z.array(z.string())).check(z.describe('What does not come back, or stays.')),
  }),
  z.object({ reversible: z.literal(false), because: z.string() }),
]);
export type Undo = Readonly<z.infer<typeof Undo>>;

/**
 * Why nothing was changed.
 *
 * - `policy-invalid`: compliance.yml is missing or invalid, so that nobody knows what is exempt.
 * - `exempt`: an exemption covers the resource.
 * - `mode`: compliance.yml says `off` or `notify` for the control.
 * - `dry-run`, `not-approved`: the plan is shown, and waits for nobody or for an approval.
 * - `managed-by-iac`: CloudFormation would set it back; the stack has to change.
 * - `protected`: the resource has a tag that keeps remediation away.
 * - `tags-unknown`: its tags could not be read, so that it may be either.
 * - `cap-reached`: as many have been made for this control in this account in the last hour as may be.
 * - `own-change`: the change that is to be set back was made by our own remediation.
 * - `stale-plan`: the plan is no longer the one that was approved.
 * - `no-longer-so`: read again, the resource does not break the control, or does not say.
 * - `unreadable`: AWS's answer was not complete, or not of the form that is known.
 * - `nothing-to-do`, `cannot`: the remediation itself says so.
 * - `changed-since`, `irreversible`: of an undo.
 */
export const refusalCodes = [
  'policy-invalid',
  'exempt',
  'mode',
  'dry-run',
  'not-approved',
  'managed-by-iac',
  'protected',
  'tags-unknown',
  'cap-reached',
  'own-change',
  'stale-plan',
  'no-longer-so',
  'unreadable',
  'nothing-to-do',
  'cannot',
  'changed-since',
  'irreversible',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export const Refusal = z.object({
  code: z.enum(refusalCodes),
  says: z.string(),
  instead: z.optional(z.string()).check(z.describe('What a person can do about it.')),
});
export type Refusal = Readonly<z.infer<typeof Refusal>>;

/**
 * Where a run of a remediation, or of its undo, has come to. `applying` names the call that is being made or whose
 * answer never came. `unconfirmed`: the calls worked, and what was read afterwards is not what the plan foresaw.
 */
export const RemediationState = z.enum([
  'planned',
  'refused',
  'captured',
  'applying',
  'applied',
  'unconfirmed',
  'failed',
  'undone',
]);
export type RemediationState = z.infer<typeof RemediationState>;

/** What may come after each state; the runner refuses every other step. */
export const nextStates: Readonly<Record<RemediationState, readonly RemediationState[]>> = {
  planned: ['captured', 'refused'],
  captured: ['applying', 'refused'],
  applying: ['applying', 'applied', 'unconfirmed', 'failed', 'undone'],
  // It is read again later, and may settle after all.
  unconfirmed: ['applied', 'undone', 'failed'],
  failed: ['applying'],
  applied: [],
  undone: [],
  refused: [],
};

/** One step of a run, as it is recorded before the next one begins. */
export const RemediationStep = z.object({
  state: RemediationState,
  at: Time,
  call: z
    .optional(z.int().check(z.minimum(0)))
    .check(z.describe('Of `applying`: which of the calls of the plan.')),
  requestId: z
    .optional(z.string())
    .check(z.describe("Of a call that AWS answered: AWS's id of the request.")),
  result: z
    .optional(z.enum(['done', 'refused', 'unknown']))
    .check(
      z.describe('What came of the call. Without it, it was about to be made, and no answer was recorded.'),
    ),
  error: z.optional(z.object({ code: z.string(), says: z.string() })),
  refusal: z.optional(Refusal),
  says: z.optional(z.string()),
});
export type RemediationStep = Readonly<z.infer<typeof RemediationStep>>;

/** One place in which the state changes, as JSON that is cut where it is long; null: nothing stands there. */
export const DiffLine = z.object({
  path: z.string(),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
});
export type DiffLine = Readonly<z.infer<typeof DiffLine>>;

/** Where what is there now is not what the remediation left: the three states, as JSON that is cut where it is long. */
export const ThreeWayLine = z.object({
  path: z.string(),
  captured: z.nullable(z.string()),
  left: z.nullable(z.string()),
  live: z.nullable(z.string()),
});
export type ThreeWayLine = Readonly<z.infer<typeof ThreeWayLine>>;

/** What an approval answers: it names the run and the nonce, and comes in time. */
export const ApprovalAsked = z.object({ nonce: z.string(), expiresAt: Time });
export type ApprovalAsked = Readonly<z.infer<typeof ApprovalAsked>>;

/** Somebody's word that a plan may be carried out: for this plan, once, and until it expires. */
export const Approval = z.object({
  approver: z.string().check(z.describe("The caller's ARN, as the API states it.")),
  planHash: z.string(),
  nonce: z.string(),
  at: Time,
  expiresAt: Time,
});
export type Approval = Readonly<z.infer<typeof Approval>>;

export const outcomeKinds = [
  'RemediationProposed',
  'Refused',
  'Applied',
  'Unconfirmed',
  'Failed',
  'Undone',
] as const;

/**
 * What has become of a run, for the finding and whoever reads its alerts. Every change of that is one of these, with an
 * id of its own: the same outcome that is reported twice has the same id.
 */
export const RemediationOutcome = z.object({
  id: z.string().check(z.regex(/^[A-Z2-7]{26}$/)),
  kind: z.enum(outcomeKinds),
  findingId: z.string(),
  run: z.string(),
  of: z.optional(z.string()).check(z.describe('Of an undo: the run that it undoes.')),
  does: z.enum(['fix', 'undo']),
  remediation: z.string(),
  control: z.string(),
  mode: z.string().check(z.describe('The mode that held for the run.')),
  at: Time,
  planHash: z.optional(z.string()).check(z.describe('None where there is nothing that could be done.')),
  calls: z.array(z.string()).check(z.describe('What the plan does, call by call, in words.')),
  diff: z.array(DiffLine).check(z.describe('What the plan changes.')),
  notes: z
    .array(z.string())
    .check(
      z.describe('Of the plan, and why nothing is done without approval where compliance.yml says auto.'),
    ),
  refusals: z.array(Refusal),
  steps: z.array(RemediationStep),
  says: z.optional(z.string()).check(z.describe('What is to be said of how it ended.')),
  judged: z
    .optional(z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA', 'not-judged']))
    .check(z.describe('What the control said of the state that was read last.')),
  asks: z.optional(ApprovalAsked).check(z.describe('Of a proposal that waits for an approval.')),
  approvedBy: z.optional(z.string()),
  askedBy: z.optional(z.string()).check(z.describe('Of an undo: who asked for it.')),
  overrides: z
    .optional(z.array(ThreeWayLine))
    .check(z.describe('Of an undo: what others changed since, and what it overrides where it is forced.')),
});
export type RemediationOutcome = Readonly<z.infer<typeof RemediationOutcome>>;
