import { createHash } from 'node:crypto';
import type { Json } from '../../contracts/aws/configuration-item';
import type { Exposure, Reason } from '../../contracts/trailseal/finding';
import type { Alert } from './alert';
import { asAscii, asReported, foreignPath, pathAsReported, shortened } from './as-reported';
import { durationText } from './duration';
import { fileReasonLines } from './file-reason';
import { wordsOf } from './kind-words';

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
export function subjectOf({ severity, control, resource, test }: Alert): string {
  const head = `${test ? '[TEST] ' : ''}[${severity.toUpperCase()}] ${line(control.id, 60)} `;
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
  return cutAt(
    SMS_LENGTH,
    `${severity.toUpperCase()} ${headline(alert)}: ${line(control.id, 60)} ${line(resource.resourceId, 40)} ${place}: ${line(alert.summary, 500)}`,
  );
}

/** The e-mail: what is wrong and what can be done first, then the four links with their states. Plain text. */
export function emailOf(alert: Alert): string {
  const { resource, control, links } = alert;
  const name = resource.resourceName === undefined ? '' : ` (${asReported(resource.resourceName)})`;
  const sections: (readonly [string, readonly string[]])[] = [
    [
      `${alert.severity.toUpperCase()} - ${headline(alert)} - ${alert.summary}`,
      [
        `${asReported(resource.resourceType)} ${asReported(resource.resourceId)}${name}`,
        `in account ${asReported(resource.accountId)}, region ${asReported(resource.region)}`,
        ...exposureLines(alert),
        ...(alert.test ? ['TEST: an operator sent the event; AWS did not report this.'] : []),
      ],
    ],
    [alert.messageType === 'Resolved' ? 'What was wrong' : 'What is wrong', reasonLines(alert)],
    ['What you can do', alert.whatToDo.map((step, index) => `${index + 1}. ${step}`)],
    [`What changed: ${links.change.state}`, changeLines(alert)],
    [`Who did it: ${links.actor.state}`, [links.actor.says]],
    [`Is the record true: ${links.proof.state}`, [links.proof.says]],
    [`What was done: ${links.remediation.state}`, [links.remediation.says]],
    [
      'Why it matters',
      [`Control: ${control.title}.`, ...(control.rationale === '' ? [] : [control.rationale])],
    ],
    ['Frameworks', frameworkLines(control.frameworks)],
    [
      'For reference (names as reported)',
      [
        ...(resource.arn === undefined ? [] : [`resource ${asReported(resource.arn, 300)}`]),
        `control  ${control.id}`,
        `finding  ${alert.finding.id}`,
        `alert    ${alert.alertId}`,
      ],
    ],
  ];
  return `${sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((text) => `  ${text}`)].join('\n'))
    .join('\n\n')}\n`;
}

const headline = ({ messageType, late, test }: Alert): string =>
  `${test ? 'TEST, ' : ''}${late ? 'was open, already closed' : messageType.toLowerCase()}`;

const at = (time: string) => `${time.slice(0, 19).replace('T', ' ')} UTC`;

const isVerification = ({ control }: Alert): boolean => control.kind === 'verification';

function exposureLines(alert: Alert): string[] {
  const { exposure, observedAt, exemption, late, status } = alert;
  const { observed } = wordsOf(alert.control.kind);
  return [
    ...(exposure ? [exposureLine(exposure)] : []),
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

const frameworkNames: Readonly<Record<string, string>> = {
  securityHub: 'Security Hub',
  awsConfig: 'AWS Config managed rules',
  nist80053r5: 'NIST SP 800-53 rev. 5',
  pciDss4: 'PCI DSS 4.0',
  soc2: 'SOC 2',
};

const CIS = 'cis-';

/** One line each; of CIS the items, each with the versions of the benchmark that number it so. */
function frameworkLines(frameworks: Alert['control']['frameworks']): string[] {
  const versions = new Map<string, string[]>();
  for (const [key, items] of Object.entries(frameworks).filter(([name]) => name.startsWith(CIS))) {
    for (const item of items) versions.set(item, [...(versions.get(item) ?? []), key.slice(CIS.length)]);
  }
  const cis = [...versions].map(([item, numberedSo]) => `${item} (${numberedSo.join(', ')})`);
  return [
    ...(cis.length > 0 ? [`CIS AWS Foundations: ${cis.join(', ')}`] : []),
    ...Object.entries(frameworks)
      .filter(([name]) => !name.startsWith(CIS))
      .map(([name, items]) => `${frameworkNames[name] ?? name}: ${items.join(', ')}`),
  ];
}
