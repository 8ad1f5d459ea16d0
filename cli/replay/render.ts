import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Home } from '../../shared/policy/coverage';
import { findingRecord } from '../findings/render';
import { jsonLine, jsonText } from '../json-text';
import { paintedBySeverity } from '../severity';
import type { Shell } from '../shell';
import { counted, styleOf, type TextStyle, tableText } from '../table';
import { printable } from '../terminal';
import type { Comparison, Difference } from './comparison';
import type { Buried } from './memory-aws';
import type { Run, SentAlert } from './simulation';

export type Format = 'text' | 'json' | 'ndjson';

/** How alerts are given in full. */
export type AlertForm = 'email' | 'json';

export interface PrintOptions {
  readonly format: Format;
  readonly alerts?: AlertForm;
}

/** How much came in. */
export interface InputCounts {
  readonly events: number;
  readonly problems: number;
  readonly others: number;
}

export interface RunReport {
  readonly run: Run;
  readonly counts: InputCounts;
  readonly home: Home;
}

export interface ComparisonReport {
  readonly comparison: Comparison;
  readonly base: Run;
  readonly other: Run;
  readonly counts: InputCounts;
  readonly home: Home;
}

/** What one run came to. */
export function printRun(report: RunReport, options: PrintOptions, shell: Shell): void {
  const { run } = report;
  if (options.format === 'text') {
    shell.out.write(runText(report, options.alerts, styleOf(shell.out, shell.env)));
    return;
  }
  const alerts = run.alerts.map((sent) => alertRecord(sent, options.alerts));
  const findings = run.findings.map((finding) => recordOf(finding, run));
  const deadLetters = run.deadLetters.map(deadLetterRecord);
  const summary = { kind: 'summary', ...inputRecord(report), ...totalsOf(run) };
  print(options.format, { alerts, findings, deadLetters, summary }, shell);
}

/** What another policy changes. */
export function printComparison(report: ComparisonReport, options: PrintOptions, shell: Shell): void {
  const { comparison, base, other } = report;
  if (options.format === 'text') {
    shell.out.write(comparisonText(report, options.alerts, styleOf(shell.out, shell.env)));
    return;
  }
  const changed = (kind: string, alerts: readonly SentAlert[]) =>
    alerts.map((sent) => ({ ...alertRecord(sent, options.alerts), kind }));
  print(
    options.format,
    {
      gained: changed('alert-gained', comparison.gained),
      lost: changed('alert-lost', comparison.lost),
      findings: comparison.findings.map(differenceRecord),
      summary: {
        kind: 'summary',
        ...inputRecord(report),
        gained: comparison.gained.length,
        lost: comparison.lost.length,
        findings: comparison.findings.length,
        base: totalsOf(base),
        other: totalsOf(other),
      },
    },
    shell,
  );
}

/** Lists of records and a summary: one document, or a line each. */
function print(
  format: 'json' | 'ndjson',
  parts: Readonly<Record<string, object | readonly object[]>>,
  shell: Shell,
): void {
  if (format === 'json') shell.out.write(jsonText(parts));
  else for (const record of Object.values(parts).flat()) shell.out.write(jsonLine(record));
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

function alertRecord({ at, subject, email, alert, again }: SentAlert, form: AlertForm | undefined) {
  const { alertId, messageType, status, severity, late, control, resource, summary, finding } = alert;
  return {
    kind: 'alert',
    at: iso(at),
    alertId,
    messageType,
    status,
    severity,
    late: late ?? false,
    again,
    control: control.id,
    findingId: finding.id,
    accountId: resource.accountId,
    region: resource.region,
    resourceType: resource.resourceType,
    resourceId: resource.resourceId,
    subject,
    summary,
    ...(form === 'email' ? { email } : {}),
    ...(form === 'json' ? { alert } : {}),
  };
}

function recordOf(finding: Finding, { endedAt }: Run) {
  const { history: _, ...summary } = finding;
  return findingRecord(summary, new Date(endedAt));
}

const BODY_LENGTH = 200;

const deadLetterRecord = ({ at, stage, reason, error, body }: Buried) => ({
  kind: 'dead-letter',
  at: iso(at),
  function: stage,
  reason,
  error,
  bodyStart: printable(body, BODY_LENGTH),
});

const differenceRecord = ({ finding, base, other }: Difference) => ({
  kind: 'finding-differs',
  id: finding.id,
  control: finding.control,
  severity: finding.severity,
  accountId: finding.accountId,
  region: finding.region,
  resourceType: finding.resourceType,
  resourceId: finding.resourceId,
  base,
  other,
});

const inputRecord = ({ counts, home }: Pick<RunReport, 'counts' | 'home'>) => ({
  accountId: home.accountId,
  region: home.region,
  events: counts.events,
  problems: counts.problems,
  otherEvents: counts.others,
});

/** The same keys in the same order, whatever happened first. */
const countsOf = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(words)].sort().map((word) => [word, words.filter((other) => other === word).length]),
  );

const totalsOf = (run: Run) => ({
  delivered: run.delivered,
  judged: run.metrics.get('ItemsJudged') ?? 0,
  alerts: countsOf(run.alerts.filter(({ again }) => !again).map(({ alert }) => alert.messageType)),
  alertsSentAgain: run.alerts.filter(({ again }) => again).length,
  findings: countsOf(run.findings.map(({ state }) => state)),
  deadLetters: countsOf(run.deadLetters.map(({ reason }) => reason)),
  repeatedEvents: run.repeatedEvents,
  repeatedAlerts: run.repeatedAlerts,
  redriven: run.redriven,
  failures: countsOf(run.injected.map(({ service, fault }) => (/^crash/.test(fault) ? 'crash' : service))),
  metrics: Object.fromEntries([...run.metrics].sort(([a], [b]) => (a < b ? -1 : 1))),
  endedAt: iso(run.endedAt),
  complete: run.unfinished === undefined,
});

function runText({ run, counts }: RunReport, form: AlertForm | undefined, style: TextStyle): string {
  const open = run.findings.filter(({ state }) => state === 'open');
  const sections = [
    alertsText(run.alerts, form, style),
    open.length === 0
      ? 'No finding is open at the end.'
      : `${style.paint('bold', 'Open at the end')}\n${openText(open, style)}`,
    ...(run.deadLetters.length === 0
      ? []
      : [`${style.paint('bold', 'Dead letters')}\n${deadLettersText(run.deadLetters, style)}`]),
    totalsText(run, counts),
  ];
  return `${sections.join('\n\n')}\n`;
}

function comparisonText(
  { comparison, base, other }: ComparisonReport,
  form: AlertForm | undefined,
  style: TextStyle,
): string {
  const { gained, lost, findings } = comparison;
  const { paint } = style;
  const titled = (title: string, count: number, text: () => string) =>
    count === 0 ? [] : [`${paint('bold', title)}\n${text()}`];
  const sections = [
    ...titled('Alerts gained', gained.length, () => alertsText(gained, form, style)),
    ...titled('Alerts lost', lost.length, () => alertsText(lost, form, style)),
    ...titled('Findings that end otherwise', findings.length, () => differencesText(findings, style)),
    `${counted(base.alerts.length, 'alert')} before, ${other.alerts.length} after: ${gained.length} gained, ` +
      `${lost.length} lost; ${counted(findings.length, 'finding')} end otherwise.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

const timeText = (milliseconds: number): string => iso(milliseconds).slice(0, 19).replace('T', ' ');

/** What kind of alert: also whether it was late, or sent again. */
const kindText = ({ alert, again }: SentAlert): string =>
  [alert.messageType, ...(alert.late ? ['late'] : []), ...(again ? ['again'] : [])].join(' ');

function alertsText(alerts: readonly SentAlert[], form: AlertForm | undefined, style: TextStyle): string {
  if (alerts.length === 0) return 'No alert would be sent.';
  if (form === 'json') return alerts.map(({ alert }) => jsonLine(alert).trimEnd()).join('\n');
  if (form === 'email') return alerts.map((sent) => emailText(sent, style)).join('\n\n');
  const rows = alerts.map((sent) => ({ ...sent, severity: sent.alert.severity }));
  type Row = (typeof rows)[number];
  const severity = { title: 'SEVERITY', text: (row: Row) => row.severity };
  const time = { title: 'SENT (UTC)', text: (row: Row) => timeText(row.at) };
  const kind = { title: 'KIND', text: kindText };
  const control = { title: 'CONTROL', text: ({ alert }: Row) => alert.control.id };
  const resource = { title: 'RESOURCE', text: ({ alert }: Row) => alert.resource.resourceId };
  const summary = { title: 'SUMMARY', text: ({ alert }: Row) => alert.summary };
  return tableText(
    rows,
    [
      { columns: [severity, time, kind, control, resource, summary] },
      {
        columns: [severity, time, kind, control],
        below: ({ alert }) => `${alert.resource.resourceId}: ${alert.summary}`,
      },
    ],
    style,
    paintedBySeverity(style.paint),
  );
}

/** As a mail program shows it. What it quotes has been cleaned where it was written; this is the terminal's turn. */
function emailText(sent: SentAlert, { paint }: TextStyle): string {
  const lines = sent.email.trimEnd().split('\n').map(cleanLine);
  const head = `${timeText(sent.at)} ${kindText(sent)}${sent.again ? ', as its answer was lost' : ''}`;
  return [paint('dim', head), paint('bold', `Subject: ${cleanLine(sent.subject)}`), '', ...lines].join('\n');
}

const MAIL_LINE_LENGTH = 2000;

/** With its indentation and its columns, which `printable` takes for spaces too many. */
const cleanLine = (line: string): string =>
  line
    .split(/( {2,}|^ )/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part, MAIL_LINE_LENGTH)))
    .join('');

const openText = (findings: readonly Finding[], style: TextStyle): string =>
  tableText(
    findings,
    [
      {
        columns: [
          { title: 'SEVERITY', text: ({ severity }) => severity },
          { title: 'CONTROL', text: ({ control }) => control },
          { title: 'RESOURCE', text: ({ resourceId }) => resourceId },
          { title: 'REGION', text: ({ region }) => region },
          { title: 'ACCOUNT', text: ({ accountId }) => accountId },
          { title: 'OPEN SINCE (UTC)', text: sinceText },
        ],
      },
      {
        columns: [
          { title: 'SEVERITY', text: ({ severity }) => severity },
          { title: 'OPEN SINCE (UTC)', text: sinceText },
          { title: 'CONTROL', text: ({ control }) => control },
        ],
        below: ({ resourceId, region, accountId }) => `${resourceId} ${region} ${accountId}`,
      },
    ],
    style,
    paintedBySeverity(style.paint),
  );

const sinceText = ({ exposure }: Finding): string =>
  exposure === undefined ? '-' : `${exposure.atLeast ? 'before ' : ''}${timeText(Date.parse(exposure.from))}`;

const deadLettersText = (letters: readonly Buried[], style: TextStyle): string =>
  tableText(
    letters,
    [
      {
        columns: [
          { title: 'BURIED (UTC)', text: ({ at }) => timeText(at) },
          { title: 'FUNCTION', text: ({ stage }) => stage },
          { title: 'REASON', text: ({ reason }) => reason },
          { title: 'ERROR', text: ({ error }) => error },
        ],
      },
      {
        columns: [
          { title: 'FUNCTION', text: ({ stage }) => stage },
          { title: 'REASON', text: ({ reason }) => reason },
        ],
        below: ({ error }) => error,
      },
    ],
    style,
    (_, line) => line,
  );

const differencesText = (differences: readonly Difference[], style: TextStyle): string =>
  tableText(
    differences.map((difference) => ({ ...difference, severity: difference.finding.severity })),
    [
      {
        columns: [
          { title: 'SEVERITY', text: ({ severity }) => severity },
          { title: 'BEFORE', text: ({ base }) => base },
          { title: 'AFTER', text: ({ other }) => other },
          { title: 'CONTROL', text: ({ finding }) => finding.control },
          { title: 'RESOURCE', text: ({ finding }) => finding.resourceId },
          { title: 'REGION', text: ({ finding }) => finding.region },
          { title: 'ACCOUNT', text: ({ finding }) => finding.accountId },
        ],
      },
    ],
    style,
    paintedBySeverity(style.paint),
  );

/** `3 Opened, 1 Resolved` */
const listText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');

function totalsText(run: Run, { events }: InputCounts): string {
  const totals = totalsOf(run);
  const first = run.alerts.filter(({ again }) => !again).length;
  const detail = (counts: Readonly<Record<string, number>>) =>
    Object.keys(counts).length === 0 ? '' : ` (${listText(counts)})`;
  const parts: readonly (readonly [applies: boolean, words: string])[] = [
    [true, counted(events, 'event')],
    [totals.delivered !== events, `${totals.delivered} delivered`],
    [true, `${totals.judged} judged`],
    [true, `${counted(first, 'alert')}${detail(totals.alerts)}`],
    [totals.alertsSentAgain > 0, `${totals.alertsSentAgain} sent again`],
    [
      totals.repeatedEvents + totals.repeatedAlerts > 0,
      `duplicates suppressed: ${counted(totals.repeatedEvents, 'event')}, ${counted(totals.repeatedAlerts, 'alert')}`,
    ],
    [run.injected.length > 0, `${run.injected.length} failures${detail(totals.failures)}`],
    [totals.redriven > 0, `${totals.redriven} redriven after them`],
    [true, `${counted(run.deadLetters.length, 'dead letter')}${detail(totals.deadLetters)}`],
  ];
  const said = parts.filter(([applies]) => applies).map(([, words]) => words);
  return `${said.join('; ')}. Ended at ${timeText(run.endedAt)} UTC.`;
}
