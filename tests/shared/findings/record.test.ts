import { findingId } from '../../../shared/findings/finding';
import { Contended, type RecordNeeds, recordJudgement, settleFinding } from '../../../shared/findings/record';
import { at, exemptUntil, fine, inMemory, open, subject } from '../../support/findings';

const id = findingId(subject);

/** Table and bus in memory, which write down each call and fail when told to. */
function watched() {
  let now = at(9);
  const memory = inMemory(() => now);
  const calls: string[] = [];
  const failing = new Set<string>();
  const step =
    <Args extends unknown[], T>(name: string, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls.push(name);
      if (failing.has(name)) throw new Error(`${name} failed`);
      return call(...args);
    };
  const needs: RecordNeeds = {
    now: memory.now,
    table: {
      read: step('read', memory.table.read),
      write: step('write', memory.table.write),
      clear: step('clear', memory.table.clear),
    },
    bus: { publish: step('publish', memory.bus.publish) },
  };
  return {
    memory,
    needs,
    calls,
    failing,
    setNow: (time: string) => {
      now = time;
    },
    stored: () => memory.stored.get(id),
    kinds: () => memory.published.map(({ transition }) => transition.kind),
  };
}

test('state and outbox are written before anything is published, and cleared after', async () => {
  const { needs, calls, stored, memory } = watched();
  const transitions = await recordJudgement(subject, open(at(8)), needs);
  expect(calls).toEqual(['read', 'write', 'publish', 'clear']);
  expect(transitions).toMatchObject([{ kind: 'Opened', seq: 1, recordedAt: at(9) }]);
  expect(stored()).toMatchObject({ seq: 1, outbox: [], lastTransition: transitions[0]?.id });
  expect(stored()).not.toHaveProperty('dueAt');
  expect(memory.published).toMatchObject([
    { schemaVersion: '1', transition: { kind: 'Opened' }, finding: { id, state: 'open' } },
  ]);
  expect(memory.published[0]?.finding).not.toHaveProperty('history');
});

test('a judgement that is known already is neither written nor told again', async () => {
  const { needs, calls } = watched();
  await recordJudgement(subject, open(at(8)), needs);
  calls.length = 0;
  expect(await recordJudgement(subject, open(at(8)), needs)).toEqual([]);
  expect(calls).toEqual(['read']);
});

test('transitions name the one before them, and count on with each write', async () => {
  const { needs, memory } = watched();
  await recordJudgement(subject, open(at(5)), needs);
  await recordJudgement(subject, open(at(6)), needs);
  await recordJudgement(subject, fine(at(7)), needs);
  const [opened, resolved] = memory.published.map(({ transition }) => transition);
  expect(opened).toMatchObject({ kind: 'Opened', seq: 1 });
  expect(opened).not.toHaveProperty('after');
  expect(resolved).toMatchObject({ kind: 'Resolved', seq: 3, after: opened?.id });
});

test.each(['publish', 'clear'])(
  'what was written is published by the retry after %s has failed',
  async (step) => {
    const { needs, failing, stored, kinds, setNow } = watched();
    failing.add(step);
    await expect(recordJudgement(subject, open(at(8)), needs)).rejects.toThrow(`${step} failed`);
    expect(stored()).toMatchObject({ dueAt: at(9, 2), outbox: [{ kind: 'Opened' }] });
    failing.clear();
    setNow(at(9, 1));
    await recordJudgement(subject, open(at(8)), needs);
    expect(new Set(kinds())).toEqual(new Set(['Opened']));
    expect(stored()?.outbox).toEqual([]);
  },
);

test('what was written is published by the sweep when no retry comes', async () => {
  const { needs, failing, stored, kinds } = watched();
  failing.add('publish');
  await expect(recordJudgement(subject, open(at(8)), needs)).rejects.toThrow();
  failing.clear();
  await settleFinding(id, needs);
  expect(kinds()).toEqual(['Opened']);
  expect(stored()?.outbox).toEqual([]);
});

test('the next writer publishes what the one before left behind', async () => {
  const { needs, failing, kinds } = watched();
  failing.add('publish');
  await expect(recordJudgement(subject, open(at(7)), needs)).rejects.toThrow();
  failing.clear();
  expect(await recordJudgement(subject, fine(at(8)), needs)).toMatchObject([{ kind: 'Resolved' }]);
  expect(kinds()).toEqual(['Opened', 'Resolved']);
});

test('while the bus takes nothing, a finding accepts only as much as its item can hold', async () => {
  const { needs, failing, stored, kinds } = watched();
  failing.add('publish');
  for (let minute = 0; minute < 10; minute += 1) {
    const next = (minute % 2 === 0 ? open : fine)(at(7, minute));
    await expect(recordJudgement(subject, next, needs)).rejects.toThrow('publish failed');
  }
  expect(stored()?.outbox.map(({ kind }) => kind)).toEqual(['Opened', 'Resolved', 'Reopened']);
  failing.clear();
  await recordJudgement(subject, fine(at(7, 3)), needs);
  expect(kinds()).toEqual(['Opened', 'Resolved', 'Reopened', 'Resolved']);
  expect(stored()).toMatchObject({ outbox: [], finding: { state: 'resolved' } });
});

test('a write that is refused starts over with what the other one wrote', async () => {
  const { needs, memory, stored } = watched();
  let first = true;
  const { write } = needs.table;
  const contended: RecordNeeds = {
    ...needs,
    table: {
      ...needs.table,
      async write(next, seq) {
        if (first) {
          first = false;
          await recordJudgement(subject, open(at(7)), memory);
        }
        return write(next, seq);
      },
    },
  };
  expect(await recordJudgement(subject, fine(at(8)), contended)).toMatchObject([
    { kind: 'Resolved', seq: 2 },
  ]);
  expect(stored()?.finding.history).toHaveLength(2);
});

test('a pile-up of writers is given back to be tried again', async () => {
  const { needs } = watched();
  const contended = { ...needs, table: { ...needs.table, write: async () => false } };
  await expect(recordJudgement(subject, open(at(8)), contended)).rejects.toThrow(Contended);
});

test('an entry of another writer is not cleared with ours', async () => {
  const { needs, memory, stored } = watched();
  const interrupted: RecordNeeds = {
    ...needs,
    bus: {
      async publish(events) {
        await memory.bus.publish(events);
        const broken = { ...memory, bus: { publish: () => Promise.reject(new Error('crash')) } };
        await recordJudgement(subject, fine(at(8)), broken).catch(() => undefined);
      },
    },
  };
  await recordJudgement(subject, open(at(7)), interrupted);
  expect(stored()?.outbox.map(({ kind }) => kind)).toEqual(['Opened', 'Resolved']);
});

describe('an exempt finding', () => {
  test('is due when its exemption ends, and is then opened', async () => {
    const { needs, stored, kinds, setNow } = watched();
    await recordJudgement(subject, exemptUntil(at(12), at(8)), needs);
    expect(stored()?.dueAt).toBe(at(12));
    setNow(at(12));
    expect(await settleFinding(id, needs)).toMatchObject([{ kind: 'Opened', after: expect.any(String) }]);
    expect(kinds()).toEqual(['Exempted', 'Opened']);
    expect(stored()).not.toHaveProperty('dueAt');
  });

  test('that was looked at too early stays due', async () => {
    const { needs, stored } = watched();
    await recordJudgement(subject, exemptUntil(at(12), at(8)), needs);
    expect(await settleFinding(id, needs)).toEqual([]);
    expect(stored()?.dueAt).toBe(at(12));
  });
});

test('a finding that does not exist needs no settling', async () => {
  const { needs, calls } = watched();
  expect(await settleFinding(id, needs)).toEqual([]);
  expect(calls).toEqual(['read']);
});

test('a due time that nothing stands behind any more is taken away', async () => {
  const { needs, memory, stored } = watched();
  await recordJudgement(subject, open(at(8)), needs);
  const before = stored();
  if (before) memory.stored.set(id, { ...before, dueAt: at(8) });
  await settleFinding(id, needs);
  expect(stored()).not.toHaveProperty('dueAt');
});
