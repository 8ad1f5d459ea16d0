import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import * as z from 'zod';
import type { Severity, Transition } from '../../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import { addOutcome } from '../../../shared/findings/outcome';
import { alertOf, isTold } from '../../../shared/tell/alerts/alert';
import { Alert } from '../../../shared/tell/alerts/alert-schema';
import { mayFold } from '../../../shared/tell/alerts/burst';
import { notificationOf } from '../../../shared/tell/alerts/notification';
import { emailOf, smsOf, subjectOf } from '../../../shared/tell/alerts/texts';
import { at, control, fine, joined, open, outcome, transitionEvent } from '../../support/findings';
import { hostileText } from './hostile-text';

const asks = { nonce: 'NONCE', expiresAt: at(23) };
const undo: Partial<RemediationOutcome> = {
  does: 'undo',
  run: 'UNDOAAAAAAAAAAAAAAAAAAAAAA',
  of: 'RUNAAAAAAAAAAAAAAAAAAAAAAA',
  calls: ['Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0'],
  diff: [{ path: 'rules.sgr-0a1b', before: null, after: '"tcp 22 0.0.0.0/0"' }],
  notes: ['Administration ports of the group are open to the world again.'],
  askedBy: 'arn:aws:sts::123456789012:assumed-role/Dev/carol',
};
const untouched: Partial<RemediationOutcome> = { steps: [{ state: 'planned', at: at(9, 2) }] };
const { judged: _, approvedBy: __, ...unjudged } = outcome();

/** One outcome of each kind, of a fix and of an undo, as the runner reports them. */
const outcomes = {
  proposed: {
    ...unjudged,
    ...untouched,
    kind: 'RemediationProposed',
    asks,
    refusals: [{ code: 'not-approved', says: 'It waits for an approval.' }],
  },
  dryRun: {
    ...unjudged,
    ...untouched,
    kind: 'RemediationProposed',
    mode: 'dry-run',
    refusals: [{ code: 'dry-run', says: 'compliance.yml says dry-run: the plan is shown.' }],
  },
  refused: {
    ...unjudged,
    kind: 'Refused',
    steps: [{ state: 'refused', at: at(9, 2) }],
    refusals: [
      {
        code: 'managed-by-iac',
        says: 'It is managed by stack web, which would set it back.',
        instead: 'Change the template of stack web and deploy it.',
      },
      { code: 'protected', says: 'Its tag trailseal:keep keeps remediation away.' },
    ],
  },
  applied: outcome(),
  unconfirmed: outcome({
    kind: 'Unconfirmed',
    says: 'The state is as the plan foresaw, and the control still does not hold.',
    judged: 'NON_COMPLIANT',
  }),
  failed: outcome({
    kind: 'Failed',
    says: 'AWS refused with UnauthorizedOperation: Revoke ingress rule sgr-0a1b.',
    judged: 'NON_COMPLIANT',
    steps: [
      { state: 'captured', at: at(9, 8) },
      { state: 'applying', at: at(9, 8), call: 0, requestId: 'request-0', result: 'done' },
      {
        state: 'applying',
        at: at(9, 9),
        call: 1,
        requestId: 'request-1',
        result: 'refused',
        error: { code: 'UnauthorizedOperation', says: 'not for you' },
      },
      { state: 'failed', at: at(9, 10) },
    ],
  }),
  undoProposed: {
    ...unjudged,
    ...undo,
    ...untouched,
    kind: 'RemediationProposed',
    asks,
    refusals: [{ code: 'not-approved', says: 'It waits for an approval.' }],
  },
  undoRefused: {
    ...unjudged,
    ...undo,
    kind: 'Refused',
    steps: [{ state: 'refused', at: at(10) }],
    refusals: [
      {
        code: 'changed-since',
        says: 'It is no longer as it was left: rules.sgr-0a1b.',
        instead: 'Look at the three-way difference, then force the undo or change it by hand.',
      },
    ],
    overrides: [
      { path: 'rules.sgr-0a1b', captured: '"tcp 22 0.0.0.0/0"', left: null, live: '"tcp 22 ::/0"' },
    ],
  },
  undone: outcome({ ...undo, kind: 'Undone', judged: 'NON_COMPLIANT' }),
  undoUnconfirmed: outcome({
    ...undo,
    kind: 'Unconfirmed',
    says: 'What is there now is not what the plan foresaw.',
  }),
  undoFailed: outcome({
    ...undo,
    kind: 'Failed',
    says: 'No answer came.',
    steps: [{ state: 'applying', at: at(10), call: 0 }],
  }),
} satisfies Record<string, RemediationOutcome>;
type Name = keyof typeof outcomes;
const names = Object.keys(outcomes) as Name[];

function eventOf(given: RemediationOutcome, about: Parameters<typeof transitionEvent>[1] = {}) {
  const { finding } = joined([open(at(9))], at(9, 1));
  const after = addOutcome(finding, given);
  const { history: _history, ...summary } = after.finding;
  return transitionEvent(after.transitions[0] as Partial<Transition>, { ...summary, ...about });
}
const alertFor = (given: RemediationOutcome, about: Parameters<typeof transitionEvent>[1] = {}) =>
  alertOf(eventOf(given, about), { control, mode: 'approve' });
const mail = (name: Name) => emailOf(alertFor(outcomes[name]));
const lead = (name: Name) => mail(name).split('\n').slice(0, 4);

/** Down to where every alert of the finding says the same. */
const upToComplaint = (name: Name) => mail(name).split('\n\nWhat changed: ')[0];

describe('the e-mail', () => {
  test('of a proposal', () => {
    expect(upToComplaint('proposed')).toMatchInlineSnapshot(`
"HIGH - fix proposed - fix waits for an approval: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0
  Nothing was changed. The fix would: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; Revoke ingress rule sgr-0a1b.
  To let it go, until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: proposed
  A fix is planned, and waits for an approval until 2026-01-31 23:00 UTC: nothing was changed.
  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Approve it until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI
  What it waits for:
    - not-approved: It waits for an approval.
  To know besides:
    - Connections that are open stay open.
  What it would change (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:02:00 UTC  planned

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Look at the whole plan: npx trailseal remediate DPNPKBOOP7XQAGUSTH3BPK7QLI
  2. Let it go, until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI"
`);
  });
  test('of a dry run', () => {
    expect(upToComplaint('dryRun')).toMatchInlineSnapshot(`
"HIGH - fix proposed - dry-run, nothing was changed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0
  Nothing was changed, and nothing waits. It would: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; Revoke ingress rule sgr-0a1b.
  The mode is dry-run: it only shows what would be done.
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: proposed
  A fix is planned, and waits for nothing: the mode is dry-run, and nothing was changed.
  Remediation sg-close-world-ingress, mode dry-run, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Why not:
    - dry-run: compliance.yml says dry-run: the plan is shown.
  To know besides:
    - Connections that are open stay open.
  What it would change (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:02:00 UTC  planned

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Look at the whole plan: npx trailseal remediate DPNPKBOOP7XQAGUSTH3BPK7QLI
  2. Find out who still needs the access.
  3. Let them in by Session Manager.
  4. Revoke the ingress rule of the world-open range."
`);
  });
  test('of a refusal', () => {
    expect(upToComplaint('refused')).toMatchInlineSnapshot(`
"HIGH - fix refused - nothing was changed: managed-by-iac, protected; about: port 22 (tcp) is open to 0.0.0.0/0
  Nothing was changed: it is managed by stack web, which would set it back. There is one more reason.
  Change the template of stack web and deploy it.
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: refused
  Nothing was changed: it is managed by stack web, which would set it back. There is one more reason.
  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Why not:
    - managed-by-iac: It is managed by stack web, which would set it back.
      instead: Change the template of stack web and deploy it.
    - protected: Its tag trailseal:keep keeps remediation away.
  To know besides:
    - Connections that are open stay open.
  What it would have changed (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:02:00 UTC  refused

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Change the template of stack web and deploy it.
  2. Find out who still needs the access.
  3. Let them in by Session Manager.
  4. Revoke the ingress rule of the world-open range."
`);
  });
  test('of a fix that worked', () => {
    expect(upToComplaint('applied')).toMatchInlineSnapshot(`
"HIGH - fixed and confirmed - fixed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0
  Changed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; Revoke ingress rule sgr-0a1b.
  To undo it: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: applied
  It was fixed: read again, it is as planned, and the control holds.
  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Approved by arn:aws:sts::123456789012:assumed-role/Lead/bob.
  Read again, the control says: COMPLIANT.
  To know besides:
    - Connections that are open stay open.
  What it changed (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:02:00 UTC  planned
    2026-01-31 09:08:00 UTC  captured
    2026-01-31 09:08:00 UTC  call 1 done, request request-0
    2026-01-31 09:08:00 UTC  call 2 refused by AWS, RequestLimitExceeded, request request-1
    2026-01-31 09:09:00 UTC  call 2 done, request request-2
    2026-01-31 09:10:00 UTC  applied

What was wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Undo it, should something need what was changed: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI"
`);
  });
  test('of a fix that is not confirmed', () => {
    expect(upToComplaint('unconfirmed')).toMatchInlineSnapshot(`
"HIGH - fix not confirmed - changed, not confirmed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0
  Changed, and not confirmed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; Revoke ingress rule sgr-0a1b.
  To undo it: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: unconfirmed
  It was changed, and that is not confirmed: the state is as the plan foresaw, and the control still does not hold.
  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Approved by arn:aws:sts::123456789012:assumed-role/Lead/bob.
  Read again, the control says: NON_COMPLIANT.
  To know besides:
    - Connections that are open stay open.
  What it was to change (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:02:00 UTC  planned
    2026-01-31 09:08:00 UTC  captured
    2026-01-31 09:08:00 UTC  call 1 done, request request-0
    2026-01-31 09:08:00 UTC  call 2 refused by AWS, RequestLimitExceeded, request request-1
    2026-01-31 09:09:00 UTC  call 2 done, request request-2
    2026-01-31 09:10:00 UTC  applied

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Look at what is there now, and at what was done: npx trailseal show DPNPKBOOP7XQAGUSTH3BPK7QLI
  2. Undo what was changed: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI
  3. Find out who still needs the access.
  4. Let them in by Session Manager.
  5. Revoke the ingress rule of the world-open range."
`);
  });
  test('of a fix that failed', () => {
    expect(upToComplaint('failed')).toMatchInlineSnapshot(`
"HIGH - fix failed - the fix failed: AWS refused with UnauthorizedOperation: Revoke ingress rule sgr-0a1b; about: port 22 (tcp) is open to 0.0.0.0/0
  Done before it failed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0.
  To undo it: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: failed
  The fix failed, done in part: AWS refused with UnauthorizedOperation: Revoke ingress rule sgr-0a1b.
  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Approved by arn:aws:sts::123456789012:assumed-role/Lead/bob.
  Read again, the control says: NON_COMPLIANT.
  To know besides:
    - Connections that are open stay open.
  What it was to change (+ added, - removed, ~ changed):
    - rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0
    2. Revoke ingress rule sgr-0a1b
  Step by step:
    2026-01-31 09:08:00 UTC  captured
    2026-01-31 09:08:00 UTC  call 1 done, request request-0
    2026-01-31 09:09:00 UTC  call 2 refused by AWS, UnauthorizedOperation, request request-1
    2026-01-31 09:10:00 UTC  failed

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Look at what is there now, and at what was done: npx trailseal show DPNPKBOOP7XQAGUSTH3BPK7QLI
  2. Undo what was changed: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI
  3. Find out who still needs the access.
  4. Let them in by Session Manager.
  5. Revoke the ingress rule of the world-open range."
`);
  });
  test('of an undo that waits for an approval', () => {
    expect(upToComplaint('undoProposed')).toMatchInlineSnapshot(`
"HIGH - undo proposed - undo waits for an approval: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0
  Nothing was changed. The undo would: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0.
  What it exposes: Administration ports of the group are open to the world again.
  To let it go, until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: proposed
  An undo is planned, and waits for an approval until 2026-01-31 23:00 UTC: nothing was changed.
  Remediation sg-close-world-ingress, mode approve, undo UNDOAAAAAAAAAAAAAAAAAAAAAA of RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Asked for by arn:aws:sts::123456789012:assumed-role/Dev/carol.
  Approve it until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI
  What it waits for:
    - not-approved: It waits for an approval.
  To know besides:
    - Administration ports of the group are open to the world again.
  What it would change (+ added, - removed, ~ changed):
    + rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0
  Step by step:
    2026-01-31 09:02:00 UTC  planned

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Let it go, until 2026-01-31 23:00:00 UTC: npx trailseal approve DPNPKBOOP7XQAGUSTH3BPK7QLI"
`);
  });
  test('of an undo that was refused', () => {
    expect(upToComplaint('undoRefused')).toMatchInlineSnapshot(`
"HIGH - undo refused - not undone: changed-since; about: port 22 (tcp) is open to 0.0.0.0/0
  It was not undone: it is no longer as it was left: rules[.]sgr-0a1b.
  Look at the three-way difference, then force the undo or change it by hand.
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: refused
  It was not undone: it is no longer as it was left: rules[.]sgr-0a1b.
  Remediation sg-close-world-ingress, mode approve, undo UNDOAAAAAAAAAAAAAAAAAAAAAA of RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Asked for by arn:aws:sts::123456789012:assumed-role/Dev/carol.
  Why not:
    - changed-since: It is no longer as it was left: rules[.]sgr-0a1b.
      instead: Look at the three-way difference, then force the undo or change it by hand.
  To know besides:
    - Administration ports of the group are open to the world again.
  What it would have changed (+ added, - removed, ~ changed):
    + rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0
  Step by step:
    2026-01-31 10:00:00 UTC  refused
  What others changed since, and what it overrides:
    ~ rules/sgr-0a1b: "tcp 22 0.0.0.0/0" before, not set as it was left, "tcp 22 ::/0" now

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Look at the three-way difference, then force the undo or change it by hand.
  2. Undo it all the same, after a look at the difference: npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI --force"
`);
  });
  test('of an undo that worked', () => {
    expect(upToComplaint('undone')).toMatchInlineSnapshot(`
"HIGH - undone - undone: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0
  Put back: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0.
  It was undone: read again, it is as planned, and the control does not hold.
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What was done: undone
  It was undone: read again, it is as planned, and the control does not hold.
  Remediation sg-close-world-ingress, mode approve, undo UNDOAAAAAAAAAAAAAAAAAAAAAA of RUNAAAAAAAAAAAAAAAAAAAAAAA.
  Asked for by arn:aws:sts::123456789012:assumed-role/Dev/carol.
  Approved by arn:aws:sts::123456789012:assumed-role/Lead/bob.
  Read again, the control says: NON_COMPLIANT.
  To know besides:
    - Administration ports of the group are open to the world again.
  What it changed (+ added, - removed, ~ changed):
    + rules/sgr-0a1b: "tcp 22 0.0.0.0/0"
  Calls of the plan:
    1. Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0
  Step by step:
    2026-01-31 09:02:00 UTC  planned
    2026-01-31 09:08:00 UTC  captured
    2026-01-31 09:08:00 UTC  call 1 done, request request-0
    2026-01-31 09:08:00 UTC  call 2 refused by AWS, RequestLimitExceeded, request request-1
    2026-01-31 09:09:00 UTC  call 2 done, request request-2
    2026-01-31 09:10:00 UTC  applied

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Find out who still needs the access.
  2. Let them in by Session Manager.
  3. Revoke the ingress rule of the world-open range."
`);
  });
  test('of an undo that is not confirmed', () => {
    expect(lead('undoUnconfirmed')).toMatchInlineSnapshot(`
[
  "HIGH - undo not confirmed - put back, not confirmed: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0",
  "  Put back, and not confirmed: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0.",
  "  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)",
  "  in account 123456789012, region eu-central-1",
]
`);
  });
  test('of an undo that failed', () => {
    expect(lead('undoFailed')).toMatchInlineSnapshot(`
[
  "HIGH - undo failed - the undo failed: No answer came; about: port 22 (tcp) is open to 0.0.0.0/0",
  "  No call is known to have worked.",
  "  It may have worked, no answer came: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0.",
  "  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)",
]
`);
  });
});

test('the summary leads with what happened', () => {
  expect(names.map((name) => alertFor(outcomes[name]).summary)).toMatchInlineSnapshot(`
[
  "fix waits for an approval: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0",
  "dry-run, nothing was changed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0",
  "nothing was changed: managed-by-iac, protected; about: port 22 (tcp) is open to 0.0.0.0/0",
  "fixed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0",
  "changed, not confirmed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0; and 1 more; about: port 22 (tcp) is open to 0.0.0.0/0",
  "the fix failed: AWS refused with UnauthorizedOperation: Revoke ingress rule sgr-0a1b; about: port 22 (tcp) is open to 0.0.0.0/0",
  "undo waits for an approval: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0",
  "not undone: changed-since; about: port 22 (tcp) is open to 0.0.0.0/0",
  "undone: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0",
  "put back, not confirmed: Authorize 0.0.0.0/0 on port 22 of sg-0123456789abcdef0; about: port 22 (tcp) is open to 0.0.0.0/0",
  "the undo failed: No answer came; about: port 22 (tcp) is open to 0.0.0.0/0",
]
`);
});

test.each<[Name, string, string]>([
  ['proposed', 'proposed', 'fix proposed'],
  ['refused', 'refused', 'fix refused'],
  ['applied', 'applied', 'fixed and confirmed'],
  ['unconfirmed', 'unconfirmed', 'fix not confirmed'],
  ['failed', 'failed', 'fix failed'],
  ['undoProposed', 'proposed', 'undo proposed'],
  ['undoRefused', 'refused', 'undo refused'],
  ['undone', 'undone', 'undone'],
  ['undoUnconfirmed', 'unconfirmed', 'undo not confirmed'],
  ['undoFailed', 'failed', 'undo failed'],
])('%s is %s: "%s"', (name, state, headline) => {
  const alert = alertFor(outcomes[name]);
  expect(alert.links.remediation.state).toBe(state);
  expect(emailOf(alert)).toMatch(new RegExp(`^HIGH - ${headline} - `));
  expect(smsOf(alert)).toMatch(new RegExp(`^HIGH ${headline}: sg-no-world-admin-ipv4 `));
});

test('how to undo it is said of fixes that may have changed something, and of nothing else', () => {
  const withUndo = names.filter((name) => {
    const alert = alertFor(outcomes[name]);
    const command = `npx trailseal undo ${alert.finding.id}`;
    expect(emailOf(alert).includes(`${command}\n`)).toBe(alert.links.remediation.undo === command);
    return alert.links.remediation.undo !== undefined;
  });
  expect(withUndo).toEqual(['applied', 'unconfirmed', 'failed']);
});

test('how to let it go is said of what waits for an approval, and of nothing else', () => {
  expect(names.filter((name) => /npx trailseal approve/.test(mail(name)))).toEqual([
    'proposed',
    'undoProposed',
  ]);
});

test('a fix that failed before its first call says that nothing is known to have worked, and not how to undo it', () => {
  const text = emailOf(alertFor({ ...outcomes.failed, steps: [] }));
  expect(text).toContain('\n  No call is known to have worked.\n  AWS::EC2::SecurityGroup');
});

test('a call without an answer is said to may have worked', () => {
  const steps = [{ state: 'applying' as const, at: at(9, 8), call: 1, result: 'unknown' as const }];
  expect(emailOf(alertFor({ ...outcomes.failed, steps }))).toContain(
    [
      '',
      '  Done before it failed: Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0.',
      '  It may have worked, no answer came: Revoke ingress rule sgr-0a1b.',
      '  To undo it: npx trailseal undo ',
    ].join('\n'),
  );
});

test('of very many calls the first ones are named', () => {
  const calls = [...Array.from({ length: 19 }, (_, index) => `Call ${index}`), 'and 31 more'];
  const text = (given: RemediationOutcome) => emailOf(alertFor(given)).split('\n')[1];
  expect(text(outcome({ calls }))).toBe('  Changed: Call 0; Call 1; Call 2; and 47 more.');
  const steps = [{ state: 'applying' as const, at: at(9), call: 30, result: 'refused' as const }];
  expect(text({ ...outcomes.failed, calls, steps })).toBe(
    '  Done before it failed: Call 0; Call 1; Call 2; and 27 more.',
  );
});

describe('for machines', () => {
  const isAlert = new Ajv2020({ strict: false }).compile(z.toJSONSchema(Alert, { io: 'input' }));
  const problemsOf = (value: unknown) => (isAlert(value) ? [] : isAlert.errors);

  test.each(names)('%s is valid by the published schema', (name) => {
    const told: unknown = JSON.parse(notificationOf(alertFor(outcomes[name])).message.default);
    expect(problemsOf(told)).toEqual([]);
    expect(Alert.parse(told)).toEqual(told);
  });

  test('the link has all that is known of an outcome', () => {
    expect(alertFor(outcomes.failed).links.remediation).toMatchInlineSnapshot(`
{
  "approvedBy": "arn:aws:sts::123456789012:assumed-role/Lead/bob",
  "at": "2026-01-31T09:10:00.000Z",
  "calls": [
    "Authorize 10.0.0.0/8 on port 22 of sg-0123456789abcdef0",
    "Revoke ingress rule sgr-0a1b",
  ],
  "diff": [
    {
      "after": null,
      "before": ""tcp 22 0.0.0.0/0"",
      "path": "rules/sgr-0a1b",
    },
  ],
  "does": "fix",
  "judged": "NON_COMPLIANT",
  "mode": "approve",
  "notes": [
    "Connections that are open stay open.",
  ],
  "planHash": "c0ffee0000000000000000000000000000000000000000000000000000000000",
  "refusals": [],
  "remediation": "sg-close-world-ingress",
  "run": "RUNAAAAAAAAAAAAAAAAAAAAAAA",
  "says": "The fix failed, done in part: AWS refused with UnauthorizedOperation: Revoke ingress rule sgr-0a1b.",
  "state": "failed",
  "steps": [
    {
      "at": "2026-01-31T09:08:00.000Z",
      "state": "captured",
    },
    {
      "at": "2026-01-31T09:08:00.000Z",
      "call": 0,
      "requestId": "request-0",
      "result": "done",
      "state": "applying",
    },
    {
      "at": "2026-01-31T09:09:00.000Z",
      "call": 1,
      "errorCode": "UnauthorizedOperation",
      "requestId": "request-1",
      "result": "refused",
      "state": "applying",
    },
    {
      "at": "2026-01-31T09:10:00.000Z",
      "state": "failed",
    },
  ],
  "undo": "npx trailseal undo DPNPKBOOP7XQAGUSTH3BPK7QLI",
}
`);
    expect(alertFor(outcomes.undoProposed).links.remediation).toMatchObject({ asks, of: undo.of });
    expect(alertFor(outcomes.undoRefused).links.remediation.overrides).toEqual([
      { path: 'rules/sgr-0a1b', captured: '"tcp 22 0.0.0.0/0"', left: null, live: '"tcp 22 ::/0"' },
    ]);
  });

  test('the finding stands as it did, in one thread, with its own attributes', () => {
    const plain = alertOf(transitionEvent(), { control, mode: 'approve' });
    for (const name of names) {
      const alert = alertFor(outcomes[name]);
      expect(alert.status).toBe('open');
      expect(subjectOf(alert)).toBe(subjectOf(plain));
      expect(notificationOf(alert).attributes).toMatchObject({
        messageType: outcomes[name].kind,
        status: 'open',
      });
    }
    expect(alertFor(outcomes.applied, { state: 'resolved' }).status).toBe('resolved');
  });
});

describe('other messages of a finding', () => {
  const after = addOutcome(joined([open(at(9))], at(9, 1)).finding, outcomes.applied).finding;
  const resolved = { kind: 'Resolved', judgement: fine(at(9, 11)), was: open(at(9)) } as const;
  const alert = alertOf(
    transitionEvent(
      { ...resolved, exposure: { from: at(9), to: at(9, 11) } },
      { remediation: after.remediation },
    ),
    { control, mode: 'auto' },
  );

  test('say in short what was done by then', () => {
    expect(alert.links.remediation).toEqual({
      state: 'applied',
      mode: 'approve',
      says: 'It was fixed: read again, it is as planned, and the control holds.',
      run: 'RUNAAAAAAAAAAAAAAAAAAAAAAA',
      does: 'fix',
      remediation: 'sg-close-world-ingress',
      planHash: outcomes.applied.planHash,
      approvedBy: 'arn:aws:sts::123456789012:assumed-role/Lead/bob',
      undo: `npx trailseal undo ${alert.finding.id}`,
      at: at(9, 10),
    });
    expect(emailOf(alert)).toContain(
      [
        '',
        'What was done: applied',
        '  It was fixed: read again, it is as planned, and the control holds.',
        '  Remediation sg-close-world-ingress, mode approve, fix RUNAAAAAAAAAAAAAAAAAAAAAAA.',
        '  Approved by arn:aws:sts::123456789012:assumed-role/Lead/bob.',
        `  Undo it: npx trailseal undo ${alert.finding.id}`,
        '',
        'Why it matters',
      ].join('\n'),
    );
  });

  test('do not say that nothing will be done where something may', () => {
    const opened = (mode: 'notify' | 'auto') =>
      alertOf(transitionEvent(), { control, mode }).links.remediation;
    expect([opened('notify'), opened('auto')]).toEqual([
      {
        state: 'none',
        mode: 'notify',
        says: 'Trailseal changed nothing: the mode of this control is notify.',
      },
      {
        state: 'none',
        mode: 'auto',
        says: 'Trailseal has changed nothing so far; the mode of this control is auto.',
      },
    ]);
  });

  test('that are about the records of our own calls do not name them as who did it', () => {
    const call = {
      eventID: 'own-event',
      eventName: 'RevokeSecurityGroupIngress',
      eventSource: 'ec2.amazonaws.com',
      eventTime: at(9, 9),
      awsRegion: 'eu-central-1',
      actor: {
        type: 'AssumedRole',
        principal: 'arn:aws:sts::123456789012:assumed-role/trailseal-dev-remediation/x',
        console: false,
      },
      proof: { state: 'proven' as const, says: 'it is there' },
    };
    const links = {
      observedAt: at(9, 8),
      configurationStateId: '0',
      actor: 'named' as const,
      calls: [call],
    };
    const sealed = alertOf(
      transitionEvent(
        { kind: 'Sealed', cause: 'run RUNAAAAAAAAAAAAAAAAAAAAAAA|proof of it', links },
        { remediation: after.remediation },
      ),
      { control, mode: 'approve' },
    );
    expect(sealed.links).toMatchObject({
      actor: { state: 'not-applicable', reason: 'own-calls' },
      proof: { state: 'proven', calls: [{ eventID: 'own-event' }] },
      remediation: { state: 'applied' },
    });
    expect(sealed.summary).toBe(
      'of what was done about it, the record of RevokeSecurityGroupIngress by arn:aws:sts::123456789012:assumed-role/trailseal-dev-remediation/x is proven: port 22 (tcp) is open to 0.0.0.0/0',
    );
  });
});

describe('who hears of it', () => {
  test.each<[Name, boolean, boolean]>([
    ['proposed', true, false],
    ['refused', true, false],
    ['applied', true, true],
    ['unconfirmed', true, true],
    ['failed', true, true],
    ['undone', true, true],
  ])('of %s: of a finding without exposure %s, of an exempt one %s', (name, plain, exempt) => {
    const { transition, ...rest } = eventOf(outcomes[name]);
    const { exposure: _exposure, ...unexposed } = transition;
    expect(isTold({ ...rest, transition: unexposed })).toBe(plain);
    expect(isTold(eventOf(outcomes[name], { state: 'exempt' }))).toBe(exempt);
  });

  test.each<[Name, boolean]>([
    ['proposed', true],
    ['refused', true],
    ['applied', true],
    ['unconfirmed', false],
    ['failed', false],
    ['undone', false],
  ])('%s may be folded into a summary: %s', (name, may) => {
    expect(mayFold(alertFor(outcomes[name]))).toBe(may);
    expect(mayFold(alertFor(outcomes[name], { severity: 'critical' }))).toBe(false);
  });

  test.each<[Name, Severity, Severity]>([
    ['failed', 'informational', 'medium'],
    ['unconfirmed', 'low', 'medium'],
    ['failed', 'medium', 'medium'],
    ['unconfirmed', 'critical', 'critical'],
    ['applied', 'low', 'low'],
    ['undone', 'informational', 'informational'],
  ])('%s of a finding that is %s is %s, in the thread of the finding', (name, severity, told) => {
    const alert = alertFor(outcomes[name], { severity });
    expect([alert.severity, alert.finding.severity ?? alert.severity]).toEqual([told, severity]);
    expect(subjectOf(alert)).toMatch(new RegExp(`^\\[${severity.toUpperCase()}\\]`));
  });
});

/** An outcome in which everything that somebody can choose says the same. */
const saying = (text: string, name: Name): RemediationOutcome => ({
  ...outcomes[name],
  calls: [text, `x${text}`],
  diff: [
    { path: `a.${text}`, before: `"${text}"`, after: null },
    { path: 'b', before: null, after: text },
    { path: 'c', before: text, after: text },
  ],
  notes: [text],
  refusals: outcomes[name].refusals.map(({ code }) => ({ code, says: text, instead: `x${text}` })),
  steps: [
    {
      state: 'applying',
      at: at(9),
      call: 0,
      requestId: text,
      result: 'refused',
      error: { code: text, says: text },
      refusal: { code: 'cannot', says: text },
      says: text,
    },
  ],
  says: text,
  approvedBy: text,
  askedBy: text,
  overrides: [{ path: `a.${text}`, captured: text, left: text, live: null }],
});

test('nothing that was reported adds a line, a link, or a character that misleads to any text', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...names), (text, name) => {
      const alert = alertFor(saying(text, name));
      const email = emailOf(alert);
      const ours = ['configuration.ipPermissions[0].ipv4Ranges[0].cidrIp', 'compliance.yml', ' -> '];
      const foreign = ours.reduce((rest, own) => rest.replaceAll(own, ' '), email);
      expect(foreign.replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]/u,
      );
      expect(foreign).not.toMatch(
        /https?:\/|(?<!\[):\/\/|[^\s.][.。][\p{L}\p{M}]{2}|\\\\|mailto:\S|javascript:\S/iu,
      );
      // Fewer where so long a text takes the room of others.
      const lines = emailOf(alertFor(saying('plain', name))).split('\n').length;
      expect(email.split('\n').length).toBeLessThanOrEqual(lines);
      expect(smsOf(alert)).toMatch(/^[\x20-\x7e]{1,140}$/);
      const { calls = [], says, notes = [] } = alert.links.remediation;
      expect([...calls, ...notes, says, alert.summary].join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}<>`]/u);
      const commands = [...email.matchAll(/npx trailseal \w+ (.*)/g)].map(([, rest]) => rest);
      const { id } = alert.finding;
      expect(commands.filter((rest) => rest !== id && rest !== `${id} --force`)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
