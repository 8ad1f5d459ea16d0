import { createHash } from 'node:crypto';
import type { Json } from '../../contracts/aws/configuration-item';
import type { Exposure, Reason } from '../../contracts/trailseal/finding';
import type { Alert } from './alert';
import { asAscii, asReported, foreignPath, pathAsReported, shortened } from './as-reported';
import { controlSections, type Section } from './control-sections';
import { timeText as at, durationText } from './duration';
import { fileReasonLines } from './file-reason';
import { isOutcome } from './follow-up';
import { wordsOf } from './kind-words';
import { proofLines } from './proof-lines';
import { remediationLines } from './remediation-lines';
import { openingLines, outcomeHeadline } from './remediation-words';
import { summarySections } from './summary-sections';
import { actorLines } from './who';

// Limits of SNS, whose subjects must have less than 100 characters. Source: SNS API reference, Publish; SNS Developer
// Guide, "SMS text messages".
const SUBJECT_LENGTH = 99;
const SMS_LENGTH = 140;

const DIFF_LINES = 30;
const REASON_LINES = 10;
const SHOWN_VALUE_LENGTH = 120;

/**
 * Severity, control, resource, account: the same for all alerts of a finding, so that mail clients keep them in one
 * thread. Printable ASCII of less than 100 characters; a resource that can't be shown as it is, is told from its like
 * by a hash.
 */
export function subjectOf(alert: Alert): string {
  const { control, resource, test, finding } = alert;
  // A message that is worse than its finding stays in the finding's thread.
  const severity = finding.severity ?? alert.severity;
  const head = `${test ? '[TEST] ' : ''}[${severity.toUpperCase()}] ${line(control.id, 60)} `;
  if (alert.folded) return `${head}${alert.folded.count} more alerts`;
  const tail = ` ${line(resource.accountId, 12)}`;
  const length = SUBJECT_LENGTH - head.length - tail.length;
  return head + fitted(line(resource.resourceId, 500), resource.resourceId, length) + tail;
}

/** What was reported, in printable ASCII. */
const line = (text: string, length: number): string => cutAt(length, asAscii(asReported(text, length)));

const cutAt = (length: number, ascii: string): string =>
  ascii.length <= length ? ascii : `${ascii.slice(0, length - 1)}~`;

function fitted(text: string, exact: string, length: number): string {
  if (text === exact && text.length <= length) return text;
  const mark = `~${createHash('sha256').update(exact).digest('hex').slice(0, 6)}`;
  return text.slice(0, length - mark.length) + mark;
}

/** One line of at most 140 ASCII characters. */
export function smsOf(alert: Alert): string {
  const { resource, control, severity } = alert;
  const place = `${line(resource.accountId, 12)}/${line(resource.region, 20)}`;
  if (alert.folded)
    return cutAt(
      SMS_LENGTH,
      `${severity.toUpperCase()} summary: ${line(control.id, 60)}: ${line(alert.summary, 500)}`,
    );
  return cutAt(
    SMS_LENGTH,
    `${severity.toUpperCase()} ${headline(alert)}: ${line(control.id, 60)} ${line(resource.resourceId, 40)} ${place}: ${line(alert.summary, 500)}`,
  );
}

/** The e-mail: what is wrong and what can be done first, then the four links with their states. Plain text. */
export function emailOf(alert: Alert): string {
  const sections = alert.folded
    ? summarySections(titleOf(alert), alert, alert.folded)
    : findingSections(alert);
  return `${sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((text) => `  ${text}`)].join('\n'))
    .join('\n\n')}\n`;
}

function findingSections(alert: Alert): Section[] {
  const { resource, links, messageType } = alert;
  const [id, called = id] = [asReported(resource.resourceId), resource.resourceName];
  // A bucket's name is its id: once is enough.
  const name = called === id ? '' : ` (${asReported(called)})`;
  return [
    [
      titleOf(alert),
      [
        ...(isOutcome(messageType) ? openingLines(messageType, links.remediation, alert.finding.id) : []),
        `${asReported(resource.resourceType)} ${id}${name}`,
        `in account ${asReported(resource.accountId)}, region ${asReported(resource.region)}`,
        ...exposureLines(alert),
        ...(alert.test ? ['TEST: an operator sent the event; AWS did not report this.'] : []),
      ],
    ],
    // A message that tells of it leads with it.
    ...(isOutcome(messageType) ? [doneSection(alert)] : []),
    [['Resolved', 'Applied'].includes(messageType) ? 'What was wrong' : 'What is wrong', reasonLines(alert)],
    ['What you can do', alert.whatToDo.map((step, index) => `${index + 1}. ${step}`)],
    [`What changed: ${links.change.state}`, changeLines(alert)],
    [`${whoTitle(alert)}: ${links.actor.state}`, actorLines(links.actor)],
    [`Is the record true: ${links.proof.state}`, proofLines(links.proof, alert.finding.id)],
    ...(isOutcome(messageType) ? [] : [doneSection(alert)]),
    ...controlSections(alert),
    [
      'For reference (names as reported)',
      [
        ...(resource.arn === undefined ? [] : [`resource ${asReported(resource.arn, 300)}`]),
        `control  ${alert.control.id}`,
        `finding  ${alert.finding.id}`,
        `alert    ${alert.alertId}`,
      ],
    ],
  ];
}

const doneSection = ({ links: { remediation }, finding }: Alert): Section => [
  `What was done: ${remediation.state}`,
  remediationLines(remediation, finding.id),
];

const titleOf = (alert: Alert): string =>
  `${alert.severity.toUpperCase()} - ${headline(alert)} - ${alert.summary}`;

/** What is over was ended by somebody, too: the call that is named then is the one that ended it. */
const whoTitle = ({ messageType, late, status }: Alert): string =>
  !late && (messageType === 'Resolved' || (isOutcome(messageType) && status === 'resolved'))
    ? 'Who ended it'
    : 'Who did it';

/** What happened, in the words of a headline. */
const headlines: Readonly<Partial<Record<Alert['messageType'], string>>> = {
  Attributed: 'who did it',
  Sealed: 'record proven',
  Unproven: 'record not proven',
  Contradicted: 'RECORD CONTRADICTED',
};

const headline = (alert: Alert): string => `${alert.test ? 'TEST, ' : ''}${happened(alert)}`;

function happened({ messageType, late, links: { remediation } }: Alert): string {
  if (late) return 'was open, already closed';
  if (isOutcome(messageType)) return outcomeHeadline(messageType, remediation.does);
  return headlines[messageType] ?? messageType.toLowerCase();
}

const isVerification = ({ control }: Alert): boolean => control.kind === 'verification';

function exposureLines(alert: Alert): string[] {
  const { exposure, observedAt, exemption, late, status } = alert;
  const { observed } = wordsOf(alert.control.kind);
  return [
    ...(exposure ? [exposureLine(exposure)] : []),
    ...(exposure?.times ? [`Happened ${exposure.atLeast ? 'at least ' : ''}${exposure.times} times.`] : []),
    ...(late
      ? ['Trailseal learned of it only after its end, and alerted nobody then: find out whether it was used.']
      : []),
    ...(late && status !== 'resolved' ? [`The finding itself is ${status} now, for a later reason.`] : []),
    ...(exemption
      ? [
          `Exempt until ${at(exemption.expiresAt)} by ${asReported(exemption.owner)}: ${asReported(exemption.reason, 300)}`,
        ]
      : []),
    ...(observedAt === undefined ? [] : [`${observed} at ${at(observedAt)}.`]),
  ];
}

function exposureLine({ from, to, atLeast }: Exposure): string {
  const least = atLeast ? 'at least ' : '';
  if (to === undefined) return `Open since ${least}${at(from)}.`;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return `Exposed for ${least}${durationText(seconds)}: from ${at(from)} to ${at(to)}.`;
}

function reasonLines(alert: Alert): string[] {
  const { because } = alert;
  const linesOf = isVerification(alert) ? fileReasonLines : propertyReasonLines;
  const lines = because.slice(0, REASON_LINES).flatMap(linesOf);
  return because.length > REASON_LINES ? [...lines, `- and ${because.length - REASON_LINES} more`] : lines;
}

const propertyReasonLines = ({ says, path, value, expected }: Reason): string[] => [
  `- ${asReported(says, 300)}`,
  `  ${pathAsReported(path)} is ${shown(value)}, expected ${asReported(expected, 300)}`,
];

function changeLines(alert: Alert): string[] {
  const { state, properties, otherPaths, omitted = 0 } = alert.links.change;
  if (state === 'none') return [wordsOf(alert.control.kind).unchanged];
  const lines = properties.flatMap(({ path, before, after }) => differences(path, before, after));
  const others = otherPaths.map((path) => foreignPath(path, 80));
  return [
    'By the word of AWS Config, whose configuration items are not signed (+ added, - removed, ~ changed):',
    ...lines.slice(0, DIFF_LINES),
    ...(lines.length > DIFF_LINES ? [`and ${lines.length - DIFF_LINES} more lines`] : []),
    ...(lines.length === 0 ? ['nothing that this control reads'] : []),
    ...(others.length > 0 ? [`also changed, values not shown: ${shortened(others.join(', '), 300)}`] : []),
    ...(omitted > 0 ? [`and ${omitted} more properties`] : []),
  ];
}

/** Leaf by leaf, only where before and after differ. */
function differences(path: string, before: Json, after: Json): string[] {
  const [old, now] = [leaves(path, before), leaves(path, after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => difference(foreignPath(key), old.get(key), now.get(key)));
}

function difference(path: string, old: string | undefined, now: string | undefined): string {
  if (old === undefined) return `+ ${path}: ${now}`;
  return now === undefined ? `- ${path}: ${old}` : `~ ${path}: ${old} -> ${now}`;
}

function leaves(path: string, value: Json): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object') return new Map([[path, shown(value)]]);
  return new Map(Object.entries(value).flatMap(([key, member]) => [...leaves(`${path}.${key}`, member)]));
}

const shown = (value: Json): string =>
  value === null
    ? 'not set'
    : typeof value === 'string'
      ? `"${asReported(value, SHOWN_VALUE_LENGTH)}"`
      : asReported(JSON.stringify(value), SHOWN_VALUE_LENGTH);
