import { createHash } from 'node:crypto';
import type { Json } from '../../contracts/aws/configuration-item';
import type { ChangeLink, Exposure } from '../../contracts/trailseal/finding';
import type { Alert } from './alert';
import { asAscii, asReported, shortened } from './as-reported';
import { durationText } from './duration';

// Limits of SNS. Source: SNS API reference, Publish; SNS Developer Guide, "SMS text messages".
const SUBJECT_LENGTH = 100;
const SMS_LENGTH = 140;

const DIFF_LINES = 30;
const REASON_LINES = 10;
const SHOWN_VALUE_LENGTH = 120;

/**
 * Severity, control, resource, account: the same for all alerts of a finding, so that mail clients keep them in one
 * thread. Printable ASCII of at most 100 characters; a long resource is cut, and told from its like by a hash.
 */
export function subjectOf({ severity, control, resource }: Alert): string {
  const head = `[${severity.toUpperCase()}] ${control.id} `;
  const tail = ` ${resource.accountId}`;
  return (
    head +
    fitted(
      asAscii(asReported(resource.resourceId, 500)),
      resource.resourceId,
      SUBJECT_LENGTH - head.length - tail.length,
    ) +
    tail
  );
}

function fitted(text: string, exact: string, length: number): string {
  if (text.length <= length) return text;
  const mark = `~${createHash('sha256').update(exact).digest('hex').slice(0, 6)}`;
  return text.slice(0, Math.max(0, length - mark.length)) + mark;
}

/** One line of at most 140 ASCII characters. */
export function smsOf(alert: Alert): string {
  const { resource, control, severity } = alert;
  const line = `${severity.toUpperCase()} ${headline(alert)}: ${control.id} ${asReported(resource.resourceId, 40)} ${resource.accountId}/${resource.region}: ${alert.summary}`;
  return asAscii(shortened(line, SMS_LENGTH));
}

/** The e-mail: what is wrong, the four links with their states, what can be done. Plain text. */
export function emailOf(alert: Alert): string {
  const { resource, control, links } = alert;
  const sections: (readonly [string, readonly string[]])[] = [
    [
      `${headline(alert).toUpperCase()} - ${alert.severity} - ${control.title}`,
      [alert.summary, ...exposureLines(alert)],
    ],
    [closed(alert) ? 'What was wrong' : 'What is wrong', reasonLines(alert)],
    [
      'Resource (names as reported)',
      [
        `${resource.resourceType}  ${asReported(resource.resourceId)}`,
        ...(resource.resourceName === undefined ? [] : [`name     ${resource.resourceName}`]),
        `account  ${resource.accountId}`,
        `region   ${resource.region}`,
        ...(resource.arn === undefined ? [] : [`ARN      ${asReported(resource.arn, 300)}`]),
      ],
    ],
    [`What changed: ${links.change.state}`, changeLines(links.change)],
    [`Who did it: ${links.actor.state}`, [links.actor.says]],
    [`Is the record true: ${links.proof.state}`, [links.proof.says]],
    [`What was done: ${links.remediation.state}`, [links.remediation.says]],
    ['What you can do', alert.whatToDo.map((step, index) => `${index + 1}. ${step}`)],
    ['Why it matters', control.rationale === '' ? [] : [control.rationale]],
    [
      'Frameworks',
      Object.entries(control.frameworks).map(
        ([name, items]) => `${frameworkName(name)}: ${items.join(', ')}`,
      ),
    ],
    ['For reference', [`control ${control.id}`, `finding ${alert.finding.id}`, `alert   ${alert.alertId}`]],
  ];
  return `${sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n')}\n`;
}

const closed = ({ messageType }: Alert) => messageType === 'Resolved' || messageType === 'Exempted';

const headline = ({ messageType, late }: Alert): string =>
  late ? 'was open, already closed' : messageType.toLowerCase();

const at = (time: string) => `${time.slice(0, 19).replace('T', ' ')} UTC`;

function exposureLines({ exposure, observedAt, exemption }: Alert): string[] {
  return [
    ...(exposure ? [exposureLine(exposure)] : []),
    ...(exemption
      ? [
          `Exempt until ${at(exemption.expiresAt)} by ${asReported(exemption.owner)}: ${asReported(exemption.reason, 300)}`,
        ]
      : []),
    ...(observedAt === undefined ? [] : [`Observed by AWS Config on ${at(observedAt)}.`]),
  ];
}

function exposureLine({ from, to, atLeast }: Exposure): string {
  const least = atLeast ? 'at least ' : '';
  if (to === undefined) return `Open since ${least}${at(from)}.`;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return `Exposed for ${least}${durationText(seconds)}: from ${at(from)} to ${at(to)}.`;
}

function reasonLines({ because }: Alert): string[] {
  const lines = because
    .slice(0, REASON_LINES)
    .flatMap(({ says, path, value, expected }) => [
      `- ${says}`,
      `  ${asReported(path, 200)} is ${shown(value)}, expected ${expected}`,
    ]);
  return because.length > REASON_LINES ? [...lines, `- and ${because.length - REASON_LINES} more`] : lines;
}

function changeLines({ state, properties, otherPaths }: ChangeLink): string[] {
  if (state === 'none') return ['AWS Config sent no comparison with the configuration before.'];
  const lines = properties.flatMap(({ path, before, after }) => differences(path, before, after));
  return [
    'By the word of AWS Config, whose configuration items are not signed:',
    ...lines.slice(0, DIFF_LINES),
    ...(lines.length > DIFF_LINES ? [`and ${lines.length - DIFF_LINES} more lines`] : []),
    ...(lines.length === 0 ? ['nothing that this control reads'] : []),
    ...(otherPaths.length > 0
      ? [
          `also changed, values not shown: ${shortened(otherPaths.map((path) => asReported(path, 80)).join(', '), 300)}`,
        ]
      : []),
  ];
}

/** Leaf by leaf, only where before and after differ. */
function differences(path: string, before: Json, after: Json): string[] {
  const [old, now] = [leaves(path, before), leaves(path, after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => `${asReported(key, 160)}: ${old.get(key) ?? 'nothing'} -> ${now.get(key) ?? 'nothing'}`);
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

const frameworkName = (key: string): string =>
  frameworkNames[key] ?? key.replace(/^cis-/, 'CIS AWS Foundations ');
