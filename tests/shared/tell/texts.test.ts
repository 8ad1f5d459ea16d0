import fc from 'fast-check';
import type { Judgement } from '../../../shared/contracts/trailseal/finding';
import { changeLink } from '../../../shared/proof/change';
import { alertOf } from '../../../shared/tell/alerts/alert';
import { emailOf, smsOf, subjectOf } from '../../../shared/tell/alerts/texts';
import { at, control, open, reason, transitionEvent } from '../../support/findings';
import { hostileText } from './hostile-text';
import { alertIn, type Story, stories } from './stories';

const kinds = Object.keys(stories) as Story[];

describe('the subject', () => {
  test('says severity, control, resource and account', () => {
    expect(subjectOf(alertIn('Opened'))).toBe(
      '[HIGH] sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012',
    );
  });

  test('is the same for every alert of a finding', () => {
    expect(new Set(kinds.map((story) => subjectOf(alertIn(story))))).toHaveProperty('size', 1);
  });

  test('tells long resources apart that differ at their ends', () => {
    const subjects = ['a', 'b', 'c'].map((end) =>
      subjectOf(alertIn('Opened', { resourceId: `${'long-name-'.repeat(30)}${end}` })),
    );
    expect(new Set(subjects).size).toBe(3);
    for (const subject of subjects) expect(subject).toMatch(/^\[HIGH\] .* 123456789012$/);
  });

  test('tells resources apart that look alike', () => {
    const subjects = ['admin', 'ad\u200bmin', 'ａdmin', 'админ', 'идмин'].map((resourceId) =>
      subjectOf(alertIn('Opened', { resourceId })),
    );
    expect(new Set(subjects).size).toBe(5);
  });

  test('is printable ASCII of less than 100 characters, whatever the resource is called', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (resourceId, id) => {
        const subject = subjectOf(alertIn('Opened', { resourceId, control: id, accountId: id }));
        expect(subject).toMatch(/^\[HIGH\][\x20-\x7e]{1,93}$/);
        expect(subject).not.toMatch(/https?:\/|(?<!\[):\/\/|\w\.[a-z]{2}|[<>`]/i);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the text message', () => {
  test.each<[Story, string]>([
    [
      'Opened',
      'HIGH opened: sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012/eu-central-1: port 22 (tcp) is open to 0.0.0.0/0',
    ],
    [
      'Resolved',
      'HIGH resolved: sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012/eu-central-1: no longer: port 22 (tcp) is open to 0.0.0.0/0',
    ],
    [
      'Late',
      'HIGH was open, already closed: sg-no-world-admin-ipv4 sg-0123456789abcdef0 123456789012/eu-central-1: port 22 (tcp) is open to 0.0.0.0/0',
    ],
  ])('of %s', (story, text) => expect(smsOf(alertIn(story))).toBe(text));

  test('is ASCII of at most 140 characters without addresses, whatever was reported', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...kinds), (text, story) => {
        const sms = smsOf(alertIn(story, { resourceId: text, region: text }));
        expect(sms).toMatch(/^[\x20-\x7e]{1,140}$/);
        expect(sms).not.toMatch(/https?:\/|(?<!\[):\/\/|\w\.[a-z]{2}|[<>`]/i);
      }),
      { numRuns: 500 },
    );
  });

  test('stays within its length when one character becomes many in ASCII', () => {
    expect(smsOf(alertIn('Opened', { resourceId: '\ufdfa'.repeat(40) })).length).toBeLessThanOrEqual(140);
  });
});

describe('the e-mail', () => {
  test('of an opened finding', () => {
    expect(emailOf(alertIn('Opened'))).toMatchInlineSnapshot(`
"HIGH - opened - port 22 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Find out who still needs the access.
  2. Let them in by Session Manager.
  3. Revoke the ingress rule of the world-open range.

What changed: reported
  By the word of AWS Config, whose configuration items are not signed (+ added, - removed, ~ changed):
  ~ configuration/ipPermissions/0/ipv4Ranges/0/cidrIp: "10.0.0.0/8" -> "0.0.0.0/0"
  + configuration/ipPermissions/1/fromPort: 443
  + configuration/ipPermissions/1/toPort: 443
  + configuration/ipPermissions/1/ipProtocol: "tcp"
  + configuration/ipPermissions/1/ipv4Ranges/0/cidrIp: "10.0.0.0/8"
  - configuration/ipPermissions/2/fromPort: 25
  - configuration/ipPermissions/2/toPort: 25
  - configuration/ipPermissions/2/ipProtocol: "tcp"
  - configuration/ipPermissions/2/ipv4Ranges/0/cidrIp: "10.0.0.0/8"
  also changed, values not shown: configuration/description

Who did it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('of an updated finding', () => {
    expect(emailOf(alertIn('Updated'))).toMatchInlineSnapshot(`
"HIGH - updated - port 22 (tcp) is open to 0.0.0.0/0; port 3389 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 09:00:00 UTC.
  Observed by AWS Config at 2026-01-31 10:00:00 UTC.

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0
  - port 3389 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Find out who still needs the access.
  2. Let them in by Session Manager.
  3. Revoke the ingress rule of the world-open range.

What changed: none
  AWS Config sent no comparison with the configuration before.

Who did it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('of a reopened finding', () => {
    expect(emailOf(alertIn('Reopened'))).toMatchInlineSnapshot(`
"HIGH - reopened - port 22 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Open since 2026-01-31 12:00:00 UTC.
  Observed by AWS Config at 2026-01-31 12:00:00 UTC.

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What you can do
  1. Find out who still needs the access.
  2. Let them in by Session Manager.
  3. Revoke the ingress rule of the world-open range.

What changed: none
  AWS Config sent no comparison with the configuration before.

Who did it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('of a resolved finding', () => {
    expect(emailOf(alertIn('Resolved'))).toMatchInlineSnapshot(`
"HIGH - resolved - no longer: port 22 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Exposed for 2 h 5 min: from 2026-01-31 09:00:00 UTC to 2026-01-31 11:05:00 UTC.
  Observed by AWS Config at 2026-01-31 11:05:00 UTC.

What was wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What changed: none
  AWS Config sent no comparison with the configuration before.

Who ended it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('of an exempted finding', () => {
    expect(emailOf(alertIn('Exempted'))).toMatchInlineSnapshot(`
"HIGH - exempted - still so, but exempt: port 22 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Exposed for 2 h 5 min: from 2026-01-31 09:00:00 UTC to 2026-01-31 11:05:00 UTC.
  Exempt until 2026-01-31 22:00:00 UTC by platform team: migration
  Observed by AWS Config at 2026-01-31 09:00:00 UTC.

What is wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What changed: none
  AWS Config sent no comparison with the configuration before.

Who did it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('of an exposure that was learned of too late', () => {
    expect(emailOf(alertIn('Late'))).toMatchInlineSnapshot(`
"HIGH - was open, already closed - port 22 (tcp) is open to 0.0.0.0/0
  AWS::EC2::SecurityGroup sg-0123456789abcdef0 (bastion)
  in account 123456789012, region eu-central-1
  Exposed for 2 h: from 2026-01-31 09:00:00 UTC to 2026-01-31 11:00:00 UTC.
  Trailseal learned of it only after its end, and alerted nobody then: find out whether it was used.
  Observed by AWS Config at 2026-01-31 11:00:00 UTC.

What was wrong
  - port 22 (tcp) is open to 0.0.0.0/0
    configuration.ipPermissions[0].ipv4Ranges[0].cidrIp is "0.0.0.0/0", expected no source with a prefix length of 0

What changed: reported
  By the word of AWS Config, whose configuration items are not signed (+ added, - removed, ~ changed):
  ~ configuration/ipPermissions/0/ipv4Ranges/0/cidrIp: "10.0.0.0/8" -> "0.0.0.0/0"
  + configuration/ipPermissions/1/fromPort: 443
  + configuration/ipPermissions/1/toPort: 443
  + configuration/ipPermissions/1/ipProtocol: "tcp"
  + configuration/ipPermissions/1/ipv4Ranges/0/cidrIp: "10.0.0.0/8"
  - configuration/ipPermissions/2/fromPort: 25
  - configuration/ipPermissions/2/toPort: 25
  - configuration/ipPermissions/2/ipProtocol: "tcp"
  - configuration/ipPermissions/2/ipv4Ranges/0/cidrIp: "10.0.0.0/8"
  also changed, values not shown: configuration/description

Who did it: missing
  No API call that explains it is known yet. CloudTrail may take some minutes; Trailseal tells you when one arrives.

Is the record true: missing
  No call is known, so there is no record that could be proven.

What was done: none
  Trailseal changed nothing: the mode of this control is notify.

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

For reference (names as reported)
  resource arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0
  control  sg-no-world-admin-ipv4
  finding  DPNPKBOOP7XQAGUSTH3BPK7QLI
  alert    ABCDEFGHIJKLMNOPQRSTUVWXYZ
"
`);
  });

  test('says how a finding ended when its resource is gone, and that its beginning is out of reach', () => {
    const text = emailOf(alertIn('Deleted'));
    expect(text).toContain(
      'HIGH - resolved - no longer applies (the resource is gone (ResourceDeleted)); it was: port 22 (tcp) is open to 0.0.0.0/0\n',
    );
    expect(text).toContain('Exposed for at least 2 h 5 min: from 2026-01-31 09:00:00 UTC');
    expect(text).not.toContain('Happened');
  });

  test('says how often it happened', () => {
    const often = { exposure: { from: at(9), times: 3 } };
    const text = emailOf(alertOf(transitionEvent(often), { control, mode: 'notify' }));
    expect(text).toContain('Happened 3 times.');
    const rest = transitionEvent({ exposure: { from: at(9), times: 50, atLeast: true } });
    expect(emailOf(alertOf(rest, { control, mode: 'notify' }))).toContain('Happened at least 50 times.');
  });

  test('of an exposure learned of too late says where the finding itself stands', () => {
    const event = transitionEvent({ ...stories.Late, judgement: open(at(12)) });
    const alert = alertOf(event, { control, mode: 'notify' });
    expect(alert.status).toBe('open');
    expect(emailOf(alert)).toContain('The finding itself is open now, for a later reason.\n');
    expect(emailOf(alertIn('Late'))).not.toContain('The finding itself');
  });

  test('names all four questions with their states', () => {
    for (const story of kinds) {
      const titles = emailOf(alertIn(story))
        .split('\n')
        .filter((line) => /^(What changed|Who|Is|What was done)/.test(line));
      expect(titles).toEqual([
        expect.stringMatching(/^What changed: (reported|none)$/),
        story === 'Resolved' || story === 'Deleted' ? 'Who ended it: missing' : 'Who did it: missing',
        'Is the record true: missing',
        'What was done: none',
      ]);
    }
  });

  test('says what can be done only while there is something to do', () => {
    const withSteps = kinds.filter((story) => emailOf(alertIn(story)).includes('What you can do\n  1. '));
    expect(withSteps).toEqual(['Opened', 'Updated', 'Reopened']);
  });

  test('counts what it does not list', () => {
    const many = open(at(9), {
      because: Array.from({ length: 12 }, (_, port) => reason({ says: `port ${port} is open` })),
      change: {
        state: 'reported',
        properties: Array.from({ length: 40 }, (_, index) => ({
          path: `configuration.ipPermissions.${index}.fromPort`,
          changeType: 'UPDATE' as const,
          before: 1,
          after: 2,
        })),
        otherPaths: ['configuration.description'],
        omitted: 7,
      },
    });
    const text = emailOf(alertOf(transitionEvent({ judgement: many }), { control, mode: 'notify' }));
    expect(text).toContain('  - and 2 more\n');
    expect(text).toContain('  and 10 more lines\n');
    expect(text).toContain(
      '  also changed, values not shown: configuration/description\n  and 7 more properties\n',
    );
  });

  test('says so when only what nobody reads has changed', () => {
    const change = changeLink(
      [{ path: 'configuration.description', changeType: 'UPDATE', before: 'a', after: 'b' }],
      ['configuration.ipPermissions'],
    );
    const text = emailOf(
      alertOf(transitionEvent({ judgement: open(at(9), { change }) }), { control, mode: 'notify' }),
    );
    expect(text).toContain(
      '  nothing that this control reads\n  also changed, values not shown: configuration/description\n',
    );
  });

  test('says a name that is the id once', () => {
    const bucket = { resourceType: 'AWS::S3::Bucket', resourceId: 'logs', resourceName: 'logs' };
    const text = emailOf(alertOf(transitionEvent({}, bucket), { control, mode: 'notify' }));
    expect(text).toContain('\n  AWS::S3::Bucket logs\n');
  });

  test('of a control that this version no longer has is still complete', () => {
    const text = emailOf(alertOf(transitionEvent(), { control: undefined, mode: undefined }));
    expect(text).toContain('Control: sg-no-world-admin-ipv4.');
    expect(text).toContain('the mode of this control is notify');
  });
});

/** A finding in which everything that somebody can choose says the same. */
function saying(text: string, story: Story) {
  const judgement: Judgement = open(at(9), {
    annotation: text,
    because: [reason({ says: text, value: text, expected: text })],
    change: {
      state: 'reported',
      properties: [
        { path: `configuration.tags.${text}`, changeType: 'CREATE', before: null, after: `x${text}` },
        { path: 'configuration.y', changeType: 'CREATE', before: null, after: { [text]: 1 } },
      ],
      otherPaths: [text],
    },
    exemption: { owner: text, reason: text, expiresAt: at(22) },
  });
  return alertOf(
    transitionEvent(
      { ...stories[story], judgement, was: judgement },
      { resourceId: text, resourceName: text, arn: text, resourceType: text, region: text, accountId: text },
    ),
    { control, mode: 'notify' },
  );
}

test('nothing that was reported adds a line, a link, or a character that misleads to any text', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...kinds), (text, story) => {
      const alert = saying(text, story);
      const email = emailOf(alert);
      const ours = 'configuration.ipPermissions[0].ipv4Ranges[0].cidrIp';
      expect(email.replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029<>`]/u,
      );
      expect(email.replaceAll(ours, '')).not.toMatch(
        /https?:\/|(?<!\[):\/\/|[^\s.][.。][\p{L}\p{M}]{2}|\\\\|mailto:\S|javascript:\S/iu,
      );
      expect(email.split('\n').length).toBe(emailOf(saying('plain', story)).split('\n').length);
      expect(email.length).toBeLessThan(10_000);
      const titles = (mail: string) =>
        mail
          .split('\n')
          .filter((line) => /^\S/.test(line))
          .slice(1);
      expect(titles(email)).toEqual(titles(emailOf(saying('plain', story))));
    }),
    { numRuns: 1000 },
  );
});
