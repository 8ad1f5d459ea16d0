import { readDigestJson } from '../../../local/trails/digest-object';
import { makeTrail } from '../../../local/trails/make-trail';
import { parseDigest } from '../../../shared/contracts/aws/cloudtrail-digest';

const trail = makeTrail({ from: '2024-07-31T10:00:00Z', hours: 2 });
const [first, second] = trail.digests.map((place) => readDigestJson(trail.objects, place));
if (first === undefined || second === undefined) throw new Error('two digests were asked for');

test.each([
  ['a starting digest', first],
  ['a digest with a predecessor', second],
  [
    'a digest of events with fractions of a second',
    { ...second, newestEventTime: '2024-07-31T11:30:00.123Z' },
  ],
  ['a digest of an empty hour', { ...second, logFiles: [], newestEventTime: null, oldestEventTime: null }],
])('%s is read as it is', (_name, json) => {
  expect(parseDigest(json)).toEqual(json);
});

test('fields that are new to us are left out', () => {
  expect(parseDigest({ ...first, digestSchemaVersion: '2' })).toEqual(first);
});

const { awsAccountId: _, ...withoutAccount } = second;
const log = second.logFiles[0];

test.each<[string, unknown, string]>([
  ['an array', [second], 'expected an object'],
  ['null', null, 'expected an object'],
  ['a number', 1e308, 'expected an object'],
  ['a missing field', withoutAccount, 'awsAccountId: expected a string'],
  ['an account as a number', { ...second, awsAccountId: 111122223333 }, 'awsAccountId: expected a string'],
  [
    'an account of 13 digits',
    { ...second, awsAccountId: '1111222233334' },
    'awsAccountId: expected text of the form',
  ],
  [
    'a time with an offset',
    { ...second, digestEndTime: '2024-07-31T12:00:00+00:00' },
    'digestEndTime: expected text',
  ],
  ['a giant number for a time', { ...second, digestEndTime: 9e99 }, 'digestEndTime: expected a string'],
  [
    'a start on 30 February',
    { ...second, digestStartTime: '2024-02-30T11:00:00Z' },
    'digestStartTime: expected a time that there is',
  ],
  [
    'an event in month 13',
    { ...second, newestEventTime: '2024-13-01T11:00:00Z' },
    'newestEventTime: expected a time that there is',
  ],
  [
    'a start after its end',
    { ...second, digestStartTime: '2024-07-31T12:00:01Z' },
    'digestStartTime: expected a time that is not after digestEndTime',
  ],
  ['no bucket', { ...second, digestS3Bucket: '' }, 'digestS3Bucket: expected text that is not empty'],
  [
    'a key longer than S3 allows',
    { ...second, digestS3Object: 'k'.repeat(1025) },
    'digestS3Object: expected a length',
  ],
  ['an object of log files', { ...second, logFiles: {} }, 'logFiles: expected an array'],
  ['null for log files', { ...second, logFiles: null }, 'logFiles: expected an array'],
  ['a log file that is null', { ...second, logFiles: [log, null] }, 'logFiles[1]: expected an object'],
  [
    'a hash that is not hex',
    { ...second, logFiles: [{ ...log, hashValue: `${'0'.repeat(63)}g` }] },
    'logFiles[0].hashValue: expected text of the form',
  ],
  [
    'a hash in upper case',
    { ...second, logFiles: [{ ...log, hashValue: 'A'.repeat(64) }] },
    'logFiles[0].hashValue: expected text of the form',
  ],
  ...(
    [
      'previousDigestS3Bucket',
      'previousDigestS3Object',
      'previousDigestHashValue',
      'previousDigestHashAlgorithm',
      'previousDigestSignature',
    ] as const
  ).map((field): [string, unknown, string] => [
    `all of the previous digest but ${field}`,
    { ...second, [field]: null },
    'previousDigestS3Object: expected all fields of the previous digest, or null in each',
  ]),
])('%s is refused', (_name, json, message) => {
  expect(() => parseDigest(json)).toThrow(`CloudTrail digest: ${message}`);
});
