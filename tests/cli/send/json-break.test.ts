import fc from 'fast-check';
import { jsonBreak } from '../../../cli/send/json-break';

test.each<[string, number, string]>([
  ['', 0, 'a value'],
  ['{', 1, 'a name in double quotes, or "}"'],
  ['[', 1, 'a value, or "]"'],
  ['{"a" 1}', 5, '":"'],
  ['{"a":}', 5, 'a value'],
  ['{"a":1 "b"', 7, '"," or "}"'],
  ['{"a":1,}', 7, 'a name in double quotes'],
  ["{'a':1}", 1, 'a name in double quotes, or "}"'],
  ['[1,]', 3, 'a value'],
  ['[1}', 2, '"," or "]"'],
  ['{"a":"x\ny"}', 5, 'a value'],
  ['{} {}', 3, 'nothing more'],
  ['[01]', 2, '"," or "]"'],
  ['[1,tru]', 3, 'a value'],
])('%j breaks at %s', (text, offset, expected) => {
  expect(jsonBreak(text)).toEqual({ offset, expected });
});

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('what JSON.parse takes does not break, and what it does not take does', () => {
  const damaged = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom('', ',', '"', '{', ']', '1', ' ', '\\', 'e', '\n'),
    )
    .map(([json, at, removed, put]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + put + json.slice(place + removed);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
      expect(jsonBreak(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 3000 },
  );
});

test('a long text is read as fast as a short one', () => {
  const long = `{"a":"${'x\\n'.repeat(500_000)}`;
  expect(jsonBreak(long)).toEqual({ offset: 5, expected: 'a value' });
  expect(jsonBreak('['.repeat(200_000))).toMatchObject({ offset: 200_000 });
});
