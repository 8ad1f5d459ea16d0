import type { FindingRemediation, FindingSummary, Transition } from '../../contracts/trailseal/finding';
import type { RemediationOutcome, RemediationStep } from '../../contracts/trailseal/remediation';
import { outcomeSays } from '../../findings/outcome-words';
import { asReported } from './as-reported';
import { timeText } from './duration';
import type { AlertStep, RemediationLink } from './remediation-schema';

export type { AlertStep, RemediationLink };

/** The fourth link in a word. */
export const remediationStates: Readonly<Record<FindingRemediation['kind'], RemediationLink['state']>> = {
  RemediationProposed: 'proposed',
  Refused: 'refused',
  Applied: 'applied',
  Unconfirmed: 'unconfirmed',
  Failed: 'failed',
  Undone: 'undone',
};

/** What was done, as far as it was known when the transition came about. */
export function remediationLink(
  { outcome }: Pick<Transition, 'outcome'>,
  { id, remediation }: Pick<FindingSummary, 'id' | 'remediation'>,
  mode: string,
): RemediationLink {
  if (outcome) return { ...summaryOf({ ...outcome, says: outcomeSays(outcome) }, id), ...detailsOf(outcome) };
  return remediation ? summaryOf({ ...remediation, says: saysSince(remediation) }, id) : nothingDone(mode);
}

/** What stood in a proposal need not hold any more: by now it may have been approved, and be made. */
function saysSince({ kind, at, says, calls }: FindingRemediation): string {
  if (kind !== 'RemediationProposed') return says;
  const isBeingMade = (calls?.calls ?? []).some(({ eventTime }) => eventTime.slice(0, 19) >= at.slice(0, 19));
  return isBeingMade
    ? 'What was proposed is being made: calls were made since, and what has come of them is told once it was read again.'
    : `At ${timeText(at)}: ${says}`;
}

export const nothingDone = (mode: string): RemediationLink => ({
  state: 'none',
  mode,
  says: ['off', 'notify'].includes(mode)
    ? `Trailseal changed nothing: the mode of this control is ${mode}.`
    : `Trailseal has changed nothing so far; the mode of this control is ${mode}.`,
});

type Summary = Pick<
  FindingRemediation,
  | 'kind'
  | 'mode'
  | 'says'
  | 'run'
  | 'of'
  | 'does'
  | 'remediation'
  | 'planHash'
  | 'approvedBy'
  | 'askedBy'
  | 'at'
>;

/** What a fix that came to this has changed can be put back. */
const undoable: readonly string[] = ['Applied', 'Unconfirmed', 'Failed'] satisfies Summary['kind'][];

/** An ARN is of use only as a whole. */
const ARN_LENGTH = 700;

const summaryOf = (known: Summary, findingId: string): RemediationLink => ({
  state: remediationStates[known.kind],
  mode: known.mode,
  says: text(known.says, 700),
  run: known.run,
  ...(known.of === undefined ? {} : { of: known.of }),
  does: known.does,
  remediation: known.remediation,
  ...(known.planHash === undefined ? {} : { planHash: known.planHash }),
  ...(known.approvedBy === undefined ? {} : { approvedBy: asReported(known.approvedBy, ARN_LENGTH) }),
  ...(known.askedBy === undefined ? {} : { askedBy: asReported(known.askedBy, ARN_LENGTH) }),
  ...(known.does === 'fix' && undoable.includes(known.kind)
    ? { undo: `npx trailseal undo ${findingId}` }
    : {}),
  at: known.at,
});

/** The one name of a file that our own texts hold: it is no host, and people search for it. */
const OWN_FILE = /(?<![\p{L}\p{M}\p{N}_.\]-])compliance\[\.\]yml(?![\p{L}\p{M}\p{N}_.[-])/gu;

const text = (given: string, length = 300): string =>
  asReported(given, length).replace(OWN_FILE, 'compliance.yml');
const shown = (given: string | null): string | null => (given === null ? null : text(given));

/** A place in a plan: slashes make no host names, and the dots of an address stay. */
const placeIn = (path: string): string => asReported(path.replace(/\.(?!\d)/g, '/'), 300);

const detailsOf = (outcome: RemediationOutcome): Partial<RemediationLink> => ({
  calls: outcome.calls.map((call) => text(call)),
  diff: outcome.diff.map(({ path, before, after }) => ({
    path: placeIn(path),
    before: shown(before),
    after: shown(after),
  })),
  notes: outcome.notes.map((note) => text(note)),
  refusals: outcome.refusals.map(({ code, says, instead }) => ({
    code,
    says: text(says),
    ...(instead === undefined ? {} : { instead: text(instead) }),
  })),
  steps: outcome.steps.map(stepOf),
  ...(outcome.asks ? { asks: outcome.asks } : {}),
  ...(outcome.overrides
    ? {
        overrides: outcome.overrides.map(({ path, captured, left, live }) => ({
          path: placeIn(path),
          captured: shown(captured),
          left: shown(left),
          live: shown(live),
        })),
      }
    : {}),
  ...(outcome.judged === undefined ? {} : { judged: outcome.judged }),
});

const stepOf = ({ state, at, call, requestId, result, error }: RemediationStep): AlertStep => ({
  state,
  at,
  ...(call === undefined ? {} : { call }),
  ...(requestId === undefined ? {} : { requestId: asReported(requestId, 100) }),
  ...(result === undefined ? {} : { result }),
  ...(error === undefined ? {} : { errorCode: asReported(error.code, 100) }),
});
