import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compileEventPattern,
  InvalidEvent,
  InvalidEventPattern,
  matchesEventPattern,
  validateEventPattern,
} from '../../local/event-pattern';

interface Row {
  readonly id: string;
  readonly basis: string;
  readonly expected: boolean | 'valid' | 'invalid';
  readonly error?: string;
  readonly pattern?: object;
  readonly patternText?: string;
  readonly event?: object;
  readonly eventText?: string;
}

type Input = string | object;

const FIXTURES = join(__dirname, '../fixtures/event-patterns');

const files = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => {
    const lines = readFileSync(join(FIXTURES, name), 'utf8').split('\n').filter(Boolean);
    return { name, rows: lines.map((line): Row => JSON.parse(line)) };
  });

function patternOf(row: Row): Input {
  const pattern = row.patternText ?? row.pattern;
  if (pattern === undefined) throw new Error(`row ${row.id} has no pattern`);
  return pattern;
}

/** What the matcher says about a row, in the words of the row's `expected`. */
function answer(row: Row): Row['expected'] {
  const event = row.eventText ?? row.event;
  try {
    validateEventPattern(patternOf(row));
    return event === undefined ? 'valid' : matchesEventPattern(patternOf(row), event);
  } catch (error) {
    if (error instanceof InvalidEventPattern) return 'invalid';
    throw error;
  }
}

describe('recorded answers', () => {
  test('all of them are here', () => {
    expect(Object.fromEntries(files.map(({ name, rows }) => [name, rows.length]))).toEqual({
      'engine-cross.jsonl': 238,
      'event-ruler-strings.jsonl': 253,
      'event-ruler-validity.jsonl': 101,
      'event-ruler.jsonl': 249,
      'localstack.jsonl': 85,
      'real-world.jsonl': 117,
    });
  });

  describe.each(files)('$name', ({ rows }) => {
    test.each(rows)('$id: $expected', (row) => {
      expect({ row, answer: answer(row) }).toEqual({ row, answer: row.expected });
    });
  });

  const refused = files.flatMap(({ rows }) => rows).filter((row) => row.expected === 'invalid');

  test.each(refused)('$id: matching refuses the pattern too', (row) => {
    expect(() => matchesEventPattern(patternOf(row), {})).toThrow(InvalidEventPattern);
  });

  const explained = refused.filter((row) => row.basis === 'aws-recorded' && row.error !== undefined);

  test.each(explained)('$id: the reason is in the words of AWS', (row) => {
    expect(() => validateEventPattern(patternOf(row))).toThrow(row.error);
  });
});

/** Cases of one kind: what they show, pattern, event, and whether they match. */
type Case = readonly [title: string, pattern: Input, event: Input, expected: boolean];

function cases(title: string, table: readonly Case[]): void {
  describe(title, () => {
    test.each(table)('%s', (_title, pattern, event, expected) => {
      expect(matchesEventPattern(pattern, event)).toBe(expected);
    });
  });
}

cases('scalars', [
  ['the string "3" is not the number 3', { a: ['3'] }, { a: 3 }, false],
  ['the number 3 is not the string "3"', { a: [3] }, { a: '3' }, false],
  ['true is not "true"', { a: [true] }, { a: 'true' }, false],
  ['null matches null', { a: [null] }, { a: null }, true],
  ['null does not match a missing field', { a: [null] }, {}, false],
  ['null does not match an empty string', { a: [null] }, { a: '' }, false],
  ['values are case-sensitive', { a: ['x'] }, { a: 'X' }, false],
  ['keys are case-sensitive', { a: ['x'] }, { A: 'x' }, false],
  ['a quote inside a string is only text', { a: ['x"y'] }, { a: 'x"y' }, true],
  ['an escaped character is the character', '{"a":["\\u00e9\\/"]}', { a: 'é/' }, true],
  ['all fields must match', { a: [1], b: [2] }, { a: 1 }, false],
  ['"exactly" is equality of strings', { a: [{ exactly: 'x' }] }, { a: 'x' }, true],
  ['"exactly" does not read an address', { a: [{ exactly: '10.0.0.1' }] }, { a: '10.0.0.01' }, false],
  ['a pattern has no properties by inheritance', { constructor: [{ exists: true }] }, {}, false],
]);

cases('numbers', [
  ['300 is 300.0', '{"a":[300]}', '{"a":300.0}', true],
  ['300 is 3e2', '{"a":[300]}', '{"a":3e2}', true],
  ['1e3 is 1000', '{"a":[1e3]}', { a: 1000 }, true],
  ['0 is -0', '{"a":[0]}', '{"a":-0.0}', true],
  ['0.1 is 0.10', '{"a":[0.1]}', '{"a":0.10}', true],
  [
    'a float cannot hold 2^53 + 1: it is not 2^53',
    '{"a":[9007199254740993]}',
    '{"a":9007199254740992}',
    false,
  ],
  [
    'what a float cannot hold is equal by spelling',
    '{"a":[9007199254740993]}',
    '{"a":9007199254740993}',
    true,
  ],
  ['beyond floats: equal by spelling', '{"a":[1e400]}', '{"a":1e400}', true],
  ['beyond floats: other spelling', '{"a":[1e400]}', '{"a":10e399}', false],
  ['too many digits: other spelling', '{"a":[0.12345678901234567890]}', '{"a":0.1234567890123456789}', false],
  ['beyond the range of older engines', { a: [{ numeric: ['>', 5e9] }] }, { a: 5e9 + 1 }, true],
  ['an open range leaves out its ends', { a: [{ numeric: ['>', 1, '<', 2] }] }, { a: 1 }, false],
  ['a closed range has its ends', { a: [{ numeric: ['>=', 1, '<=', 2] }] }, { a: 2 }, true],
  ['"=" compares by value', '{"a":[{"numeric":["=",3.018e2]}]}', '{"a":301.80}', true],
  ['"numeric" does not read strings', { a: [{ numeric: ['=', 1] }] }, { a: '1' }, false],
  [
    '"numeric" does not compare what a float cannot hold',
    '{"a":[{"numeric":[">",0]}]}',
    '{"a":1e400}',
    false,
  ],
  ['decimals are exact', '{"a":[{"numeric":["<",0.3]}]}', '{"a":0.30000000000000004}', false],
]);

cases('prefix and suffix', [
  ['prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
  ['prefix does not match a number', { a: [{ prefix: '1' }] }, { a: 12 }, false],
  ['an empty prefix matches any string', { a: [{ prefix: '' }] }, { a: '' }, true],
  ['an empty prefix does not match a number', { a: [{ prefix: '' }] }, { a: 1 }, false],
  ['suffix', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, true],
  ['suffix does not match a number', { a: [{ suffix: '2' }] }, { a: 12 }, false],
  ['suffix in any case', { a: [{ suffix: { 'equals-ignore-case': '.PnG' } }] }, { a: 'x.png' }, true],
  ['prefix in any case', { a: [{ prefix: { 'equals-ignore-case': 'eVent' } }] }, { a: 'EventBridge' }, true],
  [
    'prefix in any case is at the start',
    { a: [{ prefix: { 'equals-ignore-case': 'b' } }] },
    { a: 'ab' },
    false,
  ],
]);

cases('equals-ignore-case', [
  ['either case', { a: [{ 'equals-ignore-case': 'aLice' }] }, { a: 'ALIcE' }, true],
  ['the whole value', { a: [{ 'equals-ignore-case': 'alice' }] }, { a: 'alices' }, false],
  ['upper case of another length', { a: [{ 'equals-ignore-case': 'straße' }] }, { a: 'STRASSE' }, true],
  ['not the other way round', { a: [{ 'equals-ignore-case': 'strasse' }] }, { a: 'straße' }, false],
  [
    'lower case of a letter upper case does not give',
    { a: [{ 'equals-ignore-case': 'ẞ' }] },
    { a: 'ß' },
    true,
  ],
  ['characters of expressions are only text', { a: [{ 'equals-ignore-case': 'a.c' }] }, { a: 'abc' }, false],
  [
    'an emoji in the operand matches nothing, as on AWS',
    { a: [{ 'equals-ignore-case': '🚀' }] },
    { a: '🚀' },
    false,
  ],
  ['not a boolean', { a: [{ 'equals-ignore-case': 'TRUE' }] }, { a: true }, false],
]);

cases('wildcard', [
  ['an asterisk stands for nothing too', { a: [{ wildcard: 'a*b' }] }, { a: 'ab' }, true],
  ['pieces do not overlap', { a: [{ wildcard: 'ab*bc' }] }, { a: 'abc' }, false],
  ['an inner piece does not overlap the last', { a: [{ wildcard: 'a*b*b' }] }, { a: 'ab' }, false],
  ['inner pieces come in order', { a: [{ wildcard: '*b*a*' }] }, { a: 'ab' }, false],
  ['inner pieces may start over', { a: [{ wildcard: 'a*bc*d' }] }, { a: 'abbcd' }, true],
  ['a lone asterisk matches any string', { a: [{ wildcard: '*' }] }, { a: '' }, true],
  ['a lone asterisk does not match a number', { a: [{ wildcard: '*' }] }, { a: 1 }, false],
  ['line breaks are text', { a: [{ wildcard: 'a*b' }] }, { a: 'a\n\nb' }, true],
  ['\\* is an asterisk', { a: [{ wildcard: 'a\\*b' }] }, { a: 'a*b' }, true],
  ['\\* is not a wildcard', { a: [{ wildcard: 'a\\*b' }] }, { a: 'axb' }, false],
  ['\\\\ is a backslash', { a: [{ wildcard: 'a\\\\*' }] }, { a: 'a\\x' }, true],
  ['an asterisk may follow an escaped one', { a: [{ wildcard: 'a\\**' }] }, { a: 'a*b' }, true],
  ['no asterisk is equality', { a: [{ wildcard: 'ab' }] }, { a: 'abc' }, false],
  ['? and [] are text', { a: [{ wildcard: '?[a]*' }] }, { a: 'xa' }, false],
]);

cases('cidr and addresses', [
  ['inside', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, true],
  ['outside', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.1.0' }, false],
  ['host bits of the operand do not count', { a: [{ cidr: '10.0.0.77/24' }] }, { a: '10.0.0.1' }, true],
  ['/0 is every address of the family', { a: [{ cidr: '0.0.0.0/0' }] }, { a: '255.1.2.3' }, true],
  ['/0 is not the other family', { a: [{ cidr: '0.0.0.0/0' }] }, { a: '::1' }, false],
  ['leading zeros are decimal', { a: [{ cidr: '010.0.0.0/8' }] }, { a: '10.0.0.010' }, true],
  ['IPv6 in another notation', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:0DB8:0:0::1' }, true],
  ['IPv6 outside', { a: [{ cidr: '2001:db8::/64' }] }, { a: '2001:db8:0:1::' }, false],
  [
    'an IPv4-mapped address is the IPv4 address',
    { a: [{ cidr: '10.0.0.0/8' }] },
    { a: '::ffff:0a00:0001' },
    true,
  ],
  ['not an address', { a: [{ cidr: '10.0.0.0/8' }] }, { a: '10.0.0.256' }, false],
  ['text around an address', { a: [{ cidr: '10.0.0.0/8' }] }, { a: '10.0.0.1:80' }, false],
  ['a plain address compares as an address', { a: ['2001:db8::1'] }, { a: '2001:DB8:0:0:0:0:0:1' }, true],
  ['a plain IPv4 address too', { a: ['10.0.0.1'] }, { a: '10.0.0.01' }, true],
  ['what only looks like an address is text', { a: ['999.0.0.1'] }, { a: '999.0.0.1' }, true],
  ['text that is no address is compared as it is', { a: ['1:2'] }, { a: '01:2' }, false],
  [
    'other terms see the text of an address',
    { a: [{ cidr: '192.0.2.0/24' }, { prefix: '10.' }] },
    { a: '10.1.1.1' },
    true,
  ],
]);

cases('exists', [
  ['null exists', { a: [{ exists: true }] }, { a: null }, true],
  ['an object is not a leaf', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
  ['an empty array has no leaf', { a: [{ exists: true }] }, { a: [] }, false],
  ['an empty object has no leaf', { a: [{ exists: false }] }, { a: {} }, true],
  ['missing', { a: [{ exists: false }] }, { b: 1 }, true],
  ['missing with its parent', { a: { b: [{ exists: false }] } }, { a: 'x' }, true],
  ['not missing', { a: [{ exists: false }] }, { a: 0 }, false],
  ['missing or a value: missing', { a: ['x', { exists: false }] }, {}, true],
  ['missing or a value: value', { a: ['x', { exists: false }] }, { a: 'x' }, true],
  ['missing or a value: neither', { a: ['x', { exists: false }] }, { a: 'y' }, false],
  [
    'in an array of objects, missing means in all elements',
    { a: { b: [{ exists: false }] } },
    { a: [{ c: 1 }, { b: 1 }] },
    false,
  ],
  [
    'but only in the element an earlier field has settled on',
    { a: { b: ['x'], c: [{ exists: false }] } },
    { a: [{ b: 'x' }, { b: 'y', c: 1 }] },
    true,
  ],
  [
    'a later field settles nothing for it',
    { a: { b: [{ exists: false }], c: ['x'] } },
    { a: [{ c: 'x' }, { b: 1 }] },
    false,
  ],
]);

cases('anything-but', [
  ['another string', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
  ['the string itself', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
  ['a missing field', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['an empty array', { a: [{ 'anything-but': 'x' }] }, { a: [] }, false],
  ['null', { a: [{ 'anything-but': 'x' }] }, { a: null }, true],
  ['the number, for a string', { a: [{ 'anything-but': '1' }] }, { a: 1 }, true],
  ['the string, for a number', { a: [{ 'anything-but': 1 }] }, { a: '1' }, true],
  ['numbers compare by value', '{"a":[{"anything-but":[1,300]}]}', '{"a":300.0}', false],
  ['one element of an array is enough', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: ['x', 'z'] }, true],
  ['all elements excluded', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: ['x', 'y'] }, false],
  ['an address is text here', { a: [{ 'anything-but': '10.0.0.1' }] }, { a: '10.0.0.01' }, true],
  ['prefix', { a: [{ 'anything-but': { prefix: 'ab' } }] }, { a: 'abc' }, false],
  ['list of prefixes', { a: [{ 'anything-but': { prefix: ['x', 'ab'] } }] }, { a: 'abc' }, false],
  ['prefix lets numbers pass', { a: [{ 'anything-but': { prefix: '1' } }] }, { a: 12 }, true],
  ['list of suffixes', { a: [{ 'anything-but': { suffix: ['x', 'bc'] } }] }, { a: 'abc' }, false],
  ['any case', { a: [{ 'anything-but': { 'equals-ignore-case': ['AB', 'cd'] } }] }, { a: 'CD' }, false],
  ['wildcards', { a: [{ 'anything-but': { wildcard: ['*/x/*', '*/y/*'] } }] }, { a: 'a/y/b' }, false],
  [
    'an empty wildcard excludes the empty string',
    { a: [{ 'anything-but': { wildcard: '' } }] },
    { a: '' },
    false,
  ],
  [
    'two in one field: either is enough',
    { a: [{ 'anything-but': 'x' }, { 'anything-but': 'y' }] },
    { a: 'x' },
    true,
  ],
]);

cases('arrays', [
  ['any element', { a: [2, 3] }, { a: [1, 2] }, true],
  ['nested arrays', { a: [3] }, { a: [[1], [2, [3]]] }, true],
  [
    'scalars of one array need not be the same element',
    { 'a.b': [1], 'a.c': [2] },
    { a: { b: [0, 1], c: [2] } },
    true,
  ],
  ['a scalar is not bound to its place beside objects', { a: [1], 'a.b': [2] }, { a: [1, { b: 2 }] }, true],
  ['fields from one element', { a: { b: [1], c: [2] } }, { a: [{ b: 0 }, { b: 1, c: 2 }] }, true],
  ['fields from two elements', { a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
  [
    'two arrays are independent',
    { a: { b: [1] }, c: { d: [2] } },
    { a: [{}, { b: 1 }], c: [{ d: 2 }] },
    true,
  ],
  [
    'inner arrays: same outer and same inner element',
    { a: { b: { c: [1], d: [2] } } },
    { a: [{ b: [{ c: 1 }, { d: 2 }] }, { b: [{ c: 1, d: 2 }] }] },
    true,
  ],
  [
    'inner arrays: same outer, other inner element',
    { a: { b: { c: [1], d: [2] } } },
    { a: [{ b: [{ c: 1 }, { d: 2 }] }] },
    false,
  ],
  ['a field beside the array', { a: { b: [1] }, c: [2] }, { a: [{ b: 1 }], c: 2 }, true],
]);

cases('dots and repeated keys', [
  ['a dotted key in the pattern is nesting', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],
  ['a dotted key in the event is nesting', { a: { b: ['x'] } }, { 'a.b': 'x' }, true],
  ['both spellings in one event', { 'a.b': ['y'] }, { a: { b: 'x' }, 'a.b': 'y' }, true],
  ['in a pattern the last of two equal keys counts', '{"a":["x"],"a":["y"]}', { a: 'x' }, false],
  [
    'in a pattern a dotted name can replace a nested one',
    '{"a":{"b":["x"]},"a.b":["y"]}',
    { a: { b: 'y' } },
    true,
  ],
  ['repeated objects in a pattern add up', '{"a":{"b":["x"]},"a":{"c":["y"]}}', { a: { c: 'y' } }, false],
  ['in an event all of two equal keys count', { a: ['x'] }, '{"a":"x","a":"y"}', true],
]);

const OR = { $or: [{ a: ['x'] }, { b: ['y'] }] };

cases('$or', [
  ['first alternative', OR, { a: 'x' }, true],
  ['second alternative', OR, { b: 'y' }, true],
  ['neither', OR, { a: 'y', b: 'x' }, false],
  ['with siblings before and after', { c: [1], ...OR, d: [2] }, { c: 1, b: 'y', d: 2 }, true],
  ['siblings must match', { c: [1], ...OR, d: [2] }, { c: 1, b: 'y', d: 3 }, false],
  ['an alternative replaces a sibling before it', { a: ['z'], ...OR }, { a: 'x' }, true],
  ['where it does not name it, the sibling stays', { a: ['z'], ...OR }, { a: 'q', b: 'y' }, false],
  ['a sibling after it replaces the alternative', { ...OR, a: ['z'] }, { a: 'x' }, false],
  ['a sibling after it is the only condition left', { ...OR, a: ['z'] }, { a: 'z' }, true],
  ['nested', { $or: [{ a: ['x'], $or: [{ c: [1] }, { c: [2] }] }, { b: ['y'] }] }, { a: 'x', c: 2 }, true],
  [
    'nested, inner one fails',
    { $or: [{ a: ['x'], $or: [{ c: [1] }, { c: [2] }] }, { b: ['y'] }] },
    { a: 'x', c: 3 },
    false,
  ],
  ['below a field', { d: OR }, { d: { b: 'y' } }, true],
  ['below a field, other level', { d: OR }, { b: 'y' }, false],
  [
    'alternatives are apart',
    {
      $or: [
        { a: [1], b: [1] },
        { a: [2], b: [2] },
      ],
    },
    { a: 1, b: 2 },
    false,
  ],
  [
    'in arrays of objects, alternatives keep to one element',
    { d: { $or: [{ a: [1], b: [1] }, { c: [1] }] } },
    { d: [{ a: 1 }, { b: 1 }] },
    false,
  ],
  ['with an object it is a field', { $or: { a: ['x'] } }, { $or: { a: 'x' } }, true],
  ['with terms it is a field', { $or: ['x', { prefix: 'y' }] }, { $or: 'yes' }, true],
  ['with operators as keys it is a field', { $or: [{ prefix: 'a' }, { suffix: 'b' }] }, { $or: 'xb' }, true],
]);

describe('refused patterns', () => {
  const table: readonly (readonly [pattern: Input, reason: string, where: string | null])[] = [
    ['', 'Unexpected end of the text', 'line 1, column 1'],
    ['{"a":\n ["x",]}', "Unexpected character ']'", 'line 2, column 7'],
    ['{"a":["x"]} {}', "Unexpected character '{'", 'line 1, column 13'],
    ['{"a":["\t"]}', "Unexpected character '\t'", 'line 1, column 8'],
    ['{"a":[01]}', "Unexpected character '1'", 'line 1, column 8'],
    ['{"a":[NaN]}', "Unexpected character 'N'", 'line 1, column 7'],
    ['["a"]', 'Filter is not an object', null],
    [[], 'Filter is not an object', null],
    [{}, 'Empty objects are not allowed', null],
    [{ a: { b: {} } }, 'Empty objects are not allowed', 'a.b'],
    [{ a: { b: [] } }, 'Empty arrays are not allowed', 'a.b'],
    [{ a: 'x' }, '"a" must be an object or an array', 'a'],
    [{ a: { b: null } }, '"b" must be an object or an array', 'a.b'],
    [{ a: [['x']] }, 'Match value must be String, number, true, false, or null', 'a'],
    [{ a: [{}] }, 'Match expression name not found', 'a'],
    [{ a: [{ regex: 'x' }] }, 'Unrecognized match type regex', 'a'],
    [{ a: [{ constructor: 'x' }] }, 'Unrecognized match type constructor', 'a'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'Only one key allowed in match expression', 'a'],
    ['{"a":[{"prefix":"x","prefix":"y"}]}', 'Only one key allowed in match expression', 'a'],
    [{ a: [{ prefix: null }] }, 'prefix match pattern must be a string', 'a'],
    [{ a: [{ prefix: {} }] }, 'Prefix expression name not found', 'a'],
    [{ a: [{ suffix: { wildcard: 'x' } }] }, 'Unsupported suffix pattern: wildcard', 'a'],
    [{ a: [{ suffix: ['x'] }] }, 'suffix match pattern must be a string', 'a'],
    [
      { a: [{ suffix: { 'equals-ignore-case': 1 } }] },
      'equals-ignore-case match pattern must be a string',
      'a',
    ],
    [{ a: [{ 'equals-ignore-case': ['x'] }] }, 'equals-ignore-case match pattern must be a string', 'a'],
    [{ a: [{ exactly: 1 }] }, 'exact match pattern must be a string', 'a'],
    [{ a: [{ exists: 'true' }] }, 'exists match pattern must be either true or false.', 'a'],
    [{ a: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters at pos 2', 'a'],
    [{ a: [{ wildcard: 'é**' }] }, 'Consecutive wildcard characters at pos 3', 'a'],
    [{ a: [{ wildcard: 'a\\b' }] }, 'Invalid escape character at pos 2', 'a'],
    [{ a: [{ wildcard: 'a\\' }] }, 'Invalid escape character at pos 2', 'a'],
    [{ a: [{ cidr: '10.0.0.0' }] }, "Malformed CIDR, one '/' required", 'a'],
    [{ a: [{ cidr: '10.0.0.0/8/8' }] }, "Malformed CIDR, one '/' required", 'a'],
    [{ a: [{ cidr: '10.0.0.0/x' }] }, 'Malformed CIDR, mask bits must be an integer', 'a'],
    [{ a: [{ cidr: '10.0.0.0/-1' }] }, 'Malformed CIDR, mask bits must not be negative', 'a'],
    [{ a: [{ cidr: '10.0.0.0/32' }] }, 'IPv4 mask bits must be < 32', 'a'],
    [{ a: [{ cidr: '::/128' }] }, 'IPv6 mask bits must be < 128', 'a'],
    [{ a: [{ cidr: '10.0.0.256/8' }] }, 'Invalid IP address: 10.0.0.256', 'a'],
    [{ a: [{ cidr: '1:2:3/8' }] }, 'Invalid IP address: 1:2:3', 'a'],
    [{ a: [{ cidr: '1::2::3/8' }] }, 'Invalid IP address: 1::2::3', 'a'],
    [{ a: [{ cidr: '1:2:3:4:5:6:7:8::/8' }] }, 'Invalid IP address: 1:2:3:4:5:6:7:8::', 'a'],
    [{ a: [{ cidr: '::ffff:10.0.0.1/8' }] }, 'Nonstandard IP address: ::ffff:10.0.0.1', 'a'],
    [{ a: [{ numeric: [] }] }, 'Invalid member in numeric match: ]', 'a'],
    [{ a: [{ numeric: [1] }] }, 'Invalid member in numeric match: 1', 'a'],
    [{ a: [{ numeric: ['!=', 1] }] }, 'Unrecognized numeric range operator: !=', 'a'],
    [{ a: [{ numeric: ['=', '1'] }] }, 'Value of equals must be numeric', 'a'],
    [{ a: [{ numeric: ['<', 1, '>', 0] }] }, 'Too many elements in numeric expression', 'a'],
    [{ a: [{ numeric: ['>', 1, '>', 0] }] }, 'Bad numeric range operator: >', 'a'],
    [{ a: [{ numeric: ['>', 1, 2] }] }, 'Bad value in numeric range: 2', 'a'],
    [{ a: [{ numeric: ['>', 1, '<'] }] }, 'Value of < must be numeric', 'a'],
    [{ a: [{ numeric: ['>', 1, '<', 2, '<', 3] }] }, 'Too many terms in numeric range expression', 'a'],
    [{ a: [{ numeric: ['>=', 2, '<=', 2] }] }, 'Bottom must be less than top', 'a'],
    ['{"a":[{"numeric":["<",1e400]}]}', 'Cannot compare number : 1e400', 'a'],
    ['{"a":[{"anything-but":9007199254740993}]}', 'Cannot compare number : 9007199254740993', 'a'],
    [{ a: [{ 'anything-but': ['x', 1] }] }, 'mixed type is not supported', 'a'],
    [{ a: [{ 'anything-but': [] }] }, 'mixed type is not supported', 'a'],
    [
      { a: [{ 'anything-but': [true] }] },
      'Inside anything but list, start|null|boolean is not supported.',
      'a',
    ],
    [
      { a: [{ 'anything-but': null }] },
      'Value of anything-but must be an array or single string/number',
      'a',
    ],
    [{ a: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }, 'Unsupported anything-but pattern: cidr', 'a'],
    [{ a: [{ 'anything-but': {} }] }, 'Anything-But expression name not found', 'a'],
    [{ a: [{ 'anything-but': { prefix: [] } }] }, 'Empty arrays are not allowed', 'a'],
    [
      { a: [{ 'anything-but': { prefix: 'x', suffix: 'y' } }] },
      'Only one key allowed in match expression',
      'a',
    ],
    [
      { a: [{ 'anything-but': { wildcard: ['*x', 'y**'] } }] },
      'Consecutive wildcard characters at pos 2',
      'a',
    ],
    [{ $or: [{ a: ['x'] }] }, 'There must have at least 2 Objects in $or relationship.', '$or'],
    [{ $or: [{ a: ['x'] }, {}] }, 'Empty objects are not allowed', null],
    [{ $or: [{ a: ['x'] }, { b: 'y' }] }, '"b" must be an object or an array', 'b'],
    [{ $or: [{ a: ['x'] }, { prefix: ['y'] }] }, 'prefix is Ruler reserved fieldName', 'prefix'],
  ];

  test.each(table)('%j: %s', (pattern, reason, where) => {
    const validate = () => validateEventPattern(pattern);
    expect(validate).toThrow(InvalidEventPattern);
    expect(validate).toThrow('Event pattern is not valid. Reason: ');
    expect(validate).toThrow(
      expect.objectContaining({ reason: expect.stringContaining(reason), where: where ?? undefined }),
    );
  });
});

describe('limits', () => {
  /** How the pattern is refused, or undefined when it is not. */
  function refusal(pattern: Input): string | undefined {
    try {
      validateEventPattern(pattern);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidEventPattern) return error.reason;
      throw error;
    }
  }

  test('a pattern has at most 4096 characters', () => {
    const frame = JSON.stringify({ a: [''] }).length;
    expect(refusal({ a: ['x'.repeat(4096 - frame)] })).toBeUndefined();
    expect(refusal({ a: ['x'.repeat(4097 - frame)] })).toMatch('at most 4096');
  });

  test('a pattern has at most 256 fields', () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, [1]] as const));
    expect(refusal(fields(256))).toBeUndefined();
    expect(refusal(fields(257))).toMatch('more than 256 fields');
  });

  test('"$or" makes at most 1000 combinations', () => {
    const nested = (sizes: readonly number[]): object => {
      const [size, ...rest] = sizes;
      if (size === undefined) return { z: [1] };
      return { $or: Array.from({ length: size }, () => ({ b: [1] })), c: nested(rest) };
    };
    expect(refusal(nested([10, 10, 10]))).toBeUndefined();
    expect(refusal(nested([10, 10, 11]))).toMatch('over 1000 rule combinations');
  });

  test.each<readonly [tooComplex: boolean, wildcards: readonly string[]]>([
    [false, ['*']],
    [false, ['*.bif', '*.tif', '*.tiff', '*.svs']],
    [false, ['*/datasync/*.bif', '*/datasync/*.tif']],
    [true, ['*/datasync/*.bif', '*/datasync/*.tif', '*/datasync/*.tiff', '*/datasync/*.svs']],
    [false, ['*:stack/Network/*', '*:stack/Data/*', '*:stack/Api/*']],
    [true, ['*:stack/Network/*', '*:stack/Data/*', '*:stack/Api/*', '*:stack/Monitoring/*']],
    [false, ['/Users/*/dir/dir/dir/dir/dir/doc.txt']],
    [true, ['*:*:*:*:*:event-bus/*']],
    [true, [`*${'a'.repeat(20)}`]],
    [false, ['a'.repeat(20)]],
  ])('too complex (%s): %j', (tooComplex, wildcards) => {
    const expected = tooComplex ? expect.stringMatching(/^Rule is too complex/) : undefined;
    expect(refusal({ a: wildcards.map((wildcard) => ({ wildcard })) })).toEqual(expected);
  });

  test('wildcards of alternatives add up if no earlier field tells them apart, those of different fields do not', () => {
    const wildcards = ['*:stack/Network/*', '*:stack/Data/*', '*:stack/Api/*', '*:stack/Monitoring/*'];
    expect(
      refusal(Object.fromEntries(wildcards.map((wildcard, i) => [`f${i}`, [{ wildcard }]]))),
    ).toBeUndefined();
    expect(refusal({ $or: wildcards.map((wildcard) => ({ f: [{ wildcard }] })) })).toMatch('too complex');
    expect(refusal({ $or: wildcards.map((wildcard, i) => ({ a: [i], f: [{ wildcard }] })) })).toBeUndefined();
    expect(refusal({ $or: wildcards.map((wildcard) => ({ a: [1], f: [{ wildcard }] })) })).toMatch(
      'too complex',
    );
  });

  test('deep nesting is refused, not a crash', () => {
    const depth = 1500;
    const text = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(refusal(text)).toMatch('Nesting is deeper than 1000 levels');
    expect(() => matchesEventPattern({ a: ['x'] }, text)).toThrow(InvalidEvent);
  });
});

describe('compiled patterns', () => {
  test('one predicate serves many events, as text and as objects', () => {
    const matches = compileEventPattern({
      source: ['aws.ec2'],
      detail: { state: [{ 'anything-but': 'running' }] },
    });
    const events = ['running', 'stopped', null].map((state) => ({ source: 'aws.ec2', detail: { state } }));
    expect(events.map(matches)).toEqual([false, true, true]);
    expect(events.map((event) => matches(JSON.stringify(event)))).toEqual([false, true, true]);
  });

  test('later changes to the pattern object have no effect', () => {
    const pattern = { a: ['x'] };
    const matches = compileEventPattern(pattern);
    pattern.a.push('y');
    expect(matches({ a: 'y' })).toBe(false);
  });

  test.each<[unknown]>([['[]'], ['"x"'], ['1'], ['{"a":'], [['x']], [null]])(
    '%j is not an event',
    (event) => {
      expect(() => compileEventPattern({ a: ['x'] })(event as string)).toThrow(InvalidEvent);
    },
  );

  test('undefined properties of an event object are missing fields', () => {
    expect(matchesEventPattern({ a: [{ exists: false }] }, { a: undefined })).toBe(true);
  });

  test('long lists that fail at the last field do not multiply', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const elements = Array.from({ length: 60 }, (_, i) => Object.fromEntries(names.map((name) => [name, i])));
    const pattern = Object.fromEntries(names.map((name) => [`list-${name}`, { [name]: [{ exists: true }] }]));
    const event = Object.fromEntries(names.map((name) => [`list-${name}`, elements]));
    // In the last list, no single element has both fields: all combinations of the other lists would be tried.
    const matches = compileEventPattern({ ...pattern, z: { v: [1], w: [2] } });
    const started = performance.now();
    expect(matches({ ...event, z: [{ v: 1 }, { w: 2 }] })).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a wildcard that just misses takes linear time', () => {
    const matches = compileEventPattern({ a: [{ wildcard: '*a*a*a*b' }] });
    const started = performance.now();
    expect(matches({ a: 'a'.repeat(200_000) })).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
