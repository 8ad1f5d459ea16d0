import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import redriveCommand from '../../../cli/commands/redrive';
import { systemClock } from '../../../local/clock';
import type { Template } from '../../../local/template';
import { startTestAws, stopAll, type TestAws } from '../../support/local-aws';
import { emptyFolder, run, testShell } from '../test-shell';

afterEach(stopAll);

const queue = (name: string, properties: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: `trailseal-test-${name}`, ...properties },
});

const template: Template = {
  Resources: {
    DeadLetters: queue('dead-letters'),
    AlertQueue: queue('send-alert', {
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['AlertDeadLetters', 'Arn'] },
        maxReceiveCount: 1,
      },
    }),
    AlertDeadLetters: queue('send-alert-dlq'),
  },
};

const urlOf = ({ url }: TestAws, name: string) => `${url}/123456789012/trailseal-test-${name}`;

/** Runs the command in a project whose `npm start` is this local AWS. */
function redrive({ url }: TestAws, ...args: string[]) {
  const folder = emptyFolder();
  mkdirSync(join(folder, '.trailseal'));
  const description = { url, region: 'eu-central-1', stage: 'test', accessKeyId: 'operator' };
  writeFileSync(join(folder, '.trailseal', 'local.json'), JSON.stringify(description));
  const shell = testShell({ folder, now: () => new Date() });
  return run([redriveCommand], ['redrive', '--format', 'ndjson', ...args], shell);
}

const records = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('against queues that answer as AWS does: looks and leaves, then puts back', async () => {
  const aws = await startTestAws(template, {}, { clock: systemClock });
  const { sqs } = aws.operator;
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: urlOf(aws, 'dead-letters'),
      MessageBody: 'buried',
      MessageAttributes: { stage: text('send-alert'), reason: text('invalid-json'), error: text('no JSON') },
    }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(aws, 'send-alert'), MessageBody: 'given up' }));
  // Received once and not deleted, asked for again: SQS moves it.
  for (let times = 0; times < 2; times += 1) {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(aws, 'send-alert'), VisibilityTimeout: 0 }));
  }

  const looked = await redrive(aws);
  expect(looked.err).toBe(`Using the laptop at ${aws.url}, stage test\n`);
  expect(looked.code).toBe(1);
  expect(
    records(looked.out)
      .map(({ bodyStart, reason, function: name, status }) => [bodyStart, reason, name, status].join(' '))
      .sort(),
  ).toEqual(['   ', 'buried invalid-json send-alert found', 'given up received-too-often send-alert found']);
  expect(aws.queue('trailseal-test-dead-letters')).toMatchObject({ visible: 1, inFlight: 0 });
  expect(aws.queue('trailseal-test-send-alert-dlq')).toMatchObject({ visible: 1, inFlight: 0 });

  const applied = await redrive(aws, '--apply');
  expect(applied.code).toBe(0);
  expect(records(applied.out).at(-1)).toMatchObject({ found: 2, redriven: 2, left: 0 });
  expect(aws.queue('trailseal-test-dead-letters').messages).toEqual([]);
  expect(aws.queue('trailseal-test-send-alert-dlq').messages).toEqual([]);
  const { messages } = aws.queue('trailseal-test-send-alert');
  expect(messages.map(({ body }) => body).sort()).toEqual(['buried', 'given up']);
  expect(aws.deniedCalls()).toEqual([]);
}, 20_000);
