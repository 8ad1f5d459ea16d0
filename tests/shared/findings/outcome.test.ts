import fc from 'fast-check';
import type { Finding, ObservationLinks } from '../../../shared/contracts/trailseal/finding';
import type { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import { addJudgement, findingId, passTime, withLinks } from '../../../shared/findings/finding';
import { addOutcome } from '../../../shared/findings/outcome';
import { type RecordNeeds, recordJudgement, recordOutcome } from '../../../shared/findings/record';
import { at, exemptUntil, fine, inMemory, joined, open, outcome, subject } from '../../support/findings';

const { finding } = joined([open(at(9))], at(9, 1));
const id = findingId(subject);

/** An id as outcomes have it, from a few letters. */
const named = (name: string): string => name.toUpperCase().padEnd(26, 'A');
const proposed = outcome({
  id: named('proposed'),
  kind: 'RemediationProposed',
  at: at(9, 2),
  asks: { nonce: 'n', expiresAt: at(23) },
});
const unconfirmed = outcome({ id: named('unconfirmed'), kind: 'Unconfirmed', says: 'Not as foreseen.' });
const applied = outcome({ id: named('applied') });
const undone = outcome({
  id: named('undone'),
  kind: 'Undone',
  does: 'undo',
  run: named('undo'),
  of: applied.run,
  at: at(10),
});

const afterAll = (outcomes: readonly RemediationOutcome[]): Finding =>
  outcomes.reduce((before, next) => addOutcome(before, next).finding, finding);

describe('an outcome', () => {
  test('is told by one transition that carries it, and what the finding shows', () => {
    const { transitions } = addOutcome(finding, applied);
    expect(transitions).toEqual([
      {
        id: expect.stringMatching(/^[A-Z2-7]{26}$/),
        kind: 'Applied',
        findingId: id,
        cause: `outcome ${applied.id}`,
        outcome: applied,
        judgement: finding.judgement,
        exposure: finding.exposure,
      },
    ]);
  });

  test('becomes what was done about the finding', () => {
    expect(addOutcome(finding, undone).finding.remediation).toEqual({
      outcome: undone.id,
      kind: 'Undone',
      run: undone.run,
      of: applied.run,
      does: 'undo',
      remediation: 'sg-close-world-ingress',
      mode: 'approve',
      at: at(10),
      planHash: undone.planHash,
      refusals: [],
      says: 'It was undone: read again, it is as planned, and the control holds.',
      approvedBy: 'arn:aws:sts::123456789012:assumed-role/Lead/bob',
      told: [undone.id],
    });
  });

  test('changes nothing else of the finding, whatever its state is', () => {
    for (const state of ['open', 'resolved', 'exempt'] as const) {
      const { remediation: _, ...others } = addOutcome({ ...finding, state }, applied).finding;
      expect(others).toEqual({ ...finding, state });
    }
  });

  test('of an exempt finding tells of no exposure', () => {
    const { finding: exempt } = joined([open(at(8)), exemptUntil(at(22), at(9))], at(9, 1));
    const [transition] = addOutcome(exempt, applied).transitions;
    expect([exempt.exposure !== undefined, transition && 'exposure' in transition]).toEqual([true, false]);
  });

  test('that is told already brings nothing', () => {
    const once = afterAll([proposed, applied]);
    expect(addOutcome(once, proposed)).toEqual({ finding: once, transitions: [] });
  });

  test('that comes again after twenty others brings the same transition, and is not the latest', () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      outcome({ id: named(`many${'ABCDEFGHIJKLMNOPQRST'[index]}`), at: at(10, index) }),
    );
    const [first] = addOutcome(finding, applied).transitions;
    const after = afterAll([applied, ...many]);
    expect(after.remediation?.told).toEqual(many.map((one) => one.id));
    const again = addOutcome(after, applied);
    expect(again.transitions[0]?.id).toBe(first?.id);
    expect(again.finding.remediation?.outcome).toBe(many[19]?.id);
  });

  test.each([
    ['an earlier one', proposed, applied],
    // Both at once: it was unconfirmed before it was applied.
    ['one that a run comes to earlier', unconfirmed, applied],
  ])('%s that comes late is told, and does not take the place of the latest', (_, early, late) => {
    const change = addOutcome(afterAll([late]), early);
    expect(change.transitions).toMatchObject([{ kind: early.kind, outcome: early }]);
    expect(change.finding.remediation).toMatchObject({
      outcome: late.id,
      kind: late.kind,
      told: [late.id, early.id],
    });
  });

  test('in any order and with any repetition: the same remediation, and the same transitions', () => {
    const all = [proposed, unconfirmed, applied, undone];
    const shown = (outcomes: readonly RemediationOutcome[]) => {
      let before = finding;
      const ids: string[] = [];
      for (const next of outcomes) {
        const { finding: after, transitions } = addOutcome(before, next);
        ids.push(...transitions.map((transition) => transition.id));
        before = after;
      }
      const { told = [], ...remediation } = before.remediation ?? {};
      return { remediation, told: [...told].sort(), ids: ids.sort() };
    };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 6 }), (more) => {
        const mixed = [...more, ...[...all].reverse()];
        expect(shown(mixed)).toEqual(shown(all));
      }),
    );
  });
});

describe('what was done about a finding stays', () => {
  const calls: ObservationLinks = {
    observedAt: at(9, 8),
    configurationStateId: '0',
    actor: 'named',
    calls: [],
  };
  const plain = afterAll([applied]);
  const done: Finding = { ...plain, remediation: { ...plain.remediation, calls } as never };

  test.each<[string, (before: Finding) => Finding]>([
    ['a judgement', (before) => addJudgement(before, subject, fine(at(11)), at(12)).finding],
    ['the passing of time', (before) => passTime(before, at(12)).finding],
    ['links', (before) => withLinks(before, { finding: before, transitions: [] }, []).finding],
  ])('as it is by %s', (_, change) => {
    expect(change(done).remediation).toEqual(done.remediation);
  });

  test('with its calls when the next outcome comes', () => {
    expect(addOutcome(done, undone).finding.remediation).toMatchObject({ kind: 'Undone', calls });
  });
});

describe('recording', () => {
  test('writes once, publishes, and forgets', async () => {
    const needs = inMemory(() => at(9, 11));
    await recordJudgement(subject, open(at(9)), needs);
    const [opened] = needs.published;
    expect(await recordOutcome(applied, needs)).toMatchObject([
      { kind: 'Applied', seq: 2, after: opened?.transition.id },
    ]);
    expect(needs.published.at(-1)).toMatchObject({
      transition: { kind: 'Applied', outcome: { id: applied.id } },
      finding: { state: 'open', remediation: { kind: 'Applied' } },
    });
    expect(needs.stored.get(id)).toMatchObject({ seq: 2, outbox: [] });
  });

  test('the same outcome again writes nothing, and publishes what was left over', async () => {
    const needs = inMemory(() => at(9, 11));
    await recordJudgement(subject, open(at(9)), needs);
    const broken: RecordNeeds = { ...needs, bus: { publish: () => Promise.reject(new Error('crash')) } };
    await expect(recordOutcome(applied, broken)).rejects.toThrow('crash');
    expect(await recordOutcome(applied, needs)).toEqual([]);
    expect(needs.published.map(({ transition }) => transition.kind)).toEqual(['Opened', 'Applied']);
    await recordOutcome(applied, needs);
    expect([needs.published.length, needs.stored.get(id)?.seq]).toEqual([2, 2]);
  });

  test('of a finding that is not there makes none, and says so', async () => {
    const needs = inMemory(() => at(9, 11));
    const missing: string[] = [];
    expect(await recordOutcome(applied, needs, (findingId) => missing.push(findingId))).toEqual([]);
    expect([missing, needs.stored.size]).toEqual([[id], 0]);
  });

  test('side by side with judgements loses neither', async () => {
    const needs = inMemory(() => at(9, 11));
    await recordJudgement(subject, open(at(9)), needs);
    await Promise.all([
      recordOutcome(proposed, needs),
      recordJudgement(subject, fine(at(9, 5)), needs),
      recordOutcome(applied, needs),
    ]);
    const after = needs.stored.get(id)?.finding;
    expect(after).toMatchObject({ state: 'resolved', remediation: { outcome: applied.id } });
    expect(new Set(needs.published.map(({ transition }) => transition.kind))).toEqual(
      new Set(['Opened', 'Resolved', 'RemediationProposed', 'Applied']),
    );
  });
});
