import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { command, shellWord } from '../../../cli/evidence/shell-word';
import { hostileText } from '../../shared/tell/hostile-text';

test.each<[string, string | undefined]>([
  ['sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
  ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroup'],
  ['arn:aws:iam::111122223333:role/a@b+c,d', 'arn:aws:iam::111122223333:role/a@b+c,d'],
  ["it's", String.raw`'it'\''s'`],
  ['$(id)', "'$(id)'"],
  ['-rf', "'-rf'"],
  ['~', "'~'"],
  ['', undefined],
  ['two\nlines', undefined],
  ['right\u202eleft', undefined],
  ['ä', undefined],
])('%j is the word %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('bash reads back what was meant, and nothing else', () => {
  const ascii = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
    minLength: 1,
  });
  fc.assert(
    fc.property(fc.oneof(ascii, hostileText), (text) => {
      const line = command`printf %s ${text}`;
      fc.pre(line !== undefined);
      const { stdout, stderr } = spawnSync('bash', ['-c', `${line}`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect({ stdout, stderr }).toEqual({ stdout: text, stderr: '' });
    }),
    { numRuns: 60 },
  );
});
