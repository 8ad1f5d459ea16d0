import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import { recordsWanted } from '../../../../shared/proof/seal/records-wanted';
import { logFile, realHour, textOf } from './real-records';

const ID = '5f1e7a90-0000-4000-8000-000000000001';
const OTHER = '5f1e7a90-0000-4000-8000-000000000002';
const wanted = new Set([ID]);
const call = { eventID: OTHER, eventName: 'PutBucketPolicy', requestParameters: null };
const own = { ...call, eventID: ID };
const correction = { ...call, addendum: { reason: 'UPDATED_DATA', originalEventID: ID } };

const indexes = (bytes: Buffer | string, ids: ReadonlySet<string> = wanted) =>
  recordsWanted(Buffer.from(bytes), ids).map(({ index }) => index);

test('each record of a real log file is found by its id, as it stands there', () => {
  const bytes = logFile(realHour);
  const sought = realHour.filter((_, index) => index % 40 === 0);
  const found = recordsWanted(bytes, new Set(sought.map((event) => textOf(event, 'eventID'))));
  expect(found.map(({ record }) => record)).toEqual(sought);
  expect(found.map(({ index }) => realHour[index])).toEqual(sought);
});

test.each<[string, unknown[], number[]]>([
  ['the record itself', [call, own], [1]],
  ['the same id twice', [own, call, own], [0, 2]],
  [
    'the id in a policy',
    [{ ...call, requestParameters: { policy: `{"Sid":"${ID}","eventID":"${ID}"}` } }],
    [],
  ],
  ['the id in a user agent', [{ ...call, userAgent: `"eventID":"${ID}"` }], []],
  ['the id in a tag', [{ ...call, requestParameters: { tags: [{ key: 'eventID', value: ID }] } }], []],
  ['a record within a record', [{ ...call, requestParameters: { Records: [own], eventID: ID } }], []],
  ['a shared id', [{ ...call, sharedEventID: ID }], []],
  ['an addendum within parameters', [{ ...call, requestParameters: correction }], []],
  ['an id that goes on', [{ ...call, eventID: `${ID}0` }], []],
  ['an id that is a list', [{ ...call, eventID: [ID] }], []],
  ['what is no record', [ID, null, [own], 1], []],
])('%s', (_name, records, found) => {
  expect(indexes(logFile(records))).toEqual(found);
});

test('a late correction is found by the id that it corrects, and marked as such', () => {
  expect(recordsWanted(logFile([call, correction]), wanted)).toEqual([
    { index: 1, record: correction, addendum: true },
  ]);
});

const text = JSON.stringify(own);
const planted = (member: string) => `{"Records":[${JSON.stringify(call).replace('{', `{${member},`)}]}`;

test.each<[string, string, number[]]>([
  ['spaces and line ends', `\n{ "x" : [ 1 , true ] , "Records" :\r\n[ ${text} ,\t{} ] }\n`, [0]],
  ['a key with an escape', `{"\\u0052ecords":[${text}]}`, [0]],
  ['an empty file', '', []],
  ['no JSON', `Records ${ID}`, []],
  ['a file that was cut', `{"Records":[${text}`, []],
  ['a cut record', `{"Records":[${text.slice(0, -1)}`, []],
  ['something after the end', `{"Records":[${text}]}{}`, []],
  ['a list', `[${text}]`, []],
  ['records that are an object', `{"Records":{"a":${text}}}`, []],
  ['records deeper down', `{"a":{"Records":[${text}]}}`, []],
  ['records twice', `{"Records":[${text}],"Records":[]}`, []],
  ['an id twice, the wanted one last', `{"Records":[{"eventID":"${OTHER}","eventID":"${ID}"}]}`, []],
  ['an id twice, once with an escape', `{"Records":[{"\\u0065ventID":"${OTHER}","eventID":"${ID}"}]}`, []],
  ['an id twice, the wanted one first', `{"Records":[{"eventID":"${ID}","eventID":"${OTHER}"}]}`, []],
  [
    'an addendum that says it twice',
    planted(`"addendum":{"originalEventID":"x","originalEventID":"${ID}"}`),
    [],
  ],
  ['a quote that is escaped', planted(`"userAgent":"\\\\\\"},{\\"eventID\\":\\"${ID}\\"}"`), []],
  ['a record that is broken inside', `{"Records":[{"eventID":"${ID}","a":[}]}]}`, []],
])('%s', (_name, bytes, found) => {
  expect(indexes(bytes)).toEqual(found);
});

test('nothing is wanted, or only what has no id', () => {
  expect(indexes(logFile([{ ...call, eventID: '' }, {}]), new Set(['']))).toEqual([]);
  expect(indexes(logFile([own]), new Set())).toEqual([]);
});

test('a file without any wanted id costs a search of its bytes and no more', () => {
  const parse = jest.spyOn(JSON, 'parse');
  expect(recordsWanted(logFile(realHour), wanted)).toEqual([]);
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});

test('parameters as deep as they can be are no way to stop it', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(indexes(`{"Records":[{"eventID":"${ID}","requestParameters":{"a":${deep}}}]}`)).toEqual([0]);
});

const ids = Array.from({ length: 80 }, (_, at) => `5f1e7a90-0000-4000-8000-0000000001${at + 10}`);
const anyRecord = fc.record(
  {
    eventID: fc.constantFrom(...ids),
    requestParameters: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
    userAgent: fc.oneof(fc.string(), fc.constantFrom(...ids)),
    addendum: fc.record({ originalEventID: fc.constantFrom(...ids) }),
  },
  { requiredKeys: [] },
);

test('it finds what parsing the whole file finds, with few ids and with many', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 8 }),
      fc.integer({ min: 1, max: 80 }),
      fc.constantFrom(undefined, 2),
      (records, many, indent) => {
        const bytes = Buffer.from(JSON.stringify({ Records: records }, undefined, indent));
        const sought = new Set(ids.slice(0, many));
        const parsed: JsonObject[] = JSON.parse(bytes.toString()).Records;
        const naive = parsed.flatMap((record, index) => {
          const original = (record['addendum'] as JsonObject | undefined)?.['originalEventID'];
          return sought.has(String(record['eventID'])) || sought.has(String(original)) ? [index] : [];
        });
        expect(indexes(bytes, sought)).toEqual(naive);
      },
    ),
  );
});
