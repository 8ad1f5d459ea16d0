import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import command from '../../../cli/commands/who';
import { type WhoOptions, who } from '../../../cli/who/who';
import { objectAt } from '../../../local/trails/objects';
import { hostileText } from '../../shared/tell/hostile-text';
import { fixtureLines } from '../../support/judge-rule';
import { opening, trailWithCall } from '../evidence/proven-finding';
import { folderWith } from '../input/reading';
import { run, testShell } from '../test-shell';

const ACCOUNT = '111122223333';
const call = (parts: Record<string, unknown> = {}) => ({
  eventVersion: '1.11',
  eventID: 'e-1',
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: '2026-01-31T09:00:00Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: ACCOUNT,
  readOnly: false,
  managementEvent: true,
  sourceIPAddress: '192.0.2.1',
  userAgent: 'aws-cli/2.15',
  userIdentity: {
    type: 'IAMUser',
    arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
    accountId: ACCOUNT,
    userName: 'alice',
    accessKeyId: 'AKIAEXAMPLE',
  },
  requestParameters: { groupId: 'sg-1' },
  ...parts,
});

async function asked(
  resource: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<WhoOptions> = {},
  {
    names = Object.keys(files),
    stdin = '',
    columns,
  }: { names?: string[]; stdin?: string; columns?: number } = {},
) {
  const shell = testShell({ folder: folderWith(files), ...(columns === undefined ? {} : { columns }) });
  const pipes = { stdin: Readable.from([Buffer.from(stdin)]) };
  const code = await who(resource, names, { format: 'ndjson', ...options }, shell, pipes);
  return { code, ...shell.said };
}
const idsIn = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { eventID: string }).eventID);
const log = (...records: unknown[]) => JSON.stringify({ Records: records });

test('a line has these fields', async () => {
  const { code, out, err } = await asked('sg-1', { 'log.json': log(call()) });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toEqual({
    eventTime: '2026-01-31T09:00:00.000Z',
    eventID: 'e-1',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    errorCode: null,
    accountId: ACCOUNT,
    region: 'eu-west-1',
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: 'sg-1',
    actor: `arn:aws:iam::${ACCOUNT}:user/alice`,
    actorType: 'iam-user',
    issuer: null,
    assumedBy: null,
    mfa: false,
    console: false,
    invokedBy: null,
    sourceIp: '192.0.2.1',
    userAgent: 'aws-cli/2.15',
    accessKeyId: 'AKIAEXAMPLE',
  });
});

test.each<[string, string | Uint8Array]>([
  ['a log file', gzipSync(log(call()))],
  ['records by lines', `${JSON.stringify(call())}\n`],
  [
    'an event',
    JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: call() }),
  ],
  [
    'an answer of LookupEvents',
    JSON.stringify({ Events: [{ EventId: 'e-1', CloudTrailEvent: JSON.stringify(call()) }] }),
  ],
  ['a list', JSON.stringify([call()])],
])('the same out of %s', async (_name, content) => {
  const { code, out } = await asked('sg-1', { 'x.json': content });
  expect([code, ...idsIn(out)]).toEqual([0, 'e-1']);
});

test('the newest last, each once, out of any files and stdin', async () => {
  const later = call({ eventID: 'e-2', eventTime: '2026-01-31T10:00:00Z' });
  const files = { 'b.jsonl': `${JSON.stringify(later)}\n`, 'c.json': log(later, call()) };
  const { out } = await asked(
    'sg-1',
    files,
    {},
    {
      names: ['b.jsonl', 'c.json', '-'],
      stdin: log(call({ eventID: 'e-0', eventTime: '2026-01-31T08:00:00Z' })),
    },
  );
  expect(idsIn(out)).toEqual(['e-0', 'e-1', 'e-2']);
});

test.each([
  ['reads', { eventName: 'DescribeSecurityGroups', readOnly: true }],
  ['fails', { errorCode: 'Client.UnauthorizedOperation' }],
  ['is about another', { requestParameters: { groupId: 'sg-2' } }],
  [
    'merely refers to it',
    { eventName: 'RunInstances', requestParameters: { groupSet: { items: [{ groupId: 'sg-1' }] } } },
  ],
])('a call that %s is not listed', async (_name, parts) => {
  expect(await asked('sg-1', { 'log.json': log(call(parts)) })).toEqual({ code: 0, out: '', err: '' });
});

test('calls that failed are listed when asked for', async () => {
  const files = { 'log.json': log(call({ errorCode: 'AccessDenied' })) };
  expect(idsIn((await asked('sg-1', files, { failed: true })).out)).toEqual(['e-1']);
  expect((await asked('sg-1', files, { failed: true, format: 'text' })).out).toContain('(AccessDenied)');
});

test.each(['web', `arn:aws:iam::${ACCOUNT}:role/team/web`])('a role by %s', async (name) => {
  const attached = call({
    eventSource: 'iam.amazonaws.com',
    eventName: 'AttachRolePolicy',
    awsRegion: 'us-east-1',
    requestParameters: { roleName: 'web', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  });
  expect(idsIn((await asked(name, { 'log.json': log(attached) })).out)).toEqual(['e-1']);
});

test('a root session is told with who asked for it, whichever record comes first', async () => {
  const root = {
    type: 'Root',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAROOT',
  };
  const started = call({
    eventID: 'e-s',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoot',
    readOnly: true,
    requestParameters: { targetPrincipal: ACCOUNT },
    responseElements: { credentials: { accessKeyId: 'ASIAROOT' } },
  });
  const { out } = await asked('sg-1', { 'log.json': log(call({ userIdentity: root }), started) });
  expect(JSON.parse(out)).toMatchObject({
    actorType: 'assumed-root',
    assumedBy: `arn:aws:iam::${ACCOUNT}:user/alice`,
  });
});

test('what can’t be read is said with its place, and the rest is listed', async () => {
  const files = {
    'a.jsonl': `${JSON.stringify(call({ eventTime: 'then' }))}\n{"a":1}\n7\n${JSON.stringify(call())}\n`,
  };
  const { code, out, err } = await asked('sg-1', files, {}, { names: ['a.jsonl', 'none.json'] });
  expect([code, ...idsIn(out)]).toEqual([2, 'e-1']);
  expect(err.trimEnd().split('\n')).toEqual([
    'error: none.json: there is no such file',
    'error: a.jsonl:1:1: CloudTrail record: eventTime: expected an ISO 8601 time',
    'error: a.jsonl:2:1: expected a CloudTrail record, found an object with a',
    'error: a.jsonl:3:1: expected a CloudTrail record',
  ]);
});

test('the digests among the log files hold no records, and are no mistake', async () => {
  const { digests, logs, objects } = trailWithCall();
  const paths = [...digests, ...logs];
  const files = Object.fromEntries([
    ...paths.map((place) => [`${place.bucket}/${place.key}`, objectAt(objects, place).body]),
    ...digests.map(({ bucket, key }) => [
      `${bucket}/${key}.metadata.json`,
      JSON.stringify({ signature: '00', 'signature-algorithm': 'SHA256withRSA' }),
    ]),
  ]);
  const { code, out, err } = await asked(
    'sg-0123456789abcdef0',
    files,
    {},
    { names: [paths[0]?.bucket ?? ''] },
  );
  expect({ code, err, ids: idsIn(out) }).toEqual({ code: 0, err: '', ids: [opening.eventID] });
});

describe('for people', () => {
  test('a table, the newest last', async () => {
    const files = {
      'log.json': log(
        call(),
        call({ eventID: 'e-2', eventTime: '2026-01-31T10:00:00Z', eventName: 'DeleteSecurityGroup' }),
      ),
    };
    const { out } = await asked('sg-1', files, { format: 'text' });
    expect(out.split('\n')).toEqual(
      [
        'TIME                  CALL                           WHO                                    FROM       TYPE',
        '2026-01-31T09:00:00Z  AuthorizeSecurityGroupIngress  arn:aws:iam::111122223333:user/alice  192.0.2.1  AWS::EC2::SecurityGroup',
        '    no MFA, key AKIAEXAMPLE, aws-cli/2.15',
        '2026-01-31T10:00:00Z  DeleteSecurityGroup            arn:aws:iam::111122223333:user/alice  192.0.2.1  AWS::EC2::SecurityGroup',
        '    no MFA, key AKIAEXAMPLE, aws-cli/2.15',
        '',
        '2 calls that changed sg-1, of 2 records that may change something.',
        '',
      ].map((line, index) => (index === 0 ? line.replace('  FROM', ' FROM') : line)),
    );
  });

  test.each<[number, string[]]>([
    [
      120,
      [
        'TIME                  CALL                           WHO',
        '2026-01-31T09:00:00Z  AuthorizeSecurityGroupIngress  arn:aws:iam::111122223333:user/a-longer-name-than-most',
        '    from 192.0.2.1, no MFA, key AKIAEXAMPLE, aws-cli/2.15',
      ],
    ],
    [
      80,
      [
        'TIME                  CALL                           FROM',
        '2026-01-31T09:00:00Z  AuthorizeSecurityGroupIngress  192.0.2.1',
        '    arn:aws:iam::111122223333:user/a-longer-name-than-most',
        '    no MFA, key AKIAEXAMPLE, aws-cli/2.15',
      ],
    ],
    [
      60,
      [
        'TIME                  CALL',
        '2026-01-31T09:00:00Z  AuthorizeSecurityGroupIngress',
        '    arn:aws:iam::111122223333:user/a-longer-name-than-most',
        '    from 192.0.2.1',
        '    no MFA, key AKIAEXAMPLE, aws-cli/2.15',
      ],
    ],
  ])('at %i columns who and from where are whole', async (columns, lines) => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/a-longer-name-than-most`;
    const files = { 'log.json': log(call({ userIdentity: { ...call().userIdentity, arn } })) };
    const { out } = await asked('sg-1', files, { format: 'text' }, { columns });
    expect(out.split('\n').slice(0, -3).map(stripVTControlCharacters)).toEqual(lines);
  });

  test.each([20, 60, 200])('%i columns are enough', async (columns) => {
    const { out } = await asked('sg-1', { 'log.json': log(call()) }, { format: 'text' }, { columns });
    const lines = out.split('\n').slice(0, -2).map(stripVTControlCharacters);
    expect(
      Math.max(...lines.filter((line) => !line.startsWith('1 call')).map(({ length }) => length)),
    ).toBeLessThanOrEqual(columns);
  });

  test('hostile texts stay texts', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom('text', 'json', 'ndjson'), async (text, format) => {
        const hostile = call({
          userAgent: text,
          sourceIPAddress: text,
          userIdentity: { type: 'IAMUser', userName: text, arn: text },
        });
        const { out } = await asked('sg-1', { 'log.json': log(hostile) }, { format } as WhoOptions);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may come out
        expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(out).toContain('AuthorizeSecurityGroupIngress');
      }),
      { numRuns: 60 },
    );
  });

  test('nothing found is said', async () => {
    const { code, out } = await asked('sg-9', { 'log.json': log(call()) }, { format: 'text' });
    expect([code, out]).toEqual([0, '0 calls that changed sg-9, of 1 record that may change something.\n']);
  });
});

test('real logs: who changed the trail', async () => {
  const rows = fixtureLines<{ event: unknown }>('cloudtrail-attacks/invictus.jsonl');
  const { code, out } = await asked(
    'stratus-red-team-ctes-trail-qyxyekjbtk',
    { 'log.json': log(...rows.map(({ event }) => event)) },
    { format: 'json' },
  );
  const { changes } = JSON.parse(out) as { changes: { eventName: string; actor: string }[] };
  // Two of them are of the same second.
  expect([code, ...changes.map(({ eventName }) => eventName)]).toEqual([
    0,
    'StartLogging',
    'CreateTrail',
    'PutEventSelectors',
    'DeleteTrail',
  ]);
  expect(new Set(changes.map(({ actor }) => actor)).size).toBe(1);
});

test('the command line', async () => {
  const shell = testShell({ folder: folderWith({ 'log.json': log(call()) }) });
  const { code, out } = await run([command], ['who', 'sg-1', 'log.json', '--format', 'ndjson'], shell);
  expect([code, ...idsIn(out)]).toEqual([0, 'e-1']);
  expect((await run([command], ['who', 'sg-1'])).code).toBe(2);
});
