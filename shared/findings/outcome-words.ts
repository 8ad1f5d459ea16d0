import type { RemediationOutcome, RemediationStep } from '../contracts/trailseal/remediation';

/**
 * What has come of a remediation, or of its undo, in a sentence. It says that something holds only where that was read
 * again. It may repeat what AWS said: clean it before people see it.
 */
export function outcomeSays(outcome: RemediationOutcome): string {
  const { kind, does, mode, asks, says } = outcome;
  const isFix = does === 'fix';
  switch (kind) {
    case 'RemediationProposed':
      return asks
        ? `${isFix ? 'A fix' : 'An undo'} is planned, and waits for an approval until ${timeText(asks.expiresAt)}: nothing was changed.`
        : `${isFix ? 'A fix' : 'An undo'} is planned, and waits for nothing: the mode is ${mode}, and nothing was changed.`;
    case 'Refused':
      return sentence(isFix ? 'Nothing was changed' : 'It was not undone', refusalOf(outcome));
    case 'Applied':
    case 'Undone':
      return `It was ${isFix ? 'fixed' : 'undone'}: read again, it is as planned${held(outcome)}.`;
    case 'Unconfirmed':
      return sentence(`It was ${isFix ? 'changed' : 'put back'}, and that is not confirmed`, says);
    case 'Failed':
      return sentence(`${isFix ? 'The fix' : 'The undo'} failed${inPart(outcome)}`, says);
  }
}

/** How many calls of the plan worked, and whether one more may have. They are made one after the other. */
export function callsMade({
  steps,
}: {
  readonly steps: readonly {
    readonly call?: number | undefined;
    readonly result?: RemediationStep['result'];
  }[];
}): { readonly made: number; readonly mayBeMore: boolean } {
  const last = Math.max(-1, ...steps.map(({ call = -1 }) => call));
  const results = steps.filter(({ call }) => call === last && last >= 0).map(({ result }) => result);
  const isDone = results.includes('done');
  const isOpen = results.some((result) => result === undefined || result === 'unknown');
  return { made: Math.max(0, last) + (isDone ? 1 : 0), mayBeMore: !isDone && isOpen };
}

function inPart(outcome: RemediationOutcome): string {
  const { made, mayBeMore } = callsMade(outcome);
  return made > 0 ? ', done in part' : mayBeMore ? ', and may be done in part' : '';
}

/** What the control says of what was read last; of what happened and is over it can say nothing. */
const held = ({ judged }: RemediationOutcome): string => (judged && judgedWords[judged]) ?? '';

const judgedWords: Readonly<Partial<Record<NonNullable<RemediationOutcome['judged']>, string>>> = {
  COMPLIANT: ', and the control holds',
  NOT_APPLICABLE: ', and the control no longer applies to it',
  NON_COMPLIANT: ', and the control does not hold',
  INSUFFICIENT_DATA: ', and the control can not tell whether it holds',
};

function refusalOf({ refusals }: RemediationOutcome): string | undefined {
  const [first, ...more] = refusals;
  if (first === undefined) return undefined;
  const count = more.length === 1 ? 'one more reason' : `${more.length} more reasons`;
  return more.length === 0 ? first.says : `${first.says} There ${more.length === 1 ? 'is' : 'are'} ${count}.`;
}

const sentence = (what: string, why: string | undefined): string =>
  why === undefined || why === '' ? `${what}.` : `${what}: ${begun(why)}`;

/** A sentence behind a colon; names keep their letters. */
const begun = (text: string): string =>
  /^[A-Z][a-z]* |^[A-Z][a-z]+'/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;

const timeText = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;
