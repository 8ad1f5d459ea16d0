import { paintSeverity } from '../severity';
import type { TextStyle } from '../table';
import { aligned, type Paint, printable, shortened, widthOf } from '../terminal';
import { annotationText, type Judged, STANDINGS, type Standing, standing } from './judged';
import type { Summary } from './reports';
import type { Counts } from './totals';

export interface TextReport extends Summary {
  /** The worst of what is listed, worst first. */
  readonly rows: readonly Judged[];
  /** How many would be rows if there were room for all. */
  readonly listed: number;
}

/** What to look at, worst first, then the totals. */
export function renderText(report: TextReport, style: TextStyle): string {
  const { rows } = report;
  const sections = [
    ...(rows.length === 0 ? [] : [tableText(rows, style)]),
    ...(report.listed > rows.length
      ? [`The worst ${number(rows.length)} of ${number(report.listed)}. All of them: --format ndjson`]
      : []),
    totalsText(report, style),
    closing(report),
  ];
  return `${sections.join('\n\n')}\n`;
}

const COLOURS: Readonly<Record<Standing, Parameters<Paint>[0]>> = {
  NON_COMPLIANT: 'red',
  exempt: 'dim',
  INSUFFICIENT_DATA: 'yellow',
  NOT_APPLICABLE: 'dim',
  COMPLIANT: 'green',
};

const CELL_LENGTH = 300;
const ANNOTATION_LENGTH = 1000;
const INDENT = '    ';
/** The least of an id that still tells which resource it is. */
const SHORTEST_ID = 20;

interface Column {
  readonly title: string;
  text(judged: Judged): string;
}

const what: readonly Column[] = [
  { title: 'COMPLIANCE', text: standing },
  { title: 'SEVERITY', text: ({ severity }) => severity },
  { title: 'CONTROL', text: ({ control }) => control },
];
const which: Column = { title: 'RESOURCE', text: ({ resourceId }) => resourceId };
const where: readonly Column[] = [
  { title: 'TYPE', text: ({ resourceType }) => resourceType },
  { title: 'ACCOUNT', text: ({ accountId }) => accountId },
  { title: 'REGION', text: ({ region }) => region },
];

/** A line each, and below it why. On a narrow terminal a line between them says where. */
function tableText(rows: readonly Judged[], { width, paint }: TextStyle): string {
  const wide = drawn([...what, which, ...where], rows, width);
  const isWide = wide.idWidth >= SHORTEST_ID;
  const [head = '', ...lines] = isWide ? wide.lines : drawn([...what, which], rows, width).lines;
  const below = (text: string) =>
    text === '' ? [] : [shortened(INDENT + printable(text, ANNOTATION_LENGTH), width)];
  const body = rows.flatMap((row, index) => [
    painted(row, lines[index] ?? '', paint),
    ...(isWide ? [] : below(where.map(({ text }) => text(row)).join(' ')).map((line) => paint('dim', line))),
    ...below(annotationText(row)),
  ]);
  return [paint('dim', head), ...body].join('\n');
}

/** @returns title and rows, the ids cut to what the other columns leave them of the width, and how much that is */
function drawn(columns: readonly Column[], rows: readonly Judged[], width: number) {
  const cellsWith = (idWidth: number) => [
    columns.map(({ title }) => title),
    ...rows.map((row) =>
      columns.map((column) => {
        const text = printable(column.text(row), CELL_LENGTH);
        return column === which ? shortenedInside(text, idWidth) : text;
      }),
    ),
  ];
  const others =
    Math.max(...aligned(cellsWith(0), Number.POSITIVE_INFINITY).map(widthOf)) - widthOf(which.title);
  const idWidth = width - others;
  return { idWidth, lines: aligned(cellsWith(Math.max(idWidth, widthOf(which.title))), width) };
}

/** Cut in the middle: ids often differ in how they end. */
export function shortenedInside(text: string, maxWidth: number): string {
  if (widthOf(text) <= maxWidth) return text;
  const characters = [...text];
  const half = Math.floor((maxWidth - 1) / 2);
  const start = upTo(half, characters);
  const end = upTo(maxWidth - 1 - widthOf(start), characters.reverse());
  return `${start}…${[...end].reverse().join('')}`;
}

/** As many of the first characters as fit. */
function upTo(width: number, characters: readonly string[]): string {
  let [text, taken] = ['', 0];
  for (const character of characters) {
    taken += widthOf(character);
    if (taken > width) break;
    text += character;
  }
  return text;
}

function painted(row: Judged, line: string, paint: Paint): string {
  const name = standing(row);
  if (!line.startsWith(name)) return line;
  const rest = line.slice(name.length);
  const [gap = ''] = /^ */.exec(rest) ?? [];
  const afterGap = rest.slice(gap.length);
  return afterGap.startsWith(row.severity)
    ? paint(COLOURS[name], name) +
        gap +
        paintSeverity(row.severity, row.severity, paint) +
        afterGap.slice(row.severity.length)
    : paint(COLOURS[name], name) + rest;
}

/** A column for each standing that there is; in few words where they don't fit side by side. */
function totalsText({ totals }: TextReport, { width, paint }: TextStyle): string {
  const shown = STANDINGS.filter((name) => name === 'NON_COMPLIANT' || totals.all[name] > 0);
  const rows: [string, Counts][] = [...totals.byControl, ['all', totals.all]];
  const [head = '', ...lines] = aligned(
    [
      ['CONTROL', ...shown],
      ...rows.map(([name, counts]) => [name, ...shown.map((standing) => number(counts[standing]))]),
    ],
    Number.POSITIVE_INFINITY,
  );
  if (Math.max(...[head, ...lines].map(widthOf)) <= width) return [paint('dim', head), ...lines].join('\n');
  const words = (counts: Counts) =>
    shown
      .filter((standing) => counts[standing] > 0)
      .map((standing) => `${number(counts[standing])} ${standing}`)
      .join(', ');
  return aligned(
    rows.map(([name, counts]) => [name, words(counts)]),
    width,
  ).join('\n');
}

function closing({ totals, policyFile, isComplete }: TextReport): string {
  const without = totals.items - totals.judgedItems;
  const by = policyFile === undefined ? "every control's defaults" : printable(policyFile, CELL_LENGTH);
  return [
    `${several(totals.items, 'item')} read from ${several(totals.files, 'file')}: ${number(totals.judgedItems)} judged by ${by}`,
    ...(without === 0 ? [] : [`, ${number(without)} of types that no rule judges`]),
    ...(totals.oversized === 0 ? [] : [`, ${number(totals.oversized)} came without their configuration`]),
    '.',
    ...(totals.problems === 0 ? [] : [` ${several(totals.problems, 'problem')}, see above.`]),
    ...(isComplete ? [] : [' This is not all that was asked for.']),
  ].join('');
}

const number = (value: number): string => value.toLocaleString('en');

const several = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
