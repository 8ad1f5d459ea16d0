import { findingText } from '../../../cli/show/render';
import type { Paint } from '../../../cli/terminal';
import type { FindingRows } from '../../../shared/aws/findings-reader';
import type { ChangeLink, Finding, Judgement } from '../../../shared/contracts/trailseal/finding';
import { at, exemptUntil, fine, gone, joined, open, reason, unclear } from '../../support/findings';

const style = { width: Number.POSITIVE_INFINITY, paint: ((_, text) => text) as Paint };
const marked = { ...style, paint: ((colour, text) => `<${colour}>${text}</>`) as Paint };

const change: ChangeLink = {
  state: 'reported',
  properties: [
    {
      path: 'configuration.ipPermissions.0',
      changeType: 'UPDATE',
      before: { fromPort: 22, ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }], more: [] },
      after: { fromPort: 22, ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }, { cidrIp: '10.0.0.0/8' }] },
    },
  ],
  otherPaths: ['configuration.description'],
  omitted: 3,
};

const rowsOf = (finding: Finding, more: Partial<FindingRows> = {}): FindingRows => ({
  state: { finding, seq: 1, outbox: [] },
  claims: [],
  runs: [],
  ...more,
});
const text = (
  judgements: readonly Judgement[],
  now = at(12),
  more: Partial<FindingRows> = {},
  drawn = style,
) => {
  const { finding } = joined(judgements, now);
  return findingText(finding, rowsOf(finding, more), new Date(now), drawn);
};

test('an open finding: state, what is wrong, since when, what changed', () => {
  const shown = text([open(at(9), { change })]);
  expect(shown).toMatch(
    /^HIGH OPEN for 3 h\n\nsg-no-world-admin-ipv4\n {2}No security group admits 0\.0\.0\.0\/0/,
  );
  for (const part of [
    'What is wrong\n  - port 22 (tcp) is open to 0.0.0.0/0\n    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source',
    '  Observed by AWS Config at 2026-01-31 09:00:00 UTC.\n',
    '  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)\n  in account 123456789012, region eu-central-1\n',
    '  Open since 2026-01-31 09:00:00, for 3 h now.\n',
    `What changed: reported
  By the word of AWS Config, whose configuration items are not signed:
  - configuration.ipPermissions.0.ipv4Ranges.0.cidrIp: "10.0.0.0/8"
  + configuration.ipPermissions.0.ipv4Ranges.0.cidrIp: "0.0.0.0/0"
  - configuration.ipPermissions.0.more: []
  + configuration.ipPermissions.0.ipv4Ranges.1.cidrIp: "10.0.0.0/8"
  Also changed, values not shown: configuration.description
  And 3 more properties.
`,
    'Who did it: missing\n  No API call that explains it is known yet.',
    'Is the record true: missing\n  No call is known, so there is no record',
    'What was done: none\n  Trailseal changed nothing.\n',
    'What you can do\n  1. Find out who still needs',
    '  CIS AWS Foundations       5.2 (1.4.0, 3.0.0), 5.3 (',
  ]) {
    expect(shown).toContain(part);
  }
  expect(shown).not.toContain('Exemption');
});

test('the four links stand before all else, and what is wrong before any command', () => {
  const shown = text([open(at(9), { change })]);
  const places = [
    'Proof at a glance',
    'What is wrong',
    'Open since',
    'What changed: reported',
    'aws configservice',
  ];
  const found = places.map((part) => shown.indexOf(part));
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(found).not.toContain(-1);
});

test('a name that is the id is said once', () => {
  const { finding } = joined([open(at(9))], at(12));
  const bucket = { ...finding, resourceType: 'AWS::S3::Bucket', resourceId: 'logs', resourceName: 'logs' };
  expect(findingText(bucket, rowsOf(bucket), new Date(at(12)), style)).toContain(
    '\n  AWS::S3::Bucket logs\n',
  );
});

test('a resolved one says what was wrong, for how long, and no longer what to do', () => {
  const shown = text([open(at(9)), gone(at(11, 5))]);
  expect(shown).toMatch(/^HIGH RESOLVED\n/);
  expect(shown).toContain(
    'What the control says now\n  NOT_APPLICABLE: the resource is gone (ResourceDeleted)\n',
  );
  expect(shown).toContain('  What was wrong at 2026-01-31 09:00:00: port 22 (tcp) is open to 0.0.0.0/0\n');
  expect(shown).toContain('  Exposed for 2 h 5 min: from 2026-01-31 09:00:00 to 2026-01-31 11:05:00.\n');
  expect(shown).not.toContain('What you can do');
});

test('one that never was open', () => {
  expect(text([fine(at(9))])).toContain('It never was open, as far as AWS Config observed it.');
});

test('an exempt one says by whom, why and until when', () => {
  const shown = text([exemptUntil(at(22), at(9))]);
  expect(shown).toMatch(/^HIGH EXEMPT\n/);
  expect(shown).toContain(
    'Exemption\n  Until 2026-01-31 22:00:00 UTC. platform team answers for it: migration\n',
  );
  expect(text([exemptUntil(at(10), at(9))])).toContain('  Ended at 2026-01-31 10:00:00 UTC. platform team');
});

test('what could not be judged since is said, as the state may be another by now', () => {
  expect(text([open(at(9)), unclear(at(10))])).toContain(
    '  It may be otherwise now: what was observed at 2026-01-31 10:00:00 could not be judged. configuration.ipPermissions',
  );
});

test('the history is a timeline, in which the same again is one line', () => {
  expect(text([fine(at(7)), fine(at(8)), open(at(9)), unclear(at(10))])).toContain(`What was observed (UTC)
  2026-01-31 07:00:00  COMPLIANT          2 times, last 2026-01-31 08:00:00
  2026-01-31 09:00:00  NON_COMPLIANT      port 22 (tcp) is open to 0.0.0.0/0
  2026-01-31 10:00:00  INSUFFICIENT_DATA  configuration.ipPermissions: expected an array
`);
});

test('who was told of which transition, and which nobody has been told of', () => {
  const claim = (seq: number, kind: string, rest: object) => ({
    transition: `T${seq}`,
    consumer: 'send-alert',
    kind,
    seq,
    ...rest,
  });
  const shown = text([open(at(9))], at(12), {
    claims: [
      claim(3, 'Reopened', { leaseUntil: at(12, 1) }),
      claim(1, 'Opened', { doneAt: at(9, 1), outcome: 'sent as 1-2' }),
      claim(2, 'Resolved', { leaseUntil: at(11) }),
      claim(4, 'Updated', {}),
    ],
    state: { outbox: [{ kind: 'Resolved', recordedAt: at(11, 59) }] },
  });
  expect(shown).toContain(`Who was told (UTC)
  2026-01-31 09:01:00  Opened    send-alert  sent as 1-2
                       Resolved  send-alert  begun and not finished: its time ran out at 2026-01-31 11:00:00
                       Reopened  send-alert  being done
                       Updated   send-alert  not done, and will be tried again
  - Resolved, recorded at 2026-01-31 11:59:00, is not published yet
`);
});

test('colours: the state, what is gone in red, what came in green', () => {
  const shown = text([open(at(9), { change })], at(12), {}, marked);
  expect(shown).toContain('<red>HIGH</> <red>OPEN</> for 3 h');
  expect(shown).toContain('<red>  - configuration.ipPermissions.0.ipv4Ranges.0.cidrIp: "10.0.0.0/8"</>');
  expect(shown).toContain('<green>  + configuration.ipPermissions.0.ipv4Ranges.0.cidrIp: "0.0.0.0/0"</>');
});

test('a control that this version does not have', () => {
  const { finding } = joined([open(at(9))], at(12));
  const shown = findingText({ ...finding, control: 'gone' }, rowsOf(finding), new Date(at(12)), style);
  expect(shown).toContain('gone\n  This version has no such control.\n');
});

test('hostile names and values move no terminal', () => {
  const hostile = 'x\u001b[2J\u202e\u0007\u009b31m\ny';
  const judgement = open(at(9), {
    annotation: hostile,
    because: [reason({ says: hostile, path: hostile, value: hostile })],
    change: {
      state: 'reported',
      properties: [{ path: hostile, changeType: 'UPDATE', before: hostile, after: { [hostile]: hostile } }],
      otherPaths: [hostile],
    },
  });
  const { finding } = joined([judgement], at(12));
  const named = { ...finding, resourceId: hostile, resourceName: hostile, arn: hostile };
  const shown = findingText(named, rowsOf(named), new Date(at(12)), style);
  for (const moving of ['\u001b', '\u202e', '\u0007', '\u009b']) expect(shown).not.toContain(moving);
  expect(shown).not.toMatch(/^y/m);
});
