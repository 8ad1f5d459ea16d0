import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  ListTrailsCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { accessKeyOf } from '../../local/access';
import { REGION, startTestAws, stopAll, type TestAws } from '../support/local-aws';
import { s3Template } from './s3-template';

afterEach(stopAll);

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:files';
const ARN = 'arn:aws:cloudtrail:eu-central-1:123456789012:trail/main';

const clientOf = (aws: TestAws, region = REGION, accessKeyId = 'operator') =>
  new CloudTrailClient({
    endpoint: aws.url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
  });

const key = (Fingerprint: string, from: string, to: string) => ({
  Fingerprint,
  Value: Buffer.from(Fingerprint).toString('base64'),
  ValidityStartTime: `${from}T00:00:00Z`,
  ValidityEndTime: `${to}T00:00:00Z`,
});

async function start(): Promise<{ aws: TestAws; client: CloudTrailClient }> {
  const aws = await startTestAws(s3Template());
  return { aws, client: clientOf(aws) };
}

const january = key('january', '2026-01-01', '2026-01-31');
const february = key('february', '2026-01-30', '2026-03-01');

test.each([
  ['the range reaches into both', '2026-01-15', '2026-01-30', ['january', 'february']],
  ['the range is before both', '2025-01-01', '2025-12-31', []],
  ['the range is within one', '2026-02-10', '2026-02-11', ['february']],
])('public keys: %s', async (_, from, to, expected) => {
  const { aws, client } = await start();
  aws.cloudtrail.addPublicKeys(REGION, [january]);
  aws.cloudtrail.addPublicKeys(REGION, [february]);
  const { PublicKeyList } = await client.send(
    new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to) }),
  );
  expect(PublicKeyList?.map(({ Fingerprint }) => Fingerprint)).toEqual(expected);
});

test('without a range the keys of now are told, each region its own, as bytes and times', async () => {
  const { aws, client } = await start();
  aws.cloudtrail.addPublicKeys(REGION, [january, february]);
  aws.cloudtrail.addPublicKeys('us-east-1', [key('elsewhere', '2026-01-01', '2026-03-01')]);
  // It is 31 January, 10:00: the first key's time is over.
  const { PublicKeyList } = await client.send(new ListPublicKeysCommand({}));
  expect(PublicKeyList).toEqual([
    {
      Fingerprint: 'february',
      Value: new Uint8Array(Buffer.from('february')),
      ValidityStartTime: new Date('2026-01-30'),
      ValidityEndTime: new Date('2026-03-01'),
    },
  ]);
  const there = await clientOf(aws, 'us-east-1').send(new ListPublicKeysCommand({}));
  expect(there.PublicKeyList?.map(({ Fingerprint }) => Fingerprint)).toEqual(['elsewhere']);
});

test('a range that ends before it begins is refused', async () => {
  const { client } = await start();
  const range = { StartTime: new Date('2026-02-01'), EndTime: new Date('2026-01-01') };
  await expect(client.send(new ListPublicKeysCommand(range))).rejects.toMatchObject({
    name: 'InvalidTimeRangeException',
  });
});

test('a trail is described at home, as a shadow elsewhere, and by its ARN', async () => {
  const { aws, client } = await start();
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs', IsMultiRegionTrail: true });
  aws.cloudtrail.putTrail({ Name: 'local', S3BucketName: 'logs', HomeRegion: 'us-east-1' });
  const names = async (region: string, input: object) => {
    const { trailList } = await clientOf(aws, region).send(new DescribeTrailsCommand(input));
    return trailList?.map(({ Name }) => Name);
  };
  expect(await names(REGION, {})).toEqual(['main']);
  expect(await names('us-east-1', {})).toEqual(['main', 'local']);
  expect(await names('us-east-1', { includeShadowTrails: false })).toEqual(['local']);
  expect(await names('us-east-1', { trailNameList: [ARN] })).toEqual(['main']);
  // A name means a trail at home.
  expect(await names('us-east-1', { trailNameList: ['main'] })).toEqual([]);
  expect(await client.send(new GetTrailCommand({ Name: 'main' }))).toMatchObject({
    Trail: {
      TrailARN: ARN,
      HomeRegion: REGION,
      S3BucketName: 'logs',
      IsMultiRegionTrail: true,
      IsOrganizationTrail: false,
      LogFileValidationEnabled: true,
    },
  });
  expect((await client.send(new ListTrailsCommand({}))).Trails?.map(({ Name }) => Name)).toEqual([
    'main',
    'local',
  ]);
});

test('the status of a trail is what was set, and goes with the trail', async () => {
  const { aws, client } = await start();
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs' });
  const status = () => client.send(new GetTrailStatusCommand({ Name: ARN }));
  expect(await status()).toMatchObject({ IsLogging: true });
  aws.cloudtrail.setStatus('main', { IsLogging: false, StopLoggingTime: '2026-01-31T09:00:00Z' });
  aws.cloudtrail.setStatus(ARN, { LatestDigestDeliveryTime: '2026-01-31T08:30:00Z' });
  expect(await status()).toMatchObject({
    IsLogging: false,
    StopLoggingTime: new Date('2026-01-31T09:00:00Z'),
    LatestDigestDeliveryTime: new Date('2026-01-31T08:30:00Z'),
  });
  aws.cloudtrail.deleteTrail('main');
  await expect(status()).rejects.toMatchObject({ name: 'TrailNotFoundException' });
});

test('what a trail logs is all management events until it is told otherwise', async () => {
  const { aws, client } = await start();
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs', IncludeGlobalServiceEvents: false });
  const selectors = () => client.send(new GetEventSelectorsCommand({ TrailName: ARN }));
  expect(await selectors()).toMatchObject({
    TrailARN: ARN,
    EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
  });
  const fields = [{ Field: 'eventCategory', Equals: ['Management'] }];
  aws.cloudtrail.setSelectors('main', { AdvancedEventSelectors: [{ FieldSelectors: fields }] });
  const { EventSelectors, AdvancedEventSelectors } = await selectors();
  expect(EventSelectors).toBeUndefined();
  expect(AdvancedEventSelectors).toEqual([{ FieldSelectors: fields }]);
});

describe('the event history', () => {
  const record = (eventID: string, eventTime: string, bucketName: string, awsRegion = REGION) => ({
    eventID,
    eventTime,
    awsRegion,
    eventName: 'PutBucketPolicy',
    eventSource: 's3.amazonaws.com',
    requestParameters: { bucketName },
  });
  const records = [
    record('e1', '2026-01-31T08:00:00Z', 'logs'),
    record('e2', '2026-01-31T09:00:00Z', 'logs'),
    record('e3', '2026-01-31T09:30:00Z', 'other'),
    record('e4', '2026-01-31T09:30:00Z', 'logs', 'us-east-1'),
    record('e5', '2025-10-01T00:00:00Z', 'logs'),
  ];
  const by = (AttributeKey: 'EventId' | 'ResourceName', AttributeValue: string) => ({
    LookupAttributes: [{ AttributeKey, AttributeValue }],
  });

  test.each<[name: string, input: LookupEventsCommandInput, found: string[]]>([
    ['all of the Region, newest first, 90 days back', {}, ['e3', 'e2', 'e1']],
    ['by event id', by('EventId', 'e2'), ['e2']],
    ['by the resource that it names', by('ResourceName', 'logs'), ['e2', 'e1']],
    [
      'in a time',
      { StartTime: new Date('2026-01-31T08:30:00Z'), EndTime: new Date('2026-01-31T09:00:00Z') },
      ['e2'],
    ],
  ])('%s', async (_, input, found) => {
    const { aws, client } = await start();
    aws.cloudtrail.remember(records);
    const { Events = [] } = await client.send(new LookupEventsCommand(input));
    expect(Events.map(({ EventId }) => EventId)).toEqual(found);
    expect(Events.map(({ CloudTrailEvent = '' }) => JSON.parse(CloudTrailEvent))).toEqual(
      found.map((id) => records.find(({ eventID }) => eventID === id)),
    );
  });

  test('comes in pages', async () => {
    const { aws, client } = await start();
    aws.cloudtrail.remember(records);
    const first = await client.send(new LookupEventsCommand({ MaxResults: 2 }));
    const second = await client.send(new LookupEventsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const ids = [first, second].map(({ Events = [] }) => Events.map(({ EventId }) => EventId));
    expect(ids).toEqual([['e3', 'e2'], ['e1']]);
    expect(second.NextToken).toBeUndefined();
  });

  test.each<[LookupEventsCommandInput, string]>([
    [
      { LookupAttributes: [by('EventId', 'a'), by('EventId', 'b')].flatMap((one) => one.LookupAttributes) },
      'InvalidLookupAttributesException',
    ],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ StartTime: new Date('2026-01-31'), EndTime: new Date('2026-01-30') }, 'InvalidTimeRangeException'],
  ])('%j is refused', async (input, name) => {
    const { client } = await start();
    await expect(client.send(new LookupEventsCommand(input))).rejects.toMatchObject({ name });
  });
});

test('a role needs a right for each question, on the trail where there is one', async () => {
  const aws = await startTestAws(
    s3Template([
      { Effect: 'Allow', Action: 'cloudtrail:GetTrailStatus', Resource: `${ARN.slice(0, -4)}other` },
      {
        Effect: 'Allow',
        Action: ['cloudtrail:ListPublicKeys', 'cloudtrail:DescribeTrails'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      },
    ]),
  );
  for (const Name of ['main', 'other']) aws.cloudtrail.putTrail({ Name, S3BucketName: 'logs' });
  const reader = clientOf(aws, REGION, accessKeyOf('Reader'));
  const there = clientOf(aws, 'us-east-1', accessKeyOf('Reader'));
  const refused = { name: 'AccessDeniedException' };
  await reader.send(new GetTrailStatusCommand({ Name: 'other' }));
  await expect(reader.send(new GetTrailStatusCommand({ Name: 'main' }))).rejects.toMatchObject(refused);
  await there.send(new ListPublicKeysCommand({}));
  await there.send(new DescribeTrailsCommand({}));
  await expect(reader.send(new ListPublicKeysCommand({}))).rejects.toMatchObject(refused);
  await expect(reader.send(new DescribeTrailsCommand({}))).rejects.toMatchObject(refused);
  await expect(reader.send(new LookupEventsCommand({}))).rejects.toMatchObject(refused);
  const selectors = new GetEventSelectorsCommand({ TrailName: 'other' });
  await expect(reader.send(selectors)).rejects.toMatchObject(refused);
});

test('CloudTrail announces log files to a topic that lets it in: keys in plain, no subject', async () => {
  const { aws } = await start();
  aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs', SnsTopicARN: TOPIC });
  await aws.cloudtrail.publishValidationMessage(TOPIC);
  await aws.cloudtrail.publishLogNotice(TOPIC, 'logs', ['a b.json.gz', 'c.json.gz']);
  await aws.idle();
  expect(aws.queue('raw').messages.map(({ body }) => body)).toEqual([
    'CloudTrail validation message.',
    '{"s3Bucket":"logs","s3ObjectKey":["a b.json.gz","c.json.gz"]}',
  ]);
  expect(JSON.parse(aws.queue('from-topic').messages[0]?.body ?? '')).not.toHaveProperty('Subject');
});

test('a topic that trusts another trail refuses the notice', async () => {
  const { aws } = await start();
  aws.cloudtrail.putTrail({ Name: 'foreign', S3BucketName: 'logs', SnsTopicARN: TOPIC });
  await expect(aws.cloudtrail.publishLogNotice(TOPIC, 'logs', ['k'])).rejects.toThrow(
    'cloudtrail.amazonaws.com is not authorized to perform: sns:Publish',
  );
});

describe('at the door', () => {
  async function knock(aws: TestAws, route: string, body: unknown) {
    const method = route.split(' ')[0] ?? '';
    const url = `${aws.url}/_trailseal/${route.split(' ')[1]}`;
    const response = await fetch(url, { method, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  test('another process puts buckets, keys, trails, their state and notices', async () => {
    const { aws, client } = await start();
    const trail = { Name: 'main', S3BucketName: 'more-logs', SnsTopicARN: TOPIC };
    for (const [route, body] of [
      ['PUT buckets', { name: 'more-logs', owner: '999999999999', region: 'us-west-2' }],
      ['PUT public-keys', [february]],
      ['PUT public-keys?region=us-east-1', february],
      ['PUT trails', trail],
      ['PUT trail-status?trail=main', { IsLogging: false }],
      ['PUT trail-selectors?trail=main', { EventSelectors: [] }],
      ['PUT activity', [{ eventID: 'e', eventTime: '2026-01-31T09:00:00Z', awsRegion: REGION }]],
      ['POST log-notices', { topicArn: TOPIC, bucket: 'more-logs', keys: ['k'] }],
    ] as const) {
      expect({ route, ...(await knock(aws, route, body)) }).toMatchObject({ route, status: 200 });
    }
    aws.s3.deliver({ bucket: 'more-logs', key: 'k', body: Buffer.from('x') });
    for (const region of [REGION, 'us-east-1']) {
      const keys = await clientOf(aws, region).send(new ListPublicKeysCommand({}));
      expect(keys.PublicKeyList).toHaveLength(1);
    }
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: 'main' }));
    expect(IsLogging).toBe(false);
    expect((await client.send(new LookupEventsCommand({}))).Events).toHaveLength(1);
    const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: 'main' }));
    expect(selectors.EventSelectors).toEqual([]);
    await aws.idle();
    expect(aws.queue('raw').visible).toBe(1);
  });

  test.each([
    ['PUT buckets', {}, 'field "name" must be a string, not missing'],
    ['PUT buckets', { name: 'logs' }, 'you already own it'],
    ['PUT public-keys', [{ Fingerprint: 'x' }], 'public key: Value must be a string'],
    ['PUT public-keys', { ...february, ValidityEndTime: 'soon' }, 'ValidityEndTime must be a time such as'],
    ['PUT trails', { Name: 'main' }, 'trail: S3BucketName must be a string'],
    ['PUT trails', { Name: 'main', S3BucketName: 'b', Colour: 'red' }, 'there is no field Colour'],
    ['PUT trail-status?trail=none', {}, 'there is no trail none'],
    ['PUT trail-status?trail=main', { IsLogging: 'yes' }, 'IsLogging must be a boolean'],
    ['PUT trail-status?trail=main', { StopLoggingTime: 'now' }, 'StopLoggingTime must be a time such as'],
    ['PUT trail-selectors?trail=none', { EventSelectors: [] }, 'there is no trail none'],
    ['PUT trail-selectors?trail=main', {}, 'selectors: a list of objects must be given'],
    ['PUT activity', { eventID: 'e', eventTime: 'now', awsRegion: 'r' }, 'eventTime must be a time such as'],
    ['PUT activity', [{ eventID: 'e' }], 'record: eventTime must be a string'],
    ['POST log-notices', { topicArn: 'x', bucket: 'b' }, 'Topic does not exist'],
    ['POST log-notices', [], 'the body must be a JSON object'],
  ])('%s %j is refused with what was expected', async (route, body, message) => {
    const { aws } = await start();
    aws.cloudtrail.putTrail({ Name: 'main', S3BucketName: 'logs' });
    expect(await knock(aws, route, body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });
});
