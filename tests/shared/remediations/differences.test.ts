import fc from 'fast-check';
import type { Json } from '../../../shared/contracts/aws/configuration-item';
import { differences, refusesUndo } from '../../../shared/remediations/differences';

const rows: [name: string, captured: Json, left: Json, live: Json, expected: object[]][] = [
  ['as it was left', { a: 1 }, { a: 2 }, { a: 2 }, []],
  ['in another order', { a: 1 }, { a: 2, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 2 }, []],
  ['changed since', { a: 1 }, { a: 2 }, { a: 3 }, [{ path: 'a', captured: 1, left: 2, live: 3 }]],
  ['put back by hand', { a: 1 }, { a: 2 }, { a: 1 }, [{ path: 'a', captured: 1, left: 2, live: 1 }]],
  ['something new', {}, {}, { b: 1 }, [{ path: 'b', captured: undefined, left: undefined, live: 1 }]],
  ['something gone', { b: 0 }, { b: 1 }, {}, [{ path: 'b', captured: 0, left: 1, live: undefined }]],
  [
    'null is not nothing',
    {},
    {},
    { b: null },
    [{ path: 'b', captured: undefined, left: undefined, live: null }],
  ],
  [
    'deep down, a list as a whole',
    { a: { b: [1] } },
    { a: { b: [2], c: 0 } },
    { a: { b: [2, 3], c: 0 } },
    [{ path: 'a.b', captured: [1], left: [2], live: [2, 3] }],
  ],
  [
    'gone altogether',
    { a: 1 },
    { a: 2 },
    null,
    [{ path: '', captured: { a: 1 }, left: { a: 2 }, live: null }],
  ],
  ['what every object has', {}, {}, JSON.parse('{"constructor":1}'), [{ path: 'constructor', live: 1 }]],
];

test.each(rows)('%s', (_name, captured, left, live, expected) => {
  expect(differences(captured, left, live)).toMatchObject(expected);
  expect(differences(captured, left, live)).toHaveLength(expected.length);
});

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

test('none between equals, and one at least between others', () => {
  fc.assert(
    fc.property(json, json, json, (captured, left, live) => {
      expect(differences(captured, left, structuredClone(left))).toEqual([]);
      const sorted = (value: Json) => JSON.stringify(value, Object.keys(Object(value)).sort());
      if (differences(captured, left, live).length === 0) expect(sorted(live)).toBe(sorted(left));
    }),
  );
});

test('an undo is refused, with what has changed, unless it is forced', () => {
  const found = differences({}, {}, { a: 1, b: 2, c: 3, d: 4 });
  expect(refusesUndo(found, false)).toMatchObject({
    code: 'changed-since',
    says: 'It is no longer as it was left: a, b, c and 1 more.',
  });
  expect(refusesUndo(found, true)).toBeUndefined();
  expect(refusesUndo([], false)).toBeUndefined();
});
