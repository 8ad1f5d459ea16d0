import type {
  DiffLine,
  Refusal,
  RemediationOutcome,
  RemediationStep,
  ThreeWayLine,
} from '../contracts/trailseal/remediation';
import { firstWithin, shortenedTo } from '../proof/bounded-value';

// What an outcome may weigh, so that a finding with its outbox fits into one DynamoDB item, and an event of it into one
// entry of EventBridge, whatever AWS answered and whoever named the resources.
const TEXT_LENGTH = 300;
const CODE_LENGTH = 100;
/** The longest ARN of a session, with room. */
const ARN_LENGTH = 700;
const CALLS = { most: 20, bytes: 4 * 1024 };
const DIFF = { most: 20, bytes: 6 * 1024 };
const NOTES = { most: 10, bytes: 3 * 1024 };
const REFUSALS = { most: 20, bytes: 4 * 1024 };
const STEPS = { most: 40, bytes: 8 * 1024 };
const OVERRIDES = { most: 20, bytes: 4 * 1024 };

/**
 * An outcome as run and finding keep it: texts cut, lists as long as both their limits allow. Of refusals the first ones
 * stay, of steps the last; other lists say at their end how much is left out. Bounding it again changes nothing.
 */
export const boundedOutcome = (outcome: RemediationOutcome): RemediationOutcome => ({
  ...outcome,
  remediation: text(outcome.remediation, CODE_LENGTH),
  control: text(outcome.control, CODE_LENGTH),
  calls: within(outcome.calls.map(sentence), CALLS, andMore, moreIn),
  diff: within(outcome.diff.map(boundedLine), DIFF, lineOfMore, moreInLine),
  notes: within(outcome.notes.map(sentence), NOTES, andMore, moreIn),
  refusals: firstWithin(outcome.refusals.map(boundedRefusal), REFUSALS.most, REFUSALS.bytes),
  steps: lastWithin(outcome.steps.map(boundedStep), STEPS),
  ...(outcome.says === undefined ? {} : { says: sentence(outcome.says) }),
  ...(outcome.approvedBy === undefined ? {} : { approvedBy: text(outcome.approvedBy, ARN_LENGTH) }),
  ...(outcome.askedBy === undefined ? {} : { askedBy: text(outcome.askedBy, ARN_LENGTH) }),
  ...(outcome.overrides === undefined
    ? {}
    : {
        overrides: within(
          outcome.overrides.map(boundedThreeWay),
          OVERRIDES,
          (more) => ({ path: andMore(more), captured: null, left: null, live: null }),
          moreInThreeWay,
        ),
      }),
});

const text = (given: string, length: number): string => shortenedTo(length, given);
const sentence = (given: string): string => text(given, TEXT_LENGTH);
const shown = (given: string | null): string | null => given && sentence(given);

const boundedLine = ({ path, before, after }: DiffLine): DiffLine => ({
  path: sentence(path),
  before: shown(before),
  after: shown(after),
});

const boundedThreeWay = ({ path, captured, left, live }: ThreeWayLine): ThreeWayLine => ({
  path: sentence(path),
  captured: shown(captured),
  left: shown(left),
  live: shown(live),
});

const boundedRefusal = ({ code, says, instead }: Refusal): Refusal => ({
  code,
  says: sentence(says),
  ...(instead === undefined ? {} : { instead: sentence(instead) }),
});

const boundedStep = (step: RemediationStep): RemediationStep => ({
  ...step,
  ...(step.requestId === undefined ? {} : { requestId: text(step.requestId, CODE_LENGTH) }),
  ...(step.error === undefined
    ? {}
    : { error: { code: text(step.error.code, CODE_LENGTH), says: sentence(step.error.says) } }),
  ...(step.refusal === undefined ? {} : { refusal: boundedRefusal(step.refusal) }),
  ...(step.says === undefined ? {} : { says: sentence(step.says) }),
});

interface Limits {
  readonly most: number;
  readonly bytes: number;
}

const lastWithin = <T>(list: readonly T[], { most, bytes }: Limits): T[] =>
  firstWithin([...list].reverse(), most, bytes).reverse();

/** Of what the line for the rest takes, escaped as JSON. */
const REST_BYTES = 100;

/** @param moreIn how many entries an entry stands for which says itself that there are more */
function within<T>(
  list: readonly T[],
  { most, bytes }: Limits,
  rest: (more: number) => T,
  moreIn: (entry: T) => number | undefined,
): T[] {
  if (firstWithin(list, most, bytes).length === list.length) return [...list];
  const kept = firstWithin(list, most - 1, bytes - REST_BYTES);
  const left = list.slice(kept.length).reduce((sum, entry) => sum + (moreIn(entry) ?? 1), 0);
  return [...kept, rest(left)];
}

const andMore = (more: number): string => `and ${more} more`;
const lineOfMore = (more: number): DiffLine => ({ path: andMore(more), before: null, after: null });

/** How many more there are than are listed, where the last of a list says so. */
export function moreIn(last: string | undefined): number | undefined {
  const [, more] = /^and (\d{1,6}) more$/.exec(last ?? '') ?? [];
  return more === undefined ? undefined : Number(more);
}

// A place where nothing stood and nothing stands has not changed: such a line is one of ours.
const moreInLine = ({ path, before, after }: DiffLine): number | undefined =>
  before === null && after === null ? moreIn(path) : undefined;
const moreInThreeWay = ({ path, captured, left, live }: ThreeWayLine): number | undefined =>
  captured === null && left === null && live === null ? moreIn(path) : undefined;
