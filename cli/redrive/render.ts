import { aligned, type Paint, widthOf } from '../terminal';
import type { Letter } from './letter';
import { countOf, type Outcome, type Status, totalsOf } from './outcome';

export const FORMATS = ['text', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

export interface Report {
  readonly stage: string;
  readonly applied: boolean;
  readonly outcomes: readonly Outcome[];
}

/** A letter as other programs get it; `bodyStart` is cut and cleaned. */
export const letterRecord = ({ letter, status, because }: Outcome) => ({
  kind: 'letter',
  queue: letter.queue,
  messageId: letter.id,
  sentAt: new Date(letter.sentAt).toISOString(),
  function: letter.functionName ?? null,
  reason: letter.reason,
  error: letter.error,
  bodyStart: letter.body,
  status,
  ...(because === undefined ? {} : { because }),
});

export const summaryRecord = ({ stage, applied, outcomes }: Report) => ({
  kind: 'summary',
  stage,
  applied,
  found: outcomes.length,
  redriven: countOf(outcomes, 'redriven'),
  left: countOf(outcomes, 'no-queue', 'not-sent', 'not-removed'),
  totals: totalsOf(outcomes).map(({ functionName, reason, count }) => ({
    function: functionName ?? null,
    reason,
    count,
  })),
});

/** One document: the letters, the oldest first, and the summary. */
export const renderJson = (report: Report): string =>
  `${JSON.stringify({ letters: byAge(report.outcomes).map(letterRecord), summary: summaryRecord(report) }, null, 2)}\n`;

export const renderLine = (record: object): string => `${JSON.stringify(record)}\n`;

const byAge = (outcomes: readonly Outcome[]): Outcome[] =>
  [...outcomes].sort((left, right) => left.letter.sentAt - right.letter.sentAt);

interface TextStyle {
  /** Infinity where nobody looks at a terminal. */
  readonly width: number;
  readonly paint: Paint;
}

/** Queue by queue, the oldest letter first, then the totals and what to do next. */
export function renderText(report: Report, style: TextStyle): string {
  if (report.outcomes.length === 0) return 'No dead letters.\n';
  const queues = [...new Set(report.outcomes.map(({ letter }) => letter.queue))].sort();
  const ofQueue = (queue: string) => byAge(report.outcomes).filter(({ letter }) => letter.queue === queue);
  const sections = queues.map((queue) => queueText(queue, ofQueue(queue), report, style));
  return `${[...sections, totalsText(report, style), closing(report)].join('\n\n')}\n`;
}

const COLOURS: Readonly<Record<Status, Parameters<Paint>[0]>> = {
  found: 'dim',
  redriven: 'green',
  'no-queue': 'yellow',
  'not-sent': 'red',
  'not-removed': 'red',
};

function queueText(
  queue: string,
  outcomes: readonly Outcome[],
  { applied }: Report,
  { width, paint }: TextStyle,
): string {
  const titles = ['SENT (UTC)', 'FUNCTION', 'REASON', ...(applied ? ['STATUS'] : [])];
  const cells = outcomes.map(({ letter, status }) => [
    timeText(letter.sentAt),
    nameOf(letter),
    letter.reason,
    ...(applied ? [status] : []),
  ]);
  const taken = Math.max(...aligned([titles, ...cells], Number.POSITIVE_INFINITY).map(widthOf));
  // On a narrow terminal the error, which says most, has a line of its own.
  const inRow = width - taken >= ERROR_WIDTH;
  const [head = '', ...lines] = aligned(
    inRow
      ? [
          [...titles, 'ERROR'],
          ...outcomes.map(({ letter }, index) => [...(cells[index] ?? []), letter.error]),
        ]
      : [titles, ...cells],
    width,
  );
  const rows = outcomes.flatMap(({ letter, status, because }, index) => [
    applied ? paint(COLOURS[status], lines[index] ?? '') : (lines[index] ?? ''),
    ...(inRow || letter.error === '' ? [] : [indented(letter.error, width)]),
    paint('dim', indented(letter.body, width)),
    ...(because === undefined ? [] : [paint(COLOURS[status], indented(`${status}: ${because}`, width))]),
  ]);
  return [paint('bold', queue), paint('dim', head), ...rows].join('\n');
}

const INDENT = '    ';
/** The least width in which an error still says something. */
const ERROR_WIDTH = 40;

const indented = (text: string, width: number): string =>
  aligned([[INDENT + text]], Math.max(width, widthOf(INDENT) + 1)).join('');

const timeText = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

const nameOf = ({ functionName }: Pick<Letter, 'functionName'>): string => functionName ?? '(unknown)';

function totalsText({ outcomes }: Report, { width, paint }: TextStyle): string {
  const rows = totalsOf(outcomes).map((total) => [String(total.count), nameOf(total), total.reason]);
  const [head = '', ...lines] = aligned([['COUNT', 'FUNCTION', 'REASON'], ...rows], width);
  return [paint('dim', head), ...lines].join('\n');
}

function closing({ applied, outcomes }: Report): string {
  const count = outcomes.length === 1 ? '1 dead letter' : `${outcomes.length} dead letters`;
  const noQueue = countOf(outcomes, 'no-queue');
  if (!applied) {
    const stuck = noQueue === 0 ? '' : `, all but ${noQueue}`;
    const advice =
      noQueue === outcomes.length
        ? 'No function has a queue for them.'
        : `Put them back on their functions' queues${stuck}: add --apply`;
    return `${count}. Nothing was changed. ${advice}`;
  }
  const parts: readonly (readonly [Status, string])[] = [
    ['redriven', 'put back'],
    ['no-queue', 'left, no function has a queue for them'],
    ['not-sent', 'left, could not be sent'],
    ['not-removed', 'put back, but could not be removed from the dead letters'],
  ];
  const said = parts
    .map(([status, words]) => [countOf(outcomes, status), words] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`);
  return `${count}: ${said.join('; ')}.`;
}
