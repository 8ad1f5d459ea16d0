import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sendCommand from '../../../cli/commands/send';
import { systemClock } from '../../../local/clock';
import type { Template } from '../../../local/template';
import { compiledTemplate } from '../../support/compiled-template';
import { itemChange } from '../../support/config-events';
import { stopAll } from '../../support/local-aws';
import { type Pipeline, startPipeline } from '../../support/pipeline';
import { projectOn } from '../findings/laptop';
import { emptyFolder, run, testShell } from '../test-shell';

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

function sending(folder: string, event: unknown, args: readonly string[], env = {}) {
  writeFileSync(join(folder, 'event.json'), JSON.stringify(event));
  return run([sendCommand], ['send', 'event.json', ...args], testShell({ folder, env }));
}
const onLaptop = ({ aws }: Pipeline, event: unknown, ...args: string[]) =>
  sending(projectOn(aws.url), event, args);

describe('on the laptop', () => {
  test('comes as from AWS, and the alerts that come of it are printed', async () => {
    const pipeline = await startPipeline(template, { clock: systemClock });
    const { code, out, err } = await onLaptop(pipeline, itemChange(), '--wait', '20s');
    expect(code).toBe(0);
    expect(err).toBe(`Using the laptop at ${pipeline.aws.url}\n`);
    expect(out).toContain(`1 event accepted by the laptop at ${pipeline.aws.url}.\n`);
    expect(out).toContain('Subject: [HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012\n');
    expect(out).toContain('\nWhat is wrong\n  - port 22 (tcp) is open to 0.0.0.0/0\n');
    // The machines' copy of the same message is not a second alert.
    expect(out.match(/^Subject: /gm)).toHaveLength(1);

    const again = await onLaptop(pipeline, itemChange(), '--wait', '20s');
    expect(again.code).toBe(0);
    expect(again.err).toContain('No alert came of it.\n');
  }, 30_000);

  test('only what was sent is said without --wait, and every delivery with --format json', async () => {
    const pipeline = await startPipeline(template, { clock: systemClock });
    const sent = await onLaptop(pipeline, itemChange());
    expect(sent.out).toBe(`1 event accepted by the laptop at ${pipeline.aws.url}.\n`);
    await pipeline.aws.idle();
    const closed = itemChange({ capturedAt: '2026-01-31T09:30:00.000Z', status: 'ResourceDeleted' });
    const { out } = await onLaptop(pipeline, closed, '--wait', '20s', '--format', 'json');
    const { events, deliveries, summary } = JSON.parse(out);
    expect(events).toMatchObject([{ place: 'event.json', status: 'sent' }]);
    expect(deliveries.map(({ protocol }: { protocol: string }) => protocol).sort()).toEqual([
      'email',
      'https',
    ]);
    expect(summary).toMatchObject({ sent: 1 });
  }, 30_000);

  test('what became a dead letter is said', async () => {
    const pipeline = await startPipeline(template, { clock: systemClock });
    const foreign = { ...itemChange(), account: '111122223333' };
    const { err } = await onLaptop(pipeline, foreign, '--wait', '20s');
    expect(err).toContain('warning: account 111122223333 is not 123456789012');
    expect(err).toContain('1 dead letter more than before: trailseal redrive says why\n');
  }, 30_000);

  test('a dry run changes nothing', async () => {
    const pipeline = await startPipeline(template);
    const { code, out } = await onLaptop(pipeline, itemChange(), '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain(`${pipeline.aws.url}/_trailseal/events`);
    await pipeline.aws.idle();
    expect(await pipeline.findings()).toEqual([]);
  });
});

test('as in an AWS account: onto the queue, from which the function takes it, mark and all', async () => {
  const pipeline = await startPipeline(template);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  // Local AWS knows the operator by this key; the command finds it as it finds any credentials.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'local' });
  try {
    const { code, out, err } = await sending(emptyFolder(), itemChange(), [], {
      AWS_ENDPOINT_URL: pipeline.aws.url,
    });
    expect(err).toBe(
      `Using the AWS account 123456789012 region eu-central-1 through ${pipeline.aws.url}, stage dev\n`,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('1 event accepted by the AWS account'),
    });
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  }
  await pipeline.aws.idle();
  expect(pipeline.alerts().map(({ messageType }) => messageType)).toEqual(['Opened']);
  expect(pipeline.aws.deniedCalls()).toEqual([]);
}, 30_000);
