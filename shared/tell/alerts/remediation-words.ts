import type { RemediationOutcome } from '../../contracts/trailseal/remediation';
import { moreIn } from '../../findings/bounded-outcome';
import { callsMade } from '../../findings/outcome-words';
import { timeText as at } from './duration';
import type { RemediationLink } from './remediation-link';

type Kind = RemediationOutcome['kind'];
type Words = Readonly<Record<Kind, string>>;

const ofFix: Words = {
  RemediationProposed: 'fix proposed',
  Refused: 'fix refused',
  Applied: 'fixed and confirmed',
  Unconfirmed: 'fix not confirmed',
  Failed: 'fix failed',
  Undone: 'undone',
};

const ofUndo: Words = {
  RemediationProposed: 'undo proposed',
  Refused: 'undo refused',
  Applied: 'undone',
  Unconfirmed: 'undo not confirmed',
  Failed: 'undo failed',
  Undone: 'undone',
};

/** What happened, in the words of a headline. */
export const outcomeHeadline = (kind: Kind, does: RemediationLink['does']): string =>
  (does === 'undo' ? ofUndo : ofFix)[kind];

const MOST_NAMED = 3;

/**
 * The first of some calls, in words, and how many more there are.
 * @param calls the last entry may count what is left out
 * @param most so many of them are meant
 */
function callsText(
  calls: readonly string[],
  { mostNamed = MOST_NAMED, most = Number.POSITIVE_INFINITY } = {},
): string {
  const left = moreIn(calls.at(-1));
  const listed = left === undefined ? calls : calls.slice(0, -1);
  const count = Math.min(most, listed.length + (left ?? 0));
  const named = listed.slice(0, Math.min(count, mostNamed));
  const rest = count - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

/** What a summary line leads with: what happened, before the complaint that it is about. */
export function leadOfOutcome({ kind, does, mode, asks, calls, refusals, says }: RemediationOutcome): string {
  const isFix = does === 'fix';
  const done = callsText(calls, { mostNamed: 1 });
  switch (kind) {
    case 'RemediationProposed':
      return `${asks ? `${isFix ? 'fix' : 'undo'} waits for an approval` : `${mode}, nothing was changed`}: ${done}`;
    case 'Refused':
      return `${isFix ? 'nothing was changed' : 'not undone'}: ${refusals.map(({ code }) => code).join(', ')}`;
    case 'Applied':
    case 'Undone':
      return `${isFix ? 'fixed' : 'undone'}: ${done}`;
    case 'Unconfirmed':
      return `${isFix ? 'changed' : 'put back'}, not confirmed: ${done}`;
    case 'Failed':
      return `${isFix ? 'the fix' : 'the undo'} failed: ${(says ?? done).replace(/\.$/, '')}`;
  }
}

/**
 * What whoever is woken by it has to see first: what was changed, and how to undo it or to let it go.
 * @param findingId for the commands, which hold nothing that others have chosen
 */
export function openingLines(kind: Kind, link: RemediationLink, findingId: string): string[] {
  const { calls = [], does, undo, asks, notes = [], refusals = [], says } = link;
  const isFix = does === 'fix';
  const howToUndo = undo === undefined ? [] : [`To undo it: ${undo}`];
  switch (kind) {
    case 'RemediationProposed':
      return asks
        ? [
            `Nothing was changed. ${isFix ? 'The fix' : 'The undo'} would: ${callsText(calls)}.`,
            ...(isFix ? [] : notes.slice(0, 1).map((exposes) => `What it exposes: ${exposes}`)),
            `To let it go, until ${at(asks.expiresAt)}: ${approve(findingId)}`,
          ]
        : [
            `Nothing was changed, and nothing waits. It would: ${callsText(calls)}.`,
            `The mode is ${link.mode}: it only shows what would be done.`,
          ];
    case 'Refused':
      return [says, ...refusals.flatMap(({ instead }) => instead ?? []).slice(0, 1)];
    case 'Applied':
      return [`Changed: ${callsText(calls)}.`, ...howToUndo];
    case 'Undone':
      return [`Put back: ${callsText(calls)}.`, says];
    case 'Unconfirmed':
      return [`${isFix ? 'Changed' : 'Put back'}, and not confirmed: ${callsText(calls)}.`, ...howToUndo];
    case 'Failed': {
      const { made, mayBeMore } = callsMade({ steps: link.steps ?? [] });
      return [
        made === 0
          ? 'No call is known to have worked.'
          : `Done before it failed: ${callsText(calls, { most: made })}.`,
        ...(mayBeMore ? [`It may have worked, no answer came: ${calls[made] ?? `call ${made + 1}`}.`] : []),
        ...(made > 0 || mayBeMore ? howToUndo : []),
      ];
    }
  }
}

const approve = (findingId: string): string => `npx trailseal approve ${findingId}`;

/**
 * What to do about what has become of a remediation.
 * @param byHand how a person would mend it; empty where that is mended
 */
export function stepsAfter(
  kind: Kind,
  link: RemediationLink,
  findingId: string,
  byHand: readonly string[],
): string[] {
  const { does, undo, asks, refusals = [] } = link;
  const isFix = does === 'fix';
  const wholePlan = isFix ? [`Look at the whole plan: npx trailseal remediate ${findingId}`] : [];
  switch (kind) {
    case 'RemediationProposed':
      return asks
        ? [...wholePlan, `Let it go, until ${at(asks.expiresAt)}: ${approve(findingId)}`]
        : [...wholePlan, ...byHand];
    case 'Refused':
      return [
        ...new Set(refusals.flatMap(({ instead }) => instead ?? [])),
        ...(refusals.some(({ code }) => code === 'changed-since')
          ? [`Undo it all the same, after a look at the difference: npx trailseal undo ${findingId} --force`]
          : []),
        ...(isFix ? byHand : []),
      ];
    case 'Applied':
      return undo === undefined ? [] : [`Undo it, should something need what was changed: ${undo}`];
    case 'Undone':
      return [...byHand];
    case 'Unconfirmed':
    case 'Failed':
      return [
        `Look at what is there now, and at what was done: npx trailseal show ${findingId}`,
        ...(undo === undefined ? [] : [`Undo what was changed: ${undo}`]),
        ...byHand,
      ];
  }
}
