import type { TextStyle } from '../table';
import { aligned, type Paint, printable, widthOf } from '../terminal';

export interface Line {
  readonly text: string;
  /** Stands before the text, and is where its further lines begin. */
  readonly mark?: string;
  readonly colour?: Parameters<Paint>[0];
  /** A command to be copied: stays in one piece, however long. */
  readonly whole?: true;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

const LONGEST = 2000;
const INDENT = '  ';
/** The least room in which text still reads well; with less, it begins below its mark. */
const LEAST_ROOM = 24;

/** Sections with their titles, as wide as the terminal. Sections without lines are left out. Texts are cleaned. */
export const pageText = (sections: readonly Section[], style: TextStyle): string =>
  sections
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) =>
      [
        ...wrapped(printable(title, LONGEST), style.width).map((line) => style.paint('bold', line)),
        ...lines.flatMap((line) => lineText(line, style)),
      ].join('\n'),
    )
    .join('\n\n');

function lineText({ text, mark = '', colour, whole }: Line, { width, paint }: TextStyle): string[] {
  const lead = INDENT + mark;
  if (whole) return [paint('dim', lead + printable(text, LONGEST))];
  const cleaned = printable(text, LONGEST);
  const besides = width - widthOf(lead) >= Math.min(LEAST_ROOM, widthOf(cleaned));
  const hang = besides ? ' '.repeat(widthOf(lead)) : INDENT + INDENT;
  const [first = '', ...rest] = wrapped(cleaned, Math.max(1, width - hang.length));
  const lines = besides
    ? [lead + first, ...rest.map((line) => hang + line)]
    : [...aligned([[lead]], width), ...[first, ...rest].map((line) => hang + line)];
  return lines.map((line) => (colour === undefined ? line.trimEnd() : paint(colour, line.trimEnd())));
}

/** Rows whose last cell is as long as it likes; the others are columns. */
export function columnLines(
  rows: readonly {
    readonly cells: readonly string[];
    readonly text: string;
    readonly colour?: Line['colour'];
  }[],
): Line[] {
  const cleaned = rows.map(({ cells }) => cells.map((cell) => printable(cell, LONGEST)));
  const count = Math.max(0, ...cleaned.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...cleaned.map((cells) => widthOf(cells[column] ?? ''))),
  );
  return rows.map(({ text, colour }, index) => ({
    mark: widths
      .map((width, column) => {
        const cell = cleaned[index]?.[column] ?? '';
        return `${cell}${' '.repeat(width - widthOf(cell))}  `;
      })
      .join(''),
    text,
    ...(colour === undefined ? {} : { colour }),
  }));
}

export const paragraph = (text: string): Line => ({ text });
export const listed = (text: string): Line => ({ text, mark: '- ' });
/** Commands below the line that says what for: indented, and as they are. */
export const commandLines = (lines: readonly string[]): Line[] =>
  lines.map((line) => {
    const text = line.trimStart();
    return { text, mark: `  ${' '.repeat(line.length - text.length)}`, whole: true };
  });
export const step = (text: string, index: number): Line => ({ text, mark: `${index + 1}. ` });

/** Broken between words; a word longer than the width, within. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

function piecesOf(word: string, width: number): string[] {
  const pieces = [''];
  let taken = 0;
  for (const character of word) {
    const own = widthOf(character);
    if (taken + own > width && taken > 0) {
      pieces.push('');
      taken = 0;
    }
    pieces[pieces.length - 1] += character;
    taken += own;
  }
  return pieces;
}
