import type { DiffLine, ThreeWayLine } from '../../contracts/trailseal/remediation';
import { timeText as at } from './duration';
import type { AlertStep, RemediationLink } from './remediation-link';

/** What was done about a finding, in the lines of an e-mail. */
export const remediationLines = (link: RemediationLink, findingId: string): string[] => [
  link.says,
  ...runLines(link),
  ...(link.judged === undefined ? [] : [judgedLine(link.judged)]),
  ...(link.asks === undefined
    ? []
    : [`Approve it until ${at(link.asks.expiresAt)}: npx trailseal approve ${findingId}`]),
  // The message that tells of it says so in its first lines.
  ...(link.undo === undefined || link.calls !== undefined ? [] : [`Undo it: ${link.undo}`]),
  ...refusalLines(link),
  ...listed('To know besides:', (link.notes ?? []).map(dashed)),
  ...listed(planTitle(link), (link.diff ?? []).map(diffLine)),
  ...listed(
    'Calls of the plan:',
    (link.calls ?? []).map((call, index) => `${index + 1}. ${call}`),
  ),
  ...listed('Step by step:', (link.steps ?? []).map(stepLine)),
  ...listed('What others changed since, and what it overrides:', (link.overrides ?? []).map(threeWayLine)),
];

const listed = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

const dashed = (text: string): string => `- ${text}`;

function runLines({ remediation, mode, does, run, of, approvedBy, askedBy }: RemediationLink): string[] {
  if (run === undefined) return [];
  const undone = of === undefined ? '' : ` of ${of}`;
  return [
    `Remediation ${remediation}, mode ${mode}, ${does} ${run}${undone}.`,
    ...(askedBy === undefined ? [] : [`Asked for by ${askedBy}.`]),
    ...(approvedBy === undefined ? [] : [`Approved by ${approvedBy}.`]),
  ];
}

const judgedLine = (judged: NonNullable<RemediationLink['judged']>): string =>
  judged === 'not-judged'
    ? 'The control is about something that happened: there is nothing that it could judge again.'
    : `Read again, the control says: ${judged}.`;

const refusalLines = ({ refusals = [], asks }: RemediationLink): string[] =>
  listed(
    asks ? 'What it waits for:' : 'Why not:',
    refusals.flatMap(({ code, says, instead }) => [
      `- ${code}: ${says}`,
      ...(instead === undefined ? [] : [`  instead: ${instead}`]),
    ]),
  );

const planTitle = ({ state }: RemediationLink): string =>
  `${planTitles[state]} (+ added, - removed, ~ changed):`;

const planTitles: Readonly<Record<RemediationLink['state'], string>> = {
  none: '',
  proposed: 'What it would change',
  refused: 'What it would have changed',
  applied: 'What it changed',
  unconfirmed: 'What it was to change',
  failed: 'What it was to change',
  undone: 'What it changed',
};

const shownPath = (path: string): string => (path === '' ? 'the whole' : path);

function diffLine({ path, before, after }: DiffLine): string {
  const where = shownPath(path);
  if (before === null) return after === null ? where : `+ ${where}: ${after}`;
  return after === null ? `- ${where}: ${before}` : `~ ${where}: ${before} -> ${after}`;
}

function threeWayLine({ path, captured, left, live }: ThreeWayLine): string {
  if (captured === null && left === null && live === null) return shownPath(path);
  const [before, ours, now] = [captured, left, live].map((value) => value ?? 'not set');
  return `~ ${shownPath(path)}: ${before} before, ${ours} as it was left, ${now} now`;
}

const results = { done: 'done', refused: 'refused by AWS', unknown: 'no answer' } as const;

function stepLine({ state, at: time, call, requestId, result, errorCode }: AlertStep): string {
  const what =
    call === undefined
      ? state
      : `call ${call + 1} ${result === undefined ? 'begun, no answer recorded' : results[result]}`;
  return [
    `${at(time)}  ${what}`,
    ...(errorCode === undefined ? [] : [errorCode]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ].join(', ');
}
