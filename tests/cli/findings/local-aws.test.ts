import findingsCommand from '../../../cli/commands/findings';
import type { Template } from '../../../local/template';
import { compiledTemplate } from '../../support/compiled-template';
import { configurationItem, itemChange, openTo } from '../../support/config-events';
import { stopAll } from '../../support/local-aws';
import { type Pipeline, startPipeline } from '../../support/pipeline';
import { run, testShell } from '../test-shell';
import { projectOn, records } from './laptop';

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const findings = ({ aws }: Pipeline, ...args: string[]) =>
  run([findingsCommand], ['findings', ...args], testShell({ folder: projectOn(aws.url) }));
const opened = (resourceId: string) =>
  itemChange({ resourceId, capturedAt: '2026-01-31T09:00:00.000Z', configuration: openTo('0.0.0.0/0') });
const closed = (resourceId: string) =>
  itemChange({ resourceId, capturedAt: '2026-01-31T09:30:00.000Z', configuration: openTo('10.0.0.0/8') });

test('the findings that the functions have recorded', async () => {
  const pipeline = await startPipeline(template);
  await pipeline.send(opened('sg-1'), opened('sg-2'), closed('sg-2'));

  const text = await findings(pipeline);
  expect(text.err).toBe(`Using table trailseal-dev-findings on the laptop at ${pipeline.aws.url}\n`);
  expect(text.code).toBe(1);
  expect(text.out).toMatch(
    /^high +sg-no-world-admin-ipv4 +sg-1 +eu-central-1 +123456789012 +15 h +[A-Z2-7]{26}$/m,
  );
  expect(text.out).toContain('1 open finding in account 123456789012: 1 high.');

  const all = await findings(pipeline, '--all', '--format', 'ndjson');
  expect(all.code).toBe(1);
  expect(
    records(all.out).map((record) => [
      record['kind'],
      record['control'],
      record['resourceId'],
      record['exposedSeconds'],
    ]),
  ).toEqual([
    ['finding', 'sg-no-world-admin-ipv4', 'sg-1', 54_000],
    ['finding', 'sg-no-world-admin-ipv4', 'sg-2', 1800],
    ['finding', 'sg-no-world-admin-ipv6', expect.any(String), null],
    ['finding', 'sg-no-world-admin-ipv6', expect.any(String), null],
    ['summary', undefined, undefined, undefined],
  ]);
  expect(all.out).not.toContain('history');

  const resolved = await findings(pipeline, '--state', 'resolved', '--format', 'json');
  expect(resolved.code).toBe(0);
  expect(JSON.parse(resolved.out)).toMatchObject({
    findings: [{ resourceId: 'sg-2', exposure: { to: '2026-01-31T09:30:00.000Z' } }],
    summary: { found: 1, byState: { resolved: 1 } },
  });

  await expect(findings(pipeline, '--account', '111122223333')).resolves.toMatchObject({
    code: 0,
    out: 'No open findings in account 111122223333.\n',
  });
  await expect(findings(pipeline, '--control', 'EC2.54')).resolves.toMatchObject({ code: 0 });
  expect(pipeline.aws.deniedCalls()).toEqual([]);
}, 30_000);

test('more than one request brings', async () => {
  const pipeline = await startPipeline(template);
  const items = Array.from({ length: 120 }, (_, index) => configurationItem({ resourceId: `sg-${index}` }));
  await pipeline.send(...items.map(({ resourceId }) => opened(resourceId)));
  const { out } = await findings(pipeline, '--format', 'ndjson', '--limit', '7');
  expect(records(out)).toHaveLength(8);
  expect(records(out).at(-1)).toMatchObject({ found: 120, listed: 7, bySeverity: { high: 120 } });
}, 60_000);

test('a table that is not there, and what to do about it', async () => {
  const pipeline = await startPipeline(template);
  for (const args of [[], ['--account', '123456789012']]) {
    const { code, out, err } = await findings(pipeline, '--table', 'no-such-table', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(
      `error: There is no table no-such-table on the laptop at ${pipeline.aws.url}\nName the stack:`,
    );
  }
});

test.each([
  [['--account', '12'], 'Expected an account id of 12 digits.'],
  [['--table', 'a/b'], 'Expected the name of a DynamoDB table.'],
  [['--state', 'closed'], 'Allowed choices are open, exempt, resolved.'],
  [
    ['--control', 'VPC_SG_PORT_RESTRICTION_CHECK'],
    '--control: VPC_SG_PORT_RESTRICTION_CHECK stands for several',
  ],
  [['--control', 's3.8'], 'Did you mean S3.8'],
  [['--limit', '-1'], 'Expected a whole number from 1.'],
])('%j ends with 2 and says why', async (args, message) => {
  const { code, out, err } = await run([findingsCommand], ['findings', ...args]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
