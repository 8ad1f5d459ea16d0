import { Readable } from 'node:stream';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { recordsIn, valuesIn } from './reading';

const [a, b, c, d] = [{ a: 1 }, { b: 2 }, { c: 3 }, { d: 4 }];

describe('what holds values together', () => {
  test.each<[string, string, unknown[]]>([
    ['lines', '{"a":1}\n{"b":2}\n', [a, b]],
    ['lines of another system, and blank ones', '{"a":1}\r\n\r\n{"b":2}\r\n', [a, b]],
    ['texts one after another', '{"a":1}{"b":2} {"c":3}', [a, b, c]],
    ['an array', '[{"a":1},{"b":2}]', [a, b]],
    ['an array with a line each', '[\n{"a":1},\n{"b":2}\n]\n', [a, b]],
    ['arrays in an array', '[[{"a":1}],[{"b":2}]]', [a, b]],
    ['nothing in an array', '[]', []],
    ['a snapshot', '{"fileVersion":"1.0","configurationItems":[{"a":1},{"b":2}]}', [a, b]],
    ['an empty snapshot', '{"fileVersion":"1.0","configurationItems":[]}', []],
    ['a printed answer', JSON.stringify({ nextToken: 'x', configurationItems: [a, b] }, null, 4), [a, b]],
    ['answers in lines', '{"configurationItems":[{"a":1}]}\n{"baseConfigurationItems":[{"b":2}]}\n', [a, b]],
    ['a batch', '{"Records":[{"a":1},{"b":2}]}', [a, b]],
    ['indented texts', `${JSON.stringify(a, null, 2)}\n${JSON.stringify(b, null, 2)}\n`, [a, b]],
    ['braces and quotes in texts', '[{"a":"]}\\"{["},{"b":2}]', [{ a: ']}"{[' }, b]],
    ['a byte order mark', '\uFEFF{"a":1}', [a]],
    ['letters of all kinds', '{"a":"é監査🔒"}', [{ a: 'é監査🔒' }]],
    ['a list of that name further inside', '{"x":{"Records":[1]}}', [{ x: { Records: [1] } }]],
    ['a text of that name', '{"x":"\\"Records\\":["}', [{ x: '"Records":[' }]],
  ])('%s', async (_, text, values) => {
    expect(await valuesIn(text)).toEqual(values);
    expect(await valuesIn(gzipSync(text))).toEqual(values);
  });
});

describe('what is broken, and what stands before and after it', () => {
  test.each<[string, string, unknown[]]>([
    [
      'a line that lacks its end',
      '{"a":1}\n{"b":2\n{"c":3}\n{"d":4}\n',
      [a, 'stream:2:1: it has no end where the next value begins', c, d],
    ],
    [
      'the first line, cut where a value may begin',
      '{"a":\n{"b":2}\n{"c":3}\n',
      ['stream:1:1: invalid JSON: Unexpected end of JSON input', b, c],
    ],
    [
      'a line cut in a text',
      '{"a":1}\n{"b":"x\n{"c":3}\n{"d":4}\n',
      [a, 'stream:2:1: its line ends in the middle of a text', c, d],
    ],
    [
      'a line cut after a backslash',
      '{"a":1}\n{"b":"x\\\n{"c":3}\n',
      [a, 'stream:2:1: its line ends in the middle of a text', c],
    ],
    [
      'a line cut in a list',
      '{"a":1}\n{"b":[1,\n{"c":3}\n{"d":4}\n',
      [a, expect.stringMatching(/^stream:2:1: invalid JSON/), c, d],
    ],
    [
      'a line of words',
      '{"a":1}\nhello, world\n{"b":2}\n',
      [a, expect.stringMatching(/^stream:2:1: invalid JSON/), b],
    ],
    ['the last line', '{"a":1}\n{"b":[1,', [a, 'stream:2:1: the file ends in the middle of it']],
    ['a bracket too much', '{"a":1}}\n{"b":2}\n', [a, 'stream:1:8: this } closes nothing', b]],
    [
      'an entry that lacks a value',
      '{"configurationItems":[{"a":1},{"b":},{"c":3}]}',
      [a, expect.stringMatching(/^stream:1:32: invalid JSON/), c],
    ],
    [
      'an entry that lacks brackets',
      '{"configurationItems":[{"a":1},{"b":{"x":1,{"c":3},{"d":4}]}',
      [a, 'stream:1:32: it has no end where the next value begins', c, d],
    ],
    [
      'an entry whose brackets do not match',
      '[{"a":1},{"b":[1},{"c":3}]',
      [a, expect.stringMatching(/^stream:1:17: invalid JSON/), c],
    ],
    [
      'an entry whose list never ends, with a line each',
      '[\n{"a":1},\n{"b":[1,\n{"c":3},\n{"d":4}\n]\n',
      [a, expect.stringMatching(/^stream:3:1: /), c, d, expect.stringMatching(/^stream:6:1: /)],
    ],
    [
      'a line break in a text of one long line',
      '[{"a":1},{"b":"x\ny"},{"c":3}]',
      [a, expect.stringMatching(/^stream:1:17: invalid JSON/), c],
    ],
    [
      'a missing quote in a printed document',
      '[\n  {\n    "b": "x,\n    "x": 1\n  },\n  {\n    "c": 3\n  }\n]\n',
      [expect.stringMatching(/^stream:3:13: invalid JSON/), c],
    ],
    [
      'a comma after the last entry',
      '[{"a":1},{"b":2},]',
      [a, b, 'stream:1:18: expected a value after the last comma'],
    ],
    ['commas in a row', '[{"a":1},,{"b":2}]', [a, 'stream:1:10: expected a value before this comma', b]],
    [
      'commas that are missing, said once',
      '[{"a":1}{"b":2}{"c":3}]',
      [a, 'stream:1:9: expected a comma before this value', b, c],
    ],
    [
      'a list that lacks its end',
      '{"configurationItems":[{"a":1}}\n{"b":2}',
      [a, 'stream:1:31: expected ] before this }', b],
    ],
    [
      'a snapshot cut in an entry',
      '{"configurationItems":[{"a":1},{"b"',
      [a, expect.stringContaining('the file ends')],
    ],
    [
      'a snapshot cut between entries',
      '{"configurationItems":[{"a":1},',
      [a, expect.stringContaining('the file ends')],
    ],
    [
      'what stands around the entries',
      '{"fileVersion":,"configurationItems":[{"a":1}]}',
      [a, expect.stringMatching(/^stream:1:1: invalid JSON/)],
    ],
    ['bytes that are no UTF-8', '{"a":1}\n{"b":"\xff"}\n{"c":3}', [a, 'stream:2:1: it is not UTF-8 text', c]],
  ])('%s', async (name, text, values) => {
    const bytes = Buffer.from(text, name.includes('UTF-8') ? 'latin1' : 'utf8');
    expect(await valuesIn(bytes)).toEqual(values);
  });

  test('a value nested too deep', async () => {
    const deep = `${'{"x":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(await valuesIn(`[{"a":1},${deep},{"b":2}]`)).toEqual([
      a,
      'stream:1:10: nested deeper than 512 levels',
      b,
    ]);
    expect(await valuesIn('['.repeat(100_000))).toEqual([expect.stringContaining('nested deeper')]);
  });

  test('a value that is too large, in whatever it stands', async () => {
    const large = JSON.stringify({ x: 'x'.repeat(2 ** 20) });
    const chunks = (text: string) =>
      Array.from({ length: Math.ceil(text.length / 9973) }, (_, index) =>
        Buffer.from(text.slice(index * 9973, (index + 1) * 9973)),
      );
    const limit = { largestValue: 2 ** 20 };
    const said = expect.stringContaining(': larger than 1 MB');
    expect(await valuesIn(chunks(`[{"a":1},${large},{"b":2}]`), limit)).toEqual([a, said, b]);
    expect(await valuesIn(chunks(`{"a":1}\n${large}\n{"b":2}`), limit)).toEqual([a, said, b]);
    expect(await valuesIn(chunks(`{"x":${large},"configurationItems":[{"a":1}]}`), limit)).toEqual([a, said]);
  });

  test('positions in one long line are bytes', async () => {
    const many = Array.from({ length: 2000 }, () => '{"é":1}').join();
    const values = await valuesIn(`[${many},{"b":},{"c":3}]`);
    expect(values.slice(2000)).toEqual([
      expect.stringMatching(/^stream: byte 18001, record 2001: invalid JSON/),
      c,
    ]);
  });
});

describe('files that are none of JSON', () => {
  test.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'it holds nothing'],
    ['blank', Buffer.from(' \r\n\n'), 'it holds nothing'],
    ['nothing, gzipped', gzipSync(''), 'it holds nothing'],
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":1}', 'utf16le'), 'found UTF-16'],
    ['UTF-16 without one', Buffer.from('{"a":1}', 'utf16le'), 'found UTF-16'],
    ['UTF-16, the other way round', Buffer.from('{"a":1}', 'utf16le').swap16(), 'found UTF-16'],
    ['a zip archive', Buffer.from('PK\x03\x04xxxx'), 'found a zip archive'],
    ['gzip within gzip', gzipSync(gzipSync('{"a":1}')), 'found gzip within gzip'],
    ['Parquet', Buffer.from('PAR1xxxx'), 'found Parquet'],
    ['any other', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'found binary data'],
  ])('%s', async (_, bytes, reason) => {
    expect(await valuesIn(bytes)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('gzip', () => {
  const lines = Array.from({ length: 20_000 }, (_, id) => ({ id, hash: (id * 2654435761) % 2 ** 32 }));
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const zipped = gzipSync(text);

  test('of several members', async () => {
    const members = Buffer.concat([gzipSync('{"a":1}\n{"b"'), gzipSync(':2}\n'), gzipSync('{"c":3}')]);
    expect(await valuesIn(members)).toEqual([a, b, c]);
  });

  test.each([3, 20, 5000, zipped.length >> 1, zipped.length - 9, zipped.length - 1])(
    'cut after %i bytes gives what came before',
    async (length) => {
      const cut = zipped.subarray(0, length);
      const unzipped = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
      const wholeLines = unzipped.split('\n').length - 1;
      const values = await valuesIn(cut);
      expect(values.slice(0, -1)).toEqual(lines.slice(0, wholeLines));
      expect(values.at(-1)).toMatch(/the gzip data ends too early; what came before was read$/);
    },
  );

  test('damaged in the middle gives what came before', async () => {
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, zipped.length >> 1, (zipped.length >> 1) + 50);
    const values = await valuesIn(damaged);
    expect(values.length).toBeGreaterThan(1000);
    expect(values[0]).toEqual(lines[0]);
    expect(values.at(-1)).toMatch(/the gzip data is damaged/);
  });
});

/** A text cut anywhere, as pipes and disks do. */
const cut = (bytes: Uint8Array) =>
  fc
    .array(fc.nat({ max: bytes.length }), { maxLength: 12 })
    .map((ends) => [0, ...ends.sort((left, right) => left - right), bytes.length])
    .map((ends) => ends.slice(1).map((end, index) => bytes.subarray(ends[index], end)))
    .map((chunks) => chunks.filter(({ length }) => length > 0));

/** As much as is looked at to tell what a file is, which therefore comes in one piece. */
const BLANK = Buffer.alloc(512, ' ');

const broken = [
  '{"configurationItems": [{"a":"\\"x\\\\"},{"b":{"x":1,{"c":3},',
  '{"a":"x\n{"b":"é監🔒"}\n',
  '[{"a":1},{"b":[1},{"c":"\\u00e9\\\n',
  '}]],hello "quoted, text\n',
  '{\n  "a": "x,\n  "b": {}\n}\n',
  '{"Records":[{"body":"{}"}],"x":[[[]]]}',
];

describe('properties', () => {
  const indents = [undefined, 1, 4, '\t'];
  const json = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...indents));
  const flat = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);

  test('whatever is JSON is read as such, one text after another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(json, { minLength: 1, maxLength: 5 }), async (texts) => {
        const text = texts.map(([value, indent]) => JSON.stringify(value, null, indent)).join('\n');
        const values = texts.flatMap(([value]) => flat(JSON.parse(JSON.stringify(value))));
        expect(await valuesIn(text)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test('where a stream is cut makes no difference, whatever is broken in it', async () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(...broken),
        json.map(([value, indent]) => JSON.stringify(value, null, indent)),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        pieces
          .map((parts) => Buffer.from(parts.join('')))
          .chain((bytes) => fc.tuple(fc.constant(bytes), cut(bytes))),
        async ([bytes, chunks]) => {
          const whole = await recordsIn([BLANK, bytes]);
          expect(await recordsIn([BLANK, ...chunks])).toEqual(whole);
          expect(await recordsIn([BLANK, ...[...bytes].map((byte) => Buffer.of(byte))])).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('no bytes make it throw, or give more values than brackets and words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await valuesIn(bytes)).length).toBeLessThanOrEqual(bytes.length + 1);
      }),
      { numRuns: 500 },
    );
  });
});

test('ends when it is told to stop, without a problem', async () => {
  const stop = new AbortController();
  async function* endless() {
    yield Buffer.from('{"a":1}\n'.repeat(100));
    stop.abort();
    for (;;) yield Buffer.from('{"b":2');
  }
  const values = await valuesIn([], { standardInput: () => Readable.from(endless()), stop: stop.signal });
  expect(values).toEqual(Array(100).fill(a));
});
