import type { Paint } from '../terminal';
import { HOUR, type HourState, type Hours, hourStates } from './hours';

type Shown = HourState | 'verified';

const blocks: Readonly<Record<Shown, string>> = {
  verified: '█',
  successor: '▓',
  unproven: '░',
  uncovered: '·',
  wrong: '✗',
};
const ascii: Readonly<Record<Shown, string>> = {
  verified: '#',
  successor: '+',
  unproven: '?',
  uncovered: '.',
  wrong: 'X',
};

const meanings: Readonly<Record<Shown, string>> = {
  verified: 'verified',
  successor: 'proven by the next digest alone',
  unproven: 'not proven',
  uncovered: 'no digest',
  wrong: 'something is wrong',
};

const colours: Readonly<Record<Shown, Parameters<Paint>[0]>> = {
  verified: 'green',
  successor: 'yellow',
  unproven: 'yellow',
  uncovered: 'red',
  wrong: 'red',
};

export interface StripStyle {
  readonly width: number;
  readonly paint: Paint;
  /** Whether the terminal shows more than ASCII. */
  readonly isUnicode: boolean;
}

const INDENT = '    ';
const DAY_LABEL = 'YYYY-MM-DD '.length;
const WIDEST = 120;

/** Whether what reads the output takes UTF-8, by the settings of its locale; only Windows' terminals do without. */
export const isUnicode = (env: Readonly<Record<string, string | undefined>>): boolean =>
  /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');

/** A character an hour, a day in a column, as many days a line as fit. Several whole lines that are verified are one. */
export function stripLines(hours: Hours, { width, paint, isUnicode: unicode }: StripStyle): string[] {
  const { range } = hours;
  if (range === undefined) return [];
  const days = Math.max(1, Math.floor((Math.min(width, WIDEST) - INDENT.length - DAY_LABEL) / 25));
  const signs = unicode ? blocks : ascii;
  const first = Math.floor(range.first / 24);
  const last = Math.floor(range.last / 24);
  const lines: string[] = [];
  let verified: { readonly from: number; to: number; line: string | undefined } | undefined;
  const endVerified = () => {
    if (verified === undefined) return;
    const { from, to, line } = verified;
    lines.push(
      line ?? `${INDENT}${dayText(from)} ${paint('green', signs.verified.repeat(3))} to ${dayText(to)}`,
    );
    verified = undefined;
  };
  for (let day = first; day <= last; day += days) {
    const shown = Array.from({ length: Math.min(days, last - day + 1) }, (_, index) => day + index);
    const line =
      `${INDENT}${dayText(day)} ${shown.map((each) => dayStrip(hours, each, range, signs, paint)).join(' ')}`.trimEnd();
    const isVerified = shown.every((each) => isWholeDayVerified(hours, each, range));
    const lastShown = shown.at(-1) ?? day;
    // The first and the last line say where the chain begins and ends.
    if (!isVerified || day === first || lastShown === last) {
      endVerified();
      lines.push(line);
    } else if (verified === undefined) verified = { from: day, to: lastShown, line };
    else verified = { from: verified.from, to: lastShown, line: undefined };
  }
  return lines;
}

type Range = NonNullable<Hours['range']>;

const isWithin = (hour: number, { first, last }: Range) => hour >= first && hour <= last;

const hoursOf = (day: number) => Array.from({ length: 24 }, (_, hour) => day * 24 + hour);

const isWholeDayVerified = (hours: Hours, day: number, range: Range) =>
  hoursOf(day).every((hour) => isWithin(hour, range) && hours.at(hour) === 'verified');

/** Hours of one kind that follow each other are painted at once. */
function dayStrip(
  hours: Hours,
  day: number,
  range: Range,
  signs: Readonly<Record<Shown, string>>,
  paint: Paint,
): string {
  const runs: { state: Shown | undefined; count: number }[] = [];
  for (const hour of hoursOf(day)) {
    const state = isWithin(hour, range) ? hours.at(hour) : undefined;
    const last = runs.at(-1);
    if (last && last.state === state) last.count += 1;
    else runs.push({ state, count: 1 });
  }
  return runs
    .map(({ state, count }) =>
      state === undefined ? ' '.repeat(count) : paint(colours[state], signs[state].repeat(count)),
    )
    .join('');
}

const dayText = (day: number): string => new Date(day * 24 * HOUR).toISOString().slice(0, 10);

/** What the signs mean that were used. */
export function legend(all: readonly Hours[], { paint, isUnicode: unicode }: StripStyle): string {
  const signs = unicode ? blocks : ascii;
  const used = new Set<Shown>(['verified']);
  for (const hours of all) for (const state of hours.states) used.add(state);
  return (['verified', ...hourStates] as const)
    .filter((state) => used.has(state))
    .map((state) => `${paint(colours[state], signs[state])} ${meanings[state]}`)
    .join('   ');
}
