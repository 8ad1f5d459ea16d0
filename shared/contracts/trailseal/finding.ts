import * as z from 'zod/mini';
import type { Json } from '../aws/configuration-item';
import { outcomeKinds, RemediationOutcome, refusalCodes } from './remediation';

/** AWS Config's four values, and no others. */
export const Compliance = z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA']);
export type Compliance = z.infer<typeof Compliance>;

/** Security Hub's labels, worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'informational'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

/** Whatever JSON can say. Nothing is checked: what comes here was parsed from JSON. */
const AnyJson = z.unknown() as unknown as z.ZodMiniType<Json>;
const Time = z.string().check(z.describe('ISO 8601 in UTC.'));

/** One property that breaks a control: where it stands, what it says, what was expected instead. */
export const Reason = z.object({
  says: z.string(),
  path: z
    .string()
    .check(
      z.describe(
        'Path in the configuration item: configuration.ipPermissions[0].ipv4Ranges[1].cidrIp; made of the names that AWS gives to properties; or the s3:// address of a file of CloudTrail.',
      ),
    ),
  value: z.nullable(AnyJson).check(z.describe('What AWS Config reported there; null when nothing is there.')),
  expected: z.string(),
});
export type Reason = Readonly<z.infer<typeof Reason>>;

/**
 * The first of the four questions, what changed: `reported` is AWS Config's word, which is not signed. Values are
 * given for the paths that the control reads; other changed properties by name only.
 */
export const ChangeLink = z.object({
  state: z.enum(['reported', 'none']),
  properties: z.array(
    z.object({
      path: z.string(),
      changeType: z.enum(['CREATE', 'UPDATE', 'DELETE']),
      before: z.nullable(AnyJson),
      after: z.nullable(AnyJson),
    }),
  ),
  otherPaths: z.array(z.string()),
  omitted: z
    .optional(z.int().check(z.minimum(1)))
    .check(z.describe('How many more properties changed than are listed.')),
});
export type ChangeLink = z.infer<typeof ChangeLink>;

export const ResourceRef = z.object({
  accountId: z.string(),
  region: z.string().check(z.describe('A Region, or "global" for types such as those of IAM.')),
  resourceType: z.string(),
  resourceId: z.string(),
  resourceName: z.optional(z.string()),
  arn: z.optional(z.string()),
  topic: z
    .optional(z.string())
    .check(
      z.describe("Which of several matters of the resource it is: the id of another service's finding."),
    ),
});
export type ResourceRef = Readonly<z.infer<typeof ResourceRef>>;

/**
 * When a judgement counts: the greatest (observedAt, configurationStateId as a number, policyVersion) is the state.
 * policyVersion is the time since when the policy is in force, a dot, and a hash of policy and rule.
 */
const orderKey = {
  observedAt: Time,
  configurationStateId: z.string().check(z.regex(/^\d+$/)),
  policyVersion: z.string(),
};

export const AppliedExemption = z.object({ owner: z.string(), reason: z.string(), expiresAt: Time });
export type AppliedExemption = z.infer<typeof AppliedExemption>;

/** Who made a call, as CloudTrail reports it; a secret is never among it. */
export const ActorSummary = z.object({
  type: z.string(),
  principal: z.string().check(z.describe('The ARN of the user or session, or what names it best.')),
  account: z.optional(z.string()),
  issuer: z.optional(z.string()).check(z.describe('ARN of the role that a session is of.')),
  session: z.optional(z.string()),
  onBehalfOf: z.optional(z.string()),
  mfa: z.optional(z.boolean()),
  sourceIp: z.optional(z.string()),
  userAgent: z.optional(z.string()),
  accessKeyId: z.optional(z.string()),
  invokedBy: z.optional(z.string()),
  iac: z.optional(z.string()).check(z.describe('The tool that made the call, where AWS itself says so.')),
  console: z.boolean(),
});
export type ActorSummary = Readonly<z.infer<typeof ActorSummary>>;

/** The API call that a judgement is about. */
export const Activity = z.object({
  eventID: z.string(),
  eventName: z.string(),
  eventSource: z.string(),
  eventTime: Time,
  awsRegion: z.string(),
  errorCode: z.optional(z.string()),
  actor: ActorSummary,
});
export type Activity = Readonly<z.infer<typeof Activity>>;

/**
 * Why the record of a call is not proven.
 *
 * - `not-watched`: no trail that compliance.yml names was watched, logging and validated where and when it was made.
 * - `not-selected`: the settings of the watched trails leave such a call out, or are not known for that time.
 * - `late`: digests or log files in which it may stand did not come, or could not be read, in time.
 * - `log-altered`: a log file or digest in which it may stand is altered or gone.
 * - `no-witness`: it stands in no log file, and nothing but the event itself says that it was made.
 * - `not-logged`: contradicted: every log file is there and whole, CloudTrail itself knows the call, and none holds it.
 * - `other-content`: contradicted: a verified log file holds this event with other content.
 */
export const proofReasons = [
  'not-watched',
  'not-selected',
  'late',
  'log-altered',
  'no-witness',
  'not-logged',
  'other-content',
] as const;
export type ProofReason = (typeof proofReasons)[number];

/** A file of CloudTrail that a proof rests on. */
export const SealedFile = z.object({
  bucket: z.string(),
  key: z.string(),
  sha256: z.string().check(z.describe('Of the inflated bytes, in lower-case hex.')),
  copy: z
    .optional(z.object({ bucket: z.string(), key: z.string() }))
    .check(z.describe('Its copy in the evidence bucket: the very bytes that were verified.')),
});
export type SealedFile = Readonly<z.infer<typeof SealedFile>>;

/** The third question, is the record true, of one call. */
export const EventProof = z.object({
  state: z.enum(['pending', 'proven', 'missing', 'contradicted']),
  reason: z.optional(z.enum(proofReasons)),
  says: z.string(),
  at: z.optional(Time).check(z.describe('When it came to this.')),
  log: z.optional(SealedFile),
  index: z
    .optional(z.int().check(z.minimum(0)))
    .check(z.describe('Of the record in `Records` of the log file.')),
  digest: z.optional(SealedFile),
  key: z
    .optional(z.object({ fingerprint: z.string(), from: z.string(), where: z.string() }))
    .check(z.describe('The public key that the digest was verified with, and where it came from.')),
  differs: z
    .optional(z.array(z.string()))
    .check(z.describe('Of `other-content`: the fields in which the log file differs from the event.')),
});
export type EventProof = Readonly<z.infer<typeof EventProof>>;

/** A call that explains an observation, with the proof of its record. */
export const Call = z.object({ ...Activity.shape, proof: EventProof });
export type Call = Readonly<z.infer<typeof Call>>;

/**
 * Who brought an observation about. `named`: one call did it. `candidates`: one of these may have. `missing`: none is
 * known that could have; `not-yet` while one may still come, `not-found` when every source has been searched.
 */
export const ObservationLinks = z.object({
  observedAt: Time,
  configurationStateId: z.string(),
  actor: z.enum(['named', 'candidates', 'missing']),
  reason: z.optional(z.enum(['not-yet', 'not-found'])),
  calls: z.array(Call).check(z.describe('In the order of their times, at most 5.')),
  omitted: z.optional(z.int().check(z.minimum(1))).check(z.describe('How many more candidates there are.')),
});
export type ObservationLinks = Readonly<z.infer<typeof ObservationLinks>>;

/** What a control said about one observed configuration, with its evidence. */
export const Judgement = z.object({
  ...orderKey,
  compliance: Compliance,
  annotation: z.string(),
  because: z.array(Reason),
  change: ChangeLink,
  exemption: z.optional(AppliedExemption),
  activity: z.optional(Activity),
  quietUntil: z
    .optional(Time)
    .check(
      z.describe('Of something that happened and is over: closes by itself then, unless it happens again.'),
    ),
  origin: z
    .optional(z.literal('operator'))
    .check(z.describe('Not from AWS: an operator sent the event, as a test.')),
});
export type Judgement = z.infer<typeof Judgement>;

/** A judgement as the history keeps it. */
export const HistoryEntry = z.object({
  ...orderKey,
  compliance: Compliance,
  annotation: z.string(),
  exemptUntil: z.optional(Time),
  quietUntil: z.optional(Time),
  onBehalfOf: z
    .optional(z.string())
    .check(z.describe('Of a call: who started the session that it was made in, where somebody else did.')),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** A time in which a control did not hold, as far as AWS Config observed it. Open without `to`. */
export const Exposure = z.object({
  from: Time,
  to: z.optional(Time),
  atLeast: z
    .optional(z.literal(true))
    .check(z.describe('The history no longer reaches back to the beginning.')),
  times: z
    .optional(z.int().check(z.minimum(2)))
    .check(z.describe('Of what happens and is over: how often it happened in this time, if more than once.')),
});
export type Exposure = z.infer<typeof Exposure>;

/**
 * The fourth question, what was done about it: where the latest run of a remediation, or of its undo, stands. Its plan,
 * the state before and every step stand in the rows of the run.
 */
export const FindingRemediation = z.object({
  outcome: z.string().check(z.describe('Id of the latest outcome.')),
  kind: z.enum(outcomeKinds),
  run: z.string(),
  of: z.optional(z.string()).check(z.describe('Of an undo: the run that it undoes.')),
  does: z.enum(['fix', 'undo']),
  remediation: z.string(),
  mode: z.string(),
  at: Time,
  planHash: z.optional(z.string()),
  refusals: z.array(z.enum(refusalCodes)),
  says: z.string().check(z.describe('What has come of it, in a sentence.')),
  approvedBy: z.optional(z.string()),
  askedBy: z.optional(z.string()),
  calls: z
    .optional(ObservationLinks)
    .check(z.describe('The record of its approval, where it had one, and of its calls; with their proofs.')),
  told: z.array(z.string()).check(z.describe('Ids of the last 20 outcomes, oldest first.')),
});
export type FindingRemediation = Readonly<z.infer<typeof FindingRemediation>>;

/** The state of one (control, account, region, resource type, resource). */
export const Finding = z.object({
  id: z.string().check(z.regex(/^[A-Z2-7]{26}$/)),
  control: z.string(),
  severity: Severity,
  ...ResourceRef.shape,
  state: z.enum(['open', 'resolved', 'exempt']),
  exposure: z.optional(Exposure).check(z.describe('The latest exposure: the one that goes on while open.')),
  judgement: z.optional(Judgement).check(z.describe('The latest one that could tell.')),
  unsettled: z
    .optional(z.object({ observedAt: Time, annotation: z.string() }))
    .check(z.describe('A later observation from which the control could not tell.')),
  links: z
    .optional(z.array(ObservationLinks))
    .check(
      z.describe(
        'Of the observations with which exposures began and ended, and of the latest; oldest first.',
      ),
    ),
  remediation: z.optional(FindingRemediation),
  history: z.array(HistoryEntry).check(z.describe('The last 50 judgements, oldest first.')),
});
export type Finding = z.infer<typeof Finding>;

/**
 * `Attributed`: who did it is known now, or better. `Sealed`: the record of that is proven. `Unproven`: it will not be,
 * for a reason. `Contradicted`: the record says otherwise. The last six tell what has become of a remediation.
 */
export const TransitionKind = z.enum([
  'Opened',
  'Updated',
  'Resolved',
  'Reopened',
  'Exempted',
  'Attributed',
  'Sealed',
  'Unproven',
  'Contradicted',
  ...outcomeKinds,
]);
export type TransitionKind = z.infer<typeof TransitionKind>;

/** One change of a finding. Alerts follow transitions. */
export const Transition = z.object({
  id: z.string().check(z.regex(/^[A-Z2-7]{26}$/)),
  kind: TransitionKind,
  findingId: z.string(),
  seq: z.int().check(z.minimum(1)),
  recordedAt: Time,
  cause: z
    .string()
    .check(z.describe('What brought it about: the order key of a judgement, and what else tells it apart.')),
  after: z.optional(z.string()).check(z.describe('The transition of the same finding before this one.')),
  judgement: z.optional(Judgement).check(z.describe('What the control says since this transition.')),
  was: z
    .optional(Judgement)
    .check(z.describe('What it said before: the evidence of an exposure that is over.')),
  exposure: z.optional(Exposure),
  links: z
    .optional(ObservationLinks)
    .check(z.describe('Who brought about what this transition is about, as far as known then.')),
  outcome: z.optional(RemediationOutcome).check(z.describe('Of a remediation: what has become of it.')),
  late: z
    .optional(z.literal(true))
    .check(
      z.describe('Learned of after it was over: the finding itself never showed this exposure as open.'),
    ),
});
export type Transition = z.infer<typeof Transition>;

/** A finding without its history, which stays in the table. */
export const FindingSummary = z.object({ ...Finding.shape, history: z.optional(z.never()) });
export type FindingSummary = Omit<Finding, 'history'>;

/** The detail of every event on Trailseal's own bus; its detail-type is `Finding <kind>`, its source `trailseal`. */
export const FindingEventDetail = z.object({
  schemaVersion: z.literal('1'),
  transition: Transition,
  finding: FindingSummary,
});
export type FindingEventDetail = Omit<z.infer<typeof FindingEventDetail>, 'finding'> & {
  readonly finding: FindingSummary;
};
