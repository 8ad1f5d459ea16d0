import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import replayCommand from '../../../cli/commands/replay';
import { activityEvent, record } from '../../support/activity-events';
import { configurationItem, itemChange, openTo, oversizedChange } from '../../support/config-events';
import { POLICY_OF_FEW } from '../../support/few-rules';
import { emptyFolder, run, type TestShell, testShell } from '../test-shell';
import { HOUR, iso, START } from './stories';

const closed = { configuration: openTo('10.0.0.0/8') };
const event = (at: number, parts: object = {}) => ({
  ...itemChange({ capturedAt: iso(at), ...parts }),
  id: `event-${at}`,
  time: iso(at),
});
const item = (at: number, parts: object = {}) => configurationItem({ capturedAt: iso(at), ...parts });
const opened = [event(START)];
const openedAndClosed = [...opened, event(START + HOUR, closed)];

/** A folder with these files in it; text as it is, everything else a JSON value or, in a list, one in each line. */
function folderOf(files: Readonly<Record<string, unknown>>): TestShell {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string'
        ? content
        : Array.isArray(content)
          ? content.map((line) => JSON.stringify(line)).join('\n')
          : JSON.stringify(content);
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return testShell({ folder });
}

const replay = (files: Readonly<Record<string, unknown>>, ...args: string[]) =>
  run([replayCommand], ['replay', ...args], folderOf({ 'compliance.yml': POLICY_OF_FEW, ...files }));

const records = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const ofKind = (out: string, kind: string) => records(out).filter((record) => record['kind'] === kind);

describe('the text', () => {
  test('says what would be sent, what is open, and how much there was', async () => {
    const { code, out, err } = await replay(
      { 'events.jsonl': [...openedAndClosed, event(START + 2 * HOUR)] },
      'events.jsonl',
    );
    expect(code).toBe(1);
    expect(err).toBe(
      'Replaying as account 123456789012 region eu-central-1: this is "self" in compliance.yml\n',
    );
    expect(
      out
        .split('\n')
        .slice(0, 4)
        .map((line) => line.replace(/ {2,}/g, '  ')),
    ).toEqual([
      'SEVERITY  SENT (UTC)  KIND  CONTROL  RESOURCE  SUMMARY',
      'high  2026-01-31 09:00:00  Opened  sg-no-world-admin-ipv4  sg-0123456789abcdef0  port 22 (tcp) is open to 0.0.0.0/0',
      'high  2026-01-31 10:00:00  Resolved  sg-no-world-admin-ipv4  sg-0123456789abcdef0  no longer: port 22 (tcp) is open to 0.0.0.0/0',
      'high  2026-01-31 11:00:00  Reopened  sg-no-world-admin-ipv4  sg-0123456789abcdef0  port 22 (tcp) is open to 0.0.0.0/0',
    ]);
    expect(out).toContain('Open at the end\n');
    expect(out).toContain('3 events; 3 judged; 3 alerts (1 Opened, 1 Reopened, 1 Resolved); 0 dead letters.');
  });

  test('of a quiet day is 0', async () => {
    const { code, out } = await replay({ 'events.jsonl': [event(START, closed)] }, 'events.jsonl');
    expect(code).toBe(0);
    expect(out).toContain('No alert would be sent.\n\nNo finding is open at the end.');
  });

  test('has each e-mail in full', async () => {
    const { out } = await replay({ 'events.jsonl': openedAndClosed }, 'events.jsonl', '--alerts', 'email');
    expect(out).toContain(
      'Subject: [HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012\n\nHIGH - opened - port 22',
    );
    expect(out).toContain('  control  sg-no-world-admin-ipv4\n');
  });

  test('shows nothing that moves the cursor or hides', async () => {
    const hostile = event(START, { resourceId: 'sg-\u001b[2J\u202e\u200bx\ny' });
    for (const args of [
      [],
      ['--alerts', 'email'],
      ['--alerts', 'json'],
      ['--format', 'ndjson'],
      ['--format', 'json'],
    ]) {
      const { out } = await replay({ 'events.jsonl': [hostile] }, 'events.jsonl', ...args);
      for (const character of ['\u001b', '\u202e', '\u200b']) expect(out).not.toContain(character);
      expect(out).toContain('sg-');
    }
  });

  test('counts up on a terminal', async () => {
    const shell = folderOf({
      'events.jsonl': Array.from({ length: 120 }, (_, minute) => event(START + minute, closed)),
    });
    const columns = testShell({ columns: 80 });
    const { err } = await run([replayCommand], ['replay', 'events.jsonl'], {
      ...columns,
      folder: shell.folder,
    });
    expect(err).toContain('\rReplayed 100 of 120 events');
    expect(err).toContain('\r\u001b[2K');
  });
});

describe('json and ndjson', () => {
  test('say the same, and all of it', async () => {
    const files = { 'events.jsonl': openedAndClosed };
    const lines = await replay(files, 'events.jsonl', '--format', 'ndjson', '--alerts', 'json');
    const document = JSON.parse(
      (await replay(files, 'events.jsonl', '--format', 'json', '--alerts', 'json')).out,
    );
    expect(records(lines.out)).toEqual([
      ...document.alerts,
      ...document.findings,
      ...document.deadLetters,
      document.summary,
    ]);
    expect(lines.code).toBe(0);
    expect(document.alerts[0]).toMatchObject({
      kind: 'alert',
      at: expect.stringMatching(/^2026-01-31T09:00:00/),
      messageType: 'Opened',
      subject: '[HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012',
      summary: 'port 22 (tcp) is open to 0.0.0.0/0',
      alert: { schemaVersion: '1' },
    });
    expect(document.findings.map(({ state }: { state: string }) => state)).toEqual(['resolved', 'resolved']);
    expect(document.summary).toMatchObject({
      kind: 'summary',
      events: 2,
      judged: 2,
      alerts: { Opened: 1, Resolved: 1 },
      findings: { resolved: 2 },
      deadLetters: {},
      metrics: { AlertsSent: 2, 'AlertsSent/high': 2, ItemsJudged: 2 },
      complete: true,
    });
  });

  test('are the same bytes for the same seed', async () => {
    const files = { 'events.jsonl': openedAndClosed };
    const args = [
      'events.jsonl',
      '--format',
      'ndjson',
      '--alerts',
      'email',
      '--duplicate',
      '3',
      '--shuffle',
      '7',
    ];
    const failing = ['--fail', 'dynamodb:0.3', '--fail', 'sns:0.3', '--fail', 'crash:.1'];
    const once = await replay(files, ...args, ...failing);
    expect(await replay(files, ...args, ...failing)).toEqual(once);
    expect((await replay(files, ...args, ...failing, '--seed', '2')).out).not.toBe(once.out);
    const [summary] = ofKind(once.out, 'summary');
    expect(summary).toMatchObject({ events: 2, delivered: 8, repeatedEvents: 6, complete: true });
    expect(summary?.['failures']).toMatchObject({ dynamodb: expect.any(Number) });
  });
});

describe('what is read', () => {
  const kinds = async (files: Readonly<Record<string, unknown>>, ...names: string[]) => {
    const { out } = await replay(files, ...names, '--format', 'ndjson');
    return ofKind(out, 'alert').map(({ messageType }) => messageType);
  };

  test('snapshot and history files, in the order of capture', async () => {
    const snapshot = { configurationItems: [item(START + HOUR, closed), item(START)] };
    expect(await kinds({ 'b.json.gz': snapshot }, 'b.json.gz')).toEqual(['Opened', 'Resolved']);
  });

  test('bare items, and messages of AWS Config by way of SNS and SQS', async () => {
    const { detail } = event(START + HOUR, closed);
    const sns = { Type: 'Notification', Message: JSON.stringify(detail) };
    const files = {
      'a.json': item(START),
      'b.json': { Records: [{ messageId: '1', body: JSON.stringify(sns) }] },
    };
    expect(await kinds(files, 'a.json', 'b.json')).toEqual(['Opened', 'Resolved']);
  });

  test('an item that the notice of an oversized one needs', async () => {
    const notice = { ...oversizedChange({ capturedAt: iso(START) }), time: iso(START + 1000) };
    const other = item(START + HOUR, closed);
    expect(await kinds({ 'a.jsonl': [notice, item(START), other] }, 'a.jsonl')).toEqual([
      'Opened',
      'Resolved',
    ]);
    expect(await kinds({ 'a.jsonl': [notice, other] }, 'a.jsonl')).toEqual([]);
  });

  test('global items, as of the Region of the stack', async () => {
    const bucket = {
      ...item(START, { resourceType: 'AWS::S3::Bucket', configuration: {} }),
      awsRegion: 'global',
    };
    const { code, err } = await replay({ 'a.json': bucket }, 'a.json', '--region', 'eu-west-1');
    expect([code, err]).toEqual([1, expect.stringContaining('region eu-west-1')]);
  });

  test('events of others are passed by', async () => {
    const other = { ...event(START), source: 'aws.health', 'detail-type': 'AWS Health Event' };
    const { code, err } = await replay({ 'a.jsonl': [other, ...openedAndClosed] }, 'a.jsonl');
    expect(code).toBe(0);
    expect(err).toContain('1 events and messages were passed by');
  });

  test('records of log files go the way that they would have come', async () => {
    const stopped = record({
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: 'main' },
    });
    const { out, code } = await replay(
      { 'log.json': JSON.stringify({ Records: [stopped, stopped] }) },
      'log.json',
      '--format',
      'json',
    );
    expect(code).toBe(1);
    const { alerts } = JSON.parse(out);
    expect(alerts).toMatchObject([{ control: 'activity-cloudtrail-change', messageType: 'Opened' }]);
  });

  test('a call that comes as an event and in a log file is one alert', async () => {
    const call = {
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      eventID: 'the-call',
      requestID: 'the-request',
      requestParameters: { name: 'main' },
    };
    const sources: Record<string, unknown> = {
      'event.json': activityEvent(call),
      'log.json': JSON.stringify({ Records: [record(call)] }),
    };
    const told = async (...files: string[]) => {
      const { out } = await replay(
        Object.fromEntries(files.map((file) => [file, sources[file]])),
        ...files,
        '--format',
        'json',
      );
      const { alerts, findings } = JSON.parse(out);
      return { alerts: alerts.map(({ alertId }: { alertId: string }) => alertId), findings };
    };
    const byEvent = await told('event.json');
    expect(byEvent.alerts).toHaveLength(1);
    // Each way by itself, both, and either of them first: the ids follow from the eventID alone.
    for (const files of [['log.json'], ['event.json', 'log.json'], ['log.json', 'event.json']])
      expect((await told(...files)).alerts).toEqual(byEvent.alerts);
  });

  test('what can not be read is named, and the rest is replayed', async () => {
    const { code, out, err } = await replay(
      { 'a.jsonl': `${JSON.stringify(event(START))}\n{"broken\n{"foo":1}\n` },
      'a.jsonl',
    );
    expect(code).toBe(2);
    expect(err).toContain('error: a.jsonl:2:');
    expect(err).toContain('error: a.jsonl:3:1: expected an event of EventBridge or a configuration item');
    expect(out).toContain('Opened');
  });

  test('an event that its function can not read is a dead letter', async () => {
    const bad = { ...event(START), detail: { messageType: 'ConfigurationItemChangeNotification' } };
    const { code, out } = await replay({ 'a.jsonl': [bad] }, 'a.jsonl');
    expect(code).toBe(2);
    expect(out).toContain('1 dead letter (1 invalid-event)');
    expect(out).toContain('configurationItem: expected an object');
    const ndjson = await replay({ 'a.jsonl': [bad] }, 'a.jsonl', '--format', 'ndjson');
    expect(ofKind(ndjson.out, 'dead-letter')).toMatchObject([
      { function: 'evaluate-configuration', reason: 'invalid-event' },
    ]);
  });

  test('events of an account that is not covered are dead letters, too', async () => {
    const foreign = { ...event(START + HOUR), account: '210987654321' };
    const { code, err } = await replay({ 'a.jsonl': [...opened, foreign] }, 'a.jsonl');
    expect(code).toBe(2);
    expect(err).toContain('1 events are from where compliance.yml does not cover');
    expect((await replay({ 'a.jsonl': opened }, 'a.jsonl', '--account', '210987654321')).code).toBe(2);
  });

  test.each([
    [{ 'a.jsonl': 'null\n' }, 'There is no event to replay'],
    [{}, 'there is no such file'],
  ])('nothing: %j', async (files, message) => {
    const { code, err } = await replay(files, 'a.jsonl');
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('--compare', () => {
  const exempt = `
version: 1
exemptions:
  - control: sg-no-world-admin-ipv4
    scope: { resources: ['*'] }
    owner: web-team
    reason: a migration
    expires: '2026-12-31'
`;
  const off = 'version: 1\ncontrols:\n  sg-no-world-admin-ipv6:\n    mode: off\n';

  test('prints the alerts and findings that differ', async () => {
    const files = { 'a.jsonl': opened, 'other.yml': exempt };
    const { code, out } = await replay(files, 'a.jsonl', '--compare', 'other.yml');
    expect(code).toBe(1);
    expect(out).toContain('Alerts lost\n');
    expect(out).not.toContain('Alerts gained');
    expect(out).toMatch(/high +open +exempt +sg-no-world-admin-ipv4/);
    expect(out).toContain('1 alert before, 0 after: 0 gained, 1 lost; 1 finding end otherwise.');
    const reversed = await replay(
      files,
      'a.jsonl',
      '--config',
      'other.yml',
      '--compare',
      'compliance.yml',
      '--format',
      'ndjson',
    );
    expect(records(reversed.out)).toMatchObject([
      { kind: 'alert-gained', messageType: 'Opened' },
      { kind: 'finding-differs', base: 'exempt', other: 'open' },
      {
        kind: 'summary',
        gained: 1,
        lost: 0,
        findings: 1,
        base: { alerts: {} },
        other: { alerts: { Opened: 1 } },
      },
    ]);
  });

  test('is 0 when nothing differs, although findings are open', async () => {
    const files = { 'a.jsonl': opened, 'other.yml': off };
    const { code, out } = await replay(files, 'a.jsonl', '--compare', 'other.yml');
    expect([code, out]).toEqual([
      0,
      '1 alert before, 1 after: 0 gained, 0 lost; 0 findings end otherwise.\n',
    ]);
  });
});

describe('the compliance.yml', () => {
  const expiring = (day: string) =>
    `version: 1\nexemptions:\n  - { control: S3.8, scope: { resources: ["*"] }, owner: a, reason: b, expires: "${day}" }\n`;

  test('may be one of the time of the events, or of today', async () => {
    const old = [event(Date.parse('2024-06-01T00:00:00Z'), closed)];
    for (const day of ['2024-07-01', '2026-12-31']) {
      expect((await replay({ 'a.jsonl': old, 'compliance.yml': expiring(day) }, 'a.jsonl')).code).toBe(0);
    }
  });

  test('that has mistakes, or is not there', async () => {
    const wrong = await replay({ 'a.jsonl': opened, 'compliance.yml': 'version: 2\n' }, 'a.jsonl');
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining('compliance.yml has mistakes\ncompliance.yml:1:10 version'),
    ]);
    const missing = await replay({ 'a.jsonl': opened }, 'a.jsonl', '--config', 'no.yml');
    expect([missing.code, missing.err]).toEqual([
      2,
      expect.stringContaining('no.yml: there is no such file'),
    ]);
  });
});

describe('the command line', () => {
  test('has examples of every option', async () => {
    const { code, out } = await run([replayCommand], ['replay', '--help']);
    expect(code).toBe(0);
    const examples = out.slice(out.indexOf('Examples:'));
    for (const option of [
      '--config',
      '--compare',
      '--duplicate',
      '--shuffle',
      '--drop',
      '--fail',
      '--seed',
      '--until',
      '--format',
      '--alerts',
      '--account',
      '--region',
    ]) {
      expect(examples).toContain(option);
    }
  });

  test.each([
    [
      ['--fail', 'dynamo:0.2'],
      'Expected one of dynamodb, events, sns, sqs, config, crash, a colon and a rate',
    ],
    [['--fail', 'sns:2'], 'Expected a rate from 0 to 1.'],
    [['--drop', 'some'], 'Expected a rate from 0 to 1.'],
    [['--duplicate', '1.5'], 'Expected a whole number from 1 to 99, or a rate below 1.'],
    [['--shuffle', 'x'], 'Expected a whole number.'],
    [['--until', 'soon'], 'Expected a time such as'],
    [['--account', '1'], 'Expected an account id of 12 digits.'],
    [['--region', 'mars'], 'Expected the name of an AWS Region'],
    [['--format', 'xml'], 'Allowed choices are text, json, ndjson.'],
    [['--alerts', 'sms'], 'Allowed choices are email, json.'],
    [[], "missing required argument 'file'"],
  ])('%j ends with 2 and says why', async (args, message) => {
    const { code, out, err } = await run(
      [replayCommand],
      ['replay', ...(args.length === 0 ? [] : ['a.jsonl']), ...args],
    );
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
  });
});
