import { aligned, paintFor, printable, shortened, widthOf } from '../../cli/terminal';

test.each([
  ['moves of the cursor and colours', 'a\u001b[2J\u001b[31mb', 'a [2J [31mb'],
  ['titles of windows', '\u001b]0;title\u0007a', ']0;title a'],
  ['one-byte controls', 'a\u009b31mb', 'a 31mb'],
  ['new lines and tabs', 'a\r\n\tb\u2028c', 'a b c'],
  ['reordering', 'a\u202eb\u2066c\u200fd', 'abcd'],
  ['what is invisible', 'a\u200bb\u00adc\ufeffd\u{e0041}', 'abcd'],
  ['halves of pairs', 'a\ud800b', 'ab'],
])('%s do not come through', (_, text, printed) => {
  expect(printable(text, 100)).toBe(printed);
});

test('text is cut, a megabyte as fast as a line', () => {
  expect(printable('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
});

test('East Asian characters and emoji take two columns, marks none', () => {
  expect(['abc', '監査', '🔒', 'e\u0301'].map(widthOf)).toEqual([3, 4, 2, 1]);
  expect(shortened('監査証跡', 5)).toBe('監査…');
});

test('columns are as wide as their widest cell, lines no wider than the terminal', () => {
  expect(
    aligned(
      [
        ['a', 'bb', 'the error'],
        ['aaa', 'b', 'another one that is longer'],
      ],
      20,
    ),
  ).toEqual(['a    bb  the error', 'aaa  b   another on…']);
});

test.each([
  ['a terminal', true, {}, '\u001b[31mx\u001b[0m'],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, '\u001b[31mx\u001b[0m'],
  ['NO_COLOR', true, { NO_COLOR: '1' }, 'x'],
  ['a dumb terminal', true, { TERM: 'dumb' }, 'x'],
  ['a pipe', false, {}, 'x'],
])('colours on %s', (_, isTerminal, env, painted) => {
  expect(paintFor({ write: () => undefined, isTerminal }, env)('red', 'x')).toBe(painted);
});
