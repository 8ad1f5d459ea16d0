import type { Activity, FindingRemediation } from '../../contracts/trailseal/finding';
import { asReported } from './as-reported';
import { whoText } from './who';

type Remediation = FindingRemediation | undefined;

const hasChanged: readonly string[] = [
  'Applied',
  'Unconfirmed',
  'Failed',
] satisfies FindingRemediation['kind'][];

/**
 * Whether we made a call ourselves. The calls of a remediation are those whose requests we stored: what a session calls
 * itself shows nothing, for anybody may choose that.
 */
export const isOwn = ({ eventID }: Activity, remediation: Remediation): boolean =>
  (remediation?.calls?.calls ?? []).some((call) => call.eventID === eventID);

/** Who made a call: where it was we ourselves, that comes first, and on whose word. */
export function whoMadeIt(call: Activity, remediation: Remediation): string {
  return remediation === undefined || !isOwn(call, remediation)
    ? whoText(call)
    : `Trailseal itself, ${byWhat(call, remediation)}: ${whoText(call)}`;
}

function byWhat({ eventTime }: Activity, { kind, does, run, at, approvedBy }: FindingRemediation): string {
  // The calls may be of a run before the one that was told of last, or after it: of an undo, of another attempt.
  const isOfRun = does === 'fix' && hasChanged.includes(kind) && eventTime.slice(0, 19) <= at.slice(0, 19);
  if (!isOfRun) return 'by a remediation of this finding';
  const approved = approvedBy === undefined ? '' : `, approved by ${asReported(approvedBy, 200)}`;
  return `by its fix, run ${run}${approved}`;
}
