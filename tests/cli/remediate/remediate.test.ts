import { rmSync } from 'node:fs';
import { join } from 'node:path';
import command from '../../../cli/commands/remediate';
import type { Person } from '../../../cli/remediate/person';
import { type RemediateOptions, remediate } from '../../../cli/remediate/remediate';
import { stopAll } from '../../support/local-aws';
import { records } from '../findings/laptop';
import { run, testShell } from '../test-shell';
import { ACTOR, closeApis, modeYml, QUEUE, startWorld, type World } from './world';

afterEach(async () => {
  closeApis();
  await stopAll();
});

const remediating = ({ folder, finding }: World, ...args: string[]) =>
  run([command], ['remediate', finding.id, ...args], testShell({ folder }));

/** Somebody at a terminal who answers so. */
const answering = (answer: boolean): Person & { readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    isThere: true,
    agrees: async (question) => {
      asked.push(question);
      return answer;
    },
  };
};

async function atTerminal(world: World, person: Person, options: Partial<RemediateOptions> = {}) {
  const shell = testShell({ folder: world.folder });
  const code = await remediate(world.finding.id, { format: 'text', ...options }, shell, person);
  return { code, ...shell.said };
}

test('in mode notify: what would be done, by which rights, and how to switch it on', async () => {
  const world = await startWorld({ yml: modeYml('notify') });
  const { code, out, err } = await remediating(world);
  expect(code).toBe(1);
  expect(err).toBe(`Using table trailseal-dev-findings on the laptop at ${world.aws.url}\n`);
  expect(out).toMatch(/^sg-revoke-world-rule, for sg-no-world-admin-ipv4\n/);
  expect(out).toContain('judged again by the control: NON_COMPLIANT.');
  expect(out).toMatch(
    /What it would do\n {2}1\. Revoke .* \(ec2 RevokeSecurityGroupIngress in eu-central-1\)\n\n/,
  );
  expect(out).toMatch(/What changes\n {2}- \S.*22.*0\.0\.0\.0\/0/);
  expect(out).not.toMatch(/^ {2}[-+~] .*443/m);
  expect(out).toMatch(
    /Rights that it takes\n( {2}- .*\n)*? {2}- ec2:RevokeSecurityGroupIngress.* on arn:aws:ec2:/,
  );
  expect(out).toContain(
    'Then: Administration ports of the group are open to the world again. As this is of severity high, the undo needs an approval of its own.',
  );
  expect(out).toContain('compliance.yml says notify for this resource. What is deployed holds.');
  expect(out).toContain('The latest run\n  There is none.\n');
  expect(out).toContain('in compliance.yml set mode: approve under controls, sg-no-world-admin-ipv4');
  expect(world.jobs()).toEqual([]);
});

test.each(['off', 'notify', 'dry-run'])(
  'mode %s: nothing is asked for, and what to change is said',
  async (mode) => {
    const world = await startWorld({ yml: modeYml(mode) });
    const { code, out, err } = await remediating(world, '--apply', '--yes');
    expect(code).toBe(2);
    expect(out).toContain('What it would do');
    expect(err).toContain(`error: compliance.yml says ${mode} for this resource: nothing is changed\n`);
    expect(err).toContain('set mode: approve under controls, sg-no-world-admin-ipv4');
    expect(world.jobs()).toEqual([]);
  },
);

test('a mode of a scope that the resource is in', async () => {
  const scoped = `${modeYml('approve')}    scopes:\n      - mode: notify\n        resources: ["web*"]\n`;
  const { err } = await remediating(await startWorld({ yml: scoped }), '--apply', '--yes');
  expect(err).toContain('compliance.yml says notify for this resource');
});

test('in a pipe nothing is asked for without --yes', async () => {
  const world = await startWorld();
  const { code, out, err } = await remediating(world, '--apply');
  expect(code).toBe(2);
  expect(out).toContain('What it would do');
  expect(err).toContain('error: Nothing was sent: nobody is at a terminal to be asked\n');
  expect(err).toContain('run it again with --yes');
  expect(world.jobs()).toEqual([]);
});

test('with --yes the job is on the queue, and what comes next is said', async () => {
  const world = await startWorld();
  const { code, out } = await remediating(world, '--apply', '--yes');
  expect(code).toBe(0);
  expect(world.jobs()).toEqual([{ job: 'remediate', findingId: world.finding.id, again: true }]);
  expect(out).toContain(`Approve it: trailseal approve ${world.finding.id}\n`);
  expect(out).toContain(
    `These may not approve it, as they made the change or asked for the undo: ${ACTOR}\n`,
  );
});

test('a person is asked, and may say no', async () => {
  const world = await startWorld();
  const no = answering(false);
  const declined = await atTerminal(world, no, { apply: true });
  expect([declined.code, no.asked, world.jobs()]).toEqual([1, ['Ask for this?'], []]);
  expect(declined.err).toContain('Nothing was asked for.\n');
  const agreed = await atTerminal(world, answering(true), { apply: true });
  expect([agreed.code, world.jobs().length]).toEqual([0, 1]);
});

test('programs get the plan, the rights and the job', async () => {
  const world = await startWorld();
  const plan = await world.plan();
  const { preview, asked } = JSON.parse(
    (await remediating(world, '--apply', '--yes', '--format', 'json')).out,
  );
  expect(preview).toMatchObject({
    finding: world.finding.id,
    mode: 'approve',
    from: 'now',
    judged: 'NON_COMPLIANT',
    plan: { hash: plan.hash },
    rights: { Statement: [{ Effect: 'Allow' }] },
    wayBack: { reversible: true, mustBeApproved: true },
    mayNotApprove: [ACTOR],
    run: null,
  });
  expect(asked).toMatchObject({ queue: QUEUE, job: { job: 'remediate', again: true } });
  const lines = records((await remediating(world, '--format', 'ndjson')).out);
  expect(lines).toMatchObject([{ kind: 'preview', plan: { hash: plan.hash } }]);
});

describe('the latest run', () => {
  test('waits with this very plan: asked for already', async () => {
    const world = await startWorld();
    await world.propose();
    const { code, out } = await remediating(world);
    expect(code).toBe(1);
    expect(out).toContain('It waits for an approval until 2026-02-02 00:00:00 UTC: trailseal approve');
    expect(out).toContain('The plan above is the very plan of this run.');
    const told = JSON.parse((await remediating(world, '--format', 'json')).out).preview.run;
    expect(told).toMatchObject({ state: 'planned', asks: { expiresAt: '2026-02-02T00:00:00.000Z' } });
    expect(JSON.stringify(told)).not.toContain('a-nonce');
    const again = await remediating(world, '--apply', '--yes');
    expect([again.code, world.jobs()]).toEqual([2, []]);
    expect(again.err).toContain('error: It was asked for already, and waits for an approval\n');
  });

  test('waits with another plan: a new one may be asked for', async () => {
    const world = await startWorld();
    await world.propose();
    await world.put({
      planHash: 'b'.repeat(64),
      asks: { nonce: 'n', expiresAt: '2026-02-02T00:00:00.000Z' },
    });
    const { code, out } = await remediating(world, '--apply', '--yes');
    expect(out).toContain('The plan above is another one:');
    expect([code, world.jobs().length]).toEqual([0, 1]);
  });
});

test('a group that is closed: there is nothing to do, and nothing is asked for', async () => {
  const world = await startWorld();
  await world.make(await world.plan());
  const { code, out } = await remediating(world);
  expect(code).toBe(0);
  expect(out).toContain('judged again by the control: COMPLIANT.');
  expect(out).toContain('No rule is open to the world on these ports.');
  const asked = await remediating(world, '--apply', '--yes');
  expect([asked.code, world.jobs()]).toEqual([0, []]);
});

test.each<[string, Parameters<typeof startWorld>[0], RegExp]>([
  [
    'a protected tag',
    {
      yml: `${modeYml('approve')}remediation:\n  protectedTags:\n    - key: keep\n`,
      tags: [{ Key: 'keep', Value: 'x' }],
    },
    /protected: Its tag keep keeps remediation away/,
  ],
  [
    'a stack',
    { tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'web\u202e' }] },
    /managed-by-iac: It is managed by stack web/,
  ],
  [
    'a finding that is over',
    { finding: { state: 'resolved' } },
    /no-longer-so: The finding is resolved, not open\./,
  ],
  [
    'an exemption',
    {
      yml: `${modeYml('approve')}exemptions:\n  - control: sg-no-world-admin-ipv4\n    scope: { resources: ["web"] }\n    owner: platform\n    reason: a migration\n    expires: 2026-06-01\n`,
    },
    /exempt: Exempt until 2026-06-0\d, by platform\./,
  ],
])('%s stands in the way, and is said', async (_name, options, words) => {
  const world = await startWorld(options);
  const { out } = await remediating(world);
  expect(out).toMatch(words);
  const { code, err } = await remediating(world, '--apply', '--yes');
  expect([code, world.jobs()]).toEqual([2, []]);
  expect(err).toContain('error: It would be refused: ');
});

test('a cap that is reached', async () => {
  const world = await startWorld({ yml: `${modeYml('approve')}    remediation:\n      cap: 1\n` });
  const { control, accountId } = world.finding;
  await world.runs.admit({ control, accountId, at: '2026-02-01T00:00:00.000Z' }, 'another', 1);
  const { out } = await remediating(world);
  expect(out).toContain(
    'cap-reached: 1 were made within the hour for this control in this account, and 1 may be.',
  );
});

test('what auto comes to', async () => {
  const world = await startWorld({ yml: modeYml('auto') });
  expect((await remediating(world)).out).toContain('compliance.yml says auto for this resource. What');
  const { out } = await remediating(world, '--apply', '--yes');
  expect(out).toContain('without waiting for anybody');
});

describe('a resource that may not be read', () => {
  const table = { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' };

  test("AWS's code is said; without a stored plan there is none", async () => {
    const world = await startWorld();
    world.limitTo(table);
    const { code, out } = await remediating(world);
    expect(code).toBe(2);
    expect(out).toMatch(
      /It could not be read with your credentials: ec2 DescribeSecurityGroups was refused with UnauthorizedOperation/,
    );
    expect(out).toContain('No plan is stored.');
    expect(out).not.toContain('What it would do');
    const asked = await remediating(world, '--apply', '--yes');
    expect([asked.code, world.jobs()]).toEqual([2, []]);
    expect(asked.err).toContain('error: There is no plan of what is there now, so nothing is asked for\n');
  });

  test('the stored plan is shown, and said to be old', async () => {
    const world = await startWorld();
    const run = await world.propose();
    world.limitTo(table);
    const { code, out } = await remediating(world);
    expect(code).toBe(2);
    expect(out).toContain(
      'The plan below is the stored one of the latest run, made from what was there then.',
    );
    expect(out).toContain(`plan ${run.planHash}`);
    expect(out).not.toContain('the very plan of this run');
  });

  test('a stored plan that is not the one of its run is not shown', async () => {
    const world = await startWorld();
    const run = await world.propose();
    await world.put({ ...run, planHash: 'b'.repeat(64) });
    world.limitTo(table);
    const { code, out, err } = await remediating(world);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('is not the one that the run is bound to\nSomebody has changed the table');
  });

  test('one of another account is not read here, where another may have its name', async () => {
    const world = await startWorld({ finding: { accountId: '111122223333' } });
    const { code, out } = await remediating(world);
    expect(code).toBe(2);
    expect(out).toContain(
      'Your credentials are of account 123456789012, and the resource is in 111122223333. Name a profile of that account: --resource-profile NAME',
    );
    expect(world.aws.calls.filter(({ action }) => action.startsWith('ec2:Describe'))).toEqual([]);
  });
});

test.each([
  ['activity-guardduty-tamper', 'No remediation is set for activity-guardduty-tamper'],
  [
    'ec2-instance-imdsv2',
    'ec2-require-imdsv2 can not be made: it works on AWS::EC2::Instance, and not on other resources',
  ],
])('%s: %s', async (control, message) => {
  const world = await startWorld();
  await world.store({ ...world.finding, control });
  const { code, out, err } = await remediating(world);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`error: ${message}\n`);
});

test('without a compliance.yml the plan is shown, and nothing is asked for', async () => {
  const world = await startWorld();
  rmSync(join(world.folder, 'compliance.yml'));
  const { code, out, err } = await remediating(world);
  expect(code).toBe(1);
  expect(err).toContain('No compliance.yml here or above');
  expect(out).toContain('What it would do');
  expect(out).toContain('compliance.yml is not known here, so neither is the mode that it sets.');
  const asked = await remediating(world, '--apply', '--yes');
  expect([asked.code, world.jobs()]).toEqual([2, []]);
  expect(asked.err).toContain('Name the one that is deployed: --config FILE');
});
