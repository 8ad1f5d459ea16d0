import type { EventProof, Finding, ObservationLinks } from '../../../shared/contracts/trailseal/finding';
import { type Change, withLinks } from '../../../shared/findings/finding';
import { recordJudgement, relinkFinding } from '../../../shared/findings/record';
import { at, fine, inMemory, joined, open, subject } from '../../support/findings';

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
