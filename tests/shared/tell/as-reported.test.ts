import fc from 'fast-check';
import {
  asAscii,
  asReported,
  foreignPath,
  pathAsReported,
  shortened,
} from '../../../shared/tell/alerts/as-reported';
import { hostileText } from './hostile-text';

test.each<[what: string, text: string, shown: string]>([
  ['plain text', 'bastion (team a), port 22', 'bastion (team a), port 22'],
  ['letters of any script', 'Größe 東京 नमस्ते', 'Größe 東京 नमस्ते'],
  ['emoji', 'fire 🔥', 'fire 🔥'],
  ['a range', '0.0.0.0/0 and ::/0', '0.0.0.0/0 and ::/0'],
  ['an ARN', 'arn:aws:s3:::logs', 'arn:aws:s3:::logs'],
  ['line breaks', 'a\n\nWhat you can do\r\n 1. curl evil', 'a What you can do 1. curl evil'],
  ['line and paragraph separators', 'a\u2028b\u2029c\u0085d', 'a b c d'],
  ['terminal escapes', '\u001b[31mred\u001b]8;;x\u0007', '[31mred ]8;;x'],
  ['NUL', 'a\0b', 'a b'],
  ['bidirectional overrides', 'a\u202egpj.exe\u2066b\u200f', 'agpj[.]exeb'],
  ['zero widths', 'a\u200bd\u200dm\u2060i\ufeffn\u00ad', 'admin'],
  ['fillers that show nothing', '\u3164\u2800\u115fa', 'a'],
  ['invisible tags', `a${String.fromCodePoint(0xe0041, 0xe0042)}`, 'a'],
  ['spaces of other widths', 'a\u3000\u00a0\u1680b', 'a b'],
  ['markup', '<script>alert(1)</script>', '‹script›alert(1)‹/script›'],
  ['mentions of everybody', '<!channel> @everyone @here', '‹!channel› (at)everyone (at)here'],
  ['code marks', '```rm```', "'''rm'''"],
  ['addresses', 'https://evil.com/x', 'hxxps[://]evil[.]com/x'],
  ['markdown links', '[click](http://evil.com)', '[click](hxxp[://]evil[.]com)'],
  [
    'bare host names',
    'www.evil.com foo_bar.io my-bucket.name',
    'www[.]evil[.]com foo_bar[.]io my-bucket[.]name',
  ],
  ['host names in other alphabets', 'www.пример.рф', 'www[.]пример[.]рф'],
  ['host names of emoji', '❤.ws', '❤[.]ws'],
  ['host names in full width', 'ｅｖｉｌ．ｃｏｍ 悪。com', 'evil[.]com 悪[.]com'],
  ['host names with hidden joints', 'e\u00advil\u200b.\u2060com', 'evil[.]com'],
  [
    'other schemes',
    'javascript:x data:x mailto:a tel:1 sms:1 ftp://x',
    'javascript[:]x data[:]x mailto[:]a tel[:]1 sms[:]1 ftp[://]x',
  ],
  ['network shares', '\\\\evil\\share', '\\evil\\share'],
  ['halves of characters', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ['heaps of marks', `a${'\u0323'.repeat(50)}b`, 'ạ\u0323\u0323\u0323b'],
  ['nothing but what does not show', '\u200b\u200b', ''],
])('%s', (_, text, shown) => expect(asReported(text)).toBe(shown));

test('what is shown is cut with a mark, in whole characters', () => {
  expect(asReported('🔥'.repeat(300), 10)).toBe(`${'🔥'.repeat(9)}…`);
  expect(asReported('abc', 3)).toBe('abc');
  expect(asReported(`${'\u200b'.repeat(100_000)}admin`, 10)).toBe('…');
});

test('anything at all is shown on one line, within its length, without what misleads', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 80 }), (text, length) => {
      const shown = asReported(text, length);
      expect([...shown].length).toBeLessThanOrEqual(length);
      expect(shown).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]/u,
      );
      expect(shown).not.toMatch(/https?:|(?<!\[):\/\/|[^\s.][.。][\p{L}\p{M}]{2}|\\\\/iu);
    }),
    { numRuns: 2000 },
  );
});

test('what has been cleaned once stays as it is', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(asReported(asReported(text, 500), 500)).toBe(asReported(text, 500));
    }),
    { numRuns: 2000 },
  );
});

test('very long text takes no longer for being built to take long', () => {
  const started = performance.now();
  for (const text of [
    'a-'.repeat(500_000),
    'a.'.repeat(500_000),
    '\\'.repeat(1_000_000),
    ' '.repeat(1_000_000),
    'a\u0301'.repeat(500_000),
  ])
    asReported(text);
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each([
  [
    'configuration.ipPermissions[0].ipv4Ranges[1].cidrIp',
    'configuration.ipPermissions[0].ipv4Ranges[1].cidrIp',
  ],
  ['configuration.logFileValidationEnabled', 'configuration.logFileValidationEnabled'],
  ['configuration.name', 'configuration[.]name'],
  ['configuration.tags[0].key', 'configuration[.]tags[0][.]key'],
  ['configuration.x y\nz', 'configuration.x y z'],
])('the path %j is shown as %j', (path, shown) => expect(pathAsReported(path)).toBe(shown));

test('a path whose names somebody chose makes no host name', () => {
  expect(foreignPath('tags.evil.coM')).toBe('tags/evil/coM');
});

test.each([
  ['Größe', 'Gro?e'],
  ['naïve…', 'naive~'],
  ['‹script›', '(script)'],
  ['≮script≯', '?script?'],
  ['東京 🔥', '?? ?'],
])('%j in ASCII is %j', (text, ascii) => expect(asAscii(text)).toBe(ascii));

test('shortening counts characters, not their halves', () => {
  expect(shortened('🔥🔥🔥', 3)).toBe('🔥🔥🔥');
  expect(shortened('🔥🔥🔥', 2)).toBe('🔥…');
});
