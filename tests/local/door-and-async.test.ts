import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startTestAws, stopAll } from '../support/local-aws';
import { propertiesOf, sampleTemplate } from './sample-template';

afterEach(stopAll);

const event = { source: 'aws.config', 'detail-type': 'x', detail: { a: 1 } };

async function knock(url: string, route: string, init: RequestInit = {}) {
  const response = await fetch(`${url}/_trailseal/${route}`, init);
  return { status: response.status, body: await response.json() };
}

const post = (body: unknown) => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test.each([
  ['no source', { ...event, source: undefined }, 'field "source" must be a non-empty string, not missing'],
  ['a detail that is text', { ...event, detail: '{}' }, 'field "detail" must be a JSON object, not "{}"'],
  ['a bad account', { ...event, account: '12' }, 'field "account" must be 12 digits, not "12"'],
  ['a bad time', { ...event, time: 'now' }, 'field "time" must be a time such as'],
  ['bad resources', { ...event, resources: 'arn' }, 'field "resources" must be a list of strings'],
  ['the second of two', [event, { ...event, source: 1 }], 'event 1: field "source"'],
  ['no JSON', '{"a":', 'the body must be JSON'],
  ['a number', 5, 'an event must be a JSON object, not 5'],
])('an event with %s is refused whole, with the field and what was expected', async (_, body, message) => {
  const { url, queue } = await startTestAws(sampleTemplate(), {}, { paused: true });
  const answer = await knock(url, 'events', post(body));
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ message: expect.stringContaining(message) });
  expect(queue('trailseal-test-evaluate').visible).toBe(0);
});

test('events, queues, calls and the inbox are at the door', async () => {
  const aws = await startTestAws(sampleTemplate(), {}, { paused: true });
  expect(await knock(aws.url, 'health')).toMatchObject({ status: 200, body: { ok: true } });
  expect(await knock(aws.url, 'events', post([event, event]))).toMatchObject({ status: 200 });
  expect(await knock(aws.url, 'events?bus=nowhere', post(event))).toMatchObject({ status: 400 });
  const { body: queues } = await knock(aws.url, 'queues');
  expect(queues).toContainEqual({ name: 'trailseal-test-evaluate', visible: 2, inFlight: 0, delayed: 0 });
  const { body: calls } = await knock(aws.url, 'calls');
  expect(calls).toContainEqual(
    expect.objectContaining({ caller: 'events.amazonaws.com', action: 'sqs:SendMessage' }),
  );
  expect((await knock(aws.url, 'inbox?after=0')).body).toEqual([]);
  expect((await knock(aws.url, 'nothing')).status).toBe(404);
});

test('every sample is an event that the door takes, or a batch of one', async () => {
  const folder = path.join(__dirname, '../../local/samples');
  const aws = await startTestAws(sampleTemplate(), {}, { paused: true });
  for (const file of readdirSync(folder)) {
    const sample = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const events = sample.Records
      ? sample.Records.map(({ body }: { body: string }) => JSON.parse(body))
      : sample;
    expect({ file, ...(await knock(aws.url, 'events', post(events))) }).toMatchObject({ file, status: 200 });
  }
});

test.each([
  ['twice, after one and two minutes, unless told', undefined, 3, 180_000],
  ['not at all when so configured', 0, 1, 0],
])('an asynchronous invocation is retried %s', async (_, MaximumRetryAttempts, attempts, waited) => {
  const template = sampleTemplate();
  template.Resources['Config'] = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'AlertFunction' },
      Qualifier: '$LATEST',
      ...(MaximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts }),
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['EvaluateDlq', 'Arn'] } } },
    },
  };
  const { Policies } = propertiesOf(template, 'AlertRole') as {
    Policies: { PolicyDocument: { Statement: object[] } }[];
  };
  Policies[0]?.PolicyDocument.Statement.push({
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': ['EvaluateDlq', 'Arn'] },
  });
  let invocations = 0;
  const aws = await startTestAws(template, {
    'trailseal-test-alert': () => {
      invocations += 1;
      throw new Error('boom');
    },
  });
  const start = aws.clock.now();
  aws.invokeLater('trailseal-test-alert', { hello: 1 });
  await aws.idle();
  expect(invocations).toBe(attempts);
  expect(aws.clock.now() - start).toBe(waited);
  const [record] = aws.queue('trailseal-test-evaluate-dlq').messages;
  expect(JSON.parse(record?.body ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: attempts },
    requestPayload: { hello: 1 },
    responsePayload: { errorMessage: 'boom' },
  });
});

test('a failed event without a destination is said to be lost', async () => {
  const aws = await startTestAws(sampleTemplate(), {
    'trailseal-test-alert': () => {
      throw new Error('boom');
    },
  });
  aws.invokeLater('trailseal-test-alert', {});
  await aws.idle();
  expect(aws.said.error.at(-1)).toBe('trailseal-test-alert: its failed event is LOST, it has no destination');
});

test('a port in use is an error, and nothing is left running', async () => {
  const { url } = await startTestAws(sampleTemplate());
  const port = Number(new URL(url).port);
  await expect(startTestAws(sampleTemplate(), {}, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
