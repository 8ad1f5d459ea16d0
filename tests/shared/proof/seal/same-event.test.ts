import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import { comparedFields, differences } from '../../../../shared/proof/seal/same-event';
import { realCall, realHour } from './real-records';

const call = realCall('PutBucketPolicy');
const with_ = (parts: JsonObject): JsonObject => ({ ...call, ...parts });
const without = (field: string): JsonObject =>
  Object.fromEntries(Object.entries(call).filter(([key]) => key !== field));

const identity = call['userIdentity'] as JsonObject;
const large = (bytes: number): Json => ({ policy: 'x'.repeat(bytes) });
const deep = (depth: number, core: string): Json =>
  JSON.parse(`${'['.repeat(depth)}${core}${']'.repeat(depth)}`);

test('a record is the same as itself', () => {
  for (const record of realHour) expect(differences(record, JSON.parse(JSON.stringify(record)))).toEqual([]);
});

test('two calls of the hour are never the same but for what they share', () => {
  expect(differences(call, realCall('CreateUser'))).toEqual(
    expect.arrayContaining(['eventTime', 'eventSource', 'eventName', 'requestParameters']),
  );
});

test.each<[string, used: JsonObject, logged: JsonObject, differing: string[]]>([
  [
    'another actor',
    call,
    with_({ userIdentity: { ...identity, arn: 'arn:aws:iam::1:user/eve' } }),
    ['userIdentity'],
  ],
  [
    'a member more of the actor',
    call,
    with_({ userIdentity: { ...identity, invokedBy: 'x' } }),
    ['userIdentity'],
  ],
  [
    'a member of the actor that is null',
    call,
    with_({ userIdentity: { ...identity, arn: null } }),
    ['userIdentity'],
  ],
  ['another case', call, with_({ eventName: 'putBucketPolicy' }), ['eventName']],
  ['a field that is not compared', call, with_({ eventID: 'other', requestID: 'other', readOnly: true }), []],
  ['null for what is absent', with_({ errorCode: null }), without('errorCode'), []],
  ['an error on one side', with_({ errorCode: 'AccessDenied' }), call, ['errorCode']],
  [
    'the order of a list',
    with_({ requestParameters: { a: [1, 2] } }),
    with_({ requestParameters: { a: [2, 1] } }),
    ['requestParameters'],
  ],
  [
    'a list for an object',
    with_({ requestParameters: { a: [] } }),
    with_({ requestParameters: { a: {} } }),
    ['requestParameters'],
  ],
  [
    'a number for its text',
    with_({ requestParameters: { a: 1 } }),
    with_({ requestParameters: { a: '1' } }),
    ['requestParameters'],
  ],
  [
    'small parameters on one side',
    with_({ requestParameters: large(99_000) }),
    without('requestParameters'),
    ['requestParameters'],
  ],
  [
    'large parameters on one side',
    with_({ requestParameters: large(100_000) }),
    without('requestParameters'),
    [],
  ],
  [
    'a large answer on the other',
    with_({ responseElements: null }),
    with_({ responseElements: large(200_000) }),
    [],
  ],
  [
    'large, and omitted with the reason',
    with_({ responseElements: large(200_000) }),
    with_({
      responseElements: { omitted: true, originalSize: 200_000, reason: 'too large' },
    }),
    [],
  ],
  [
    'omitted on one side, small on the other',
    with_({ responseElements: { a: 1 } }),
    with_({
      responseElements: { omitted: true },
    }),
    ['responseElements'],
  ],
  [
    'a member called omitted among others',
    with_({ responseElements: large(200_000) }),
    with_({
      responseElements: { omitted: true, user: 'eve' },
    }),
    ['responseElements'],
  ],
  [
    'a large one with another content',
    with_({ requestParameters: large(200_000) }),
    with_({
      requestParameters: large(200_001),
    }),
    ['requestParameters'],
  ],
  [
    'a large identity on one side',
    with_({ userIdentity: large(200_000) }),
    without('userIdentity'),
    ['userIdentity'],
  ],
  [
    'a user agent cut at 1 KB',
    with_({ userAgent: 'a'.repeat(5000) }),
    with_({ userAgent: 'a'.repeat(1024) }),
    [],
  ],
  [
    'the same cut on the other side',
    with_({ userAgent: 'a'.repeat(1000) }),
    with_({ userAgent: 'a'.repeat(5000) }),
    [],
  ],
  [
    'a user agent cut with dots',
    with_({ userAgent: `${'a'.repeat(1021)}...` }),
    with_({
      userAgent: 'a'.repeat(5000),
    }),
    [],
  ],
  [
    'a character cut through',
    with_({ userAgent: 'é'.repeat(3000) }),
    with_({
      userAgent: `${'é'.repeat(511)}\ufffd`,
    }),
    [],
  ],
  [
    'a short beginning of a user agent',
    with_({ userAgent: 'a'.repeat(5000) }),
    with_({ userAgent: 'aaa' }),
    ['userAgent'],
  ],
  [
    '1 KB of something else',
    with_({ userAgent: 'a'.repeat(5000) }),
    with_({ userAgent: 'b'.repeat(1024) }),
    ['userAgent'],
  ],
  [
    'a long user agent on one side',
    with_({ userAgent: 'a'.repeat(5000) }),
    without('userAgent'),
    ['userAgent'],
  ],
  [
    'parameters as deep as 100 KB can be',
    with_({ requestParameters: deep(50_000, '1') }),
    with_({
      requestParameters: deep(50_000, '2'),
    }),
    ['requestParameters'],
  ],
  [
    'a member called __proto__',
    with_({ requestParameters: JSON.parse('{"__proto__":{"a":1}}') }),
    with_({
      requestParameters: {},
    }),
    ['requestParameters'],
  ],
])('%s', (_name, used, logged, differing) => {
  expect(differences(used, logged)).toEqual(differing);
  expect(differences(logged, used)).toEqual(differing);
});

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const record = fc.oneof(
  fc.record(Object.fromEntries(comparedFields.map((field) => [field, json]))) as fc.Arbitrary<JsonObject>,
  fc.constantFrom(...realHour),
);

/** The same JSON, with the keys of all objects in the opposite order. */
function turned(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value as JsonObject).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, turned(member)]));
}

test('any change to any field is a difference in that field alone, and another order of keys in none', () => {
  fc.assert(
    fc.property(record, fc.constantFrom(...comparedFields), json, (one, field, value) => {
      const shuffled = turned(one) as JsonObject;
      expect(differences(one, shuffled)).toEqual([]);
      const isOther = JSON.stringify(sorted(value)) !== JSON.stringify(sorted(one[field]));
      expect(differences(one, { ...shuffled, [field]: value })).toEqual(isOther ? [field] : []);
    }),
    { numRuns: 500 },
  );
});

test('a change anywhere within a field is seen', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...realHour),
      fc.constantFrom(...comparedFields),
      fc.nat(),
      (one, field, which) => {
        const text = JSON.stringify(one[field] ?? null);
        // Turns one of the letters and digits inside into another.
        const places = [...text.matchAll(/(?<=[\w-])[a-z0-8](?=[\w-])/g)].filter(
          ({ index }) => text[index - 1] !== '\\',
        );
        const place = places[which % (places.length || 1)];
        fc.pre(text.startsWith('"') || text.startsWith('{'));
        fc.pre(place !== undefined);
        if (place === undefined) return;
        const next = String.fromCharCode(place[0].charCodeAt(0) + 1);
        const changed = text.slice(0, place.index) + next + text.slice(place.index + 1);
        let value: Json;
        try {
          value = JSON.parse(changed);
        } catch {
          return;
        }
        expect(differences(one, { ...one, [field]: value })).toEqual([field]);
      },
    ),
    { numRuns: 500 },
  );
});

function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
