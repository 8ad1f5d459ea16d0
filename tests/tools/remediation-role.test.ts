import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, type Template } from '../../local/template';
import { ACCOUNT, REGION } from '../shared/remediations/scene';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'trailseal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (tool: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'tools', `${tool}.ts`), ...args],
    { cwd: root, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
};

function compliance(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const switchedOn = compliance(
  'on.yml',
  `version: 1
coverage: { accounts: [self, "111122223333"], regions: [self] }
defaults: { mode: notify }
controls:
  sg-no-world-admin-ipv4: { mode: approve }
`,
);

test('prints a template for member accounts that CloudFormation takes', () => {
  const printed = run('remediation-role', '--stage', 'prod', switchedOn);
  expect(printed).toMatchObject({ status: 0, stderr: '' });
  const file = join(folder, 'role.json');
  writeFileSync(file, printed.stdout);
  expect(run('check-template', file)).toMatchObject({ status: 0, stderr: '' });

  const template = JSON.parse(printed.stdout) as Template;
  const hub = `arn:aws:iam::${ACCOUNT}:role/trailseal-prod-RemediateFindingRole-1A2B`;
  const parameters = { HubRoleArn: hub, ExternalId: '1a2b-3c4d', HubRegion: REGION };
  const options = {
    accountId: '111122223333',
    region: 'us-east-1',
    stackName: 'member',
    url: 'http://localhost',
  };
  const [role] = new Stack(template, { ...options, parameters }).all();
  expect(role).toMatchObject({ arn: 'arn:aws:iam::111122223333:role/trailseal-prod-remediation' });
  const text = JSON.stringify(role?.properties);
  expect(text).toContain(`{"AWS":"${hub}"}`);
  expect(text).toContain('{"sts:ExternalId":"1a2b-3c4d"}');
  expect(text).toContain('arn:aws:ec2:*:111122223333:security-group/*');
  // Where the hub is, not where this stack happens to be.
  expect(text).toContain(`{"aws:RequestedRegion":["${REGION}"]}`);
});

test.each<[name: string, args: string[], says: string]>([
  ['nothing is switched on', [], 'switches no remediation on'],
  ['a stage has no such name', ['--stage', '*', switchedOn], 'no stage is named *'],
  ['an option is unknown', ['--region', 'eu-west-1'], "Unknown option '--region'"],
  ['there is no such file', [join(folder, 'none.yml')], 'no such file'],
])('prints none where %s', (_, args, says) => {
  const defaults = args.length === 0 ? [compliance('off.yml', 'version: 1\n')] : args;
  expect(run('remediation-role', ...defaults)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(says),
  });
});
