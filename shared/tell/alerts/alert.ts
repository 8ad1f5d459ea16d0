import type { Mode } from '../../contracts/trailseal/compliance-policy';
import {
  type ChangeLink,
  type FindingEventDetail,
  type FindingRemediation,
  type Judgement,
  type Reason,
  type Severity,
  severities,
  type Transition,
  type TransitionKind,
} from '../../contracts/trailseal/finding';
import type { Control, ControlMetadata } from '../../controls/control';
import { isOfOwnCalls } from '../../findings/link-transitions';
import { alertControl } from './alert-control';
import type { Alert } from './alert-schema';
import { asReported } from './as-reported';
import { isFollowUp, isOfRecord, isOutcome, leadOfRecord } from './follow-up';
import { type ActorAndProof, actorAndProof, ofOwnCalls } from './links';
import { whenContradicted } from './proof-words';
import { type RemediationLink, remediationLink } from './remediation-link';
import { leadOfOutcome, stepsAfter } from './remediation-words';

export type { Alert };

/** What an alert needs to know besides the event. */
export interface AlertContext {
  /** Undefined for a control that this version no longer has. */
  readonly control: (ControlMetadata & { readonly kind?: Control['kind'] }) | undefined;
  readonly mode: Mode | undefined;
}

/**
 * Whether subscribers hear of a transition. Exemptions from the beginning, and their ends by repair, stay quiet, and so
 * do what closes by itself because nothing more has happened, and what becomes known of an exempt finding: but nobody is
 * exempt from a record that says otherwise, and what was changed is told of every finding.
 */
export function isTold({ transition, finding }: FindingEventDetail): boolean {
  const { kind, exposure } = transition;
  if (kind === 'Contradicted' || hasChanged.includes(kind)) return true;
  if (isFollowUp(kind) && finding.state === 'exempt') return false;
  return isOutcome(kind) || (exposure !== undefined && !closesByItself(transition));
}

/** Outcomes of remediations that have changed something, or may have. */
const hasChanged: readonly string[] = [
  'Applied',
  'Unconfirmed',
  'Failed',
  'Undone',
] satisfies Transition['kind'][];

const closesByItself = ({ kind, late, judgement }: Transition): boolean =>
  kind === 'Resolved' && !late && judgement?.compliance === 'NON_COMPLIANT';

/** The alert of a transition: pure, so that a second delivery says the same as the first. */
export function alertOf({ transition, finding }: FindingEventDetail, { control, mode }: AlertContext): Alert {
  const remediation = remediationLink(transition, finding, mode ?? 'notify');
  const closing = transition.kind === 'Resolved' || transition.kind === 'Exempted';
  const severity = severityOf(transition.kind, finding.severity);
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
    status: isFollowUp(transition.kind) ? finding.state : statusAfter(transition),
    severity,
    recordedAt: transition.recordedAt,
    finding: {
      id: finding.id,
      seq: transition.seq,
      ...(severity === finding.severity ? {} : { severity: finding.severity }),
    },
    control: alertControl(finding.control, control),
    resource: {
      accountId: finding.accountId,
      region: finding.region,
      resourceType: finding.resourceType,
      resourceId: finding.resourceId,
      ...(finding.resourceName === undefined ? {} : { resourceName: asReported(finding.resourceName) }),
      ...(finding.arn === undefined ? {} : { arn: finding.arn }),
      ...(finding.topic === undefined ? {} : { topic: finding.topic }),
    },
    summary: summaryOf(transition, because, evidence, finding.remediation),
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
      ...whoAndProof(control?.kind, transition, evidence, finding.remediation),
      remediation,
    },
    whatToDo: stepsOf(transition, finding, control, remediation),
  };
}

const whoAndProof = (
  kind: Control['kind'] | undefined,
  transition: Transition,
  evidence: Judgement | undefined,
  done: FindingRemediation | undefined,
): ActorAndProof =>
  transition.links && isOfOwnCalls(transition)
    ? ofOwnCalls(transition.links)
    : actorAndProof(kind, transition, evidence, done);

/**
 * However small the finding: a record that says otherwise is an incident of its own, and what a remediation left half
 * done or in doubt has to be looked at.
 */
const atLeast: Readonly<Partial<Record<TransitionKind, Severity>>> = {
  Contradicted: 'high',
  Failed: 'medium',
  Unconfirmed: 'medium',
};

const severityOf = (kind: TransitionKind, own: Severity): Severity => {
  const least = atLeast[kind] ?? own;
  return severities.indexOf(least) < severities.indexOf(own) ? least : own;
};

function stepsOf(
  { kind }: Transition,
  { id, state }: FindingEventDetail['finding'],
  control: ControlMetadata | undefined,
  remediation: RemediationLink,
): string[] {
  if (kind === 'Contradicted') return whenContradicted(id);
  if (isOutcome(kind))
    return stepsAfter(kind, remediation, id, state === 'open' ? (control?.whatToDo ?? []) : []);
  const isOpen = isFollowUp(kind)
    ? kind === 'Attributed' && state === 'open'
    : kind !== 'Resolved' && kind !== 'Exempted';
  return isOpen ? [...(control?.whatToDo ?? [])] : [];
}

/** An exposure learned of after its end leaves the finding as the latest judgement says. */
function statusAfter({ kind, late, judgement, recordedAt }: Transition): Alert['status'] {
  if (late && judgement?.compliance === 'NON_COMPLIANT')
    return judgement.exemption && judgement.exemption.expiresAt > recordedAt ? 'exempt' : 'open';
  return kind === 'Resolved' ? 'resolved' : kind === 'Exempted' ? 'exempt' : 'open';
}

const nothingReported: ChangeLink = { state: 'none', properties: [], otherPaths: [] };

function summaryOf(
  transition: Transition,
  because: readonly Reason[],
  evidence: Judgement | undefined,
  done: FindingRemediation | undefined,
): string {
  // What was done says more in a line than why that is not all right.
  const complaint = evidence?.activity ? evidence.annotation : because.map(({ says }) => says).join('; ');
  if (!isFollowUp(transition.kind)) return asReported(leadOf(transition) + complaint, 500);
  const { kind, links, outcome } = transition;
  const found = isOfRecord(kind) ? leadOfRecord(kind, links, done) : outcome ? leadOfOutcome(outcome) : '';
  const lead = found !== '' && isOfOwnCalls(transition) ? `of what was done about it, ${found}` : found;
  return asReported(
    [lead, complaint].filter((words) => words !== '').join(outcome ? '; about: ' : ': '),
    500,
  );
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
