import type {
  Activity,
  Call,
  FindingRemediation,
  ObservationLinks,
  TransitionKind,
} from '../../contracts/trailseal/finding';
import { outcomeKinds, type RemediationOutcome } from '../../contracts/trailseal/remediation';
import { asReported } from './as-reported';
import { timeText } from './duration';
import { isOwn } from './own-calls';

/** What became known of a call after the alert. */
export type RecordKind = Extract<TransitionKind, 'Attributed' | 'Sealed' | 'Unproven' | 'Contradicted'>;

const recordKinds: readonly string[] = [
  'Attributed',
  'Sealed',
  'Unproven',
  'Contradicted',
] satisfies RecordKind[];

export const isOfRecord = (kind: string): kind is RecordKind => recordKinds.includes(kind);

/** What has become of a remediation. */
export const isOutcome = (kind: string): kind is RemediationOutcome['kind'] =>
  (outcomeKinds as readonly string[]).includes(kind);

/** Whether a transition says nothing of how the finding stands: what became known of a call, or of a remediation. */
export const isFollowUp = (kind: string): kind is RecordKind | RemediationOutcome['kind'] =>
  isOfRecord(kind) || isOutcome(kind);

/** Those that keep a card up to date: the default e-mail subscription leaves them out, see resources/alerts.yml. */
export const quietKinds: readonly string[] = ['Sealed', 'Unproven'] satisfies RecordKind[];

/** Which proofs a message of a kind is about. */
const statesOf: Readonly<Record<RecordKind, readonly Call['proof']['state'][]>> = {
  Attributed: ['pending', 'proven', 'missing', 'contradicted'],
  Sealed: ['proven'],
  Unproven: ['missing'],
  Contradicted: ['contradicted'],
};

const MOST_NAMED = 2;

/** What was found out of a call, before the complaint that it is about: which call, who made it, and what of it. */
export function leadOfRecord(
  kind: RecordKind,
  links: ObservationLinks | undefined,
  done?: FindingRemediation | undefined,
): string {
  const calls = (links?.calls ?? []).filter(({ proof }) => statesOf[kind].includes(proof.state));
  if (calls.length === 0)
    return kind === 'Attributed' && links !== undefined
      ? `the call that an earlier alert names no longer explains what was observed at ${timeText(links.observedAt)}`
      : '';
  const named = calls
    .slice(0, MOST_NAMED)
    .map((call) => callText(call, done))
    .join('; ');
  const more = calls.length + (links?.omitted ?? 0) - MOST_NAMED;
  const which = more > 0 && kind === 'Attributed' ? `${named}; or ${more} more` : named;
  if (kind === 'Attributed') {
    const verb = links?.actor === 'named' ? 'was' : 'may have been';
    return `what was observed at ${timeText(links?.observedAt ?? '')} ${verb} ${which}`;
  }
  const rest = calls.length > MOST_NAMED ? ` and ${calls.length - MOST_NAMED} more` : '';
  const [reason] = calls.flatMap(({ proof }) => proof.reason ?? []);
  const why = reason === undefined ? '' : ` (${reason})`;
  const record = calls.length === 1 ? 'the record of' : 'the records of';
  return `${record} ${named}${rest} ${findings[kind](calls.length)}${why}`;
}

const findings: Readonly<Record<Exclude<RecordKind, 'Attributed'>, (calls: number) => string>> = {
  Sealed: (calls) => `${calls === 1 ? 'is' : 'are'} proven`,
  Unproven: () => 'will not be proven',
  Contradicted: (calls) => `${calls === 1 ? 'is' : 'are'} CONTRADICTED`,
};

const callText = (call: Activity, done: FindingRemediation | undefined): string =>
  `${asReported(call.eventName, 80)} by ${isOwn(call, done) ? 'Trailseal itself' : asReported(call.actor.principal, 120)}`;
