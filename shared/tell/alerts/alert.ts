import * as z from 'zod/mini';
import type { Mode } from '../../contracts/trailseal/compliance-policy';
import {
  Activity,
  AppliedExemption,
  ChangeLink,
  Exposure,
  type FindingEventDetail,
  type Judgement,
  Reason,
  ResourceRef,
  Severity,
  type Transition,
  TransitionKind,
} from '../../contracts/trailseal/finding';
import type { Control, ControlMetadata } from '../../controls/control';
import { asReported } from './as-reported';
import { whoText } from './who';

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

/**
 * An alert for machines: the default message of the topic. Its published JSON Schema is docs/schemas/alert.schema.json;
 * fields are added within a version, never changed or removed.
 */
export const Alert = z.object({
  schemaVersion: z.literal('1'),
  alertId: described(z.string(), 'The same for every delivery of one alert: act on it once.'),
  messageType: described(TransitionKind, 'What happened to the finding.'),
  status: described(z.enum(['open', 'resolved', 'exempt']), 'Where the finding stands after it.'),
  severity: Severity,
  recordedAt: described(z.string(), 'When Trailseal recorded it, ISO 8601 in UTC.'),
  finding: z.object({ id: z.string(), seq: z.int() }),
  control: z.object({
    id: z.string(),
    kind: z.optional(
      described(
        z.enum(['rule', 'verification', 'detection', 'partner']),
        'rule: reads configuration items; verification: verifies the files of CloudTrail; detection: reads its records; partner: takes the word of another service.',
      ),
    ),
    title: z.string(),
    rationale: z.string(),
    frameworks: described(
      z.record(z.string(), z.array(z.string())),
      'Items by framework; CIS by version: cis-3.0.0.',
    ),
  }),
  resource: described(
    ResourceRef,
    'resourceId and arn exactly as AWS gives them: treat them as untrusted text.',
  ),
  summary: described(z.string(), 'One line for a person.'),
  because: described(z.array(Reason), 'What breaks the control; of a closing message, what broke it.'),
  observedAt: z.optional(
    described(
      z.string(),
      'When AWS Config captured the configuration that was judged; of a verification, when it came to this.',
    ),
  ),
  exposure: z.optional(Exposure),
  late: z.optional(described(z.literal(true), 'Learned of after it was over.')),
  test: z.optional(described(z.literal(true), 'An operator sent the event: nothing of this needs to be so.')),
  exemption: z.optional(AppliedExemption),
  links: z.object({
    change: ChangeLink,
    actor: z.object({
      state: z.enum(['named', 'missing', 'not-applicable']),
      reason: z.string(),
      says: z.string(),
      activity: z.optional(described(Activity, 'The API call, texts exactly as AWS gives them.')),
    }),
    proof: z.object({ state: z.enum(['missing', 'not-applicable']), reason: z.string(), says: z.string() }),
    remediation: z.object({ state: z.literal('none'), mode: z.string(), says: z.string() }),
  }),
  whatToDo: z.array(z.string()),
});
export type Alert = z.infer<typeof Alert>;

/** What an alert needs to know besides the event. */
export interface AlertContext {
  /** Undefined for a control that this version no longer has. */
  readonly control: (ControlMetadata & { readonly kind?: Control['kind'] }) | undefined;
  readonly mode: Mode | undefined;
}

/**
 * Whether people hear of a transition. Exemptions from the beginning, and their ends by repair, stay quiet, and so does
 * what closes by itself because nothing more has happened.
 */
export const isTold = ({ transition }: FindingEventDetail): boolean =>
  transition.exposure !== undefined && !closesByItself(transition);

const closesByItself = ({ kind, late, judgement }: Transition): boolean =>
  kind === 'Resolved' && !late && judgement?.compliance === 'NON_COMPLIANT';

/** The alert of a transition: pure, so that a second delivery says the same as the first. */
export function alertOf({ transition, finding }: FindingEventDetail, { control, mode }: AlertContext): Alert {
  const closing = transition.kind === 'Resolved' || transition.kind === 'Exempted';
  const evidence = closing ? (transition.was ?? transition.judgement) : transition.judgement;
  const because = (evidence?.because ?? []).map((reason) => ({
    ...reason,
    says: asReported(reason.says, 300),
    value: typeof reason.value === 'string' ? asReported(reason.value) : reason.value,
  }));
  return {
    schemaVersion: '1',
    alertId: transition.id,
    messageType: transition.kind,
    status: statusAfter(transition),
    severity: finding.severity,
    recordedAt: transition.recordedAt,
    finding: { id: finding.id, seq: transition.seq },
    control: {
      id: finding.control,
      ...(control?.kind === undefined ? {} : { kind: control.kind }),
      title: control?.title ?? finding.control,
      rationale: control?.rationale ?? '',
      frameworks: frameworkItems(control),
    },
    resource: {
      accountId: finding.accountId,
      region: finding.region,
      resourceType: finding.resourceType,
      resourceId: finding.resourceId,
      ...(finding.resourceName === undefined ? {} : { resourceName: asReported(finding.resourceName) }),
      ...(finding.arn === undefined ? {} : { arn: finding.arn }),
      ...(finding.topic === undefined ? {} : { topic: finding.topic }),
    },
    summary: summaryOf(transition, because, evidence),
    because,
    ...(transition.judgement ? { observedAt: transition.judgement.observedAt } : {}),
    ...(transition.exposure ? { exposure: transition.exposure } : {}),
    ...(transition.late ? { late: true } : {}),
    ...([transition.judgement, evidence].some((judgement) => judgement?.origin === 'operator')
      ? { test: true }
      : {}),
    ...(transition.kind === 'Exempted' && transition.judgement?.exemption
      ? { exemption: transition.judgement.exemption }
      : {}),
    links: {
      change: (transition.late ? transition.was : transition.judgement)?.change ?? nothingReported,
      ...linksOf(control?.kind, evidence?.activity),
      remediation: {
        state: 'none',
        mode: mode ?? 'notify',
        says: `Trailseal changed nothing: the mode of this control is ${mode ?? 'notify'}.`,
      },
    },
    whatToDo: closing ? [] : [...(control?.whatToDo ?? [])],
  };
}

/** An exposure learned of after its end leaves the finding as the latest judgement says. */
function statusAfter({ kind, late, judgement, recordedAt }: Transition): Alert['status'] {
  if (late && judgement?.compliance === 'NON_COMPLIANT')
    return judgement.exemption && judgement.exemption.expiresAt > recordedAt ? 'exempt' : 'open';
  return kind === 'Resolved' ? 'resolved' : kind === 'Exempted' ? 'exempt' : 'open';
}

/** Who and whether it is true: what an alert about a call, a file or a configuration can say of that. */
const linksOf = (
  kind: Control['kind'] | undefined,
  activity: Activity | undefined,
): Pick<Alert['links'], 'actor' | 'proof'> =>
  kind === 'verification'
    ? ofTheRecordItself
    : activity
      ? {
          actor: { state: 'named', reason: 'the-event-itself', says: whoText(activity), activity },
          proof: ofWhatWasConfigured.proof,
        }
      : ofWhatWasConfigured;

/** The links of an alert about a resource. */
const ofWhatWasConfigured = {
  actor: {
    state: 'missing',
    reason: 'not-collected',
    says: 'This deployment does not collect API activity, so nobody is named.',
  },
  proof: {
    state: 'missing',
    reason: 'not-watched',
    says: 'This deployment does not look up the log record of a change, so none backs this alert.',
  },
} as const satisfies Partial<Alert['links']>;

/** The links of an alert about CloudTrail's files. */
const ofTheRecordItself = {
  actor: {
    state: 'not-applicable',
    reason: 'about-the-record',
    says: 'Files do not say who wrote or removed them: the S3 data events of the bucket do, where they are logged.',
  },
  proof: {
    state: 'not-applicable',
    reason: 'about-the-record',
    says: 'This alert is about the record itself: verify the bucket yourself by trailseal verify.',
  },
} as const satisfies Partial<Alert['links']>;

const nothingReported: ChangeLink = { state: 'none', properties: [], otherPaths: [] };

function summaryOf(
  transition: Transition,
  because: readonly Reason[],
  evidence: Judgement | undefined,
): string {
  // What was done says more in a line than why that is not all right.
  const complaint = evidence?.activity ? evidence.annotation : because.map(({ says }) => says).join('; ');
  return asReported(leadOf(transition) + complaint, 500);
}

/** What a closing message says before the complaint that it closes. */
function leadOf({ kind, late, judgement }: Transition): string {
  if (late) return '';
  if (kind === 'Exempted') return 'still so, but exempt: ';
  if (kind !== 'Resolved') return '';
  return judgement?.compliance === 'NOT_APPLICABLE'
    ? `no longer applies (${judgement.annotation}); it was: `
    : 'no longer: ';
}

function frameworkItems(control: ControlMetadata | undefined): Record<string, string[]> {
  if (!control) return {};
  const { cis, ...others } = control.frameworks;
  const items: [string, readonly string[]][] = [
    ...Object.entries(cis).map(([version, item]): [string, string[]] => [`cis-${version}`, [item]]),
    ...Object.entries(others),
  ];
  return Object.fromEntries(
    items.filter(([, list]) => list.length > 0).map(([name, list]) => [name, [...list]]),
  );
}
