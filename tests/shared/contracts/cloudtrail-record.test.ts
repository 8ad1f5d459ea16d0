import {
  ACTIVITY_DETAIL_TYPES,
  parseActivityEvent,
  parseCloudTrailRecord,
} from '../../../shared/contracts/aws/cloudtrail-record';
import { parseAwsEvent } from '../../../shared/contracts/aws/event';
import { InvalidInput, PermanentFailure } from '../../../shared/contracts/permanent-failure';
import { fixtureLines } from '../../support/judge-rule';

interface Row {
  readonly id: string;
  readonly event: Record<string, unknown>;
}

const fixtures = ['cloudtrail-attacks/stratus', 'cloudtrail-attacks/invictus', 'cloudtrail-misc/records'];
const published = fixtures.flatMap((name) => fixtureLines<Row>(`${name}.jsonl`));

const call = {
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'alice' },
  eventTime: '2026-01-31T09:00:00Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'StopInstances',
  awsRegion: 'eu-west-1',
  eventID: 'e-1',
};
const parsed = (parts: Record<string, unknown>) => parseCloudTrailRecord({ ...call, ...parts });
const event = (parts: Record<string, unknown> = {}) =>
  parseAwsEvent({
    version: '0',
    id: 'envelope-1',
    source: 'aws.ec2',
    'detail-type': 'AWS API Call via CloudTrail',
    account: '111122223333',
    region: 'eu-west-1',
    time: '2026-01-31T09:00:01Z',
    resources: [],
    detail: call,
    ...parts,
  });

function failureOf(work: () => unknown): PermanentFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof PermanentFailure) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('published records', () => {
  test('each is read, but for the one that has no time', () => {
    const refused = published.flatMap(({ id, event: record }) => {
      try {
        parseCloudTrailRecord(record);
        return [];
      } catch (error) {
        return [[id, (error as InvalidInput).field]];
      }
    });
    expect(refused).toEqual([['ctx-cd89b9f5e5e2', 'eventTime']]);
  });

  test('what was there is there', () => {
    for (const { event: record } of published.filter(({ id }) => id !== 'ctx-cd89b9f5e5e2')) {
      const read = parseCloudTrailRecord(record);
      expect([read.eventName, read.eventSource, read.awsRegion, read.errorCode]).toEqual([
        record['eventName'],
        record['eventSource'],
        record['awsRegion'],
        record['errorCode'],
      ]);
      expect(read.requestParameters ?? null).toEqual(record['requestParameters'] ?? null);
      expect(read.resources?.length).toBe((record['resources'] as unknown[] | undefined)?.length);
    }
  });

  test('nothing of a web identity but who vouched for it', () => {
    const text = JSON.stringify(published.map(({ event: record }) => userIdentityOf(record)));
    expect(text).not.toContain('webIdFederationData');
  });
});

const userIdentityOf = (record: unknown) => {
  try {
    return parseCloudTrailRecord(record).userIdentity;
  } catch {
    return undefined;
  }
};

test.each([
  ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
  ['2026-01-31 09:00:00', '2026-01-31T09:00:00.000Z'],
  ['2026-01-31 09:00:00.123456789', '2026-01-31T09:00:00.123Z'],
  ['2026-01-31 09:00:00Z', '2026-01-31T09:00:00.000Z'],
  ['2026-01-31T10:00:00+01:00', '2026-01-31T09:00:00.000Z'],
])('the time %s is %s', (eventTime, expected) => {
  expect(parsed({ eventTime }).eventTime).toBe(expected);
});

test.each(['redacted', '2026-13-31T09:00:00Z', '', null, 1769850000, undefined, 'Jan 31, 2026'])(
  'the time %p is none',
  (eventTime) => {
    expect(failureOf(() => parsed({ eventTime }))).toMatchObject({
      input: 'CloudTrail record',
      field: 'eventTime',
    });
  },
);

test.each(['eventName', 'eventSource', 'awsRegion'])('no record without %s', (field) => {
  for (const value of [undefined, null, '', 7, {}])
    expect(failureOf(() => parsed({ [field]: value }))).toMatchObject({ reason: 'invalid-event', field });
});

test.each([null, undefined, 'text', 7, [], [call]])('%p is no record', (value) => {
  expect(failureOf(() => parseCloudTrailRecord(value))).toBeInstanceOf(InvalidInput);
});

test('fields of another shape count as absent', () => {
  const read = parsed({
    eventID: 7,
    requestParameters: null,
    responseElements: 'text',
    additionalEventData: [],
    resources: ['arn:aws:s3:::b', null, { arn: 'arn:aws:s3:::c', accountID: '1' }],
    readOnly: 'maybe',
    managementEvent: 'TRUE',
    sessionCredentialFromConsole: 'true',
    userIdentity: ['nobody'],
    errorCode: {},
    tlsDetails: { tlsVersion: 'TLSv1.3' },
  });
  expect(read).toEqual({
    eventID: '',
    eventName: 'StopInstances',
    eventSource: 'ec2.amazonaws.com',
    eventTime: '2026-01-31T09:00:00.000Z',
    awsRegion: 'eu-west-1',
    resources: [{ ARN: 'arn:aws:s3:::c', accountId: '1' }],
    managementEvent: true,
    sessionCredentialFromConsole: true,
    userIdentity: { type: 'Unknown' },
  });
});

test('identities keep what tells who it was', () => {
  const { userIdentity } = parsed({
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/deploy', userName: 'deploy' },
        webIdFederationData: {
          federatedProvider: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
          attributes: { 'token.actions.githubusercontent.com:sub': 'repo:secret/name' },
        },
        attributes: { creationDate: '2026-01-31T08:00:00Z', mfaAuthenticated: 'False' },
        sourceIdentity: 'alice',
        assumedRoot: 'true',
      },
      onBehalfOf: {
        userId: 'u-1',
        identityStoreArn: 'arn:aws:identitystore::1:identitystore/d-1',
        extra: 'x',
      },
    },
  });
  expect(userIdentity).toEqual({
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/deploy', userName: 'deploy' },
      federatedProvider: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      creationDate: '2026-01-31T08:00:00Z',
      mfaAuthenticated: false,
      sourceIdentity: 'alice',
      assumedRoot: true,
    },
    onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn:aws:identitystore::1:identitystore/d-1' },
  });
});

test('an Insights event goes by the API that it speaks of', () => {
  const { eventName, eventSource, ...insight } = call;
  const read = parseCloudTrailRecord({
    ...insight,
    eventCategory: 'Insight',
    insightDetails: { state: 'Start', eventName, eventSource, insightType: 'ApiCallRateInsight' },
  });
  expect([read.eventName, read.eventSource, read.insightDetails?.['state']]).toEqual([
    eventName,
    eventSource,
    'Start',
  ]);
});

describe('events', () => {
  test.each(Object.entries(ACTIVITY_DETAIL_TYPES))('%s is %s', (detailType, expected) => {
    expect(parseActivityEvent(event({ 'detail-type': detailType })).detailType).toBe(expected);
  });

  test('both spellings of a sign-in are one', () => {
    expect(ACTIVITY_DETAIL_TYPES['AWS Console Sign In via CloudTrail']).toBe(
      ACTIVITY_DETAIL_TYPES['AWS Console Signin via CloudTrail'],
    );
  });

  test.each(['trailseal', 'aws', 'com.aws.ec2', 'awsx.ec2'])('source %s is not AWS', (source) => {
    expect(failureOf(() => parseActivityEvent(event({ source })))).toMatchObject({
      reason: 'source-not-aws',
    });
  });

  test.each(['Object Created', 'toString', 'aws api call via cloudtrail'])(
    '%s is none of these',
    (detailType) => {
      expect(failureOf(() => parseActivityEvent(event({ 'detail-type': detailType })))).toMatchObject({
        reason: 'invalid-event',
        field: 'detail-type',
      });
    },
  );

  test('a detail that is no record is refused by its field', () => {
    expect(failureOf(() => parseActivityEvent(event({ detail: {} })))).toMatchObject({ field: 'eventName' });
  });
});
