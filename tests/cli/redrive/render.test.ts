import type { Letter } from '../../../cli/redrive/letter';
import type { Outcome } from '../../../cli/redrive/outcome';
import { renderText } from '../../../cli/redrive/render';
import { type Paint, widthOf } from '../../../cli/terminal';

const plain: Paint = (_, text) => text;
const letter = (changes: Partial<Letter> = {}): Letter => ({
  id: '1',
  queue: 'trailseal-dev-dead-letters',
  sentAt: Date.parse('2026-01-31T10:00:00Z'),
  functionName: 'send-alert',
  reason: 'invalid-json',
  error: 'message: expected JSON',
  body: '{"version":"0"}',
  ...changes,
});
const found = (changes?: Partial<Letter>): Outcome => ({ letter: letter(changes), status: 'found' });

const report = (outcomes: readonly Outcome[], applied = false) => ({ stage: 'dev', applied, outcomes });

test('a narrow terminal shows the error on a line of its own', () => {
  expect(renderText(report([found()]), { width: 60, paint: plain })).toContain(`
SENT (UTC)           FUNCTION    REASON
2026-01-31 10:00:00  send-alert  invalid-json
    message: expected JSON
    {"version":"0"}
`);
});

test('queue by queue, the oldest first, then the totals and what to do next', () => {
  const outcomes = [
    found({
      queue: 'trailseal-dev-send-alert-dlq',
      reason: 'received-too-often',
      error: 'received too often',
    }),
    found({ sentAt: Date.parse('2026-01-31T11:00:00Z') }),
    found({ body: 'not JSON' }),
  ];
  expect(renderText(report(outcomes), { width: 120, paint: plain })).toBe(`trailseal-dev-dead-letters
SENT (UTC)           FUNCTION    REASON        ERROR
2026-01-31 10:00:00  send-alert  invalid-json  message: expected JSON
    not JSON
2026-01-31 11:00:00  send-alert  invalid-json  message: expected JSON
    {"version":"0"}

trailseal-dev-send-alert-dlq
SENT (UTC)           FUNCTION    REASON              ERROR
2026-01-31 10:00:00  send-alert  received-too-often  received too often
    {"version":"0"}

COUNT  FUNCTION    REASON
2      send-alert  invalid-json
1      send-alert  received-too-often

3 dead letters. Nothing was changed. Put them back on their functions' queues: add --apply
`);
});

test('after --apply each letter has its status, and what stayed says why', () => {
  const outcomes: Outcome[] = [
    { letter: letter(), status: 'redriven' },
    {
      letter: letter({ functionName: 'gone' }),
      status: 'no-queue',
      because: 'there is no queue trailseal-dev-gone',
    },
    { letter: letter(), status: 'not-sent', because: 'AccessDenied: no' },
    { letter: letter(), status: 'not-removed', because: 'ServiceUnavailable: no' },
  ];
  const text = renderText(report(outcomes, true), { width: 100, paint: plain });
  expect(text).toContain(
    '2026-01-31 10:00:00  send-alert  invalid-json  redriven     message: expected JSON\n',
  );
  expect(text).toContain('\n    no-queue: there is no queue trailseal-dev-gone\n');
  expect(text).toContain('\n    not-sent: AccessDenied: no\n');
  expect(text).toContain(
    '4 dead letters: 1 put back; 1 left, no function has a queue for them; 1 left, could not be sent; ' +
      '1 put back, but could not be removed from the dead letters.\n',
  );
});

test.each([40, 60, 80, 120])('fits a terminal of %s columns', (width) => {
  const long = letter({ error: '監査 '.repeat(60), body: 'x'.repeat(200), functionName: undefined });
  const text = renderText(report([{ letter: long, status: 'no-queue', because: 'y'.repeat(200) }]), {
    width,
    paint: plain,
  });
  const table = text.split('\n').slice(0, -3);
  expect(Math.max(...table.map(widthOf))).toBe(width);
});

test('nothing is cut where nobody looks at a terminal', () => {
  const text = renderText(report([found({ error: 'x'.repeat(200) })]), {
    width: Number.POSITIVE_INFINITY,
    paint: plain,
  });
  expect(text).toContain('x'.repeat(200));
});

test('colours do not change the columns', () => {
  const marked: Paint = (_, text) => `\u001b[1m${text}\u001b[0m`;
  const outcomes: Outcome[] = [{ letter: letter(), status: 'redriven' }];
  const coloured = renderText(report(outcomes, true), { width: 50, paint: marked });
  expect(coloured).toContain('\u001b[1m');
  expect(coloured.replaceAll('\u001b[1m', '').replaceAll('\u001b[0m', '')).toBe(
    renderText(report(outcomes, true), { width: 50, paint: plain }),
  );
});

test('none at all', () => {
  expect(renderText(report([]), { width: 80, paint: plain })).toBe('No dead letters.\n');
});
