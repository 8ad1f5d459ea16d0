import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSource, valuesIn } from '../../../cli/send/source';
import { emptyFolder } from '../test-shell';

test.each<[string, string, unknown[]]>([
  ['one value', '{"a":1}', [{ place: 'f', value: { a: 1 } }]],
  ['a byte order mark', '\ufeff{"a":1}\n', [{ place: 'f', value: { a: 1 } }]],
  [
    'an array',
    '[1, {"a":1}]',
    [
      { place: 'f[0]', value: 1 },
      { place: 'f[1]', value: { a: 1 } },
    ],
  ],
  ['an empty array', '[]', []],
  [
    'one in each line',
    '{"a":1}\r\n\n{"a":2}\n',
    [
      { place: 'f:1', value: { a: 1 } },
      { place: 'f:3', value: { a: 2 } },
    ],
  ],
])('%s', (_name, text, values) => {
  expect(valuesIn('f', text)).toEqual(values);
});

test('a broken line spoils no other, not even the first one', () => {
  expect(valuesIn('f', '{"a":}\n{"a":2}\n {"a"\n')).toEqual([
    { place: 'f:1:6', because: 'not JSON: expected a value' },
    { place: 'f:2', value: { a: 2 } },
    { place: 'f:3:6', because: 'not JSON: expected ":"' },
  ]);
});

test.each([
  ['{\n  "a": 1,\n  "b" 2\n}', 'f:3:7', '":"'],
  ['{\n  "a": [\n', 'f:3:1', 'a value, or "]"'],
  ['not JSON', 'f:1:1', 'a value'],
])('%j is refused where it breaks', (text, place, expected) => {
  expect(valuesIn('f', text)).toEqual([{ place, because: `not JSON: expected ${expected}` }]);
});

test.each(['', ' \n'])('%j is empty', (text) => {
  expect(valuesIn('f', text)).toEqual([
    { place: 'f', because: expect.stringContaining('is empty: expected an event') },
  ]);
});

test('from a file, from what is piped in, or from nowhere', async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'a.json'), '{"a":1}');
  async function* piped() {
    // Cut within a character.
    yield* ['{"a":"', Buffer.from([0xc3]), Buffer.from([0xa4]), '"}'];
  }
  await expect(readSource('a.json', folder, piped())).resolves.toEqual([
    { place: 'a.json', value: { a: 1 } },
  ]);
  await expect(readSource('-', folder, piped())).resolves.toEqual([{ place: 'stdin', value: { a: 'ä' } }]);
  await expect(readSource('b.json', folder, piped())).resolves.toEqual([
    { place: 'b.json', because: expect.stringContaining("can't be read: ") },
  ]);
});
