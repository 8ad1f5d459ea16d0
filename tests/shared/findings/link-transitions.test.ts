import type { EventProof, Finding, ObservationLinks } from '../../../shared/contracts/trailseal/finding';
import { type Change, withLinks } from '../../../shared/findings/finding';
import { isOfOwnCalls } from '../../../shared/findings/link-transitions';
import { addOutcome } from '../../../shared/findings/outcome';
import {
  type RecordNeeds,
  recordJudgement,
  recordOutcome,
  relinkFinding,
} from '../../../shared/findings/record';
import { at, fine, inMemory, joined, open, outcome, subject } from '../../support/findings';

const call = (eventID: string, proof: EventProof = { state: 'pending', says: 'not yet' }) => ({
  eventID,
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: at(8, 59),
  awsRegion: 'eu-central-1',
  actor: { type: 'role', principal: 'arn:aws:sts::123456789012:assumed-role/engineer/alice', console: false },
  proof,
});
const links = (parts: Partial<ObservationLinks> = {}, hour = 9): ObservationLinks => ({
  observedAt: at(hour),
  configurationStateId: '1',
  actor: 'named',
  calls: [call('a')],
  ...parts,
});
const nobody = links({ actor: 'missing', reason: 'not-yet', calls: [] });
const proven: EventProof = { state: 'proven', says: 'it is there' };
const missing: EventProof = { state: 'missing', reason: 'late', says: 'no digest came' };
const contradicted: EventProof = { state: 'contradicted', reason: 'other-content', says: 'another actor' };

const { finding } = joined([open(at(9))], at(9, 1));
const known = (own: readonly ObservationLinks[]): Finding => ({ ...finding, links: [...own] });
const kinds = (before: readonly ObservationLinks[], after: readonly ObservationLinks[]) =>
  withLinks(known(before), { finding: known(before), transitions: [] }, after).transitions.map(
    ({ kind }) => kind,
  );

const rows: [string, ObservationLinks, ObservationLinks, string[]][] = [
  ['the same again', links(), links(), []],
  ['somebody, where nobody was known', nobody, links(), ['Attributed']],
  [
    'one more who may have done it',
    links(),
    links({ actor: 'candidates', calls: [call('a'), call('b')] }),
    ['Attributed'],
  ],
  ['nobody any more, where somebody was named', links(), nobody, ['Attributed']],
  ['nobody is found', nobody, { ...nobody, reason: 'not-found' }, []],
  ['a proof', links(), links({ calls: [call('a', proven)] }), ['Sealed']],
  ['no proof', links(), links({ calls: [call('a', missing)] }), ['Unproven']],
  [
    'somebody, whose record nothing will prove',
    nobody,
    links({ calls: [call('a', missing)] }),
    ['Attributed'],
  ],
  ['a contradiction', links(), links({ calls: [call('a', contradicted)] }), ['Contradicted']],
  [
    'another contradiction of the same call',
    links({ calls: [call('a', { ...contradicted, reason: 'not-logged' })] }),
    links({ calls: [call('a', contradicted)] }),
    ['Contradicted'],
  ],
  ['a late proof', links({ calls: [call('a', missing)] }), links({ calls: [call('a', proven)] }), ['Sealed']],
  ['somebody with the proof', nobody, links({ calls: [call('a', proven)] }), ['Attributed', 'Sealed']],
  [
    'one of two proofs',
    links({ calls: [call('a'), call('b')] }),
    links({ calls: [call('a', proven), call('b')] }),
    [],
  ],
];

test.each(rows)('what is told when there is %s', (_name, before, after, expected) => {
  expect(kinds([before], [after])).toEqual(expected);
});

test('what is known when an observation first shows is told with it, and not by itself', () => {
  const opened = joined([open(at(9))], at(9, 1)).steps[0] as Change;
  const { finding: after, transitions } = withLinks(undefined, opened, [links()]);
  expect(after.links).toEqual([links()]);
  expect(transitions.map(({ kind, links: own }) => [kind, own])).toEqual([['Opened', links()]]);
});

test('links of observations that nobody asks for any more are dropped', () => {
  const { finding: closed } = joined([open(at(9)), open(at(10)), fine(at(11))], at(12));
  const change = withLinks(closed, { finding: closed, transitions: [] }, [
    links(),
    links({}, 10),
    links({}, 11),
  ]);
  expect(change.finding.links?.map(({ observedAt }) => observedAt)).toEqual([at(9), at(11)]);
});

test('a repetition has the same ids, so that nobody is told twice', () => {
  const change = () =>
    withLinks(known([nobody]), { finding: known([nobody]), transitions: [] }, [links()]).transitions;
  expect(change()).toEqual(change());
});

test('whoever is named, no longer alone, and alone again is told of three times', () => {
  const alone = links();
  const both = links({ actor: 'candidates', calls: [call('a'), call('b')] });
  const ids = [
    [nobody, alone],
    [alone, both],
    [both, alone],
  ].flatMap(([before, after]) => {
    const [was, is] = [before, after] as [ObservationLinks, ObservationLinks];
    const { transitions } = withLinks(known([was]), { finding: known([was]), transitions: [] }, [is]);
    return transitions.map(({ id }) => id);
  });
  expect(new Set(ids).size).toBe(3);
});

describe('a finding that is linked anew', () => {
  const linking = (now: () => readonly ObservationLinks[]) => ({
    ...inMemory(() => at(9, 5)),
    link: async () => [...now()],
  });

  test('keeps its state and numbers, and publishes what was learned once', async () => {
    let learned = nobody;
    const needs = linking(() => [learned]);
    const [opened] = await recordJudgement(subject, open(at(9)), needs);
    expect(opened).toMatchObject({ kind: 'Opened', links: nobody });
    learned = links();
    expect(await relinkFinding(finding.id, needs)).toMatchObject([
      { kind: 'Attributed', seq: 2, after: opened?.id, links: learned, exposure: { from: at(9) } },
    ]);
    expect(await relinkFinding(finding.id, needs)).toEqual([]);
    expect(needs.published.map(({ transition }) => transition.kind)).toEqual(['Opened', 'Attributed']);
    expect(needs.stored.get(finding.id)?.finding).toEqual({ ...finding, links: [learned] });
  });

  test('by whom reads nothing of it keeps what is known', async () => {
    const needs = linking(() => [links()]);
    await recordJudgement(subject, open(at(9)), needs);
    const { link: _, ...others } = needs;
    await recordJudgement(subject, fine(at(10)), others);
    expect(needs.stored.get(finding.id)?.finding).toMatchObject({ state: 'resolved', links: [links()] });
  });

  test('that is not there is not made', async () => {
    const needs = linking(() => [links()]);
    expect(await relinkFinding(finding.id, needs)).toEqual([]);
    expect(needs.stored.size).toBe(0);
  });

  test('knows in the end all that was known, whoever writes last', async () => {
    const facts: string[] = [];
    const needs = linking(() => [links({ actor: 'candidates', calls: facts.map((id) => call(id)) })]);
    await recordJudgement(subject, open(at(9)), needs);
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (id) => {
        facts.push(id);
        await relinkFinding(finding.id, needs);
      }),
    );
    const [last] = needs.stored.get(finding.id)?.finding.links ?? [];
    expect(last?.calls.map(({ eventID }) => eventID)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the calls of what was done about a finding', () => {
  const own = (...calls: ReturnType<typeof call>[]): ObservationLinks => ({
    observedAt: at(9, 8),
    configurationStateId: '0',
    actor: 'named',
    calls,
  });
  const done = addOutcome(finding, outcome()).finding;
  const withCalls = (calls: ObservationLinks | undefined): Finding =>
    withLinks(done, { finding: done, transitions: [] }, undefined, calls).finding;

  test.each<[string, ObservationLinks | undefined, ObservationLinks, string[]]>([
    ['their first records', undefined, own(call('a')), []],
    ['records of others of them', own(call('a')), own(call('a'), call('b')), []],
    ['the same again', own(call('a', proven)), own(call('a', proven)), []],
    ['a proof', own(call('a')), own(call('a', proven)), ['Sealed']],
    ['records that are proven when they first come', undefined, own(call('a', proven)), ['Sealed']],
    ['no proof', own(call('a')), own(call('a', missing)), ['Unproven']],
    ['no proof, which nobody was promised', undefined, own(call('a', missing)), []],
    ['a contradiction', own(call('a', proven)), own(call('a', contradicted)), ['Contradicted']],
    ['a contradiction at once', undefined, own(call('a', contradicted)), ['Contradicted']],
  ])('what is told when there is %s', (_name, before, after, expected) => {
    const known = withCalls(before);
    const change = withLinks(known, { finding: known, transitions: [] }, undefined, after);
    expect(change.transitions.map(({ kind }) => kind)).toEqual(expected);
    expect(change.finding.remediation).toEqual({ ...done.remediation, calls: after });
    for (const transition of change.transitions) {
      expect(transition).toMatchObject({ links: after, judgement: finding.judgement });
      expect(transition.cause).toContain(outcome().run);
      expect(isOfOwnCalls(transition)).toBe(true);
    }
  });

  test('are not taken for those that made the finding', () => {
    const [attributed] = withLinks(known([nobody]), { finding: known([nobody]), transitions: [] }, [
      links(),
    ]).transitions;
    expect(attributed && isOfOwnCalls(attributed)).toBe(false);
  });

  test('of one run are told apart from those of another', () => {
    const causes = ['a', 'b'].map((run) => {
      const { finding: before } = addOutcome(finding, outcome({ run }));
      return withLinks(before, { finding: before, transitions: [] }, undefined, own(call('a', proven)))
        .transitions[0]?.id;
    });
    expect(new Set(causes).size).toBe(2);
  });

  test('of a finding about which nothing was done are none', () => {
    const change = withLinks(finding, { finding, transitions: [] }, undefined, own(call('a')));
    expect(change).toEqual({ finding, transitions: [] });
  });

  describe('when they are recorded', () => {
    const asking = (answer: () => ObservationLinks | undefined) => {
      const memory = inMemory(() => at(9, 11));
      const asked: string[] = [];
      const needs: RecordNeeds = {
        ...memory,
        ownCalls: async ({ remediation }) => {
          asked.push(remediation?.kind ?? 'none');
          return answer();
        },
      };
      return { memory, needs, asked };
    };
    const shown = ({ stored }: ReturnType<typeof asking>['memory']) =>
      stored.get(finding.id)?.finding.remediation;

    test('are asked for only where something was done', async () => {
      const { memory, needs, asked } = asking(() => own(call('a')));
      await recordJudgement(subject, open(at(9)), needs);
      expect(asked).toEqual([]);
      await recordOutcome(outcome(), needs);
      expect(new Set(asked)).toEqual(new Set(['Applied']));
      expect(shown(memory)?.calls).toEqual(own(call('a')));
    });

    test('come with whatever writes the finding next, and their proofs are published once', async () => {
      let learned: ObservationLinks | undefined;
      const { memory, needs } = asking(() => learned);
      await recordJudgement(subject, open(at(9)), needs);
      await recordOutcome(outcome(), needs);
      learned = own(call('a'));
      await recordJudgement(subject, fine(at(10)), needs);
      expect(shown(memory)?.calls).toEqual(learned);
      learned = own(call('a', proven));
      expect(await relinkFinding(finding.id, needs)).toMatchObject([{ kind: 'Sealed', links: learned }]);
      expect(await relinkFinding(finding.id, needs)).toEqual([]);
      expect(memory.published.map(({ transition }) => transition.kind)).toEqual([
        'Opened',
        'Applied',
        'Resolved',
        'Sealed',
      ]);
    });

    test('stay where nothing is known of them', async () => {
      let learned: ObservationLinks | undefined = own(call('a', proven));
      const { memory, needs } = asking(() => learned);
      await recordJudgement(subject, open(at(9)), needs);
      await recordOutcome(outcome(), needs);
      learned = undefined;
      await recordJudgement(subject, fine(at(10)), needs);
      await recordJudgement(subject, open(at(11)), memory);
      expect(shown(memory)?.calls).toEqual(own(call('a', proven)));
    });

    test('that became known while the outcome was written are not lost', async () => {
      let learned: ObservationLinks | undefined;
      const { memory, needs } = asking(() => learned);
      await recordJudgement(subject, open(at(9)), needs);
      await recordOutcome(outcome(), {
        ...needs,
        table: {
          ...needs.table,
          async write(next, seq) {
            const isWritten = await needs.table.write(next, seq);
            learned = own(call('a'));
            return isWritten;
          },
        },
      });
      expect(shown(memory)?.calls).toEqual(own(call('a')));
    });
  });
});
