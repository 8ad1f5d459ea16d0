import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import evidenceCommand from '../../../cli/commands/evidence';
import showCommand from '../../../cli/commands/show';
import verifyCommand from '../../../cli/commands/verify';
import type { Template } from '../../../local/template';
import { activityIndex } from '../../../shared/aws/activity-index';
import { findingsTable } from '../../../shared/aws/findings-table';
import { witnessesTable } from '../../../shared/aws/witnesses-table';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import { compiledTemplate } from '../../support/compiled-template';
import { at } from '../../support/findings';
import { startTestAws, stopAll, type TestAws } from '../../support/local-aws';
import { projectOn } from '../findings/laptop';
import { emptyFolder, run, testShell } from '../test-shell';
import {
  ACCOUNT,
  digestOf,
  findingOf,
  logOf,
  opening,
  provenBy,
  REGION,
  trailWithCall,
} from './proven-finding';
import { testWithTools } from './tools';

const TABLE = 'trailseal-dev-findings';
const made = trailWithCall();
const finding = findingOf(provenBy(made));

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

/** Local AWS with the finding, its witness, its item, and the trail. */
async function start(stored: Finding = finding): Promise<TestAws> {
  const aws = await startTestAws(template);
  const { dynamodb } = aws.operator;
  await findingsTable(TABLE, dynamodb).write({ finding: stored, seq: 1, outbox: [] }, undefined);
  const { eventID } = opening;
  const record = opening as unknown as JsonObject;
  await witnessesTable(TABLE, dynamodb).expect(
    { account: ACCOUNT, eventTime: '2026-01-31T08:59:00.000Z', eventID, record },
    finding.id,
    at(9),
  );
  const { resourceType, resourceId } = finding;
  await activityIndex(TABLE, dynamodb).putItem({
    account: ACCOUNT,
    region: REGION,
    resourceType,
    resourceId,
    capturedAt: at(9),
    configurationStateId: '1',
    changedPaths: ['configuration.ipPermissions.0'],
    findings: [finding.id],
  });
  aws.s3.createBucket(logOf(made).bucket);
  aws.cloudtrail.addPublicKeys(REGION, made.publicKeys);
  for (const { place, body, metadata } of made.objects.values()) {
    aws.s3.deliver({ ...place, body, metadata: { ...metadata } });
  }
  return aws;
}

const evidence = (folder: string, ...args: string[]) =>
  run([evidenceCommand], ['evidence', ...args], testShell({ folder }));

testWithTools(
  'a folder that verifies by its README, and by trailseal verify',
  async () => {
    const project = projectOn((await start()).url);
    const { code, out, err } = await evidence(project, finding.id.slice(0, 8), '--out', 'kept/here');
    expect({ code, out }).toEqual({
      code: 0,
      out: '9 files in kept/here: 1 of 1 call proven.\nCheck it: kept/here/README.md says how.\n',
    });
    expect(err).toMatch(/^Using table trailseal-dev-findings on the laptop at \S+\n$/);
    const folder = join(project, 'kept', 'here');

    const blocks = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^```bash\n(.*?)^```$/gms);
    const script = [...blocks].map(([, block]) => block).join('');
    const said = execFileSync('bash', ['-e', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(said).toContain('Verified OK');

    // In a pipe and from elsewhere: nothing but the folder is needed.
    const { out: verdicts } = await run(
      [verifyCommand],
      [
        'verify',
        join(folder, 'trail'),
        '--public-keys',
        join(folder, 'public-keys.json'),
        '--format',
        'ndjson',
      ],
      testShell({ folder: emptyFolder() }),
    );
    const status = (key: string) =>
      verdicts
        .split('\n')
        .filter((line) => line.includes(`"key":"s3://${logOf(made).bucket}/${key}"`))
        .map((line) => (JSON.parse(line) as { status: string }).status);
    expect([status(logOf(made).key), status(digestOf(made).key)]).toEqual([['valid'], ['valid']]);

    expect(JSON.parse(readFileSync(join(folder, 'items', '01.json'), 'utf8'))).toMatchObject({
      capturedAt: at(9),
    });
    expect(statSync(join(folder, 'finding.json')).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
  },
  60_000,
);

test('what is there already is left alone', async () => {
  const project = projectOn((await start()).url);
  mkdirSync(join(project, 'mine'));
  writeFileSync(join(project, 'mine', 'notes.txt'), 'mine');
  for (const taken of ['mine', 'mine/notes.txt']) {
    const { code, out, err } = await evidence(project, finding.id, '--out', taken);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Name another folder: --out FOLDER');
  }
  expect(existsSync(join(project, 'mine', 'README.md'))).toBe(false);
  mkdirSync(join(project, 'empty'));
  expect((await evidence(project, finding.id, '--out', 'empty')).code).toBe(0);
}, 60_000);

test('what can not be had is said, and the rest is written', async () => {
  const aws = await start();
  const project = projectOn(aws.url);
  aws.s3.deliver({ ...logOf(made), body: Buffer.from('gone'), metadata: {} });
  const { code, out, err } = await evidence(project, finding.id, '--format', 'json');
  expect(code).toBe(2);
  expect(err).toContain('no longer is what was proven: its SHA-256 is another');
  expect(JSON.parse(out)).toMatchObject({
    finding: finding.id,
    folder: `trailseal-evidence-${finding.id}`,
    calls: [{ eventID: opening.eventID, proof: 'proven', reason: null, complete: false }],
    problems: [expect.stringContaining('no longer')],
  });
  expect(existsSync(join(project, `trailseal-evidence-${finding.id}`, 'README.md'))).toBe(true);
}, 60_000);

test('show prints the card, and as JSON what is stored', async () => {
  const project = projectOn((await start()).url);
  const show = (...args: string[]) =>
    run([showCommand], ['show', finding.id, ...args], testShell({ folder: project }));
  const { code, out } = await show();
  expect(code).toBe(1);
  for (const part of [
    'Who did it: named\n',
    'Is the record true: proven\n',
    `trailseal evidence ${finding.id}`,
  ]) {
    expect(out).toContain(part);
  }
  expect(JSON.parse((await show('--format', 'json')).out).finding).toEqual(finding);
}, 60_000);

test.each([[['--format', 'ndjson'], 'Allowed choices are text, json.']])(
  '%j ends with 2 and says why',
  async (args, message) => {
    const { code, err } = await run([evidenceCommand], ['evidence', finding.id, ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  },
);

test('a finding of which no call is known says so', async () => {
  const { links: _, ...unknown } = finding;
  const project = projectOn((await start(unknown)).url);
  const { code, out } = await evidence(project, finding.id, '--out', 'kept');
  expect({ code, out: out.split('\n')[0] }).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d files in kept: no call is known to prove\.$/),
  });
});
