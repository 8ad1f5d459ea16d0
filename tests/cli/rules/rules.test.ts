import { join } from 'node:path';
import rulesCommand from '../../../cli/commands/rules';
import { SEVERITIES } from '../../../cli/severity';
import { widthOf } from '../../../cli/terminal';
import { severities } from '../../../shared/contracts/trailseal/finding';
import { controls } from '../../../shared/controls';
import { run, testShell } from '../test-shell';
import { projectWith } from './project';

const VALID = 'version: 1\ncontrols:\n  sg-no-world-admin-ipv4:\n    mode: off\n';
const list = (args: readonly string[], shell = testShell({ folder: projectWith(VALID) })) =>
  run([rulesCommand], ['rules', ...args], shell);
const ids = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'control')
    .map(({ id }) => id);

test('every control, worst first, with its mode', async () => {
  const { code, out, err } = await list([]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^SEVERITY +CONTROL +MODE +WHAT HOLDS +RESOURCE TYPES$/);
  expect(lines.slice(1, controls.length + 1).map((line) => line.split(/ +/)[0])).toEqual(
    controls.map(({ severity }) => severity).sort((a, b) => severities.indexOf(a) - severities.indexOf(b)),
  );
  expect(out).toMatch(/^high +sg-no-world-admin-ipv4 +off /m);
  expect(out).toMatch(/^high +sg-no-world-admin-ipv6 +notify /m);
  expect(out).toContain(`${controls.length} controls: `);
  expect(out).toContain(`; by compliance.yml: 1 off, ${controls.length - 1} notify.`);
});

test('json has everything', async () => {
  const { out } = await list(['--format', 'json', '--framework', 'CIS-3.0.0', '--service', 'EC2']);
  const { controls: selected, summary } = JSON.parse(out);
  expect(selected.find(({ id }: { id: string }) => id === 'sg-no-world-admin-ipv4')).toMatchObject({
    kind: 'control',
    id: 'sg-no-world-admin-ipv4',
    severity: 'high',
    resourceTypes: ['AWS::EC2::SecurityGroup'],
    judgedBy: 'rule',
    verifies: null,
    reads: expect.arrayContaining(['configuration.ipPermissions.ipv4Ranges.cidrIp']),
    aliases: expect.arrayContaining(['EC2.53', 'VPC_SG_PORT_RESTRICTION_CHECK', 'cis-3.0.0:5.2']),
    frameworks: { 'cis-3.0.0': ['5.2'], securityHub: ['EC2.53'] },
    parameters: { type: 'object', properties: { adminPorts: { type: 'array', default: [22, 3389] } } },
    settings: { mode: 'off', parameters: { adminPorts: [22, 3389], maxWorldPrefix: 0 } },
  });
  expect(summary).toMatchObject({ controls: selected.length, ofAll: controls.length });
});

test.each<[args: string[], expected: string[]]>([
  [
    ['--service', 's3', 'RDS'],
    [
      'rds-no-public-access',
      's3-account-public-access-block',
      's3-bucket-public-access-block',
      's3-bucket-ssl-only',
      's3-bucket-default-encryption',
    ],
  ],
  [
    ['--severity', 'critical', 'low'],
    [
      'cloudtrail-digest-chain',
      'cloudtrail-log-integrity',
      'cloudtrail-logging-active',
      'rds-no-public-access',
      'ec2-detailed-monitoring',
      'ec2-security-group-in-use',
      'iam-user-no-direct-policies',
      's3-bucket-default-encryption',
    ],
  ],
  [
    ['--framework', 'cis-1.4.0', '--service', 'ec2'],
    ['sg-no-world-admin-ipv4', 'vpc-default-sg-closed', 'vpc-flow-logs-enabled'],
  ],
  [
    ['--framework', 'cis', '--service', 'ec2'],
    [
      'ec2-instance-imdsv2',
      'sg-no-world-admin-ipv4',
      'sg-no-world-admin-ipv6',
      'vpc-default-sg-closed',
      'vpc-flow-logs-enabled',
    ],
  ],
  [['--framework', 'PCI-DSS-4', '--severity', 'critical', '--service', 'rds'], ['rds-no-public-access']],
  [
    ['--service', 'cloudtrail'],
    [
      'cloudtrail-digest-chain',
      'cloudtrail-log-integrity',
      'cloudtrail-logging-active',
      'cloudtrail-log-validation',
    ],
  ],
  [['--severity', 'informational'], []],
])('of what there is, %j selects %j', async (args, expected) => {
  const { code, out } = await list([...args, '--format', 'ndjson']);
  expect(code).toBe(0);
  const others = controls
    .filter(({ kind }) => kind === 'detection' || kind === 'partner')
    .map(({ id }) => id);
  expect(ids(out).filter((id) => !others.includes(id))).toEqual(expected);
});

test('of what somebody does, the detections', async () => {
  const { out } = await list(['--service', 'account', '--severity', 'critical', '--format', 'json']);
  const { controls: found } = JSON.parse(out) as { controls: { judgedBy: string }[] };
  expect(found.filter(({ judgedBy }) => judgedBy === 'detection')).toMatchObject([
    { id: 'activity-root-usage', judgedBy: 'detection', attack: ['T1078.004'] },
    {
      id: 'activity-trailseal-tamper',
      listensTo: expect.arrayContaining(['events.amazonaws.com: DisableRule']),
      reads: [],
      verifies: null,
    },
  ]);
});

test('a framework brings the items that controls answer to', async () => {
  const { out } = await list(['--framework', 'cis-3.0.0', '--service', 'ec2']);
  expect(out).toMatch(/MODE +ITEMS +WHAT HOLDS/);
  expect(out).toMatch(/sg-no-world-admin-ipv6 +notify +5\.3 +No security group/);
});

test('none is no error', async () => {
  await expect(list(['--severity', 'informational', '--service', 'rds'])).resolves.toMatchObject({
    code: 0,
    out: 'No control is all of that.\n',
  });
});

test.each([
  [['--service', 'ec3'], 'error: --service: no control judges anything of ec3\nDid you mean ec2?'],
  [['--framework', 'cis-9.9.9'], 'error: --framework: no control answers to cis-9.9.9\nDid you mean cis-'],
  [['--framework', 'iso-27001'], 'There are: awsConfig, cis-1.4.0'],
  [['--severity', 'terrible'], 'Allowed choices are critical, high, medium, low, informational.'],
  [['--config', 'nothing.yml'], "error: nothing.yml can't be read: "],
])('%j ends with 2 and says why', async (args, message) => {
  const { code, out, err } = await list(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

describe('compliance.yml', () => {
  test('none: the catalogue comes without modes, which is said', async () => {
    const { code, out, err } = await list([], testShell());
    expect(code).toBe(0);
    expect(out).toMatch(/^critical +rds-no-public-access +\? /m);
    expect(err).toContain('No compliance.yml here or above: modes and exemptions are not known.');
  });

  test('that of the project, from a folder deeper in it', async () => {
    const folder = join(projectWith(VALID), 'shared', 'controls');
    const { out } = await list([], testShell({ folder }));
    expect(out).toMatch(/^high +sg-no-world-admin-ipv4 +off /m);
  });

  test('with mistakes: each with its line, and exit code 2', async () => {
    const folder = projectWith('version: 1\ncontrols:\n  sg-no-world-admin-ipv4:\n    mode: of\n');
    const { code, out, err } = await list([], testShell({ folder }));
    expect(code).toBe(2);
    expect(out).toMatch(/^high +sg-no-world-admin-ipv4 +\? /m);
    expect(err).toContain('compliance.yml:4:11 controls.sg-no-world-admin-ipv4.mode: expected one of');
    expect(err).not.toContain(folder);
  });
});

test.each([40, 60, 80, 100, 140])('fits a terminal of %s columns', async (columns) => {
  const { out } = await list([], testShell({ columns, env: { NO_COLOR: '1' }, folder: projectWith(VALID) }));
  const table = out.split('\n').slice(0, -2);
  expect(Math.max(...table.map(widthOf))).toBeLessThanOrEqual(columns);
});

test('colours on a terminal only', async () => {
  const coloured = await list([], testShell({ columns: 200 }));
  expect(coloured.out).toContain('\u001b[31mcritical\u001b[0m');
  expect((await list([])).out).not.toContain('\u001b');
});

test('the levels that commands offer are those of the contract', () => {
  expect(SEVERITIES).toEqual(severities);
});
