import fc from 'fast-check';
import { witnessesTable } from '../../../shared/aws/witnesses-table';
import type { EventProof } from '../../../shared/contracts/trailseal/finding';
import { laterProof, pendingProof, type Witnesses } from '../../../shared/findings/witnesses';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

let witnesses: Witnesses;
beforeEach(async () => {
  const { operator } = await startTestAws(sampleTemplate());
  witnesses = witnessesTable('trailseal-test-findings', operator.dynamodb);
});
afterEach(stopAll);

const NOW = '2026-01-31T09:10:00.000Z';
const call = {
  account: '111122223333',
  eventTime: '2026-01-31T09:00:00.000Z',
  eventID: 'event-1',
  record: { eventID: 'event-1', requestParameters: { deep: [{ ü: null }] } },
};
const proven: EventProof = { state: 'proven', says: 'it is there' };
const missing: EventProof = { state: 'missing', reason: 'late', says: 'no digest came' };
const notLogged: EventProof = { state: 'contradicted', reason: 'not-logged', says: 'it is nowhere' };
const otherContent: EventProof = { state: 'contradicted', reason: 'other-content', says: 'it is another' };

describe('a call whose record is awaited', () => {
  test('is remembered with the record and those who rest on it', async () => {
    expect(await witnesses.expect(call, 'B', NOW)).toEqual(pendingProof);
    expect(await witnesses.expect(call, 'A', NOW)).toEqual(pendingProof);
    expect(await witnesses.expect(call, 'A', '2026-02-01T00:00:00.000Z')).toEqual(pendingProof);
    expect(await witnesses.read(call)).toEqual({
      ...call,
      findings: ['A', 'B'],
      proof: pendingProof,
      expectedSince: NOW,
      seq: 0,
    });
  });

  test('that nobody awaits is unknown, and nothing is learned of it', async () => {
    expect(await witnesses.read(call)).toBeUndefined();
    expect(await witnesses.learn(call, proven)).toBeUndefined();
    await witnesses.lookAgain(call, NOW);
    expect(await witnesses.read(call)).toBeUndefined();
  });

  test('is found by its time while it is not proven', async () => {
    await witnesses.expect(call, 'A', NOW);
    const at = (time: string) => `2026-01-31T${time}.000Z`;
    const ids = async (from: string, to: string) =>
      (await witnesses.unproven(call.account, at(from), at(to))).map(({ eventID }) => eventID);
    expect(await ids('09:00:00', '09:00:00')).toEqual(['event-1']);
    expect(await ids('09:00:01', '10:00:00')).toEqual([]);
    expect(await ids('08:00:00', '08:59:59')).toEqual([]);
    expect(await witnesses.unproven('999999999999', at('00:00:00'), at('23:00:00'))).toEqual([]);
    await witnesses.learn(call, missing);
    expect(await ids('09:00:00', '09:00:00')).toEqual(['event-1']);
    await witnesses.learn(call, proven);
    expect(await ids('09:00:00', '09:00:00')).toEqual([]);
    expect((await witnesses.read(call))?.proof).toEqual(proven);
  });

  test('is due when a digest may have come, as often as it is asked to be, and again for another finding', async () => {
    const due = async (by: string) => (await witnesses.due(by, 10)).map(({ eventID }) => eventID);
    await witnesses.expect(call, 'A', NOW);
    expect(await due('2026-01-31T10:24:59.000Z')).toEqual([]);
    expect(await witnesses.due('2026-01-31T10:25:00.000Z', 10)).toEqual([
      { account: call.account, eventTime: call.eventTime, eventID: call.eventID },
    ]);
    await witnesses.lookAgain(call, '2026-02-01T00:00:00.000Z');
    expect(await due('2026-01-31T23:00:00.000Z')).toEqual([]);
    await witnesses.expect(call, 'A', NOW);
    expect(await due('2026-01-31T23:00:00.000Z')).toEqual([]);
    await witnesses.lookAgain(call, undefined);
    expect(await due('2027-01-01T00:00:00.000Z')).toEqual([]);
    await witnesses.expect(call, 'A', NOW);
    expect(await due('2027-01-01T00:00:00.000Z')).toEqual([]);
    await witnesses.expect(call, 'B', NOW);
    expect(await due('2026-01-31T10:25:00.000Z')).toEqual(['event-1']);
  });
});

test('whatever is learned in whatever order, and at once, the same is known in the end', async () => {
  let made = 0;
  const things = [pendingProof, missing, notLogged, proven, otherContent];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...things), { minLength: 1, maxLength: 6 }),
      async (learned) => {
        made += 1;
        const other = { ...call, eventID: `event-${made}` };
        await witnesses.expect(other, 'A', NOW);
        await Promise.all(learned.map((proof) => witnesses.learn(other, proof)));
        const expected = things[Math.max(...learned.map((proof) => things.indexOf(proof)))];
        expect((await witnesses.read(other))?.proof).toEqual(expected);
        expect(learned.reduce(laterProof, pendingProof)).toEqual(expected);
      },
    ),
    { numRuns: 20 },
  );
});
