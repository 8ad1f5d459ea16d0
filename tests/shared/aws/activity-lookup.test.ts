import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { activityLookup } from '../../../shared/aws/activity-lookup';
import { s3Template } from '../../local/s3-template';
import { REGION, startTestAws, stopAll } from '../../support/local-aws';

const cloudtrail = mockClient(CloudTrailClient);
const before = process.env;
beforeEach(() => {
  cloudtrail.reset();
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
});
afterEach(async () => {
  process.env = before;
  await stopAll();
});

const HOUR = ['2026-01-31T09:00:00.500Z', '2026-01-31T10:00:00.500Z'] as const;
const event = (eventID: string) => ({ EventId: eventID, CloudTrailEvent: JSON.stringify({ eventID }) });
const named = (name: string) => Object.assign(new Error('no'), { name });

/** A lookup on a clock that only sleeping moves, and when each request was made. */
function lookup() {
  const clock = { ms: 0 };
  const requests: number[] = [];
  cloudtrail.on(LookupEventsCommand).callsFake(() => {
    requests.push(clock.ms);
    return { Events: [event('e')] };
  });
  const sleep = async (ms: number) => {
    clock.ms += ms;
  };
  return { asked: activityLookup({ now: () => clock.ms, sleep }), requests };
}

test('a record is found by its id, in the seconds around', async () => {
  const { asked } = lookup();
  expect(await asked.byEventId('us-east-1', 'e', ...HOUR)).toEqual({
    state: 'answered',
    records: [{ eventID: 'e' }],
    more: false,
  });
  expect(cloudtrail.commandCalls(LookupEventsCommand)[0]?.args[0].input).toMatchObject({
    LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: 'e' }],
    StartTime: new Date('2026-01-31T09:00:00Z'),
    EndTime: new Date('2026-01-31T10:00:01Z'),
  });
});

test('at most two requests a second in a Region, each Region by itself', async () => {
  const { asked, requests } = lookup();
  for (let call = 0; call < 5; call += 1) await asked.byEventId('us-east-1', 'e', ...HOUR);
  for (let from = 0; from + 2 < requests.length; from += 1) {
    expect((requests[from + 2] ?? 0) - (requests[from] ?? 0)).toBeGreaterThan(1000);
  }
  const last = requests.at(-1) ?? 0;
  await asked.byEventId('eu-west-1', 'e', ...HOUR);
  expect(requests.at(-1)).toBe(last);
});

test('pages are read up to a bound, and it is told that there are more', async () => {
  const { asked } = lookup();
  cloudtrail.on(LookupEventsCommand).resolves({ Events: [event('e')], NextToken: 'more' });
  const answer = await asked.byResource('us-east-1', 'sg-1', ...HOUR);
  expect(answer).toMatchObject({ state: 'answered', more: true });
  expect(cloudtrail.commandCalls(LookupEventsCommand)).toHaveLength(4);
});

test.each([[undefined], ['broken {'], ['[1]'], ['null']])(
  'an answer that holds no record (%j) says nothing',
  async (CloudTrailEvent) => {
    const { asked } = lookup();
    cloudtrail.on(LookupEventsCommand).resolves({ Events: [{ CloudTrailEvent }, event('e')] });
    expect(await asked.byEventId('us-east-1', 'e', ...HOUR)).toMatchObject({ records: [{ eventID: 'e' }] });
  },
);

test.each([
  ['ThrottlingException', { state: 'throttled' }],
  [
    'AccessDeniedException',
    { state: 'unread', detail: 'LookupEvents in us-east-1: AccessDeniedException: no' },
  ],
])('%s is an answer', async (name, expected) => {
  const { asked } = lookup();
  cloudtrail.on(LookupEventsCommand).rejects(named(name));
  expect(await asked.byResource('us-east-1', 'sg-1', ...HOUR)).toEqual(expected);
  expect(cloudtrail.commandCalls(LookupEventsCommand)).toHaveLength(1);
});

test('over the wire, local AWS tells what was made on a resource in that time', async () => {
  cloudtrail.restore();
  const aws = await startTestAws(s3Template());
  const record = (eventID: string, eventTime: string) => ({
    eventID,
    eventTime,
    awsRegion: REGION,
    requestParameters: { groupId: 'sg-1' },
  });
  aws.cloudtrail.remember([
    record('before', '2026-01-31T08:59:00Z'),
    record('in', '2026-01-31T09:30:00Z'),
    record('after', '2026-01-31T10:01:00Z'),
  ]);
  const asked = activityLookup({ endpoint: aws.url, accessKeyId: 'operator' });
  expect(await asked.byResource(REGION, 'sg-1', ...HOUR)).toEqual({
    state: 'answered',
    records: [record('in', '2026-01-31T09:30:00Z')],
    more: false,
  });
});
