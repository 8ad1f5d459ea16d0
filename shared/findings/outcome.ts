import { shortHash } from '../contracts/short-hash';
import type { Finding, FindingRemediation } from '../contracts/trailseal/finding';
import type { RemediationOutcome } from '../contracts/trailseal/remediation';
import { boundedOutcome } from './bounded-outcome';
import { asItStands, type Change } from './finding';
import { compareText } from './order';
import { outcomeSays } from './outcome-words';

/** Ids of so many outcomes are remembered: one that comes again after that brings its transition again, with its id. */
const REMEMBERED = 20;

/**
 * What has become of a remediation joins its finding. It says nothing of the finding's state: that is for a judgement
 * to say. An older outcome that comes late is told, and leaves the latest one in its place. Pure.
 */
export function addOutcome(before: Finding, given: RemediationOutcome): Change {
  const outcome = boundedOutcome(given);
  const known = before.remediation;
  const told = known?.told ?? [];
  if (told.includes(outcome.id)) return { finding: before, transitions: [] };
  const latest =
    known && compareOutcomes(named(known), outcome) > 0
      ? known
      : { ...summaryOf(outcome), ...(known?.calls ? { calls: known.calls } : {}) };
  const finding = {
    ...before,
    remediation: { ...latest, told: [...told, outcome.id].slice(-REMEMBERED) },
  };
  return {
    finding,
    transitions: [
      {
        id: shortHash([before.id, outcome.kind, outcome.id].join('\n')),
        kind: outcome.kind,
        findingId: before.id,
        cause: `outcome ${outcome.id}`,
        outcome,
        ...asItStands(finding),
      },
    ],
  };
}

const summaryOf = (outcome: RemediationOutcome): Omit<FindingRemediation, 'told' | 'calls'> => ({
  outcome: outcome.id,
  kind: outcome.kind,
  run: outcome.run,
  ...(outcome.of === undefined ? {} : { of: outcome.of }),
  does: outcome.does,
  remediation: outcome.remediation,
  mode: outcome.mode,
  at: outcome.at,
  ...(outcome.planHash === undefined ? {} : { planHash: outcome.planHash }),
  refusals: outcome.refusals.map(({ code }) => code),
  says: outcomeSays(outcome),
  ...(outcome.approvedBy === undefined ? {} : { approvedBy: outcome.approvedBy }),
  ...(outcome.askedBy === undefined ? {} : { askedBy: outcome.askedBy }),
});

type Named = Pick<RemediationOutcome, 'id' | 'kind' | 'at'>;

const named = ({ outcome, kind, at }: FindingRemediation): Named => ({ id: outcome, kind, at });

/** Of one instant, in the order in which a run comes to them: what is applied may have been unconfirmed before. */
const order: Readonly<Record<RemediationOutcome['kind'], number>> = {
  RemediationProposed: 0,
  Refused: 1,
  Unconfirmed: 2,
  Failed: 3,
  Applied: 4,
  Undone: 5,
};

const compareOutcomes = (a: Named, b: Named): number =>
  compareText(a.at, b.at) || order[a.kind] - order[b.kind] || compareText(a.id, b.id);
