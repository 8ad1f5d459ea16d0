import type { Call, Finding } from '../../shared/contracts/trailseal/finding';
import type { Control } from '../../shared/controls/control';
import { whoMadeIt } from '../../shared/tell/alerts/own-calls';
import { callsOf, cardOf } from '../show/links';
import { proofText } from '../show/proof-lines';
import { ownCallsOf } from '../show/remediation-lines';
import { eventPath, itemPath, KEYS_FILE, trailPath } from './bundle';
import type { CallEvidence, Gathered } from './gather';
import { markupFree, pathText } from './markup-free';
import { checkLines } from './readme-checks';
import { validityLines } from './readme-validity';
import { runContents } from './runs';

/** What the folder's README says of where it came from. */
export interface About {
  readonly version: string;
  /** ISO 8601 */
  readonly writtenAt: string;
  /** Of the table, for people. */
  readonly source: string;
  readonly control: Control | undefined;
}

/** The README of the folder: what it proves, how to check that without us, and what it does not say. */
export function readme(finding: Finding, gathered: Gathered, about: About): string {
  return `${[
    ...head(finding, about),
    ...card(finding, gathered, about),
    ...checkLines(gathered),
    ...validityLines(finding, gathered, about.control?.kind),
    ...contents(gathered),
    ...missing(finding, gathered, about),
  ].join('\n')}\n`;
}

function head(finding: Finding, { control, version, writtenAt, source }: About): string[] {
  const { judgement } = finding;
  return [
    `# Evidence of finding ${finding.id}`,
    '',
    `Control ${markupFree(finding.control)}${control === undefined ? '' : `: ${control.title}`}. ${finding.severity}, ${finding.state}.`,
    `Resource ${markupFree(`${finding.resourceType} ${finding.resourceId}`)} in account ${markupFree(finding.accountId)}, Region ${markupFree(finding.region)}.`,
    ...(judgement === undefined
      ? []
      : [
          ...(judgement.origin === 'operator'
            ? ['This is a TEST: an operator sent the event, and nothing of it needs to be so.']
            : []),
          `${judgement.compliance} by what was observed at ${markupFree(judgement.observedAt)}${judgement.annotation === '' ? '.' : `: ${markupFree(judgement.annotation)}`}`,
        ]),
    '',
    `Written by trailseal ${version} at ${writtenAt}, from ${source}. Names are as reported. Times are in UTC.`,
    '',
  ];
}

function card(finding: Finding, { calls }: Gathered, { control }: About): string[] {
  const states = cardOf(finding, control?.kind);
  const linesOf = (among: readonly Call[]) =>
    calls
      .filter(({ call }) => among.some(({ eventID }) => eventID === call.eventID))
      .map(({ call }) => `  - ${markupFree(whoMadeIt(call, finding.remediation))}`);
  return [
    '## What it says',
    '',
    `- What changed: **${states.change}**. \`jq .finding.judgement.change finding.json\``,
    `- Who did it: **${states.actor.state}**. \`jq '.finding.links[]?' finding.json\``,
    ...linesOf(callsOf(finding)),
    `- Is the record true: **${states.proof.state}**. ${states.proof.says}`,
    ...calls.map(({ call }) => `  - ${markupFree(`${call.eventID} ${proofText(call.proof)}`)}`),
    `- What was done: **${states.remediation}**. ${finding.remediation ? markupFree(finding.remediation.says) : 'Trailseal changed nothing.'}`,
    ...(finding.remediation ? ["  Each step: `jq '.runs[] | {id, state, steps}' finding.json`"] : []),
    ...linesOf(ownCallsOf(finding)),
    '',
  ];
}

function contents(gathered: Gathered): string[] {
  const { calls, items, runs } = gathered;
  const files = new Map(
    calls.flatMap(({ log, digest }) =>
      [log, digest].flatMap((file) => (file ? [[trailPath(file), file]] : [])),
    ),
  ) as ReadonlyMap<string, NonNullable<CallEvidence['log']>>;
  return [
    '## What is here',
    '',
    '- `finding.json`: the finding as it is stored, with its history and who was told.',
    ...calls.flatMap((evidence) =>
      evidence.event === undefined
        ? []
        : [`- \`${eventPath(evidence)}\`: the record as the event brought it, and as it was used.`],
    ),
    ...items.map(
      ({ capturedAt, configurationStateId }, index) =>
        `- \`${itemPath(index)}\`: what is kept of the configuration item of ${markupFree(capturedAt)}, state ${markupFree(configurationStateId)}: which properties changed, not their values.`,
    ),
    ...runContents(runs),
    ...[...files].map(
      ([path, { sha256, from }]) =>
        `- ${pathText(path)}: read from ${pathText(from)}; SHA-256 of its content ${sha256}.`,
    ),
    ...(calls.some(({ key }) => key) ? [`- \`${KEYS_FILE}\`: the keys, as ListPublicKeys answered.`] : []),
    '',
  ];
}

function missing({ judgement }: Finding, { calls, items, problems }: Gathered, { control }: About): string[] {
  const isOfItem = judgement?.activity === undefined && (control?.kind ?? 'rule') === 'rule';
  const lines = [
    ...calls
      .filter(({ call }) => call.proof.state !== 'proven')
      .map(({ call }) => `- ${markupFree(`${call.eventID} is ${proofText(call.proof)}`)}`),
    ...(control?.kind === 'verification'
      ? [
          '- The files that this is about: `finding.json` names them, `trailseal verify` judges them where they are.',
        ]
      : []),
    ...(isOfItem && items.length === 0
      ? ['- The configuration item: the table remembers which properties changed for 90 days.']
      : []),
    ...problems.map((problem) => `- ${markupFree(problem)}`),
  ];
  return lines.length === 0 ? [] : ['## What is not here', '', ...lines, ''];
}
