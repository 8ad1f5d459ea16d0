import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import sendCommand from '../../../cli/commands/send';
import { send } from '../../../cli/send/send';
import { itemChange } from '../../support/config-events';
import { records } from '../findings/laptop';
import { emptyFolder, NOW, run, testShell } from '../test-shell';

const sqs = mockClient(SQSClient);
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/trailseal-dev-evaluate-configuration';
beforeEach(() => {
  sqs.reset();
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: QUEUE });
  sqs.on(SendMessageCommand).resolves({});
});

/** Runs the command in a folder with these files. */
function sending(files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return run([sendCommand], ['send', ...Object.keys(files), ...args], testShell({ folder }));
}
const sent = () => sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
const bodies = () => sent().map(({ MessageBody = '' }) => JSON.parse(MessageBody));
const { id, account, region, time, version, resources, ...bare } = itemChange();

test('to the queue of the function, as it is, marked as sent by an operator', async () => {
  const { code, out, err } = await sending({ 'a.json': JSON.stringify(itemChange()) });
  expect({ code, out }).toEqual({
    code: 0,
    out: '1 event accepted by the AWS account 123456789012 region eu-central-1, stage dev.\n',
  });
  expect(err).toBe('Using the AWS account 123456789012 region eu-central-1, stage dev\n');
  expect(sent().map(({ QueueUrl }) => QueueUrl)).toEqual([QUEUE]);
  expect(bodies()).toEqual([{ ...itemChange(), trailseal: { origin: 'operator' } }]);
  expect(sqs.commandCalls(GetQueueUrlCommand)[0]?.args[0].input).toEqual({
    QueueName: 'trailseal-dev-evaluate-configuration',
  });
});

test('what an event leaves out is filled in, and a mark that it brings is not believed', async () => {
  await sending({ 'a.json': JSON.stringify({ ...bare, trailseal: { origin: 'aws' } }) });
  expect(bodies()).toEqual([
    {
      ...bare,
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account: '123456789012',
      region: 'eu-central-1',
      time: `${NOW.toISOString().slice(0, 19)}Z`,
      resources: [],
      trailseal: { origin: 'operator' },
    },
  ]);
});

test('files of every form; what is right in them is sent, what is not is told, and is exit code 2', async () => {
  const event = JSON.stringify(itemChange());
  const { code, out, err } = await sending({
    'one.json': event,
    'array.json': `[${event}, {"source":"aws.ec2","detail-type":"x","detail":{}}]`,
    'lines.jsonl': `${event}\n{"source":\n${event}`,
    'broken.json': '{\n  "source" 1\n}',
  });
  expect(code).toBe(2);
  expect(out).toContain('4 events accepted by the ');
  expect(sent()).toHaveLength(4);
  expect(err).toMatch(/error: array\.json:1:\d+: no function takes "x" from aws\.ec2; taken: "Config/);
  expect(err).toMatch(/error: lines\.jsonl:2:\d+: invalid JSON/);
  expect(err).toMatch(/error: broken\.json:2:12: invalid JSON/);
});

test('nothing to send: nobody is asked for anything', async () => {
  const { code, out, err } = await sending({ 'a.json': '{}' });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toBe('error: a.json: event: detail-type: expected a string\n');
  expect(sqs.calls()).toEqual([]);
});

test('what is piped in', async () => {
  const shell = testShell();
  const piped = () => Readable.from([Buffer.from(JSON.stringify(itemChange()))]);
  await expect(send(['-'], { format: 'text' }, shell, piped)).resolves.toBe(0);
  expect(sent()).toHaveLength(1);
});

test('a dry run says what would be sent where', async () => {
  const files = { 'a.json': JSON.stringify(itemChange()) };
  const text = await sending(files, '--dry-run');
  expect(text.code).toBe(0);
  expect(text.out).toMatch(
    /^a\.json +Config Configuration Item Change +AWS::EC2::SecurityGroup sg-0123456789abcdef0 +trailseal-dev-evaluate-configuration$/m,
  );
  expect(text.out).toContain('1 event would be sent to the AWS account 123456789012');
  const [event, summary] = records((await sending(files, '--dry-run', '--format', 'ndjson')).out);
  expect(event).toMatchObject({
    kind: 'event',
    place: 'a.json',
    status: 'would-be-sent',
    to: 'trailseal-dev-evaluate-configuration',
    body: { ...itemChange(), trailseal: { origin: 'operator' } },
  });
  expect(summary).toMatchObject({ kind: 'summary', sent: 0, wouldBeSent: 1, refused: 0 });
  expect(sent()).toEqual([]);
});

test('one that the queue does not take is told, and the others are sent', async () => {
  const denied = Object.assign(new Error('no'), { name: 'InvalidMessageContents' });
  sqs.on(SendMessageCommand).rejectsOnce(denied).resolves({});
  const event = JSON.stringify(itemChange());
  const { code, out, err } = await sending({ 'a.json': `[${event},${event}]` }, '--format', 'json');
  expect(code).toBe(2);
  expect(err).toMatch(/error: a\.json:1:2: not sent: InvalidMessageContents: no\n/);
  expect(JSON.parse(out)).toMatchObject({
    events: [
      { place: 'a.json:1:2', status: 'not-sent', because: 'InvalidMessageContents: no' },
      { place: expect.stringMatching(/^a\.json:1:\d+$/), status: 'sent' },
    ],
    deliveries: [],
    summary: { sent: 1, notSent: 1 },
  });
});

test('a stack without the queue', async () => {
  sqs.on(GetQueueUrlCommand).rejects(new QueueDoesNotExist({ message: 'no', $metadata: {} }));
  const { code, out, err } = await sending({ 'a.json': JSON.stringify(itemChange()) }, '--stage', 'prod');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(
    'error: There is no queue trailseal-prod-evaluate-configuration in Region eu-central-1\nName',
  );
});

test('what will come to nothing is said before anyone wonders', async () => {
  const { err } = await sending({
    'a.json': JSON.stringify({
      ...itemChange({ resourceType: 'AWS::House::Door' }),
      account: '111122223333',
    }),
  });
  expect(err).toContain('warning: no control judges AWS::House::Door: nothing comes of it\n');
  expect(err).toContain('warning: account 111122223333 is not 123456789012, which the stack is in: unless');
});

test.each([
  [['a.json', '--wait', '10'], 'Expected a duration such as 10s or 2m.'],
  [['a.json', '--wait', '10s'], 'error: --wait: only local AWS shows what it delivered\nLeave --wait out'],
  [[], "missing required argument 'file'"],
  [['nothing.json'], 'error: nothing.json: there is no such file'],
])('%j ends with 2 and says why', async (args, message) => {
  const { code, out, err } = await run([sendCommand], ['send', ...args]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
