import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import evidenceCommand from '../../../cli/commands/evidence';
import showCommand from '../../../cli/commands/show';
import { SUMS_FILE } from '../../../cli/evidence/bundle';
import type { User } from '../../../local/access';
import type { Template } from '../../../local/template';
import { remediationsTable } from '../../../shared/aws/remediations-table';
import { signedPost } from '../../../shared/aws/signed-request';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import { controls } from '../../../shared/controls';
import { compileCompliancePolicy } from '../../../shared/policy/compliance-yml';
import { remediations } from '../../../shared/remediations';
import type { Run } from '../../../shared/remediations/run';
import type { Alert } from '../../../shared/tell/alerts/alert';
import { emailOf } from '../../../shared/tell/alerts/texts';
import { ACCOUNT, REGION, stopAll } from '../../support/local-aws';
import { type Pipeline, startPipeline } from '../../support/pipeline';
import { addSampleTrail, templateWithTrail } from '../../support/sample-trail';
import { projectOn } from '../findings/laptop';
import { emptyFolder, run, testShell } from '../test-shell';
import { testWithTools } from './tools';

jest.setTimeout(180_000);
afterAll(stopAll);

const CONTROL = 'sg-no-world-admin-ipv4';
const GROUP = 'sg-0a1b2c3d4e5f60718';
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;

/** A folder of evidence of what bruno opened, alice let be closed, and CloudTrail has logged. */
interface Kept {
  readonly folder: string;
  readonly finding: Finding;
  readonly fix: Run;
  readonly alerts: readonly Alert[];
  /** What `trailseal show` prints at a terminal of 100 columns, and as JSON. */
  readonly shown: { readonly text: string; readonly json: string };
}

let template: Template;
let kept: Kept;
beforeAll(async () => {
  template = templateWithTrail();
  kept = await keep();
}, 120_000);

async function keep(): Promise<Kept> {
  const text = readFileSync(path.join(__dirname, '../../../compliance.yml'), 'utf8');
  const compiled = compileCompliancePolicy(
    text.replace(/^controls:$/m, `controls:\n  ${CONTROL}:\n    mode: approve`),
    { controls, remediations, now: new Date('2026-01-31T00:00:00Z') },
  );
  if ('mistakes' in compiled) throw new Error(JSON.stringify(compiled.mistakes));
  const pipeline = await startPipeline(template, { policy: compiled.policy, isWatched: true });
  const { aws } = pipeline;
  const may = (Action: string[]) => [{ Effect: 'Allow', Action, Resource: '*' }];
  aws.ec2.putSecurityGroup({ GroupId: GROUP, GroupName: 'web', VpcId: 'vpc-0a1b2c3d' });
  const { accessKeyId, secretAccessKey } = aws.people.add('bruno', may(['ec2:*']));
  const ec2 = new EC2Client({
    endpoint: aws.url,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
  });
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: GROUP,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  await aws.idle();
  aws.clock.advance(60_000);
  await approve(pipeline, aws.people.add('alice', may(['execute-api:Invoke'])));
  const { records } = aws;
  const trail = await addSampleTrail(pipeline, {
    trail: {
      from: '2026-01-31T10:00:00Z',
      hours: 1,
      // The clock begins at ten: all is in the first log file of the hour.
      records: (_hour, log) => (log === 0 ? (records as { eventTime?: string }[]) : []),
    },
  });
  await trail.deliver(...trail.made.logs, ...trail.made.digests);
  const project = projectOn(aws.url);
  const { finding, fix } = await stored(pipeline);
  const { code, out } = await run(
    [evidenceCommand],
    ['evidence', finding.id, '--out', 'kept'],
    testShell({ folder: project }),
  );
  expect(out).toMatch(/3 of 3 calls proven/);
  expect(code).toBe(0);
  const show = async (format: string) =>
    (
      await run(
        [showCommand],
        ['show', finding.id, '--format', format],
        testShell({ folder: project, columns: 100 }),
      )
    ).out;
  return {
    folder: path.join(project, 'kept'),
    finding,
    fix,
    alerts: pipeline.alerts().filter(({ control }) => control.id === CONTROL),
    shown: { text: await show('text'), json: await show('json') },
  };
}

async function stored(pipeline: Pipeline): Promise<{ finding: Finding; fix: Run }> {
  const { aws } = pipeline;
  const finding = (await pipeline.findings()).find(({ control }) => control === CONTROL);
  const now = () => new Date(aws.clock.now()).toISOString();
  const runs = remediationsTable('trailseal-dev-findings', now, aws.operator.dynamodb);
  const fix = finding && (await runs.read(finding.id, finding.remediation?.run ?? 'none'));
  if (!finding || !fix) throw new Error('nothing was proposed');
  return { finding, fix };
}

async function approve(pipeline: Pipeline, { accessKeyId, secretAccessKey }: User): Promise<void> {
  const { aws } = pipeline;
  const { fix } = await stored(pipeline);
  const { status } = await signedPost({
    url: `${fix.api}/findings/${fix.findingId}/runs/${fix.id}/approval`,
    body: JSON.stringify({ planHash: fix.planHash, nonce: fix.asks?.nonce }),
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
    now: () => aws.clock.now(),
  });
  expect(status).toBe(202);
  await aws.idle();
  aws.clock.advance(60_000);
}

/** What the README says to run, run as it says, with no more than it says that it takes. */
function checked(folder: string) {
  const [, allAtOnce = ''] =
    /^ {4}(sed .*bash -e)$/m.exec(readFileSync(path.join(folder, 'README.md'), 'utf8')) ?? [];
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', allAtOnce], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  return { status, said: stdout + stderr };
}

/** A copy in which a file is another, and the sums are those of what is there: as somebody does who knows of them. */
function changed(name: string, to: (content: Buffer) => Buffer | string): string {
  const folder = path.join(emptyFolder(), 'copy');
  cpSync(kept.folder, folder, { recursive: true });
  const file = path.join(folder, name);
  const before = readFileSync(file);
  const after = Buffer.from(to(before));
  expect(after).not.toEqual(before);
  writeFileSync(file, after);
  const files = readFileSync(path.join(folder, SUMS_FILE), 'utf8').match(/(?<= {2}).+/g) ?? [];
  writeFileSync(path.join(folder, SUMS_FILE), execFileSync('sha256sum', files, { cwd: folder }));
  return folder;
}

const replaced = (from: string | RegExp, to: string) => (content: Buffer) =>
  content.toString().replace(from, to);
const flipped = (content: Buffer) => {
  const copy = Buffer.from(content);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
};

testWithTools('all that it says of our own calls is checked by its own commands', () => {
  const { status, said } = checked(kept.folder);
  const lines = said.split('\n').filter((line) => !line.endsWith(': OK'));
  const count = (start: string) => lines.filter((line) => line.startsWith(start)).length;
  expect(lines.filter((line) => line.startsWith('The digest is signed'))).toEqual(
    Array(3).fill('The digest is signed with the key that it names: Verified OK'),
  );
  expect(count('The finding names this event: true')).toBe(3);
  expect(count('The record in the log file equals the event that was used, in ten fields: true')).toBe(3);
  expect(lines).toContain(
    `The record names this run, this plan by its hash, and as its approver: "${ALICE}"`,
  );
  expect(status).toBe(0);
});

const pathTo = (part: RegExp) => {
  const files = readFileSync(path.join(kept.folder, SUMS_FILE), 'utf8').match(/(?<= {2}).+/g) ?? [];
  const found = files.find((file) => part.test(file));
  if (found === undefined) throw new Error(`no file is like ${part}`);
  return found;
};
const eventOf = (eventName: string) => {
  const call = kept.finding.remediation?.calls?.calls.find((one) => one.eventName === eventName);
  return `events/${call?.eventID}.json`;
};
const REVOKE = 'RevokeSecurityGroupIngress';

/** Whoever changes something, and its sum. */
const forgeries: [what: string, file: () => string, to: (content: Buffer) => Buffer | string][] = [
  ['a byte of the log file', () => pathTo(/CloudTrail\/.*\.json\.gz$/), flipped],
  ['a byte of the digest', () => pathTo(/CloudTrail-Digest\/.*\.json\.gz$/), flipped],
  ['the signature', () => pathTo(/\.metadata\.json$/), replaced(/("signature": "[0-9a-f]{20})./, '$1x')],
  ['who opened our session', () => eventOf('AssumeRole'), replaced(/user\/alice/, 'user/bruno')],
  ['what our session did', () => eventOf(REVOKE), replaced(GROUP, 'sg-0ffffffffffffffff')],
  ['the event of the finding', () => 'finding.json', replaced(new RegExp(REVOKE, 'g'), 'RevokeNothing')],
  [
    'who approved, in the finding',
    () => 'finding.json',
    replaced(new RegExp(ALICE, 'g'), ALICE.replace('alice', 'carla')),
  ],
  [
    'what was approved, in the finding',
    () => 'finding.json',
    (content) => content.toString().replaceAll(kept.fix.planHash ?? '', '0'.repeat(64)),
  ],
  ['a call of the plan', () => pathTo(/plan\.json$/), replaced(GROUP, 'sg-0ffffffffffffffff')],
  ['one byte of the plan', () => pathTo(/plan\.json$/), replaced(/"version": 1/, '"version": 2')],
];

testWithTools.each(forgeries)('%s can not be changed unnoticed', (_what, file, to) => {
  expect(checked(changed(file(), to)).status).not.toBe(0);
});

testWithTools.each(['left.json', 'before.json', 'items/01.json'])(
  'nor can one byte of %s, which only its sum guards',
  (name) => {
    const file = pathTo(new RegExp(`${name}$`));
    const folder = changed(file, flipped);
    expect(checked(folder).status).toBe(0);
    cpSync(path.join(kept.folder, SUMS_FILE), path.join(folder, SUMS_FILE));
    expect(checked(folder).status).not.toBe(0);
  },
);

test('whoever ended it is told to be us, by the run, and on whose word', () => {
  const told = kept.alerts.filter(({ links }) => links.actor.reason === 'own-remediation');
  // AWS Config may tell of the end before AWS's answer to our call was recorded.
  expect(told.map(({ messageType }) => messageType)).toContain('Applied');
  for (const alert of told) {
    expect(emailOf(alert)).toMatch(/\nWho (ended it|did it): named\n {2}Trailseal itself, by /);
    expect(emailOf(alert)).not.toContain('nothing was changed');
  }
  const applied = told.find(({ messageType }) => messageType === 'Applied');
  expect(applied?.links.actor.says).toContain(
    `Trailseal itself, by its fix, run ${kept.fix.id}, approved by ${ALICE}: `,
  );
});

test('show tells of it within the width of the terminal, and as JSON with all of it', () => {
  const { text, json } = kept.shown;
  // Commands keep their lines, to be copied.
  const prose = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => !/^ {4}/.test(line));
  expect(prose.filter((line) => line.length > 100)).toEqual([]);
  expect(prose.filter((line) => /^ {2}- Revoke.*: proven/.test(line))).toHaveLength(2);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
  expect(JSON.parse(json)).toMatchObject({
    finding: kept.finding,
    runs: [{ id: kept.fix.id, state: 'applied', approval: { approver: ALICE } }],
  });
});
