import * as z from 'zod/mini';
import { parseAs, parseJson, writePath } from '../../../shared/contracts/parse';
import { FindingEventDetail } from '../../../shared/contracts/trailseal/finding';
import { transitionEvent } from '../../support/findings';

test.each([
  [[], ''],
  [['detail', 'Records', 0, 'body'], 'detail.Records[0].body'],
  [[0, 'a'], '[0].a'],
])('the path %j is written %j', (path, text) => expect(writePath(path)).toBe(text));

test.each<[z.ZodMiniType, unknown, string]>([
  [z.object({ a: z.string() }), {}, 'order: a: expected a string'],
  [z.object({ a: z.int() }), { a: 1.5 }, 'order: a: expected an int'],
  [z.object({ a: z.literal('1') }), { a: 1 }, 'order: a: expected "1"'],
  [z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, 'order: a: expected one of "x", "y"'],
  [z.strictObject({}), { b: 1 }, 'order: expected no "b"'],
  [z.array(z.string()).check(z.minLength(1)), [], 'order: expected a number of entries of at least 1'],
  [z.string().check(z.minLength(1)), '', 'order: expected text that is not empty'],
  [z.string().check(z.maxLength(2)), 'abc', 'order: expected a length of at most 2'],
  [z.number().check(z.minimum(3)), 2, 'order: expected a value of at least 3'],
  [z.union([z.string(), z.null()]), 1, 'order: expected a string, or a null'],
])('a value that does not fit is refused with what would have', (schema, value, message) => {
  expect(() => parseAs(schema, 'order', value)).toThrow(message);
});

test('text that is no JSON is refused with where it stops being one', () => {
  expect(() => parseJson('message body', '{"a":')).toThrow(/^message body: expected JSON \(.+\)$/);
  expect(() => parseJson('message body', '')).toThrow(
    expect.objectContaining({ reason: 'invalid-json', field: '' }),
  );
  expect(parseJson('message body', '[1]')).toEqual([1]);
});

describe('the event of a transition', () => {
  test('is read as it was written', () => {
    const event = transitionEvent();
    expect(parseAs(FindingEventDetail, 'finding event detail', JSON.parse(JSON.stringify(event)))).toEqual(
      event,
    );
  });

  test.each([
    ['another version', { schemaVersion: '2' }, 'schemaVersion: expected "1"'],
    ['no transition', { transition: undefined }, 'transition: expected an object'],
    [
      'a transition of no known kind',
      { transition: { ...transitionEvent().transition, kind: 'Lost' } },
      'transition.kind: expected one of',
    ],
    [
      'an id that is none of ours',
      { transition: { ...transitionEvent().transition, id: '../x' } },
      'transition.id: expected text of the form',
    ],
    [
      'a sequence that starts before 1',
      { transition: { ...transitionEvent().transition, seq: 0 } },
      'transition.seq: expected a value of at least 1',
    ],
  ])('with %s is refused', (_, parts, message) => {
    expect(() =>
      parseAs(FindingEventDetail, 'finding event detail', { ...transitionEvent(), ...parts }),
    ).toThrow(message);
  });
});
