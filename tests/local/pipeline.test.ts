import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand } from '@aws-sdk/client-sns';
import { type Handler, startTestAws, stopAll } from '../support/local-aws';
import { propertiesOf, sampleTemplate, withoutGrant } from './sample-template';

afterEach(stopAll);

interface Batch {
  Records: { messageId: string; body: string; attributes: Record<string, string> }[];
}

const configEvent = {
  source: 'aws.config',
  'detail-type': 'Config Configuration Item Change',
  detail: { n: 1 },
};

const evaluate: Handler = async (batch, { events }) => {
  for (const { body } of (batch as Batch).Records) {
    const Detail = JSON.stringify({ about: JSON.parse(body).detail.n });
    const Entries = [
      { EventBusName: 'trailseal-test', Source: 'trailseal', DetailType: 'Finding Opened', Detail },
    ];
    await events.send(new PutEventsCommand({ Entries }));
  }
  return { batchItemFailures: [] };
};

const alert: Handler = async (batch, { sns }) => {
  for (const { body } of (batch as Batch).Records) {
    const { detail } = JSON.parse(body);
    const TopicArn = `arn:aws:sns:eu-central-1:123456789012:trailseal-test-alerts`;
    await sns.send(new PublishCommand({ TopicArn, Subject: 'Finding', Message: `about ${detail.about}` }));
  }
};

const both = { 'trailseal-test-evaluate': evaluate, 'trailseal-test-alert': alert };

test('an event from AWS goes through rule, queue, function, our bus and topic into the inbox', async () => {
  const aws = await startTestAws(sampleTemplate(), both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.inbox).toMatchObject([
    { number: 1, protocol: 'email', endpoint: 'you@localhost', subject: 'Finding', text: 'about 1' },
  ]);
  expect(aws.deniedCalls()).toEqual([]);
  expect(aws.said.error).toEqual([]);
});

test('a declared e-mail subscriber takes the place of the viewer on this laptop', async () => {
  const aws = await startTestAws(sampleTemplate(), both, { parameters: { alertEmail: 'team@example.com' } });
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.inbox.map(({ endpoint }) => endpoint)).toEqual(['team@example.com']);
});

test('an event that no rule matches goes nowhere', async () => {
  const aws = await startTestAws(sampleTemplate(), both);
  aws.putEvents({ ...configEvent, source: 'aws.s3' });
  await aws.idle();
  expect(aws.inbox).toEqual([]);
});

test('a partial failure brings back that message alone, until it is a dead letter with its own id', async () => {
  const seen: string[] = [];
  const ids = new Set<string>();
  const aws = await startTestAws(sampleTemplate(), {
    'trailseal-test-evaluate': (batch) => {
      const failed = (batch as Batch).Records.filter(({ messageId, body, attributes }) => {
        const { n } = JSON.parse(body).detail;
        seen.push(`${n} receipt ${attributes['ApproximateReceiveCount']}`);
        if (n === 2) ids.add(messageId);
        return n === 2;
      });
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
  });
  const start = aws.clock.now();
  aws.putEvents([configEvent, { ...configEvent, detail: { n: 2 } }]);
  await aws.idle();
  expect(seen.sort()).toEqual(['1 receipt 1', '2 receipt 1', '2 receipt 2', '2 receipt 3']);
  expect(aws.clock.now() - start).toBe(3 * 60_000);
  expect(ids.size).toBe(1);
  expect(aws.queue('trailseal-test-evaluate-dlq').messages).toMatchObject([
    { id: [...ids][0], deadLetterSource: aws.arn('EvaluateQueue') },
  ]);
});

test.each([
  [
    'a handler that throws',
    3,
    () => {
      throw new Error('boom');
    },
  ],
  [
    'a failure list that names an unknown message',
    3,
    () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }),
  ],
  ['a failure list with an empty identifier', 3, () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
  ['nothing at all', 1, () => undefined],
  ['an object without a failure list', 1, () => ({})],
] as [string, number, Handler][])('%s: %i receipts', async (_, receipts, handler) => {
  let invocations = 0;
  const aws = await startTestAws(sampleTemplate(), {
    'trailseal-test-evaluate': (event, clients) => {
      invocations += 1;
      return handler(event, clients);
    },
  });
  aws.putEvents(configEvent);
  await aws.idle();
  expect(invocations).toBe(receipts);
  expect(aws.queue('trailseal-test-evaluate-dlq').visible).toBe(receipts === 3 ? 1 : 0);
});

test('a crash is said in one line', async () => {
  const aws = await startTestAws(sampleTemplate(), {
    'trailseal-test-evaluate': () => {
      throw new TypeError('cannot read\n  properties');
    },
  });
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.said.error[0]).toBe('trailseal-test-evaluate failed: TypeError: cannot read properties');
  expect(aws.said.error.at(-1)).toBe(
    'trailseal-test-evaluate-dlq has a new message: given up by trailseal-test-evaluate',
  );
});

test('a queue policy that does not know the rule sends the event to the rule’s dead-letter queue', async () => {
  const template = sampleTemplate();
  propertiesOf(template, 'EvaluateQueuePolicy')['Queues'] = [{ Ref: 'EvaluateDlq' }];
  const aws = await startTestAws(template, both);
  aws.putEvents(configEvent);
  await aws.idle();
  const [letter, ...others] = aws.queue('trailseal-test-evaluate-dlq').messages;
  expect(others).toEqual([]);
  expect(JSON.parse(letter?.body ?? '')).toMatchObject(configEvent);
  expect(letter?.attributes).toMatchObject({
    RULE_ARN: { StringValue: aws.arn('EvaluateRule') },
    TARGET_ARN: { StringValue: aws.arn('EvaluateQueue') },
    ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
  });
  expect(aws.deniedCalls()).toMatchObject([
    { caller: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: aws.arn('EvaluateQueue') },
  ]);
});

test('without a usable dead-letter queue either, the loss is said aloud', async () => {
  const template = sampleTemplate();
  delete template.Resources['EvaluateQueuePolicy'];
  const aws = await startTestAws(template, both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.said.error.join('\n')).toMatch(/the event is LOST, its dead-letter queue refused it/);
});

test('a key policy that does not let EventBridge in sends the event to the dead-letter queue', async () => {
  const template = sampleTemplate();
  const policy = propertiesOf(template, 'Key')['KeyPolicy'] as { Statement: unknown[] };
  policy.Statement.pop();
  const aws = await startTestAws(template, both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.queue('trailseal-test-evaluate-dlq').visible).toBe(1);
  expect(aws.deniedCalls()).toMatchObject([
    { caller: 'events.amazonaws.com', action: 'kms:GenerateDataKey' },
  ]);
});

test('a mapping whose role can’t read its queue stays off and says so', async () => {
  const aws = await startTestAws(withoutGrant(sampleTemplate(), 'EvaluateRole', 'sqs:DeleteMessage'), both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.queue('trailseal-test-evaluate').visible).toBe(1);
  expect(aws.said.error[0]).toMatch(/gets nothing from trailseal-test-evaluate: .*sqs:DeleteMessage/);
});

test('a role that can’t write logs is said and recorded, and the function still runs', async () => {
  const aws = await startTestAws(withoutGrant(sampleTemplate(), 'AlertRole', 'logs:PutLogEvents'), both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.inbox).toHaveLength(1);
  expect(aws.deniedCalls()).toMatchObject([
    { caller: 'trailseal-test-alert', action: 'logs:PutLogEvents', implied: true },
  ]);
  expect(aws.said.error[0]).toMatch(/no log is written/);
});

test('a function that may not publish fails, and its message becomes a dead letter', async () => {
  const aws = await startTestAws(withoutGrant(sampleTemplate(), 'AlertRole', 'sns:Publish'), both);
  aws.putEvents(configEvent);
  await aws.idle();
  expect(aws.inbox).toEqual([]);
  expect(aws.queue('trailseal-test-alert-dlq').visible).toBe(1);
  expect(aws.deniedCalls()).toHaveLength(3);
  expect(aws.deniedCalls()[0]).toMatchObject({ caller: 'trailseal-test-alert', action: 'sns:Publish' });
});

test('what a role allows and nobody uses is found, and what is used is not', async () => {
  const aws = await startTestAws(sampleTemplate(), both);
  aws.putEvents(configEvent);
  await aws.idle();
  const unused = aws.unusedGrants().map(({ role, action }) => `${role} ${action}`);
  expect(new Set(unused)).toEqual(
    new Set(
      ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:Query', 'config:GetResourceConfigHistory'].map(
        (action) => `EvaluateRole ${action}`,
      ),
    ),
  );
});
