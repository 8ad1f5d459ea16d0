import {
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { startTestAws, stopAll } from '../support/local-aws';
import { propertiesOf, sampleTemplate } from './sample-template';

afterEach(stopAll);

const entry = {
  EventBusName: 'trailseal-test',
  Source: 'trailseal',
  DetailType: 'Finding Opened',
  Detail: '{"a":1}',
};

test('an event arrives in its envelope, its time to the second', async () => {
  const seen: unknown[] = [];
  const aws = await startTestAws(sampleTemplate(), {
    'trailseal-test-alert': (batch) => {
      seen.push(JSON.parse((batch as { Records: { body: string }[] }).Records[0]?.body ?? ''));
    },
  });
  const Time = new Date('2026-01-31T10:00:00.789Z');
  const Entries = [{ ...entry, Time, Resources: ['arn:x'] }];
  const { Entries: [result] = [] } = await aws.operator.events.send(new PutEventsCommand({ Entries }));
  await aws.idle();
  expect(seen).toEqual([
    {
      version: '0',
      id: result?.EventId,
      'detail-type': 'Finding Opened',
      source: 'trailseal',
      account: '123456789012',
      time: '2026-01-31T10:00:00Z',
      region: 'eu-central-1',
      resources: ['arn:x'],
      detail: { a: 1 },
    },
  ]);
});

test.each([
  ['a source of AWS', { Source: 'aws.config' }, 'NotAuthorizedForSourceException'],
  ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
  ['no source', { Source: undefined }, 'InvalidArgument'],
  ['no detail type', { DetailType: undefined }, 'InvalidArgument'],
])('an entry with %s fails alone', async (_, wrong, ErrorCode) => {
  const aws = await startTestAws(sampleTemplate(), { 'trailseal-test-alert': () => undefined });
  const answer = await aws.operator.events.send(
    new PutEventsCommand({ Entries: [{ ...entry, ...wrong }, entry] }),
  );
  expect(answer.FailedEntryCount).toBe(1);
  expect(answer.Entries).toMatchObject([{ ErrorCode }, { EventId: expect.any(String) }]);
});

test.each([
  ['eleven entries', Array.from({ length: 11 }, () => entry)],
  ['no entry', []],
  ['more than 1 MiB', [{ ...entry, Detail: JSON.stringify({ a: 'x'.repeat(1_048_576) }) }]],
])('%s are refused whole', async (_, Entries) => {
  const { operator } = await startTestAws(sampleTemplate());
  await expect(operator.events.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('a bus that is not there swallows the event, as in AWS, but here it is said', async () => {
  const { operator, said } = await startTestAws(sampleTemplate());
  const Entries = [{ ...entry, EventBusName: 'elsewhere' }];
  expect(await operator.events.send(new PutEventsCommand({ Entries }))).toMatchObject({
    FailedEntryCount: 0,
  });
  expect(said.error).toEqual(['PutEvents: there is no bus elsewhere, the event is LOST']);
});

test('a throttled target is tried again, then its event goes to the dead-letter queue with the reason', async () => {
  const aws = await startTestAws(sampleTemplate());
  let attempts = 0;
  aws.fail(({ service, caller, input }) => {
    const { QueueUrl } = input as { QueueUrl?: string };
    if (service !== 'sqs' || caller !== 'events.amazonaws.com' || QueueUrl?.endsWith('-dlq'))
      return undefined;
    attempts += 1;
    return { code: 'ThrottlingException', statusCode: 400 };
  });
  aws.putEvents({ source: 'aws.config', 'detail-type': 'x', detail: {} });
  await aws.idle();
  expect(attempts).toBe(3);
  expect(aws.queue('trailseal-test-evaluate-dlq').messages[0]?.attributes).toMatchObject({
    ERROR_CODE: { StringValue: 'ThrottlingException' },
    RETRY_ATTEMPTS: { StringValue: '2' },
    EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
  });
});

test('a disabled rule delivers nothing', async () => {
  const template = sampleTemplate();
  propertiesOf(template, 'EvaluateRule')['State'] = 'DISABLED';
  const aws = await startTestAws(template);
  aws.putEvents({ source: 'aws.config', 'detail-type': 'x', detail: {} });
  await aws.idle();
  expect(aws.queue('trailseal-test-evaluate').visible).toBe(0);
});

test('a schedule fires at its rate, under the function’s permission, with the event that AWS sends', async () => {
  const template = sampleTemplate();
  template.Resources['Schedule'] = {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'each-minute',
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Id: 'fn', Arn: { 'Fn::GetAtt': ['AlertFunction', 'Arn'] } }],
    },
  };
  template.Resources['MayInvoke'] = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { 'Fn::GetAtt': ['AlertFunction', 'Arn'] },
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['Schedule', 'Arn'] },
    },
  };
  const seen: unknown[] = [];
  const aws = await startTestAws(template, { 'trailseal-test-alert': (event) => void seen.push(event) });
  aws.clock.advance(59_000);
  await aws.idle();
  expect(seen).toEqual([]);
  aws.clock.advance(1000);
  await aws.idle();
  expect(seen).toMatchObject([{ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }]);
});

test('rules, targets and patterns can be read', async () => {
  const { operator, arn } = await startTestAws(sampleTemplate());
  const { Rules } = await operator.events.send(new ListRulesCommand({ EventBusName: 'trailseal-test' }));
  expect(Rules).toMatchObject([
    { Name: 'trailseal-test-AlertRule', EventPattern: '{"source":["trailseal"]}', State: 'ENABLED' },
  ]);
  const { Targets } = await operator.events.send(
    new ListTargetsByRuleCommand({ Rule: 'trailseal-test-EvaluateRule' }),
  );
  expect(Targets).toMatchObject([{ Id: 'queue', Arn: arn('EvaluateQueue') }]);
  const Event = JSON.stringify({
    id: '1',
    source: 's',
    account: '1',
    time: 't',
    region: 'r',
    resources: [],
    'detail-type': 'd',
    detail: {},
  });
  const { Result } = await operator.events.send(
    new TestEventPatternCommand({ EventPattern: '{"source":["s"]}', Event }),
  );
  expect(Result).toBe(true);
  await expect(
    operator.events.send(new TestEventPatternCommand({ EventPattern: '{"source":"s"}', Event })),
  ).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
});
