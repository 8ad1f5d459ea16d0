import type { Output, Shell } from './shell';
import { aligned, type Paint, paintFor, printable, widthOf } from './terminal';

export interface TextStyle {
  /** Infinity where nobody looks at a terminal. */
  readonly width: number;
  readonly paint: Paint;
}

export const styleOf = (out: Output, env: Shell['env']): TextStyle => ({
  width: out.columns ?? Number.POSITIVE_INFINITY,
  paint: paintFor(out, env),
});

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
}

export interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  /** What has no room in the line of a row, and gets lines of its own. */
  readonly below?: (row: Row) => string | readonly string[];
}

const CELL_LENGTH = 200;
const INDENT = '    ';

/**
 * A table in the first of its layouts that fits, or in the last one, cut. Cells are cleaned.
 * @param layouts the widest first
 * @param painted the line of a row in its colours
 */
export function tableText<Row>(
  rows: readonly Row[],
  layouts: readonly Layout<Row>[],
  { width, paint }: TextStyle,
  painted: (row: Row, line: string) => string,
): string {
  const drawn = layouts.map(({ columns, below }) => ({
    below,
    cells: [
      columns.map(({ title }) => title),
      ...rows.map((row) => columns.map(({ text }) => printable(text(row), CELL_LENGTH))),
    ],
  }));
  const fits = ({ cells }: (typeof drawn)[number]) =>
    Math.max(...aligned(cells, Number.POSITIVE_INFINITY).map(widthOf)) <= width;
  const layout = drawn.find(fits) ?? drawn.at(-1);
  const [head = '', ...lines] = aligned(layout?.cells ?? [], width);
  const body = rows.flatMap((row, index) => [
    painted(row, lines[index] ?? ''),
    ...(layout?.below === undefined
      ? []
      : [layout.below(row)]
          .flat()
          .map((text) =>
            paint('dim', aligned([[INDENT + printable(text, 2 * CELL_LENGTH)]], width).join('')),
          )),
  ]);
  return [paint('dim', head), ...body].join('\n');
}

/** `1 finding`, `2 findings` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How many there are of each of these words, those without any left out: `1 critical, 4 high`. */
export const tally = (words: readonly string[], order: readonly string[]): string =>
  order
    .map((word) => [words.filter((other) => other === word).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
