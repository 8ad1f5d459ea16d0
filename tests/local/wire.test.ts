import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { startTestAws, stopAll } from '../support/local-aws';
import { sampleTemplate } from './sample-template';

afterEach(stopAll);

async function call(target: string, service: string, body: unknown, headers: Record<string, string> = {}) {
  const aws = await startTestAws(sampleTemplate());
  const response = await fetch(aws.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=operator/20260131/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=x`,
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.0',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

// SDK clients drop what their model doesn't know, so these speak to the wire themselves.
test.each([
  [
    'an unknown member',
    { QueueUrl: 'q', MessageBody: 'x', Color: 'red' },
    "'Color' is not a member of SendMessageRequest",
  ],
  [
    'a missing member',
    { QueueUrl: 'q' },
    "Value null at 'MessageBody' failed to satisfy constraint: Member must not be null",
  ],
  ['a wrong type', { QueueUrl: 'q', MessageBody: 5 }, "'MessageBody' must be a string, not 5"],
  [
    'a wrong type deep inside',
    { QueueUrl: 'q', MessageBody: 'x', MessageAttributes: { a: { DataType: 1 } } },
    "'MessageAttributes.a.DataType' must be a string",
  ],
  ['a body that is no JSON', '{', 'not JSON'],
])('%s is refused', async (_, body, message) => {
  const { status, text } = await call('AmazonSQS.SendMessage', 'sqs', body);
  expect(status).toBe(400);
  expect(JSON.parse(text).message).toContain(message);
});

test('an unknown member in the query protocol is refused', async () => {
  const { status, text } = await call(
    '',
    'sns',
    'Action=Publish&Version=2010-03-31&Message=x&TopicArn=a&Colour=red',
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  );
  expect(status).toBe(400);
  expect(text).toContain('<Code>InvalidParameter</Code>');
  expect(text).toContain('Colour');
});

test('a service that is not simulated says its name', async () => {
  const { status, text } = await call('AWSGlue.GetJobs', 'glue', {});
  expect(status).toBe(400);
  expect(text).toContain("Service glue isn't simulated by local AWS");
});

test('GetCallerIdentity names the caller', async () => {
  const { text } = await call('', 'sts', 'Action=GetCallerIdentity&Version=2011-06-15');
  expect(text).toContain('<Account>123456789012</Account>');
});

test('a web page is not answered', async () => {
  await expect(call('AmazonSQS.ListQueues', 'sqs', {}, { origin: 'https://example.com' })).rejects.toThrow(
    'fetch failed',
  );
});

test('an injected fault before the effect leaves nothing behind, one after it only loses the answer', async () => {
  const aws = await startTestAws(sampleTemplate());
  const QueueUrl = `${aws.url}/123456789012/trailseal-test-evaluate-dlq`;
  const send = () => aws.operator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const visible = () => aws.queue('trailseal-test-evaluate-dlq').visible;

  const before = aws.fail(({ action }) =>
    action === 'SendMessage' ? { code: 'ServiceUnavailable' } : undefined,
  );
  await expect(send()).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 500 },
  });
  expect(visible()).toBe(0);
  before();

  const after = aws.fail(({ caller }) =>
    caller === 'operator' ? { code: 'InternalError', after: true } : undefined,
  );
  await expect(send()).rejects.toMatchObject({ name: 'InternalError' });
  expect(visible()).toBe(1);
  after();

  const gone = aws.fail(() => ({ code: 'Timeout', after: true, disconnect: true }));
  await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(visible()).toBe(2);
  gone();

  await expect(send()).resolves.toHaveProperty('MessageId');
});

test.each([
  ['ec2', '', 'Action=RunInstances&Version=2016-11-15', '<Code>NotSimulatedLocally</Code>'],
  ['ec2', '', 'Action=Nonsense&Version=2016-11-15', '<Code>NotSimulatedLocally</Code>'],
  ['ec2', '', 'Version=2016-11-15', '(none named)'],
  ['rds', '', 'Action=DeleteDBInstance&Version=2014-10-31', '<Code>NotSimulatedLocally</Code>'],
  ['iam', '', 'Action=DeleteUser&Version=2010-05-08', '<Code>NotSimulatedLocally</Code>'],
  ['kms', 'TrentService.Encrypt', '{}', '"NotSimulatedLocally"'],
  ['monitoring', 'GraniteServiceVersion20100801.PutMetricData', '{}', '"NotSimulatedLocally"'],
])('%s %s%s is said not to be simulated', async (service, target, body, expected) => {
  const { status, text } = await call(target, service, body);
  expect(status).toBe(400);
  expect(text).toContain(expected);
});

test.each([
  ['an unknown member', 'GroupId=sg-0a&Colour=red', 'InvalidParameterValue'],
  ['a number that is none', 'GroupId=sg-0a&IpProtocol=tcp&FromPort=ssh', 'SerializationException'],
])('%s is refused in the way of EC2', async (_, input, code) => {
  const { status, text } = await call(
    '',
    'ec2',
    `Action=AuthorizeSecurityGroupIngress&Version=2016-11-15&${input}`,
  );
  expect(status).toBe(400);
  expect(text).toContain(`<Response><Errors><Error><Code>${code}</Code>`);
});
