import type { Finding, Judgement } from '../../../shared/contracts/trailseal/finding';
import { findingRegion } from '../../../shared/contracts/trailseal/finding-region';
import { addJudgement, findingId, nextChangeAt, passTime } from '../../../shared/findings/finding';
import {
  at,
  exemptUntil,
  fine,
  gone,
  joined,
  open,
  policySince,
  reason,
  subject,
  unclear,
} from '../../support/findings';

const NOW = at(20);

/** A transition as a story: its kind, the exposure that people hear of, and whether it came too late. */
type Told = [kind: string, exposure?: [from: string, to?: string], late?: 'late'];

function toldBy(judgements: readonly Judgement[], now = NOW): Told[] {
  return joined(judgements, now)
    .steps.flatMap(({ transitions }) => transitions)
    .map(({ kind, exposure, late }): Told => {
      if (exposure === undefined) return [kind];
      const { from, to } = exposure;
      const times: [string, string?] = to === undefined ? [from] : [from, to];
      return late ? [kind, times, 'late'] : [kind, times];
    });
}

const later = (since: string) => ({ policyVersion: policySince(since) });
const ssh = reason({ says: 'port 22 (tcp) is open to 0.0.0.0/0' });
const rdp = reason({ says: 'port 3389 (tcp) is open to 0.0.0.0/0' });

test.each<[story: string, judgements: Judgement[], told: Told[], state: Finding['state']]>([
  ['a breach', [open(at(1))], [['Opened', [at(1)]]], 'open'],
  [
    'a repair',
    [open(at(1)), fine(at(2))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(2)]],
    ],
    'resolved',
  ],
  [
    'a deletion',
    [open(at(1)), gone(at(2))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(2)]],
    ],
    'resolved',
  ],
  [
    'a relapse',
    [open(at(1)), fine(at(2)), open(at(3))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(2)]],
      ['Reopened', [at(3)]],
    ],
    'open',
  ],
  ['nothing wrong', [fine(at(1)), fine(at(2)), gone(at(3))], [], 'resolved'],
  [
    'another breach beside the first',
    [open(at(1), { because: [ssh] }), open(at(2), { because: [ssh, rdp] })],
    [
      ['Opened', [at(1)]],
      ['Updated', [at(1)]],
    ],
    'open',
  ],
  ['the same breach again', [open(at(1)), open(at(2))], [['Opened', [at(1)]]], 'open'],
  [
    'the same breaches in another order, at other places',
    [
      open(at(1), { because: [ssh, rdp] }),
      open(at(2), {
        because: [rdp, { ...ssh, path: 'configuration.ipPermissions[4].ipv4Ranges[0].cidrIp' }],
      }),
    ],
    [['Opened', [at(1)]]],
    'open',
  ],
  ['the same event twice', [open(at(1)), open(at(1))], [['Opened', [at(1)]]], 'open'],
  ['nothing to be told from, while open', [open(at(1)), unclear(at(2))], [['Opened', [at(1)]]], 'open'],
  ['nothing to be told from, while fine', [fine(at(1)), unclear(at(2))], [], 'resolved'],
  ['nothing to be told from, first of all', [unclear(at(1))], [], 'resolved'],
  [
    'a repair after nothing could be told for a while',
    [open(at(1)), unclear(at(2)), fine(at(3))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(3)]],
    ],
    'resolved',
  ],
  [
    'an older breach after its repair',
    [fine(at(2)), open(at(1))],
    [['Resolved', [at(1), at(2)], 'late']],
    'resolved',
  ],
  [
    'an older breach after its repair, twice',
    [fine(at(2)), open(at(1)), open(at(1))],
    [['Resolved', [at(1), at(2)], 'late']],
    'resolved',
  ],
  [
    'two pieces of one hidden exposure',
    [fine(at(3)), open(at(2)), open(at(1))],
    [
      ['Resolved', [at(2), at(3)], 'late'],
      ['Resolved', [at(1), at(3)], 'late'],
    ],
    'resolved',
  ],
  [
    'an exposure hidden before one that goes on',
    [open(at(5)), fine(at(3)), open(at(1))],
    [
      ['Opened', [at(5)]],
      ['Resolved', [at(1), at(3)], 'late'],
    ],
    'open',
  ],
  ['an older repair after a breach', [open(at(2)), fine(at(1))], [['Opened', [at(2)]]], 'open'],
  [
    'an older breach of the exposure that goes on',
    [open(at(2)), open(at(1))],
    [
      ['Opened', [at(2)]],
      ['Updated', [at(1)]],
    ],
    'open',
  ],
  ['a breach read as unclear at first', [unclear(at(1)), open(at(1))], [['Opened', [at(1)]]], 'open'],
  ['a breach read as unclear afterwards', [open(at(1)), unclear(at(1))], [['Opened', [at(1)]]], 'open'],
  [
    'a newer policy that is content with the same item',
    [open(at(1)), fine(at(1), later(at(6)))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(6)]],
    ],
    'resolved',
  ],
  ['a newer policy that is not', [fine(at(1)), open(at(1), later(at(6)))], [['Opened', [at(6)]]], 'open'],
  [
    'a newer policy that came when the item was already another',
    [open(at(1)), fine(at(1), later(at(6))), open(at(4))],
    [
      ['Opened', [at(1)]],
      ['Resolved', [at(1), at(6)]],
      ['Reopened', [at(1)]],
    ],
    'open',
  ],
  [
    'a newer policy whose complaint about an item came after that was replaced',
    [fine(at(1)), open(at(1), later(at(6))), fine(at(4))],
    [
      ['Opened', [at(6)]],
      ['Resolved', [at(6), at(6)]],
    ],
    'resolved',
  ],
  ['an exempt breach', [exemptUntil(at(22), at(1))], [['Exempted']], 'exempt'],
  [
    'a repair of an exempt breach',
    [exemptUntil(at(22), at(1)), fine(at(2))],
    [['Exempted'], ['Resolved']],
    'resolved',
  ],
  [
    'an exemption of what is open',
    [open(at(1)), exemptUntil(at(22), at(1), later(at(3)))],
    [
      ['Opened', [at(1)]],
      ['Exempted', [at(1), at(3)]],
    ],
    'exempt',
  ],
  [
    'an exemption that was over from the beginning',
    [exemptUntil(at(1), at(2))],
    [['Opened', [at(2)]]],
    'open',
  ],
  [
    'an exemption that ended before anybody looked',
    [exemptUntil(at(5), at(1))],
    [['Opened', [at(5)]]],
    'open',
  ],
])('%s', (_, judgements, told, state) => {
  expect(toldBy(judgements)).toEqual(told);
  expect(joined(judgements, NOW).finding.state).toBe(state);
});

describe('the end of an exemption', () => {
  const { finding: exempt } = joined([exemptUntil(at(5), at(1))], at(2));

  test('is when the finding is to be looked at again', () => {
    expect(nextChangeAt(exempt)).toBe(at(5));
    expect(nextChangeAt(joined([open(at(1))], NOW).finding)).toBeUndefined();
  });

  test('changes nothing before its instant', () => {
    expect(passTime(exempt, at(4, 59))).toEqual({ finding: exempt, transitions: [] });
  });

  test('opens the finding from that instant on', () => {
    const { finding, transitions } = passTime(exempt, at(5));
    expect(finding).toMatchObject({ state: 'open', exposure: { from: at(5) } });
    expect(transitions).toMatchObject([{ kind: 'Opened', exposure: { from: at(5) } }]);
  });

  test('is told once', () => {
    expect(passTime(passTime(exempt, at(5)).finding, at(6)).transitions).toEqual([]);
  });

  test('is no relapse for a finding of which nobody has heard', () => {
    const { transitions } = addJudgement(exempt, subject, open(at(6)), at(7));
    expect(transitions).toMatchObject([{ kind: 'Opened', exposure: { from: at(5) } }]);
  });

  test('is told when a repair comes before the sweep, with the evidence of that time', () => {
    const { finding, transitions } = addJudgement(exempt, subject, fine(at(6)), at(7));
    expect(finding).toMatchObject({ state: 'resolved', exposure: { from: at(5), to: at(6) } });
    expect(transitions).toMatchObject([
      {
        kind: 'Resolved',
        late: true,
        exposure: { from: at(5), to: at(6) },
        was: { compliance: 'NON_COMPLIANT' },
      },
      { kind: 'Resolved' },
    ]);
    expect(transitions[1]).not.toHaveProperty('exposure');
  });

  test('is told when a new exemption comes after a gap', () => {
    const { finding, transitions } = addJudgement(
      exempt,
      subject,
      exemptUntil(at(22), at(1), later(at(8))),
      at(9),
    );
    expect(finding).toMatchObject({ state: 'exempt', exposure: { from: at(5), to: at(8) } });
    expect(transitions).toMatchObject([
      { kind: 'Resolved', late: true, exposure: { from: at(5), to: at(8) } },
    ]);
  });

  test('is told with the evidence of then when the next observation is exempt again', () => {
    const { transitions } = addJudgement(exempt, subject, exemptUntil(at(22), at(8)), at(9));
    expect(transitions).toMatchObject([
      { late: true, exposure: { from: at(5), to: at(8) }, was: { observedAt: at(1) } },
    ]);
  });

  test('is told whole when the repair turns out to be older than it', () => {
    const opened = passTime(exempt, at(6)).finding;
    const { finding, transitions } = addJudgement(opened, subject, fine(at(3)), at(7));
    expect(finding.state).toBe('resolved');
    expect(transitions).toMatchObject([{ kind: 'Resolved', exposure: { from: at(5), to: at(5) } }]);
  });

  test('keeps its own name when a known event comes again before the sweep', () => {
    const judgements = [fine(at(0)), open(at(1)), exemptUntil(at(5), at(1), later(at(2)))];
    const { finding, steps } = joined(judgements, at(3));
    const again = addJudgement(finding, subject, open(at(1)), at(6));
    expect(again.transitions).toEqual(passTime(finding, at(6)).transitions);
    const earlier = steps.flatMap(({ transitions }) => transitions).map(({ id }) => id);
    expect(earlier).not.toContain(again.transitions[0]?.id);
  });

  test('stays when another clock is behind', () => {
    const opened = passTime(exempt, at(5)).finding;
    expect(passTime(opened, at(4, 59))).toEqual({ finding: opened, transitions: [] });
  });
});

describe('the order of judgements', () => {
  const big = (digits: string) => ({ configurationStateId: digits });

  test('is that of the state ids as numbers, at one instant', () => {
    const { finding } = joined([open(at(1), big('10')), fine(at(1), big('9'))], NOW);
    expect(finding.state).toBe('open');
    expect(finding.history.map((entry) => entry.configurationStateId)).toEqual(['9', '10']);
  });

  test('holds beyond what a double can tell apart', () => {
    const older = fine(at(1), big('9007199254740992'));
    const newer = open(at(1), big('9007199254740993'));
    expect(joined([newer, older], NOW).finding.state).toBe('open');
    expect(joined([older, newer], NOW).finding.state).toBe('open');
  });

  test('puts the capture time before the state id', () => {
    expect(joined([fine(at(2), big('1')), open(at(1), big('999'))], NOW).finding.state).toBe('resolved');
  });
});

describe('what a finding keeps', () => {
  const minutes = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => at(0, from + index));

  test('the last 50 judgements, oldest first', () => {
    const { finding } = joined(
      minutes(60)
        .map((time) => fine(time))
        .reverse(),
      NOW,
    );
    expect(finding.history.map(({ observedAt }) => observedAt)).toEqual(minutes(50, 10));
  });

  test('that it has been open for longer than the history reaches back', () => {
    const { finding } = joined(
      minutes(60).map((time) => open(time)),
      NOW,
    );
    expect(finding.exposure).toEqual({ from: at(0, 10), atLeast: true });
  });

  test.each([
    ['open', open],
    ['resolved', fine],
  ] as const)('that it is %s, however often it cannot be told afterwards', (state, made) => {
    const { finding, steps } = joined([made(at(0)), ...minutes(80, 1).map((time) => unclear(time))], NOW);
    expect(finding.state).toBe(state);
    expect(finding.judgement?.observedAt).toBe(at(0));
    expect(finding.history).toHaveLength(50);
    expect(steps.slice(1).flatMap(({ transitions }) => transitions)).toEqual([]);
  });

  test('the last observation that it could not be told from', () => {
    const { finding } = joined([open(at(1)), unclear(at(2), { annotation: 'denied' })], NOW);
    expect(finding.unsettled).toEqual({ observedAt: at(2), annotation: 'denied' });
    expect(joined([open(at(1)), unclear(at(2)), fine(at(3))], NOW).finding).not.toHaveProperty('unsettled');
  });

  test('the name and severity of the newest observation, whatever came last', () => {
    const renamed = { ...subject, resourceName: 'gateway', severity: 'critical' } as const;
    const { finding } = addJudgement(undefined, renamed, open(at(2)), NOW);
    expect(addJudgement(finding, subject, open(at(1)), NOW).finding).toMatchObject({
      resourceName: 'gateway',
      severity: 'critical',
    });
    expect(addJudgement(finding, subject, open(at(3)), NOW).finding).toMatchObject({
      resourceName: 'bastion',
      severity: 'high',
    });
  });

  test('texts and values at a size that its item in the table can hold', () => {
    const long = 'ä'.repeat(50_000);
    const reasons = Array.from({ length: 500 }, (_, index) =>
      reason({ says: `${index} ${long}`, path: long, value: { [long]: long }, expected: long }),
    );
    const large = (hour: number) => open(at(hour), { annotation: long, because: reasons });
    const { finding, steps } = joined(
      [...minutes(60).map((time) => fine(time, { annotation: long })), large(2)],
      NOW,
    );
    expect(finding.judgement?.because[0]?.says).toHaveLength(300);
    const item = {
      finding,
      outbox: [...(steps.at(-1)?.transitions ?? []), ...(steps.at(-1)?.transitions ?? [])],
    };
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(150_000);
  });
});

describe('a transition', () => {
  test('carries what is said now, and what was said before', () => {
    const { steps } = joined([open(at(1)), fine(at(2))], NOW);
    expect(steps[1]?.transitions).toMatchObject([
      { kind: 'Resolved', judgement: { compliance: 'COMPLIANT' }, was: { because: [ssh] } },
    ]);
  });

  test('of a hidden exposure carries the evidence of it', () => {
    const { steps } = joined([fine(at(2)), open(at(1))], NOW);
    expect(steps[1]?.transitions).toMatchObject([
      { late: true, judgement: { compliance: 'COMPLIANT' }, was: { because: [ssh] } },
    ]);
  });

  test('has a name of its own in every finding', () => {
    const other = { ...subject, resourceId: 'sg-2' };
    const [a] = addJudgement(undefined, subject, open(at(1)), NOW).transitions;
    const [b] = addJudgement(undefined, other, open(at(1)), NOW).transitions;
    expect(a?.id).toMatch(/^[A-Z2-7]{26}$/);
    expect(a?.id).not.toBe(b?.id);
  });
});

describe('the id of a finding', () => {
  test('is 26 characters of base32 that stay the same', () => {
    expect(findingId(subject)).toBe('DPNPKBOOP7XQAGUSTH3BPK7QLI');
  });

  test.each(['control', 'accountId', 'region', 'resourceType', 'resourceId'] as const)(
    'depends on %s',
    (part) => {
      expect(findingId({ ...subject, [part]: 'another' })).not.toBe(findingId(subject));
    },
  );

  test('depends on nothing else', () => {
    const { resourceName: _, arn: __, ...bare } = subject;
    expect(findingId({ ...bare, severity: 'low' })).toBe(findingId(subject));
  });

  test.each([
    ['AWS::IAM::User', 'global'],
    ['AWS::CloudFront::Distribution', 'global'],
    ['AWS::WAFv2::WebACL', 'eu-central-1'],
    ['AWS::EC2::SecurityGroup', 'eu-central-1'],
  ])('of %s is filed under region %s', (type, region) => {
    expect(findingRegion(type, 'eu-central-1')).toBe(region);
  });
});

describe('what happened and is over', () => {
  const happened = (hour: number, quietAfter = 2) => open(at(hour), { quietUntil: at(hour + quietAfter) });
  const states = (judgements: readonly Judgement[], now: string) => {
    const { finding, steps } = joined([...judgements], now);
    const later = passTime(finding, now);
    const transitions = [...steps.flatMap((step) => step.transitions), ...later.transitions];
    return [later.finding.state, transitions.map(({ kind }) => kind)] as const;
  };

  test('closes by itself after its quiet time', () => {
    expect(states([happened(9)], at(10))).toEqual(['open', ['Opened']]);
    const { finding } = joined([happened(9)], at(10));
    expect(nextChangeAt(finding)).toBe(at(11));
    const closed = passTime(finding, at(11));
    expect(closed.finding.state).toBe('resolved');
    expect(closed.finding.exposure).toEqual({ from: at(9), to: at(11) });
    expect(closed.transitions).toMatchObject([{ kind: 'Resolved', exposure: { from: at(9), to: at(11) } }]);
    expect(nextChangeAt(closed.finding)).toBeUndefined();
  });

  test('stays open while it goes on, and is told once', () => {
    expect(states([happened(9), happened(10), happened(11)], at(10))).toEqual(['open', ['Opened']]);
    const { finding } = joined([happened(9), happened(10), happened(11)], at(10));
    expect(finding.exposure).toEqual({ from: at(9), times: 3 });
    expect(joined([happened(9)], at(10)).finding.exposure).toEqual({ from: at(9) });
    expect(nextChangeAt(finding)).toBe(at(13));
  });

  test('that it went on for longer than was told of it too late is told by itself', () => {
    const hidden = (until: string) => open(at(4), { quietUntil: until });
    const told = joined([fine(at(3)), hidden(at(5)), hidden(at(6))], at(10)).steps.flatMap(
      ({ transitions }) =>
        transitions.map(({ id, kind, late, exposure }) => ({ id, kind, late, to: exposure?.to })),
    );
    expect(told).toMatchObject([
      { kind: 'Resolved', late: true, to: at(5) },
      { kind: 'Resolved', late: true, to: at(6) },
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  test('reopens when it happens again after that', () => {
    const first = passTime(joined([happened(9)], at(10)).finding, at(12)).finding;
    const again = addJudgement(first, subject, happened(14), at(14));
    expect(again.finding.state).toBe('open');
    expect(again.transitions.map(({ kind }) => kind)).toEqual(['Reopened']);
    expect(again.finding.exposure).toEqual({ from: at(14) });
  });

  test('an exemption that ends before the quiet time opens it, one that ends later never does', () => {
    const exempt = (until: string) =>
      exemptUntil(until, at(9), { quietUntil: at(13), because: [reason()], annotation: 'x' });
    expect(passTime(joined([exempt(at(11))], at(10)).finding, at(12)).finding.state).toBe('open');
    const over = passTime(joined([exempt(at(15))], at(10)).finding, at(14));
    expect(over.finding.state).toBe('resolved');
    expect(over.transitions.every(({ exposure }) => exposure === undefined)).toBe(true);
  });
});
