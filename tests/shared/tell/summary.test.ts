import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import * as z from 'zod';
import type { Finding, Severity, Transition } from '../../../shared/contracts/trailseal/finding';
import { alertOf } from '../../../shared/tell/alerts/alert';
import { Alert } from '../../../shared/tell/alerts/alert-schema';
import {
  endOf,
  foldedAlertOf,
  mayFold,
  summaryDueAt,
  summaryId,
  windowOf,
} from '../../../shared/tell/alerts/burst';
import type { FoldedAlert } from '../../../shared/tell/alerts/folded';
import { notificationOf } from '../../../shared/tell/alerts/notification';
import { summaryAlertOf, worstOf } from '../../../shared/tell/alerts/summary';
import { emailOf, smsOf, subjectOf } from '../../../shared/tell/alerts/texts';
import { at, control, fine, open, transitionEvent } from '../../support/findings';
import { hostileText } from './hostile-text';
import { alertIn } from './stories';

const window = windowOf(control.id, at(9, 7));
const alert = (parts: Partial<Transition> = {}, about: Partial<Omit<Finding, 'history'>> = {}) =>
  alertOf(transitionEvent(parts, about), { control, mode: 'notify' });
const resolved = { kind: 'Resolved', judgement: fine(at(9, 3)), was: open(at(9)) } as const;

function summaryOf(folded: readonly FoldedAlert[], count = folded.length, worst: Severity = 'high') {
  const [first, ...others] = folded;
  if (first === undefined) throw new Error('nothing is folded');
  return summaryAlertOf(window, { listed: [first, ...others], count, worst }, { control, mode: 'notify' });
}
const two = [foldedAlertOf(alert()), foldedAlertOf(alert(resolved, { accountId: '210987654321' }))];

describe('a window', () => {
  test.each([
    [at(9), at(9), at(9, 10)],
    [at(9, 7), at(9), at(9, 10)],
    ['2026-01-31T09:09:59.999Z', at(9), at(9, 10)],
    [at(9, 10), at(9, 10), at(9, 20)],
  ])('of %s begins at %s', (time, from, to) => {
    const found = windowOf('a', time);
    expect([found.from, endOf(found)]).toEqual([from, to]);
    expect(summaryDueAt(found) > endOf(found)).toBe(true);
  });

  test('has a summary with an id of its own, the same each time', () => {
    const ids = [window, windowOf('other', at(9)), windowOf(control.id, at(9, 10))].map(summaryId);
    expect(new Set(ids).size).toBe(3);
    expect(summaryId(windowOf(control.id, at(9, 9)))).toBe(ids[0]);
    for (const id of ids) expect(id).toMatch(/^[A-Z2-7]{26}$/);
  });
});

test.each<[string, Alert, boolean]>([
  ['what was opened', alert(), true],
  ['what was resolved', alert(resolved), true],
  ['who did it', alert({ kind: 'Attributed' }), true],
  ['what is critical', alert({}, { severity: 'critical' }), false],
  ['a contradicted record', alert({ kind: 'Contradicted' }), false],
  ['a proof', alert({ kind: 'Sealed' }), false],
  ['why there is no proof', alert({ kind: 'Unproven' }), false],
  ['a test', alert({ judgement: open(at(9), { origin: 'operator' }) }), false],
  ['a summary', summaryOf(two), false],
])('of %s, whether it may be folded is known', (_, told, folds) => expect(mayFold(told)).toBe(folds));

test('the worst of severities', () => {
  expect(worstOf(['low', 'high', 'medium'])).toBe('high');
  expect(worstOf([])).toBe('informational');
});

describe('a summary', () => {
  test('in an e-mail', () => {
    expect(emailOf(summaryOf(two, 322))).toMatchInlineSnapshot(`
"HIGH - summary - 322 more alerts of this control in ten minutes: 1 opened, 1 resolved, 320 not listed; in at least 2 accounts
  Many alerts of one control came at once, from 2026-01-31 09:00:00 UTC to 2026-01-31 09:10:00 UTC.
  The first of them were sent one by one; this message stands for the others.
  What it lists is as it was when it was recorded: later messages of a finding may have come before this one.

What it stands for: 322 alerts
  DPNPKBOOP7XQAGUSTH3BPK7QLI  opened  high  123456789012  eu-central-1  sg-0123456789abcdef0
  DPNPKBOOP7XQAGUSTH3BPK7QLI  resolved  high  210987654321  eu-central-1  sg-0123456789abcdef0
  and 320 more

How to see them all
  trailseal findings --control sg-no-world-admin-ipv4
  trailseal show FINDING, for one of them with its evidence

Why it matters
  Control: No security group admits 0.0.0.0/0 to remote administration ports.
  Open administration ports are found by scanners within minutes.

Frameworks
  CIS AWS Foundations: 5.2 (3.0.0)
  Security Hub: EC2.53
  AWS Config managed rules: VPC_SG_PORT_RESTRICTION_CHECK
  NIST SP 800-53 rev. 5: AC-17(1), SC-7(21)
  PCI DSS 4.0: 1.3.1
  SOC 2: CC6.6

For reference
  control  sg-no-world-admin-ipv4
  alert    RMBFHQ7LGCWEME3CMXGIM7QRTO
"
`);
  });

  test('in a subject and in a text message', () => {
    expect(subjectOf(summaryOf(two))).toBe('[HIGH] sg-no-world-admin-ipv4 2 more alerts');
    expect(smsOf(summaryOf(two))).toBe(
      'HIGH summary: sg-no-world-admin-ipv4: 2 more alerts of this control in ten minutes: 1 opened, 1 resolved; in 2 accounts',
    );
  });

  test('for machines', () => {
    const told = summaryOf(two, 322, 'medium');
    expect(told).toMatchObject({
      alertId: summaryId(window),
      messageType: 'Summary',
      severity: 'medium',
      status: 'open',
      finding: { id: two[0]?.findingId },
      folded: { count: 322, omitted: 320, listed: [{ messageType: 'Opened' }, { messageType: 'Resolved' }] },
    });
    expect(notificationOf(told).attributes).toMatchObject({ messageType: 'Summary', severity: 'medium' });
  });

  test('of what is over is no longer open', () => {
    expect(summaryOf([foldedAlertOf(alert(resolved))]).status).toBe('resolved');
  });

  const isAlert = new Ajv2020({ strict: false }).compile(z.toJSONSchema(Alert, { io: 'input' }));

  test('is an alert by the published schema, on lines of our own, whatever the resources are called', () => {
    const lines = (text: string) => emailOf(summaryOf([foldedOf(text)])).split('\n');
    const foldedOf = (text: string) =>
      foldedAlertOf(alert({}, { resourceId: text, resourceType: text, region: text, accountId: text }));
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(isAlert(JSON.parse(JSON.stringify(summaryOf([foldedOf(text)]))))).toBe(true);
        expect(lines(text).length).toBe(lines('plain').length);
        expect(lines(text).join('')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]|https?:\/|(?<!\[):\/\//u,
        );
        expect(smsOf(summaryOf([foldedOf(text)]))).toMatch(/^[\x20-\x7e]{1,140}$/);
      }),
      { numRuns: 500 },
    );
  });

  test('of fifty with the longest names stays below what SNS takes', () => {
    const long = '\u0001"ä🔥\\'.repeat(2000);
    const one = foldedAlertOf(
      alert({}, { resourceId: long, resourceType: long, region: long, accountId: long }),
    );
    const { message } = notificationOf(
      summaryOf(
        Array.from({ length: 50 }, () => one),
        10_000,
      ),
    );
    const bytes = Buffer.byteLength(JSON.stringify(message));
    expect(bytes).toBeGreaterThan(40_000);
    expect(bytes).toBeLessThan(200 * 1024);
  });
});

test('no other alert has anything folded', () => {
  expect(alertIn('Opened')).not.toHaveProperty('folded');
});
