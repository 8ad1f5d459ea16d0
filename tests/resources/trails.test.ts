import { compileEventPattern } from '../../local/event-pattern';
import { objectCreated, trailResources } from '../../resources/trails';

const bucket = (name: string, keys: string[] = []) => ({ name, owner: 'self', keys });
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:trail-files';
const trails = (parts: Partial<Parameters<typeof trailResources>[0]> = {}) =>
  trailResources({ buckets: [], topics: [], lookbackDays: 30, ...parts });

test('without buckets and topics there is nothing to listen to and nothing to read', () => {
  expect(trails()).toEqual({
    objectCreated: {},
    listLogs: [],
    readLogs: [],
    topics: [],
    deliveringServices: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'],
  });
});

test('the right to read is for the files of CloudTrail in these buckets, and for their keys', () => {
  const arn = (suffix: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${suffix}` });
  const { listLogs, readLogs } = trails({ buckets: [bucket('logs', [KEY]), bucket('org.logs', [KEY])] });
  const list = {
    Action: 's3:ListBucket',
    Resource: [arn('logs'), arn('org.logs')],
  };
  expect(listLogs).toMatchObject([list]);
  expect(readLogs).toMatchObject([
    list,
    {
      Action: 's3:GetObject',
      Resource: [arn('logs/*AWSLogs/*'), arn('org.logs/*AWSLogs/*')],
    },
    { Action: 's3:GetLifecycleConfiguration', Resource: [arn('logs'), arn('org.logs')] },
    { Action: 'kms:Decrypt', Resource: [KEY] },
  ]);
  expect(trails({ buckets: [bucket('logs')] }).readLogs).toHaveLength(3);
});

test('SNS may use the key of the queues only when it delivers to one', () => {
  expect(trails({ topics: [TOPIC] }).deliveringServices).toContain('sns.amazonaws.com');
});

describe('the pattern of S3', () => {
  const matches = compileEventPattern(objectCreated([{ name: 'logs' }, { name: 'org-logs' }]));
  const event = (key: string, name = 'logs', detailType = 'Object Created') => ({
    version: '0',
    id: '2d4eba74-fd51-3966-4bfa-b013c9da8ff1',
    'detail-type': detailType,
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-01-31T10:00:00Z',
    region: 'eu-central-1',
    resources: [`arn:aws:s3:::${name}`],
    detail: { version: '0', bucket: { name }, object: { key, size: 1 } },
  });
  const digest =
    'AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/01/31/111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260131T100000Z.json.gz';
  const log =
    'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/01/31/111122223333_CloudTrail_eu-central-1_20260131T1005Z_abcdefgh12345678.json.gz';

  test.each<[name: string, event: object, taken: boolean]>([
    ['a digest', event(digest), true],
    ['a log file', event(log), true],
    [
      'both under a prefix, of an organization',
      event(`a/b/${log.replace('AWSLogs/', 'AWSLogs/o-abc/')}`),
      true,
    ],
    ['a backfill digest', event(digest.replace('Z.json', 'Z_backfill.json')), true],
    ['one that was deleted', event(digest, 'org-logs', 'Object Deleted'), true],
    ['another bucket', event(digest, 'other-logs'), false],
    ['an event of Insights', event(log.replaceAll('CloudTrail', 'CloudTrail-Insight')), false],
    ['the empty object that a trail begins with', event('AWSLogs/111122223333/CloudTrail/'), false],
    ['a file of AWS Config', event(log.replaceAll('CloudTrail', 'Config')), false],
    ['a changed tag', event(log, 'logs', 'Object Tags Added'), false],
  ])('%s', (_, given, taken) => expect(matches(given)).toBe(taken));
});
