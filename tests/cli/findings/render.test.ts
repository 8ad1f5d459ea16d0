import { renderText } from '../../../cli/findings/render';
import { type Paint, widthOf } from '../../../cli/terminal';
import type { FindingSummary } from '../../../shared/contracts/trailseal/finding';
import { NOW } from '../test-shell';
import { ago, idOf, summary } from './fake-findings';

const plain: Paint = (_, text) => text;
const report = (found: readonly FindingSummary[], states: readonly string[] = ['open']) => ({
  found,
  listed: found,
  accounts: ['123456789012'],
  states,
  now: NOW,
});
const worst = summary({
  id: idOf('WORST'),
  control: 'rds-no-public-access',
  severity: 'critical',
  resourceId: 'db-1',
  exposure: { from: ago(93_600), atLeast: true },
});

test('a line each, then the totals', () => {
  const text = renderText(report([worst, summary()]), { width: 160, paint: plain });
  expect(text).toBe(`SEVERITY  CONTROL                 RESOURCE  REGION        ACCOUNT       OPEN FOR   ID
critical  rds-no-public-access    db-1      eu-central-1  123456789012  ≥ 1 d 2 h  WORSTAAAAAAAAAAAAAAAAAAAAA
high      sg-no-world-admin-ipv4  sg-1      eu-central-1  123456789012  1 h        FIRSTAAAAAAAAAAAAAAAAAAAAA

2 open findings in account 123456789012: 1 critical, 1 high. One in full: trailseal show ID
`);
});

test('a narrow terminal shows the resource on a line of its own, and keeps the id', () => {
  const text = renderText(report([summary()]), { width: 76, paint: plain });
  expect(text).toContain(`SEVERITY  OPEN FOR  ID                          CONTROL
high      1 h       FIRSTAAAAAAAAAAAAAAAAAAAAA  sg-no-world-admin-ipv4
    sg-1 eu-central-1 123456789012
`);
});

test('a narrower one shows how the id begins, which is enough for show', () => {
  const text = renderText(report([summary()]), { width: 60, paint: plain });
  expect(text).toContain('high      1 h       FIRSTAAAAA  sg-no-world-admin-ipv4\n');
});

test.each([30, 60, 80, 120])('fits a terminal of %s columns, whatever a resource is called', (width) => {
  const hostile = summary({ resourceId: `監査\u001b[2J\u202e${'x'.repeat(300)}` });
  const text = renderText(report([hostile, worst]), { width, paint: plain });
  const table = text.split('\n').slice(0, -2);
  expect(Math.max(...table.map(widthOf))).toBeLessThanOrEqual(width);
  for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
});

test('several states have a column, and a total each', () => {
  const resolved = summary({ state: 'resolved', exposure: { from: ago(60), to: ago(30) } });
  const text = renderText(report([worst, resolved], ['open', 'resolved']), { width: 200, paint: plain });
  expect(text).toMatch(/^high +resolved .* 30 s +FIRST/m);
  expect(text).toContain('2 findings in account 123456789012 (1 open, 1 resolved): 1 critical, 1 high.');
});

test('what is not listed is counted, what is uncertain is said', () => {
  const unsure = summary({ unsettled: { observedAt: ago(1), annotation: 'unreadable' } });
  const text = renderText({ ...report([worst, unsure]), listed: [worst] }, { width: 200, paint: plain });
  expect(text).toContain(
    '2 open findings in account 123456789012: 1 critical, 1 high. The worst 1 are listed.',
  );
  expect(text).toContain(' Of 1 a later observation could not be judged: the state is from before.');
  expect(text).not.toContain('FIRST');
});

test('none at all', () => {
  expect(renderText({ ...report([]), accounts: ['1', '2'] }, { width: 80, paint: plain })).toBe(
    'No open findings in 2 accounts.\n',
  );
});
