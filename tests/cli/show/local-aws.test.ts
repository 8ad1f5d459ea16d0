import showCommand from '../../../cli/commands/show';
import { compiledTemplate } from '../../support/compiled-template';
import { itemChange, openTo } from '../../support/config-events';
import { stopAll } from '../../support/local-aws';
import { type Pipeline, startPipeline } from '../../support/pipeline';
import { projectOn } from '../findings/laptop';
import { run, testShell } from '../test-shell';

afterEach(stopAll);

const show = ({ aws }: Pipeline, ...args: string[]) =>
  run([showCommand], ['show', ...args], testShell({ folder: projectOn(aws.url) }));

test('a finding as the functions have recorded it, by its id and by the beginning of it', async () => {
  const pipeline = await startPipeline(compiledTemplate());
  await pipeline.send(
    itemChange({ capturedAt: '2026-01-31T09:00:00.000Z', configuration: openTo('0.0.0.0/0') }),
  );
  const finding = (await pipeline.findings()).find(({ state }) => state === 'open');
  const id = finding?.id ?? '';

  const whole = await show(pipeline, id);
  expect(whole.code).toBe(1);
  expect(whole.out).toMatch(/^HIGH OPEN for 15 h\n/);
  expect(whole.out).toMatch(/Who was told \(UTC\)\n {2}\S+ \S+ {2}Opened {2}send-alert {2}sent as \S+\n/);
  expect(await show(pipeline, id.slice(0, 6).toLowerCase())).toEqual(whole);
  expect((await show(pipeline, id.slice(0, 6), '--scan')).out).toBe(whole.out);

  const stored = JSON.parse((await show(pipeline, id, '--format', 'json')).out);
  expect(stored.finding).toEqual(finding);
  expect(stored).toMatchObject({
    seq: 1,
    outbox: [],
    handled: [{ consumer: 'send-alert', kind: 'Opened', outcome: expect.stringContaining('sent as ') }],
  });
  expect(Object.keys(stored).sort()).toEqual([
    'finding',
    'handled',
    'lastTransition',
    'outbox',
    'runs',
    'seq',
  ]);

  await pipeline.send(
    itemChange({ capturedAt: '2026-01-31T09:30:00.000Z', configuration: openTo('10.0.0.0/8') }),
  );
  const resolved = await show(pipeline, id);
  expect(resolved.code).toBe(0);
  expect(resolved.out).toContain('Exposed for 30 min');

  const unknown = await show(pipeline, 'ABCDEF');
  expect({ code: unknown.code, out: unknown.out }).toEqual({ code: 2, out: '' });
  expect(unknown.err).toContain(
    "error: No finding's id begins with ABCDEF in account 123456789012\nAll findings:",
  );
  expect(pipeline.aws.deniedCalls()).toEqual([]);
}, 60_000);
