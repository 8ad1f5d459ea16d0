import type { Call, Finding, ObservationLinks } from '../../shared/contracts/trailseal/finding';
import type { Control } from '../../shared/controls/control';
import { proofCardOf } from '../../shared/proof/card';
import type { Run } from '../../shared/remediations/run';
import { wordsOf } from '../../shared/tell/alerts/kind-words';
import { type ActorAndProof, actorAndProof } from '../../shared/tell/alerts/links';
import { whoMadeIt } from '../../shared/tell/alerts/own-calls';
import { proofWords, whenContradicted } from '../../shared/tell/alerts/proof-words';
import { callsLookUp, configurationLookUp, eventLookUp } from '../evidence/look-ups';
import { changeLines } from './difference';
import { commandLines, type Line, listed, paragraph, type Section, step } from './page';
import { isFetchable, proofChecks, proofLines } from './proof-lines';
import { ownCallsOf, remediationLines, remediationWord } from './remediation-lines';
import { timeText } from './story';

type Kind = Control['kind'] | undefined;

/** The proof card: the four links, each with its state in a word, what it rests on, and how to check it. */
export function cardSections(
  finding: Finding,
  kind: Kind,
  { runs, now }: { readonly runs: readonly Run[]; readonly now: Date },
): Section[] {
  const { change, actor, proof, remediation } = cardOf(finding, kind);
  return [
    { title: `What changed: ${change}`, lines: changed(finding, kind) },
    { title: `Who did it: ${actor.state}`, lines: actorLines(finding, kind, actor) },
    { title: `Is the record true: ${proof.state}`, lines: recordLines(finding, proof) },
    {
      title: `What was done: ${remediation}`,
      lines: finding.remediation
        ? remediationLines(finding, finding.remediation, runs, now)
        : // The mode that the deployed policy gives the control is not in the finding.
          [
            paragraph('Trailseal changed nothing.'),
            ...howTo('Check it: calls of its own would be among these.', callsLookUp(finding)),
          ],
    },
  ];
}

/** The four links of a finding as a whole: who began its latest exposure, and the worst proof of any call. */
export function cardOf(finding: Finding, kind: Kind) {
  const { links = [], judgement, exposure } = finding;
  const began = links.find(({ observedAt }) => observedAt === exposure?.from) ?? links.at(-1);
  const { actor, proof } = linksOf(finding, kind, began);
  const calls = callsOf(finding);
  const { state, reason } = proofCardOf(calls);
  return {
    change: judgement?.change.state ?? 'none',
    actor,
    proof:
      proof.state === 'not-applicable' || calls.length === 0
        ? { state: proof.state, reason: proof.reason, says: proof.says }
        : { state, reason: reason ?? '', says: proofWords(state, reason, calls) },
    remediation: remediationWord(finding),
  } as const;
}

/** Each call once, in the order of the observations. */
export function callsOf({ links = [] }: Finding): Call[] {
  const calls = links.flatMap((link) => link.calls);
  return calls.filter(
    ({ eventID }, index) => calls.findIndex((other) => other.eventID === eventID) === index,
  );
}

const linksOf = (
  { judgement, remediation }: Finding,
  kind: Kind,
  links: ObservationLinks | undefined,
): ActorAndProof =>
  actorAndProof(
    kind,
    { ...(links === undefined ? {} : { links }), ...(judgement === undefined ? {} : { judgement }) },
    judgement,
    remediation,
  );

function changed(finding: Finding, kind: Kind): Line[] {
  const { judgement, accountId } = finding;
  if (judgement === undefined || judgement.change.state === 'none') {
    return [paragraph(wordsOf(kind).unchanged)];
  }
  return [
    ...changeLines(judgement.change),
    ...howTo(
      `Check it, in account ${accountId}: this configuration and the one before it.`,
      configurationLookUp(finding, judgement.observedAt),
    ),
  ];
}

export type Card = ReturnType<typeof cardOf>;

function actorLines(finding: Finding, kind: Kind, { state, says }: Card['actor']): Line[] {
  const { links = [], judgement } = finding;
  if (state === 'not-applicable') return [paragraph(says)];
  if (links.length > 0) {
    return [
      ...links.flatMap((link) => observationLines(finding, kind, link)),
      ...(links.some(({ calls }) => calls.length > 0) ? [paragraph(HISTORY)] : []),
    ];
  }
  const { activity } = judgement ?? {};
  return [paragraph(says), ...(activity === undefined ? [] : howTo(HISTORY, eventLookUp(activity)))];
}

const HISTORY = 'The event history of the account, which these commands ask, reaches back 90 days.';

function observationLines(finding: Finding, kind: Kind, link: ObservationLinks): Line[] {
  const { actor } = linksOf(finding, kind, link);
  const { observedAt, calls, omitted = 0 } = link;
  return [
    paragraph(`${roleOf(finding, link)} at ${timeText(observedAt)} UTC, who did it: ${actor.state}.`),
    ...(actor.state === 'named' ? [] : [paragraph(actor.says)]),
    ...calls.flatMap((call) => [
      listed(whoMadeIt(call, finding.remediation)),
      ...commandLines(eventLookUp(call)),
    ]),
    ...(omitted > 0 ? [paragraph(`And ${omitted} more.`)] : []),
  ];
}

/** What an observation did to the finding. */
export function roleOf({ history }: Finding, { observedAt, configurationStateId }: ObservationLinks): string {
  const at = history.findLastIndex(
    (entry) => entry.observedAt === observedAt && entry.configurationStateId === configurationStateId,
  );
  if (history[at]?.compliance !== 'NON_COMPLIANT') return at < 0 ? 'Observed' : 'Closed';
  if (history[at].quietUntil !== undefined) return 'Happened';
  const before = history.slice(0, at).findLast(({ compliance }) => compliance !== 'INSUFFICIENT_DATA');
  return before?.compliance === 'NON_COMPLIANT' ? 'Changed' : 'Opened';
}

function recordLines(finding: Finding, { state, says }: Card['proof']): Line[] {
  const calls = state === 'not-applicable' ? [] : callsOf(finding);
  return [
    paragraph(says),
    ...calls.flatMap(proofLines),
    ...checksOf([...calls, ...ownCallsOf(finding)].filter(isFetchable).length),
    ...(state === 'contradicted' ? whenContradicted(finding.id).map(step) : []),
    ...(calls.length === 0
      ? []
      : [paragraph(`With all files in a folder, to be checked offline: trailseal evidence ${finding.id}`)]),
  ];
}

const checksOf = (fetchable: number): readonly Line[] =>
  fetchable === 0
    ? []
    : [
        ...(fetchable === 1
          ? []
          : [paragraph('These check what was fetched last: run them once for each of the calls.')]),
        ...proofChecks,
      ];

/** Commands with what they are for; neither where there are none. */
const howTo = (says: string, commands: readonly string[]): Line[] =>
  commands.length === 0 ? [] : [paragraph(says), ...commandLines(commands)];
