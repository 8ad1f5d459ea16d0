import explainCommand from '../../../cli/commands/explain';
import { widthOf } from '../../../cli/terminal';
import { projectWith } from '../rules/project';
import { run, testShell } from '../test-shell';

const COMPLIANCE = `version: 1
controls:
  sg-no-world-admin-ipv4:
    parameters:
      adminPorts: [22, 5985]
exemptions:
  - control: S3.8
    scope:
      accounts: ["111122223333"]
      resources: ["www-*"]
    owner: web-team@example.com
    reason: The bucket is a public website.
    expires: 2026-03-31
`;
const explain = (args: readonly string[], shell = testShell({ folder: projectWith(COMPLIANCE) })) =>
  run([explainCommand], ['explain', ...args], shell);

test.each(['sg-no-world-admin-ipv4', 'EC2.53', 'cis-3.0.0:5.2'])('%s is found', async (name) => {
  const { code, out, err } = await explain([name]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`sg-no-world-admin-ipv4
  No security group admits 0.0.0.0/0 to remote administration ports.
  Severity high, version 1.
`);
  for (const part of [
    'Why it matters\n  Open administration ports',
    'What it reads\n  Of AWS::EC2::SecurityGroup:\n  - configuration.ipPermissions.fromPort\n',
    '    Default: [22,3389]\n    By compliance.yml: [22,5985]\n',
    '    Default: 0\n\n',
    'Here, by compliance.yml\n  Mode notify: people are told.\n  No exemptions.\n',
    'What you can do when it fails\n  1. Find out',
    '  CIS AWS Foundations       5.2 (1.4.0, 3.0.0), 5.3 (',
    '  - VPC_SG_PORT_RESTRICTION_CHECK\n',
    '{"source":["aws.config"],"detail-type":["Config Configuration Item Change"]',
  ]) {
    expect(out).toContain(part);
  }
});

test('exemptions here, with their last day', async () => {
  const { out } = await explain(['S3.8']);
  expect(out).toContain(
    '  - Exempt through 2026-03-31 (UTC) for accounts 111122223333; resources www-*. web-team@example.com: The bucket',
  );
});

const MEND = 'arn:aws:lambda:eu-central-1:111122223333:function:mend';

test('how it is mended, and for which resources in another mode', async () => {
  const scoped = `version: 1
controls:
  sg-no-world-admin-ipv4:
    mode: approve
    scopes: [{ mode: auto, accounts: ["111122223333"], resources: ["web-*"] }]
  ec2-instance-no-public-ip:
    remediation: { use: lambda-run-function, settings: { function: "${MEND}", allowed: ["${MEND}"] } }
`;
  const here = () => testShell({ folder: projectWith(scoped) });
  const { out } = await explain(['EC2.53'], here());
  expect(out).toContain(`  Mode approve: people are told, and it is changed when one of them approves.
  - Mode auto for accounts 111122223333; resources web-*: people are told, and`);
  expect(out).toContain(`What Trailseal can do about it
  Close administration ports of a security group to the world (sg-revoke-world-rule).
  Mode auto, which asks nobody, is for where this holds: The rules that are`);
  expect(out).toContain('It can be undone, by an approval of its own: Administration ports');
  expect((await explain(['ec2-instance-no-public-ip'], here())).out).toContain(`What Trailseal can do about it
  Run a Lambda function of the team's own (lambda-run-function).
  Only by approval: What a function does can not be known from outside.
  It is not undone.
`);
  expect((await explain(['activity-root-usage'], here())).out).not.toContain('What Trailseal can do');
});

test('what guards the evidence says so', async () => {
  const { out } = await explain(['CloudTrail.4']);
  expect(out).toContain("It can't be exempted: it guards the evidence that every other alert rests on.");
});

test('a detection: what it listens to, and each rule that brings it calls', async () => {
  const { out } = await explain(['activity-root-usage']);
  for (const part of [
    'What it reads\n  Of the records of CloudTrail:\n  - sts.amazonaws.com: AssumeRoot\n  - any call of any service, read-only ones too\n',
    'EventBridge pattern that brings it calls\n  {"source":[{"prefix":"aws."}]',
    '"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]}',
  ]) {
    expect(out).toContain(part);
  }
  const none = await explain(['activity-unapproved-region']);
  expect(none.out).toContain('None: its parameters leave nothing to listen for.');
  const { out: json } = await explain(['activity-cloudhsm-change', '--format', 'json']);
  expect(JSON.parse(json).eventPattern).toMatchObject({
    detail: { eventSource: ['cloudhsm.amazonaws.com'] },
  });
});

test.each(['json', 'ndjson'])('%s has everything', async (format) => {
  const { out } = await explain(['S3.8', '--format', format]);
  expect(out.trimEnd().includes('\n')).toBe(format === 'json');
  expect(JSON.parse(out)).toMatchObject({
    kind: 'control',
    id: 's3-bucket-public-access-block',
    settings: { mode: 'notify', parameters: {} },
    exemptions: [{ owner: 'web-team@example.com', expiresAt: '2026-04-01T00:00:00.000Z' }],
    eventPattern: { source: ['aws.config'] },
  });
});

test.each([
  [
    'VPC_SG_PORT_RESTRICTION_CHECK',
    'error: ID: VPC_SG_PORT_RESTRICTION_CHECK stands for several controls\nName one of them:\nsg-no-world-admin-ipv4: No security group',
  ],
  ['sg-no-world-admin-ipv5', 'Did you mean sg-no-world-admin-ipv4, sg-no-world-admin-ipv6?\n'],
  ['monitoring', 'Did you mean ec2-detailed-monitoring'],
  ['ec2.53', 'Did you mean EC2.53'],
  ['cis-3.0:5.2', 'Did you mean cis-3.0.0:5.2'],
  ['\u001b[2Jx', 'error: ID: no control is named [2Jx\nAll controls: trailseal rules\n'],
])('%j ends with 2 and says what to ask for', async (name, message) => {
  const { code, out, err } = await explain([name]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('without compliance.yml, mode and exemptions are not known', async () => {
  const { code, out } = await explain(['S3.8'], testShell());
  expect(code).toBe(0);
  expect(out).toContain('Here\n  Mode and exemptions are not known.\n');
  expect(JSON.parse((await explain(['S3.8', '--format', 'json'], testShell())).out)).toMatchObject({
    settings: null,
    exemptions: null,
  });
});

test.each([30, 60, 100])('fits a terminal of %s columns', async (columns) => {
  const { out } = await explain(
    ['EC2.53'],
    testShell({ columns, env: { NO_COLOR: '1' }, folder: projectWith(COMPLIANCE) }),
  );
  expect(Math.max(...out.split('\n').map(widthOf))).toBeLessThanOrEqual(columns);
});

test('the pattern of a control is its part of the one that is deployed', async () => {
  const { out } = await explain(['RDS.2', '--format', 'json']);
  expect(JSON.parse(out).eventPattern).toEqual({
    source: ['aws.config'],
    'detail-type': ['Config Configuration Item Change'],
    detail: {
      $or: [
        { configurationItem: { resourceType: ['AWS::RDS::DBInstance'] } },
        { configurationItemSummary: { resourceType: ['AWS::RDS::DBInstance'] } },
      ],
    },
  });
});

describe('a control that verifies files', () => {
  const WITH_BUCKET = `${COMPLIANCE}trails:\n  buckets:\n    - name: example-logs\n`;
  const project = projectWith(WITH_BUCKET);

  test('says what it looks at, and what brings it files here', async () => {
    const { code, out } = await explain(['cloudtrail-digest-chain'], testShell({ folder: project }));
    expect(code).toBe(0);
    for (const part of [
      'What it reads\n  The digests of each account, Region and trail: their signatures',
      'Mode notify: people are told.\n',
      "It can't be exempted",
      'EventBridge pattern that brings it files\n  {"source":["aws.s3"]',
      '"bucket":{"name":["example-logs"]}',
    ]) {
      expect(out).toContain(part);
    }
    expect(out).not.toContain('Parameters');
  });

  test('without a bucket there is nothing to listen to', async () => {
    const { out } = await explain(['cloudtrail-log-integrity']);
    expect(out).toContain('None: compliance.yml names no bucket under trails.buckets.');
    const json = await explain(['cloudtrail-log-integrity', '--format', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({
      judgedBy: 'verification',
      reads: [],
      verifies: expect.stringContaining('SHA-256'),
      eventPattern: {},
      parameters: { type: 'object', properties: {} },
    });
  });
});
