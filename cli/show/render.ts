import type { FindingRows } from '../../shared/aws/findings-reader';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { controls } from '../../shared/controls';
import type { Control } from '../../shared/controls/control';
import { durationText } from '../../shared/tell/alerts/duration';
import { wordsOf } from '../../shared/tell/alerts/kind-words';
import { exposedSeconds, type State } from '../findings/listing';
import { frameworkRows } from '../frameworks';
import { paintSeverity } from '../severity';
import type { TextStyle } from '../table';
import type { Paint } from '../terminal';
import { valueText } from './difference';
import { glanceLines } from './glance';
import { cardSections } from './links';
import { columnLines, type Line, listed, pageText, paragraph, type Section, step } from './page';
import { historyLines, timeText, transitionLines } from './story';

/** One finding for people. */
export function findingText(finding: Finding, rows: FindingRows, now: Date, style: TextStyle): string {
  const { severity, state } = finding;
  const { paint } = style;
  const head = [
    paintSeverity(severity, severity.toUpperCase(), paint),
    paint(STATE_COLOURS[state], state.toUpperCase()),
    ...lengthOf(finding, now),
  ].join(' ');
  return `${head}\n\n${pageText(sections(finding, rows, now), style)}\n`;
}

const STATE_COLOURS: Readonly<Record<State, Parameters<Paint>[0]>> = {
  open: 'red',
  exempt: 'yellow',
  resolved: 'green',
};

function lengthOf(finding: Finding, now: Date): string[] {
  const seconds = finding.state === 'open' ? exposedSeconds(finding, now) : undefined;
  return seconds === undefined ? [] : [`for ${atLeast(finding)}${durationText(seconds)}`];
}

const atLeast = ({ exposure }: Finding): string => (exposure?.atLeast ? 'at least ' : '');

function sections(finding: Finding, rows: FindingRows, now: Date): Section[] {
  const control = controls.find(({ id }) => id === finding.control);
  return [
    {
      title: finding.control,
      lines: [paragraph(control === undefined ? 'This version has no such control.' : `${control.title}.`)],
    },
    { title: 'Proof at a glance (how to check it: below)', lines: glanceLines(finding, control?.kind) },
    {
      title: finding.state === 'resolved' ? 'What the control says now' : 'What is wrong',
      lines: verdictLines(finding, control),
    },
    { title: 'Resource (names as reported)', lines: resourceLines(finding) },
    { title: 'Exposure (times in UTC)', lines: [paragraph(exposureText(finding, now))] },
    { title: 'Exemption', lines: exemptionLines(finding, now) },
    ...cardSections(finding, control?.kind, { runs: rows.runs, now }),
    { title: 'What was observed (UTC)', lines: historyLines(finding.history) },
    { title: 'Who was told (UTC)', lines: transitionLines(rows, now) },
    {
      title: 'What you can do',
      lines: finding.state === 'open' ? (control?.whatToDo ?? []).map(step) : [],
    },
    { title: 'Why it matters', lines: control === undefined ? [] : [paragraph(control.rationale)] },
    { title: 'Frameworks', lines: control === undefined ? [] : columnLines(frameworkRows(control)) },
    { title: 'For reference', lines: [paragraph(`finding ${finding.id}`)] },
  ];
}

function verdictLines({ judgement, unsettled, history }: Finding, control: Control | undefined): Line[] {
  const { observed } = wordsOf(control?.kind);
  const reasons = (judgement?.because ?? []).flatMap(({ says, path, value, expected }): Line[] => [
    listed(says),
    { mark: '  ', text: `${path} is ${valueText(value)}, expected ${expected}` },
  ]);
  const before = history.findLast(({ compliance }) => compliance === 'NON_COMPLIANT');
  return [
    ...(judgement === undefined ? [paragraph('Nothing so far that it could tell from.')] : []),
    ...(judgement !== undefined && reasons.length === 0
      ? [paragraph([judgement.compliance, judgement.annotation].filter((words) => words !== '').join(': '))]
      : reasons),
    ...(judgement?.compliance !== 'NON_COMPLIANT' && before !== undefined
      ? [paragraph(`What was wrong at ${timeText(before.observedAt)}: ${before.annotation}`)]
      : []),
    ...(judgement === undefined ? [] : [paragraph(`${observed} at ${timeText(judgement.observedAt)} UTC.`)]),
    ...(unsettled === undefined
      ? []
      : [
          {
            text: `It may be otherwise now: what was observed at ${timeText(unsettled.observedAt)} could not be judged. ${unsettled.annotation}`,
            colour: 'yellow' as const,
          },
        ]),
  ];
}

const resourceLines = ({
  resourceType,
  resourceId,
  resourceName = resourceId,
  accountId,
  region,
  arn,
}: Finding): Line[] => [
  paragraph(`${resourceType} ${resourceId}${resourceName === resourceId ? '' : ` (${resourceName})`}`),
  paragraph(`in account ${accountId}, region ${region}`),
  ...(arn === undefined ? [] : [paragraph(arn)]),
];

function exposureText(finding: Finding, now: Date): string {
  const { exposure } = finding;
  if (exposure === undefined) return 'It never was open, as far as AWS Config observed it.';
  const least = atLeast(finding);
  const duration = durationText(exposedSeconds(finding, now) ?? 0);
  return exposure.to === undefined
    ? `Open since ${least}${timeText(exposure.from)}, for ${duration} now.`
    : `Exposed for ${least}${duration}: from ${timeText(exposure.from)} to ${timeText(exposure.to)}.`;
}

function exemptionLines({ judgement }: Finding, now: Date): Line[] {
  const exemption = judgement?.exemption;
  if (exemption === undefined) return [];
  const { owner, reason, expiresAt } = exemption;
  const until = `${expiresAt > now.toISOString() ? 'Until' : 'Ended at'} ${timeText(expiresAt)} UTC.`;
  return [paragraph(`${until} ${owner} answers for it: ${reason}`)];
}
