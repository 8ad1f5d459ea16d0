import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Call } from '../../local/calls';
import type { Delivery } from '../../local/inbox';
import type { Finding } from '../../shared/contracts/trailseal/finding';
import { rulesByResourceType } from '../../shared/controls';
import type { AnyRule } from '../../shared/controls/control';
import { itemChange, openTo } from '../support/config-events';

const root = path.join(__dirname, '..', '..');
const ports = { aws: 14_566, lambda: 13_002, http: 13_000 };
const ANSWER_WITHIN_MS = 15_000;
const url = `http://127.0.0.1:${ports.aws}`;
const lambdaUrl = `http://127.0.0.1:${ports.lambda}`;

/** A program of ours, running, with all that it said. */
interface Running {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<number | null>;
}

const running: Running[] = [];

function run(args: string[], variables: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TRAILSEAL_PORT: String(ports.aws),
      ...variables,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  const started = {
    child,
    said: () => text,
    ended: new Promise<number | null>((resolve) => child.once('exit', resolve)),
  };
  running.push(started);
  return started;
}

const portOptions = ['--lambdaPort', String(ports.lambda), '--httpPort', String(ports.http)];
const npmStart = () => run(['local/start.mjs', ...portOptions]);
const serverlessOffline = () => run(['node_modules/serverless/bin/serverless.js', 'offline', ...portOptions]);

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}\n${running.map(({ said }) => said()).join('\n')}`);
    await sleep(50);
  }
}

const door = async (way: string, body?: unknown) => {
  const response = await fetch(`${url}/_trailseal/${way}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    // The app before this one had the same port: its connections must not be taken up again.
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: response.status, answer: (await response.json()) as unknown };
};
const inbox = async () => (await door('inbox')).answer as Delivery[];
const calls = async () => (await door('calls')).answer as Call[];
const isUp = () =>
  door('health').then(
    ({ status }) => status === 200,
    () => false,
  );
const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
const sample = (name: string) => JSON.parse(readFileSync(path.join(root, 'local/samples', name), 'utf8'));

async function invoke(functionName: string, payload: unknown) {
  const client = new LambdaClient({
    endpoint: lambdaUrl,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: ANSWER_WITHIN_MS, throwOnRequestTimeout: true },
  });
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: `trailseal-dev-${functionName}`, Payload: JSON.stringify(payload) }),
  );
  return { answer: JSON.parse(Buffer.from(Payload ?? []).toString() || 'null'), error: FunctionError };
}

const ready = (program: Running) =>
  until('the app is up', async () => (await isUp()) && /is up at/.test(program.said()));

/** What a command of ours prints as JSON; it ends with 0, or with 1 where something is open. */
async function answerOf<T>(...args: string[]): Promise<T> {
  const command = run(['cli/bin.mjs', ...args, '--format', 'json']);
  expect([0, 1]).toContain(await command.ended);
  return JSON.parse(command.said().replace(/^Using table .*\n/, '')) as T;
}

test('npm start plays its scenario, prints the alerts as delivered within 10 seconds, stays up, and ends on Ctrl-C', async () => {
  const started = Date.now();
  const app = npmStart();
  await until('the first alert', () => app.said().includes('Subject: [HIGH] sg-no-world-admin-ipv4'), 10_000);
  const first = Date.now() - started;
  expect(first).toBeLessThan(10_000);
  await until('what to try next', () => app.said().includes('Try next'), 90_000);
  const said = app.said();
  expect(said).toMatch(/opened - port 22 \(tcp\) is open to 0\.0\.0\.0\/0/);
  expect(said).toMatch(/resolved - no longer: port 22 \(tcp\) is open to 0\.0\.0\.0\/0/);
  expect(said).toContain('Subject: [HIGH] s3-bucket-public-access-block');
  expect(said).toContain('Subject: [CRITICAL] rds-no-public-access');
  // The deployed code has verified the sample trail, and seen the file that was forged afterwards.
  expect(said).toContain('Subject: [CRITICAL] cloudtrail-log-integrity');
  expect(said).toContain('a log file that was verified is invalid');
  expect(said).not.toMatch(/undefined|\[object Object\]/);
  expect(await isUp()).toBe(true);

  // One fix was made after an approval and holds; another was undone, which took an approval of its own.
  const { findings } = await answerOf<{ findings: { id: string; control: string }[] }>('findings', '--all');
  const shown = async (wanted: string) => {
    const id = findings.find(({ control }) => control === wanted)?.id ?? '';
    return (await answerOf<{ finding: Finding }>('show', id)).finding;
  };
  expect(await shown('sg-no-world-admin-ipv4')).toMatchObject({
    state: 'resolved',
    remediation: {
      kind: 'Applied',
      approvedBy: 'arn:aws:iam::123456789012:user/alice',
      calls: { calls: [{ eventName: 'AssumeRole' }, { eventName: 'RevokeSecurityGroupIngress' }] },
    },
  });
  expect(said).toMatch(/HIGH - undone/);
  expect(await shown('s3-bucket-public-access-block')).toMatchObject({
    state: 'open',
    remediation: { kind: 'Refused', refusals: ['own-change'] },
  });

  // Who exposed the database is named, by a record that stands in the verified log.
  const database = await shown('rds-no-public-access');
  expect(database.links).toMatchObject([
    { actor: 'named', calls: [{ eventName: 'ModifyDBInstance', proof: { state: 'proven' } }] },
  ]);
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'trailseal-e2e-')), 'evidence');
  const evidence = run(['cli/bin.mjs', 'evidence', database.id, '--out', folder]);
  expect([await evidence.ended, evidence.said()]).toEqual([0, expect.stringContaining('1 of 1 call proven')]);
  expect(existsSync(path.join(folder, 'public-keys.json'))).toBe(true);

  app.child.kill('SIGINT');
  expect(await app.ended).toBe(0);
  for (const port of Object.values(ports)) expect([port, await isListening(port)]).toEqual([port, false]);
});

const ofEachGroupRule = (expected: (rule: AnyRule) => object) =>
  (rulesByResourceType['AWS::EC2::SecurityGroup'] ?? []).map(expected);

test('serverless offline alone is the same without the scenario; functions take the samples through their Lambda endpoint', async () => {
  const app = serverlessOffline();
  await ready(app);
  expect(await inbox()).toEqual([]);

  expect(await invoke('evaluate-configuration', sample('config-item-change.json'))).toMatchObject({
    answer: {
      judged: ofEachGroupRule(({ id }) =>
        id === 'sg-no-world-admin-ipv4'
          ? { control: id, compliance: 'NON_COMPLIANT', transitions: ['Opened'] }
          : { control: id },
      ),
    },
  });
  expect(await invoke('evaluate-configuration', sample('sqs-config-item-change.json'))).toEqual({
    answer: { batchItemFailures: [] },
  });
  expect(await invoke('evaluate-configuration', sample('config-item-change-oversized.json'))).toMatchObject({
    answer: { judged: ofEachGroupRule(() => ({})) },
  });
  expect(await invoke('evaluate-configuration', sample('config-item-deleted.json'))).toMatchObject({
    answer: { judged: ofEachGroupRule(() => ({ compliance: 'NOT_APPLICABLE' })) },
  });
  expect(await invoke('send-alert', sample('finding-opened.json'))).toMatchObject({
    answer: { alertId: expect.any(String), sent: expect.any(String) },
  });
  expect(await invoke('sweep-findings', sample('scheduled-event.json'))).toMatchObject({
    answer: { settled: expect.any(Number) },
  });
  // Each family of addresses has an alert of its own, and either may be first.
  const alerted = async () =>
    (await inbox()).some(
      ({ protocol, subject = '' }) =>
        protocol === 'email' && subject.startsWith('[HIGH] sg-no-world-admin-ipv4 '),
    );
  await until('the alert', alerted);

  app.child.kill('SIGTERM');
  await app.ended;
  for (const port of Object.values(ports)) expect([port, await isListening(port)]).toEqual([port, false]);
});

test('events go in by the door; bad ones are refused in words, or kept as dead letters', async () => {
  const app = serverlessOffline();
  await ready(app);
  expect(await door('events', { source: 'aws.config' })).toMatchObject({
    status: 400,
    answer: expect.objectContaining({ message: expect.stringContaining('detail') }),
  });

  const poison = {
    ...itemChange(),
    detail: {
      messageType: 'ConfigurationItemChangeNotification',
      configurationItem: { resourceType: 'AWS::EC2::SecurityGroup' },
    },
  };
  await door('events', [itemChange({ configuration: openTo('0.0.0.0/0') }), poison]);
  await until('the alert', async () => (await inbox()).length === 1);
  await until('the dead letter', async () =>
    JSON.stringify((await door('queues')).answer).includes('"trailseal-dev-dead-letters"'),
  );
  await until('the dead letter is there', async () => {
    const queues = (await door('queues')).answer as { name: string; visible: number }[];
    return queues.find(({ name }) => name === 'trailseal-dev-dead-letters')?.visible === 1;
  });

  const redrive = run(['cli/bin.mjs', 'redrive', '--format', 'json']);
  expect(await redrive.ended).toBe(1);
  expect(redrive.said()).toContain('invalid-event');
});

test('nobody but AWS can speak for AWS, and no function can do what its role does not allow', async () => {
  const app = serverlessOffline();
  await ready(app);
  const client = (accessKeyId: string) =>
    new EventBridgeClient({
      endpoint: url,
      region: 'eu-central-1',
      credentials: { accessKeyId, secretAccessKey: 'local' },
    });
  const { FailedEntryCount, Entries } = await client('operator').send(
    new PutEventsCommand({
      Entries: [{ Source: 'aws.config', DetailType: 'Config Configuration Item Change', Detail: '{}' }],
    }),
  );
  expect([FailedEntryCount, Entries?.[0]?.ErrorCode]).toEqual([1, 'NotAuthorizedForSourceException']);
  await invoke('evaluate-configuration', sample('config-item-change.json'));
  await until('the alert', async () => (await inbox()).length > 0);
  expect((await calls()).filter(({ allowed }) => !allowed)).toEqual([]);
});

test('a port that is taken is named, with what to do', async () => {
  const other = createServer().listen(ports.aws, '127.0.0.1');
  try {
    const app = npmStart();
    expect(await app.ended).not.toBe(0);
    expect(app.said()).toContain(`Port ${ports.aws} on 127.0.0.1 is in use`);
    expect(app.said()).toContain('TRAILSEAL_PORT=');
  } finally {
    other.close();
  }
});
