import { Hours } from '../../../cli/verify/hours';
import { isUnicode, legend, stripLines } from '../../../cli/verify/strip';

const plain = { paint: (_: string, text: string) => text, isUnicode: false };

function hoursOf(days: number): Hours {
  const hours = new Hours();
  hours.add('2026-01-01T00:00:00Z', new Date(Date.UTC(2026, 0, 1 + days)).toISOString());
  return hours;
}

test('a character an hour, the worst that is known of it', () => {
  const hours = new Hours();
  hours.add('2026-01-01T10:30:00Z', '2026-01-01T22:00:00Z');
  hours.add('2026-01-01T12:00:00Z', '2026-01-01T14:00:00Z', 'uncovered');
  hours.add('2026-01-01T13:00:00Z', '2026-01-01T14:00:00Z', 'wrong');
  hours.add('2026-01-01T13:00:00Z', '2026-01-01T14:00:00Z', 'successor');
  hours.add('2026-01-01T15:00:00Z', '2026-01-01T15:00:00Z', 'unproven');
  hours.add('2026-01-01T16:00:00Z', '2026-01-01T17:00:00Z', 'successor');
  const style = { ...plain, width: 80 };
  expect(stripLines(hours, style)).toEqual([`    2026-01-01 ${' '.repeat(10)}##.X#?+#####`]);
  expect(legend([hours], style)).toBe(
    '# verified   X something is wrong   . no digest   ? not proven   + proven by the next digest alone',
  );
  expect(stripLines(hours, { ...style, isUnicode: true })).toEqual([
    `    2026-01-01 ${' '.repeat(10)}██·✗█░▓█████`,
  ]);
});

test.each([
  [40, 3],
  [70, 2],
  [200, 1],
])('as many days a line as fit into a width of %d', (width, lines) => {
  const text = stripLines(hoursOf(3), { ...plain, width });
  expect(text).toHaveLength(lines);
  expect(Math.max(...text.map(({ length }) => length))).toBeLessThanOrEqual(width);
  expect(text.join('').match(/#/g)).toHaveLength(72);
});

test('whole lines that are verified are one', () => {
  const hours = hoursOf(365);
  hours.add('2026-07-01T05:00:00Z', '2026-07-01T06:00:00Z', 'wrong');
  const lines = stripLines(hours, { ...plain, width: 40 });
  expect(lines).toEqual([
    `    2026-01-01 ${'#'.repeat(24)}`,
    '    2026-01-02 ### to 2026-06-30',
    `    2026-07-01 #####X${'#'.repeat(18)}`,
    '    2026-07-02 ### to 2026-12-30',
    `    2026-12-31 ${'#'.repeat(24)}`,
  ]);
});

test('no hours, no lines', () => {
  expect(stripLines(new Hours(), { ...plain, width: 80 })).toEqual([]);
});

test.each([
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, false],
  [{ LC_CTYPE: 'C.utf8' }, true],
  [{}, false],
])('a terminal of %j takes UTF-8: %s', (env, is) => {
  expect(isUnicode(env)).toBe(is);
});
