import type { HistoryEntry, Judgement, Reason } from '../contracts/trailseal/finding';
import { boundedValue, firstWithin, shortenedTo } from '../proof/bounded-value';
import { compareKeys, compareText } from './order';

// What a judgement may weigh, so that a finding with its outbox fits into one DynamoDB item.
const REASONS = 25;
const REASONS_BYTES = 8 * 1024;
const REASON_VALUE_BYTES = 1024;
const REASON_TEXT_LENGTH = 300;
/** The address of a file in S3 can be long, and has to be whole to be of use. */
const REASON_PATH_LENGTH = 700;
const ANNOTATION_LENGTH = 1000;
const HISTORY_ANNOTATION_LENGTH = 200;

/** A judgement as a finding keeps it: texts cut, large values replaced by their size. */
export const boundedJudgement = (judgement: Judgement): Judgement => ({
  ...judgement,
  annotation: shortenedTo(ANNOTATION_LENGTH, judgement.annotation),
  because: firstWithin(judgement.because.map(boundedReason), REASONS, REASONS_BYTES),
});

const boundedReason = ({ says, path, value, expected }: Reason): Reason => ({
  says: shortenedTo(REASON_TEXT_LENGTH, says),
  path: shortenedTo(REASON_PATH_LENGTH, path),
  value: boundedValue(value, REASON_VALUE_BYTES),
  expected: shortenedTo(REASON_TEXT_LENGTH, expected),
});

export const entryOf = ({
  observedAt,
  configurationStateId,
  policyVersion,
  compliance,
  annotation,
  exemption,
  quietUntil,
  activity,
}: Judgement): HistoryEntry => ({
  observedAt,
  configurationStateId,
  policyVersion,
  compliance,
  annotation: shortenedTo(HISTORY_ANNOTATION_LENGTH, annotation),
  ...(exemption ? { exemptUntil: exemption.expiresAt } : {}),
  ...(quietUntil === undefined ? {} : { quietUntil }),
  ...(activity?.actor.onBehalfOf === undefined ? {} : { onBehalfOf: activity.actor.onBehalfOf }),
});

/** INSUFFICIENT_DATA concludes nothing: it leaves a finding as it is. */
export const isConclusive = ({ compliance }: Pick<HistoryEntry, 'compliance'>): boolean =>
  compliance !== 'INSUFFICIENT_DATA';

/** What holds when one observation was judged twice: a conclusion over none, and the worse one of two. */
const precedence = { INSUFFICIENT_DATA: 0, NOT_APPLICABLE: 1, COMPLIANT: 2, NON_COMPLIANT: 3 } as const;

/** Of two entries with one key the greater one holds, whichever came first. */
export const compareTwins = (a: HistoryEntry, b: HistoryEntry): number =>
  precedence[a.compliance] - precedence[b.compliance] ||
  // The policy is the same in both, so the one without an exemption was only judged after its end.
  compareText(a.exemptUntil ?? '', b.exemptUntil ?? '') ||
  compareText(a.quietUntil ?? '', b.quietUntil ?? '') ||
  // A call of a session was judged by itself first when the record of who started the session came late.
  compareText(a.onBehalfOf ?? '', b.onBehalfOf ?? '') ||
  compareText(a.annotation, b.annotation);

/** The later of two judgements; of one observation judged twice, the one that says more. */
export function laterJudgement(a: Judgement | undefined, b: Judgement | undefined): Judgement | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const difference =
    compareKeys(a, b) ||
    compareTwins(entryOf(a), entryOf(b)) ||
    // What AWS says holds over what an operator has sent about the same observation.
    Number(a.origin === undefined) - Number(b.origin === undefined) ||
    Number(a.change.state === 'reported') - Number(b.change.state === 'reported') ||
    compareText(canonicalJson(a), canonicalJson(b));
  return difference < 0 ? b : a;
}

/** JSON with the keys of every object sorted: DynamoDB keeps no order of them. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)))
      : member,
  );
