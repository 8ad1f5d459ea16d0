import fc from 'fast-check';
import { matchesAllBelow, matchesWildcards } from '../../../../shared/controls/policies/wildcards';

test.each<[pattern: string, text: string, matches: boolean]>([
  ['*', '', true],
  ['*', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['?', '', false],
  ['?', 'a', true],
  ['?', 'ab', false],
  ['a*b', 'ab', true],
  ['a*b', 'a/c/b', true],
  ['a*b', 'abc', false],
  ['a*b*c', 'abbbc', true],
  ['*ab', 'aab', true],
  ['a.c', 'abc', false],
  ['arn:aws:s3:::name', 'arn:aws:s3:::Name', false],
  ['arn:aws:s3:::name*', 'arn:aws:s3:::name/key', true],
  ['arn:aws:s3:::name', 'arn:aws:s3:::name/', false],
])('%j on %j: %j', (pattern, text, matches) => {
  expect(matchesWildcards(pattern, text)).toBe(matches);
});

test.each<[pattern: string, start: string, all: boolean]>([
  ['b/*', 'b/', true],
  ['b/**', 'b/', true],
  ['b/?*', 'b/', true],
  ['b/*?', 'b/', true],
  ['b*', 'b/', true],
  ['*', 'b/', true],
  ['?/*', 'b/', true],
  ['b??*', 'b/', true],
  ['b???*', 'b/', false],
  ['b/??*', 'b/', false],
  ['b/?', 'b/', false],
  ['b/', 'b/', false],
  ['b', 'b/', false],
  ['b/a*', 'b/', false],
  ['b/*a', 'b/', false],
  ['b/*/*', 'b/', false],
  ['c/*', 'b/', false],
  ['B/*', 'b/', false],
  ['b/${aws:username}/*', 'b/', false],
  ['', 'b/', false],
  ['*', '', true],
  ['?*', '', true],
  ['??*', '', false],
])('%j matches all below %j: %j', (pattern, start, all) => {
  expect(matchesAllBelow(pattern, start)).toBe(all);
});

const pattern = fc.string({ unit: fc.constantFrom('*', '?', 'a', 'b'), maxLength: 8 });
const plain = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });

test('matches as the regular expression does that says the same', () => {
  fc.assert(
    fc.property(pattern, plain, (wild, text) => {
      const same = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(matchesWildcards(wild, text)).toBe(same.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('what matches all below a text matches each text below it, and nothing else does', () => {
  fc.assert(
    fc.property(pattern, plain, (wild, start) => {
      // A letter that no pattern has is matched by wildcards only, so that these few stand for all.
      const below = Array.from({ length: 10 }, (_, index) => start + '#'.repeat(index + 1));
      expect(matchesAllBelow(wild, start)).toBe(below.every((text) => matchesWildcards(wild, text)));
    }),
    { numRuns: 2000 },
  );
});

test('takes no longer for patterns that are made to', () => {
  const began = performance.now();
  matchesWildcards(`${'*a'.repeat(5000)}b`, 'a'.repeat(80));
  matchesAllBelow(`${'*?'.repeat(10_000)}a`, 'arn:aws:s3:::name/');
  matchesAllBelow(`${'?*'.repeat(10_000)}`, 'arn:aws:s3:::name/');
  expect(performance.now() - began).toBeLessThan(1000);
});
