import type { Call, Finding, FindingRemediation } from '../../shared/contracts/trailseal/finding';
import type { Run } from '../../shared/remediations/run';
import { remediationStates } from '../../shared/tell/alerts/remediation-link';
import type { RemediationLink } from '../../shared/tell/alerts/remediation-schema';
import { whoText } from '../../shared/tell/alerts/who';
import { eventLookUp, sessionLookUp } from '../evidence/look-ups';
import { commandLines, type Line, listed, paragraph } from './page';
import { proofLines } from './proof-lines';
import { reported } from './reported';
import { runLines, waitsForApproval } from './run-lines';
import { timeText } from './story';

/** The fourth link in a word. */
export const remediationWord = ({ remediation }: Finding): RemediationLink['state'] =>
  remediation === undefined ? 'none' : remediationStates[remediation.kind];

export const REMEDIATION_COLOURS: Readonly<Partial<Record<string, Line['colour']>>> = {
  proposed: 'yellow',
  applied: 'green',
  undone: 'yellow',
  unconfirmed: 'yellow',
  failed: 'red',
};

/** What has come of it, in a line. */
export const remediationBriefly = ({ remediation }: Finding): string =>
  remediation === undefined ? 'Trailseal changed nothing' : reported(remediation.says, 160);

/** The records of what we did ourselves, and of the session that names who approved it. */
export const ownCallsOf = ({ remediation }: Finding): readonly Call[] => remediation?.calls?.calls ?? [];

/**
 * What was done about a finding, who let it be, and the records of that.
 * @param runs those of the finding, as far as they are still stored
 */
export function remediationLines(
  finding: Finding,
  remediation: FindingRemediation,
  runs: readonly Run[],
  now: Date,
): Line[] {
  const { says, run: id, of } = remediation;
  const told = runs.filter((run) => run.id === id || run.id === of);
  const calls = ownCallsOf(finding);
  const { omitted = 0 } = remediation.calls ?? {};
  return [
    paragraph(reported(says, 600)),
    ...(told.some((run) => run.id === id) ? [] : summaryLines(remediation)),
    ...told.flatMap((run) => runLines(run, now)),
    ...(calls.length === 0
      ? []
      : [
          paragraph(
            "CloudTrail's records of it: of the session, which names who approved which plan, and of the calls.",
          ),
        ]),
    ...calls.flatMap((call) =>
      isAbove(call, finding)
        ? [
            listed(
              `${reported(call.eventName, 100)}, event ${reported(call.eventID, 60)}: ${call.proof.state}, as above`,
            ),
          ]
        : [listed(whoText(call)), ...commandLines(eventLookUp(call)), ...proofLines(call)],
    ),
    ...(omitted > 0 ? [paragraph(`And ${omitted} more.`)] : []),
    ...lookUpLines(finding),
    ...nextLines(finding, remediation, told, now),
  ];
}

/** What ended an exposure stands among the calls that explain the finding, with its proof. */
const isAbove = ({ eventID }: Call, { links = [] }: Finding): boolean =>
  links.some(({ calls }) => calls.some((call) => call.eventID === eventID));

/** Where the run itself is no longer stored. */
const summaryLines = ({
  does,
  remediation,
  mode,
  run,
  at,
  planHash,
  refusals,
  approvedBy,
  askedBy,
}: FindingRemediation): Line[] => [
  paragraph(
    `The ${does} ${reported(remediation, 100)}, mode ${reported(mode, 20)}, at ${timeText(at)} UTC: run ${run}.`,
  ),
  ...(planHash === undefined ? [] : [paragraph(`Its plan has the hash ${planHash}.`)]),
  ...(refusals.length === 0 ? [] : [paragraph(`Refused: ${refusals.join(', ')}.`)]),
  ...(askedBy === undefined ? [] : [paragraph(`Asked for by ${reported(askedBy)}.`)]),
  ...(approvedBy === undefined ? [] : [paragraph(`Approved by ${reported(approvedBy)}.`)]),
];

function lookUpLines(finding: Finding): Line[] {
  const commands = sessionLookUp(finding);
  return commands.length === 0
    ? []
    : [
        paragraph(
          `Check it, in account ${finding.accountId}: every call that the role of remediations made for this finding, with the ids of its requests.`,
        ),
        ...commandLines(commands),
      ];
}

function nextLines(
  { id }: Finding,
  { kind, does, run: named }: FindingRemediation,
  runs: readonly Run[],
  now: Date,
): Line[] {
  const run = runs.find((one) => one.id === named);
  if (run !== undefined && waitsForApproval(run, now)) return [];
  const hasChanged = kind === 'Applied' || kind === 'Unconfirmed' || kind === 'Failed';
  return does === 'fix' && hasChanged ? [paragraph(`Put it back: trailseal undo ${id}`)] : [];
}
