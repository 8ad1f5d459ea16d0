import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import command from '../../../cli/commands/detect';
import { type DetectOptions, detect } from '../../../cli/detect/detect';
import { call, denied, root, signIn, user } from '../../shared/controls/detections/detecting';
import { folderWith } from '../input/reading';
import { run, testShell } from '../test-shell';

const policy = 'version: 1\n';
const stopped = { ...call('cloudtrail', 'StopLogging', { name: 'main' }), eventID: 'stopped' };
const route = { ...call('ec2', 'CreateRouteTable', { vpcId: 'vpc-1' }), eventID: 'route' };
const looking = call('ec2', 'DescribeInstances', null, { readOnly: true });
const failures = [0, 1, 2, 3, 4].map((minute) => ({
  ...signIn(user('bob'), 'Failure'),
  eventID: `failed-${minute}`,
  eventTime: `2026-01-31T10:0${minute}:00Z`,
}));

async function detected(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<DetectOptions> = {},
  names: readonly string[] = Object.keys(files).filter((name) => name !== 'compliance.yml'),
  stdin: Readable = Readable.from([]),
) {
  const shell = testShell({ folder: folderWith({ 'compliance.yml': policy, ...files }) });
  const code = await detect(names, { format: 'ndjson', minSeverity: 'informational', ...options }, shell, {
    stdin,
  });
  return { code, ...shell.said };
}
const log = (...Records: object[]) => JSON.stringify({ Records });
const linesOf = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test.each<[string, string | Uint8Array]>([
  ['a log file', log(looking, stopped)],
  ['a gzipped log file', gzipSync(log(looking, stopped))],
  ['lines', `${JSON.stringify(looking)}\n${JSON.stringify(stopped)}\n`],
  [
    'an event of EventBridge',
    JSON.stringify({
      source: 'aws.cloudtrail',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: stopped,
    }),
  ],
  ['an answer of LookupEvents', JSON.stringify({ Events: [{ CloudTrailEvent: JSON.stringify(stopped) }] })],
])('reads %s', async (_, content) => {
  const { code, out, err } = await detected({ 'log.json': content });
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(linesOf(out)).toEqual([
    {
      control: 'activity-cloudtrail-change',
      eventID: 'stopped',
      eventName: 'StopLogging',
      actor: 'arn:aws:sts::123456789012:assumed-role/Ops/alice',
      severity: 'critical',
      summary: 'StopLogging: trail main',
    },
  ]);
});

test('nothing found is 0, also of what failed', async () => {
  expect(await detected({ 'log.json': log(looking, denied(stopped)) })).toEqual({
    code: 0,
    out: '',
    err: '',
  });
});

test('what counts is told once for an episode, whatever the order and however often', async () => {
  const once = await detected({ 'log.json': log(...failures) });
  const twice = await detected({ 'log.json': log(...failures.toReversed(), ...failures) });
  expect(linesOf(once.out)).toEqual([
    expect.objectContaining({
      control: 'activity-console-auth-failure',
      eventID: 'failed-0',
      summary: expect.stringContaining('the first of 5 such until 2026-01-31T10:04:00.000Z'),
    }),
  ]);
  expect(twice).toEqual(once);
  expect(await detected({ 'log.json': log(...failures.slice(1), ...failures.slice(1)) })).toMatchObject({
    code: 0,
  });
});

test('a use of root is joined with the session that it was in', async () => {
  const assumed = call(
    'sts',
    'AssumeRoot',
    { targetPrincipal: '123456789012' },
    { eventID: 'assumed', responseElements: { credentials: { accessKeyId: 'ASIAROOTEXAMPLE' } } },
  );
  const used = call(
    's3',
    'DeleteBucketPolicy',
    { bucketName: 'b' },
    { userIdentity: { ...root, accessKeyId: 'ASIAROOTEXAMPLE' } },
  );
  const severities = ({ out }: { out: string }) =>
    linesOf(out)
      .filter(({ control }) => control === 'activity-root-usage')
      .map(({ eventName, severity }) => `${eventName} ${severity}`)
      .sort();
  expect(severities(await detected({ 'log.json': log(used, assumed) }))).toEqual([
    'AssumeRoot medium',
    'DeleteBucketPolicy medium',
  ]);
  expect(severities(await detected({ 'log.json': log(used) }))).toEqual(['DeleteBucketPolicy critical']);
});

test('only what is bad enough, and how much was not', async () => {
  const { code, out, err } = await detected({ 'log.json': log(route) }, { minSeverity: 'high' });
  expect({ code, out, err }).toEqual({ code: 0, out: '', err: '1 found of less than high severity\n' });
});

test('only by the detections that are asked for, also those that are off', async () => {
  const off = 'version: 1\ncontrols:\n  activity-route-table-change:\n    mode: off\n';
  const files = { 'compliance.yml': off, 'log.json': log(route, stopped) };
  const ids = async (options: Partial<DetectOptions>) =>
    linesOf((await detected(files, options)).out).map(({ eventID }) => eventID);
  expect(await ids({})).toEqual(['stopped']);
  expect(await ids({ control: ['CloudWatch.13'] })).toEqual(['route']);
});

test('what is exempt is counted, and not found', async () => {
  const exempt = `version: 1
exemptions:
  - control: activity-route-table-change
    scope:
      accounts: ["123456789012"]
    owner: net@example.com
    reason: A sandbox.
    expires: 2026-03-31
`;
  const { code, err } = await detected({ 'compliance.yml': exempt, 'log.json': log(route) });
  expect({ code, err }).toEqual({ code: 0, err: '1 found, but exempt\n' });
});

test('people get the worst first, and no control characters', async () => {
  const hostile = {
    ...call('cloudtrail', 'DeleteTrail', { name: 'x\u001b[2J\u202ey' }),
    eventTime: '2026-01-31T11:00:00Z',
  };
  const { out } = await detected({ 'log.json': log(route, hostile, stopped) }, { format: 'text' });
  expect(['\u001b', '\u202e'].filter((character) => out.includes(character))).toEqual([]);
  const order = [...out.matchAll(/^(critical|informational) +(\S+)/gm)].map(
    ([, severity, id]) => `${severity} ${id}`,
  );
  expect(order).toEqual([
    'critical activity-cloudtrail-change',
    'critical activity-cloudtrail-change',
    'informational activity-route-table-change',
  ]);
  expect(out).toContain('3 records read, judged by compliance.yml: found 2 critical, 1 informational.\n');
});

test('json has what was found and how much', async () => {
  const { out } = await detected({ 'log.json': log(stopped, looking) }, { format: 'json' });
  expect(JSON.parse(out)).toMatchObject({
    sightings: [{ control: 'activity-cloudtrail-change', resourceId: 'main', attempted: false }],
    summary: { records: 2, found: 1, problems: 0, isComplete: true, policy: 'compliance.yml' },
  });
});

test.each([
  [
    'what is none',
    '{"Records":[{"x":1}]}',
    'log.json:1:13: expected a CloudTrail record, found an object with x',
  ],
  [
    'a record without its time',
    log({ ...stopped, eventTime: 'never' }),
    'log.json:1:13: CloudTrail record: eventTime: expected an ISO 8601 time',
  ],
  ['a file that is cut', log(stopped).slice(0, -40), 'log.json:1:13: '],
])('%s is 2, with its place', async (_, content, message) => {
  const { code, err } = await detected({ 'log.json': content });
  expect(code).toBe(2);
  expect(err).toContain(`error: ${message}`);
});

test('the standard input, and the options of the command line', async () => {
  const { out } = await detected({}, {}, ['-'], Readable.from([Buffer.from(log(stopped))]));
  expect(linesOf(out)).toHaveLength(1);
  const shell = testShell({ folder: folderWith({ 'compliance.yml': policy, 'log.json': log(stopped) }) });
  expect((await run([command], ['detect', 'log.json', '--format', 'ndjson'], shell)).code).toBe(1);
  const unknown = await run([command], ['detect', 'x', '--control', 'activity-root-usag']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('Did you mean activity-root-usage?');
});
