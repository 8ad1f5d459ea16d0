import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import { judgeRecord, type SealedPlaces } from '../../../../shared/proof/seal/judge-record';
import type { FoundRecord } from '../../../../shared/proof/seal/records-wanted';
import { recordsWanted } from '../../../../shared/proof/seal/records-wanted';
import { logFile, realCall, realHour, textOf } from './real-records';

const AT = '2026-01-31T12:00:00.000Z';
const places: SealedPlaces = {
  log: { bucket: 'logs', key: 'log.json.gz', sha256: 'a'.repeat(64) },
  digest: { bucket: 'logs', key: 'digest.json.gz', sha256: 'b'.repeat(64) },
  key: { fingerprint: 'f', from: 'ListPublicKeys', where: 'us-east-1' },
};

const used = realCall('PutBucketPolicy');
const eventID = textOf(used, 'eventID');
const eve = { ...(used['userIdentity'] as JsonObject), arn: 'arn:aws:iam::111122223333:user/eve' };
const answer = { answer: 'late' };
const other = (parts: JsonObject): JsonObject => ({ ...used, ...parts });
const correction = (updatedFields: string | string[], parts: JsonObject = {}): JsonObject => ({
  ...used,
  eventID: '5f1e7a90-0000-4000-8000-000000000009',
  ...parts,
  addendum: { reason: 'UPDATED_DATA', updatedFields, originalEventID: eventID },
});

const judge = (found: readonly FoundRecord[]) => judgeRecord({ eventID, record: used }, places, found, AT);
/** Of a log file with these records. */
const judged = (records: readonly JsonObject[]) => judge(recordsWanted(logFile(records), new Set([eventID])));

test('each call of a real hour is proven by its log file, and by its own entry', () => {
  const bytes = logFile(realHour);
  for (const record of realHour.filter((_, index) => index % 100 === 0)) {
    const awaited = { eventID: textOf(record, 'eventID'), record };
    const found = recordsWanted(bytes, new Set([awaited.eventID]));
    expect(judgeRecord(awaited, places, found, AT)).toEqual({
      state: 'proven',
      says: expect.stringContaining('s3://logs/log.json.gz'),
      at: AT,
      ...places,
      index: realHour.indexOf(record),
    });
  }
});

test('what differs is said, with the place where it stands', () => {
  expect(judged([realCall('CreateUser'), other({ userIdentity: eve, errorCode: 'AccessDenied' })])).toEqual({
    state: 'contradicted',
    reason: 'other-content',
    says: 'the verified log file s3://logs/log.json.gz holds this event with another userIdentity, errorCode',
    at: AT,
    ...places,
    index: 1,
    differs: ['userIdentity', 'errorCode'],
  });
});

const proven = (index: number) => expect.objectContaining({ state: 'proven', index });
const contradicted = (index: number, ...differs: string[]) =>
  expect.objectContaining({ state: 'contradicted', reason: 'other-content', index, differs });

test.each<[string, JsonObject[], unknown]>([
  ['no record', [], undefined],
  ['other calls', [realCall('CreateUser')], undefined],
  ['the same id with another actor', [other({ userIdentity: eve })], contradicted(0, 'userIdentity')],
  [
    'the same id from another place',
    [other({ sourceIPAddress: '192.0.2.1' })],
    contradicted(0, 'sourceIPAddress'),
  ],
  ['the record, twice', [used, used], proven(0)],
  [
    'the record, and one with another actor',
    [used, other({ userIdentity: eve })],
    contradicted(1, 'userIdentity'),
  ],
  [
    'a copy for another account',
    [other({ eventID: 'copy', sharedEventID: 'shared', recipientAccountId: '444455556666' })],
    undefined,
  ],
  [
    'a call that holds its record as a parameter',
    [{ ...realCall('CreateUser'), requestParameters: { Records: [used], tag: eventID } }],
    undefined,
  ],
  ['a late correction with the same content', [correction('')], proven(0)],
  [
    'a late correction of the answer',
    [correction('responseElements', { responseElements: answer })],
    proven(0),
  ],
  [
    'a late correction that says so in a list',
    [correction(['responseElements.answer', 'tlsDetails'], { responseElements: answer })],
    proven(0),
  ],
  ['a late correction of something else', [correction('userAgent', { responseElements: answer })], undefined],
  ['a late correction of who did it', [correction('userIdentity', { userIdentity: eve })], undefined],
  [
    'the record and a late correction of who did it',
    [correction('userIdentity', { userIdentity: eve }), used],
    proven(1),
  ],
  [
    'an older form, which a late correction accounts for',
    [other({ userIdentity: eve }), correction('userIdentity, responseElements')],
    proven(1),
  ],
  [
    'an older form that differs in more',
    [other({ userIdentity: eve, errorCode: 'AccessDenied' }), correction('userIdentity')],
    contradicted(0, 'userIdentity', 'errorCode'),
  ],
  [
    'another actor, and a late correction with that actor, too',
    [other({ userIdentity: eve }), correction('userIdentity', { userIdentity: eve })],
    contradicted(0, 'userIdentity'),
  ],
  [
    'another actor, and a late correction of another call',
    [
      other({ userIdentity: eve }),
      {
        ...correction('userIdentity'),
        addendum: { updatedFields: 'userIdentity', originalEventID: 'other' },
      },
    ],
    contradicted(0, 'userIdentity'),
  ],
])('%s', (_name, records, proof) => {
  expect(judged(records)).toEqual(proof);
});

test('the order in which they were found is of no matter', () => {
  const found = recordsWanted(logFile([used, used, other({ userIdentity: eve })]), new Set([eventID]));
  expect(judge([...found].reverse())).toEqual(judge(found));
});
