import { progressOn, progressText } from '../../../cli/verify/progress';
import { testShell } from '../test-shell';

test.each([
  [
    { digests: 720, logs: 12_345, expected: 36_000, seconds: 12.345 },
    '720 digests; 12,345 of 36,000 log files, 1,000 a second, 24 s left',
  ],
  [{ digests: 3, logs: 0, expected: 0, seconds: 1 }, '3 digests; 0 of 0 log files, 0 a second'],
])('progress of %j', (done, text) => {
  expect(progressText(done)).toBe(text);
});

function shellAt(columns?: number) {
  const clock = { at: 0 };
  const shell = testShell({
    ...(columns === undefined ? {} : { columns }),
    now: () => new Date(clock.at),
  });
  return { clock, shell };
}

test('a line on a terminal, at most ten times a second, that is erased in the end', () => {
  const { clock, shell } = shellAt(40);
  const progress = progressOn(shell, false);
  progress.expect(100);
  for (clock.at = 0; clock.at <= 650; clock.at += 10) progress.log();
  expect(shell.said.err.split('\r\u001b[2K').slice(1)).toHaveLength(2);
  expect(shell.said.err).toContain('0 digests; 51 of 100 log files, 102 a …');
  progress.erase();
  expect(shell.said.err.endsWith('\r\u001b[2K')).toBe(true);
});

test.each([
  ['in a pipe', undefined, false],
  ['beside records on the terminal', 80, true],
])('nothing %s', (_, columns, isQuiet) => {
  const { clock, shell } = shellAt(columns);
  const progress = progressOn(shell, isQuiet);
  clock.at = 10_000;
  progress.digest();
  progress.log();
  progress.erase();
  expect(shell.said.err).toBe('');
});
