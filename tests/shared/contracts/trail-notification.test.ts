import {
  parseAnnouncements,
  parseMessageBody,
  parseTrailNotification,
} from '../../../shared/contracts/aws/trail-notification';
import { InvalidInput, PermanentFailure } from '../../../shared/contracts/permanent-failure';
import { fixtureLines } from '../../support/judge-rule';

const s3Record = (eventName: string, key: string, more: object = {}) => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName,
      eventTime: '2026-01-31T10:00:00.123Z',
      s3: { bucket: { name: 'logs' }, object: { key, eTag: 'e', ...more } },
    },
  ],
});
const s3Event = (detailType: string, detail: object = {}) => ({
  version: '0',
  id: 'event',
  source: 'aws.s3',
  'detail-type': detailType,
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-01-31T10:00:00Z',
  resources: [],
  detail: { bucket: { name: 'logs' }, object: { key: 'a+b%20c', etag: 'e' }, ...detail },
});

describe('what is announced', () => {
  test.each([
    [
      'CloudTrail, several keys, as they are',
      { s3Bucket: 'logs', s3ObjectKey: ['a+b', 'c%20d'] },
      [
        { bucket: 'logs', key: 'a+b', change: 'created' },
        { bucket: 'logs', key: 'c%20d', change: 'created' },
      ],
    ],
    [
      'CloudTrail, one key as text',
      { s3Bucket: 'logs', s3ObjectKey: 'a' },
      [{ key: 'a', change: 'created' }],
    ],
    [
      'S3, the key URL-encoded',
      s3Record('ObjectCreated:Put', 'my+file%3Da%2Bb.json.gz', { versionId: 'v' }),
      [
        {
          key: 'my file=a+b.json.gz',
          change: 'created',
          etag: 'e',
          versionId: 'v',
          at: '2026-01-31T10:00:00.123Z',
        },
      ],
    ],
    ['S3 with its own prefix', s3Record('s3:ObjectCreated:Copy', 'a'), [{ change: 'created' }]],
    ['S3, deleted', s3Record('ObjectRemoved:DeleteMarkerCreated', 'a'), [{ change: 'deleted' }]],
    ['S3, expired', s3Record('LifecycleExpiration:Delete', 'a'), [{ change: 'expired' }]],
    [
      'EventBridge, the key as it is',
      s3Event('Object Created', { reason: 'PutObject' }),
      [{ bucket: 'logs', key: 'a+b%20c', change: 'created', etag: 'e', at: '2026-01-31T10:00:00Z' }],
    ],
    ['EventBridge, deleted', s3Event('Object Deleted', { reason: 'DeleteObject' }), [{ change: 'deleted' }]],
    [
      'EventBridge, expired',
      s3Event('Object Deleted', { reason: 'Lifecycle Expiration' }),
      [{ change: 'expired' }],
    ],
  ])('%s', (_, message, files) => {
    expect(parseTrailNotification(message)).toMatchObject({ kind: 'files', files });
    expect(parseTrailNotification(JSON.stringify(message))).toMatchObject({ kind: 'files', files });
  });

  test.each([
    ['CloudTrail validation message.'],
    [' CloudTrail validation message\n'],
    ['{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}'],
    [JSON.stringify(s3Record('ObjectRestore:Completed', 'a'))],
    [JSON.stringify(s3Event('Object Tags Added'))],
  ])('nothing: %s', (text) => {
    expect(parseTrailNotification(text)).toMatchObject({ kind: 'ignored' });
  });
});

describe('the envelopes', () => {
  const Message = '{"s3Bucket":"logs","s3ObjectKey":["a"]}';

  test.each([
    [
      'SNS to a queue',
      { Type: 'Notification', TopicArn: 't', Message },
      [{ topicArn: 't', content: Message }],
    ],
    [
      'SNS to Lambda, several records',
      {
        Records: [
          { EventSource: 'aws:sns', Sns: { TopicArn: 't', Message } },
          { Sns: { TopicArn: 'u', Message } },
        ],
      },
      [
        { topicArn: 't', content: Message },
        { topicArn: 'u', content: Message },
      ],
    ],
    ['none', JSON.parse(Message), [{ content: JSON.parse(Message) }]],
    ['bare text', 'CloudTrail validation message.', [{ content: 'CloudTrail validation message.' }]],
  ])('%s', (_, message, announcements) => {
    expect(parseAnnouncements(message)).toEqual(announcements);
  });

  test('the text of a validation is no JSON, all else has to be', () => {
    expect(parseMessageBody('CloudTrail validation message.')).toBe('CloudTrail validation message.');
    expect(parseMessageBody(Message)).toEqual(JSON.parse(Message));
    expect(() => parseMessageBody('CloudTrail validation message, and more')).toThrow(InvalidInput);
  });
});

describe('what is none of these is refused by the field', () => {
  test.each<[message: unknown, words: string]>([
    [{}, 'message: expected a notification of CloudTrail or S3'],
    [7, 'message: expected a notification of CloudTrail or S3'],
    [null, 'message: expected a notification of CloudTrail or S3'],
    [[], 'message: expected a notification of CloudTrail or S3'],
    [{ s3Bucket: 'logs', s3ObjectKey: [] }, 'notification of CloudTrail: s3ObjectKey: expected'],
    [{ s3Bucket: 1, s3ObjectKey: ['a'] }, 'notification of CloudTrail: s3Bucket: expected a string'],
    [
      { Records: [{ eventSource: 'aws:sqs' }] },
      'notification of S3: Records[0].eventSource: expected "aws:s3"',
    ],
    [
      s3Record('ObjectCreated:Put', 'half%2'),
      'notification of S3: Records[0].s3.object.key: expected a URL-encoded key',
    ],
    [s3Event('Object Created', { object: {} }), 'S3 event event: detail: object.key: expected a string'],
  ])('%j', (message, words) => {
    expect(() => parseTrailNotification(message)).toThrow(words);
  });

  test('an envelope without what it should hold', () => {
    expect(() =>
      parseAnnouncements({ Type: 'SubscriptionConfirmation', TopicArn: 't', Message: '' }),
    ).toThrow('SNS message: Type: expected "Notification"');
    expect(() => parseAnnouncements({ Records: [{ Sns: { TopicArn: 't' } }] })).toThrow(
      'SNS event: Records[0].Sns.Message: expected a string',
    );
  });

  test('an event that S3 did not send', () => {
    const forged = { ...s3Event('Object Created'), source: 'my.app' };
    expect(() => parseTrailNotification(forged)).toThrow(PermanentFailure);
    expect(() => parseTrailNotification(forged)).toThrow('expected source aws.s3, not my.app');
  });
});

describe('events that AWS and others have published', () => {
  const published = fixtureLines<{ id: string; kind: string; event: unknown }>('service-events/s3.jsonl');

  test('there are some', () => expect(published.length).toBeGreaterThan(15));

  test.each(published)('$id', ({ event }) => {
    const read = parseAnnouncements(event).map(({ content }) => parseTrailNotification(content));
    expect(read.length).toBeGreaterThan(0);
    for (const notification of read) {
      if (notification.kind === 'ignored') continue;
      for (const { bucket, key } of notification.files)
        expect(`${bucket}/${key}`).toMatch(/^[\w.-]+\/[^%]+$/);
    }
  });
});
