import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readSources } from '../../../cli/send/source';
import { emptyFolder } from '../test-shell';

const reading = (names: string[], files: Record<string, string | Uint8Array>, piped = '') => {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return readSources(names, {
    folder,
    piped: () => Readable.from([Buffer.from(piped)]),
    stop: new AbortController().signal,
  });
};

test.each<[string, string | Uint8Array, object[]]>([
  ['one value', '{"a":1}', [{ place: 'f.json', value: { a: 1 } }]],
  ['a gzipped one', gzipSync('{"a":1}'), [{ place: 'f.json', value: { a: 1 } }]],
  [
    'an array',
    '[{"a":1},{"a":2}]',
    [
      { place: 'f.json:1:2', value: { a: 1 } },
      { place: 'f.json:1:10', value: { a: 2 } },
    ],
  ],
  [
    'one in each line, a broken one among them',
    '{"a":1}\n{"a":\n{"a":2}\n',
    [
      { place: 'f.json', value: { a: 1 } },
      { place: expect.stringMatching(/^f\.json:2:\d+$/), because: expect.stringContaining('invalid JSON') },
      { place: 'f.json:3:1', value: { a: 2 } },
    ],
  ],
  ['nothing', '', [{ place: 'f.json', because: 'it holds nothing' }]],
])('%s', async (_, content, expected) => {
  expect(await reading(['f.json'], { 'f.json': content })).toEqual(expected);
});

test('what is piped in, and a file that is not there', async () => {
  expect(await reading(['-', 'gone.json'], {}, '{"a":"ä"}')).toEqual([
    { place: 'gone.json', because: expect.stringContaining('no such') },
    { place: expect.any(String), value: { a: 'ä' } },
  ]);
});
