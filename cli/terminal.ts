import type { Output } from './shell';

/**
 * Text from anywhere, fit for a terminal: on one line, without what moves the cursor, colours, reorders or hides, and
 * no longer than so many characters.
 */
export function printable(text: string, maxLength: number): string {
  // Cut before it is cleaned: a body may be a megabyte. Twice the length, as cleaning may take some away.
  const cleaned = text
    .slice(0, 2 * maxLength)
    .replace(INVISIBLE, '')
    .replace(CONTROL, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shortened(cleaned, maxLength);
}

/** Bidirectional marks, zero widths, fillers, variants, private and unassigned characters, halves of pairs. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Format}\p{Co}\p{Cn}\p{Cs}]/gu;

/** Control characters of both sets, and every kind of space and separator. */
const CONTROL = /[\p{Cc}\p{Z}]/gu;

/** Cut to a width on the terminal, with a mark that it was. */
export function shortened(text: string, maxWidth: number): string {
  if (widthOf(text) <= maxWidth) return text;
  let [cut, width] = ['', 0];
  for (const character of text) {
    width += widthOf(character);
    if (width > maxWidth - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Columns that a terminal takes for it: East Asian characters and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const MARK = /^\p{M}$/u;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]$/u;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Paint = (colour: keyof typeof CODES, text: string) => string;

/** Colours for a person at a terminal who has not declined them (https://no-color.org). */
export const paintFor = (
  { isTerminal }: Output,
  { NO_COLOR = '', TERM }: Readonly<Record<string, string | undefined>>,
): Paint =>
  isTerminal && NO_COLOR === '' && TERM !== 'dumb'
    ? (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m`
    : (_, text) => text;

/**
 * Rows in aligned columns, the last one cut to what is left of the width.
 * @param width of the terminal; Infinity cuts nothing
 */
export function aligned(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows.map((row) => {
    const line = row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
    return shortened(line, width);
  });
}
