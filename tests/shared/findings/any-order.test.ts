import fc from 'fast-check';
import type { Finding, Judgement, Transition } from '../../../shared/contracts/trailseal/finding';
import { findingId, nextChangeAt, passTime } from '../../../shared/findings/finding';
import { compareKeys } from '../../../shared/findings/order';
import { type RecordNeeds, recordJudgement, settleFinding } from '../../../shared/findings/record';
import {
  at,
  exemptUntil,
  fine,
  gone,
  inMemory,
  joined,
  type Memory,
  noChange,
  open,
  policySince,
  reason,
  subject,
  unclear,
} from '../../support/findings';

const END = at(23);
const id = findingId(subject);

const key = fc.record({
  observedAt: fc.integer({ min: 0, max: 8 }).map((hour) => at(hour)),
  configurationStateId: fc.constantFrom('1', '2', '9007199254740993', '9007199254740994'),
  policyVersion: fc.constantFrom(
    policySince(at(0), 'aaaaaaaaaaaa'),
    policySince(at(3), 'bbbbbbbbbbbb'),
    policySince(at(3), 'cccccccccccc'),
    policySince(at(6), 'dddddddddddd'),
  ),
});

/** One observation may be judged twice with another outcome: unread at first, after an exemption, by a sweep. */
const judged: fc.Arbitrary<Judgement> = key.chain((parts) =>
  fc.oneof(
    fc.constant(fine(parts.observedAt, parts)),
    fc.constant(gone(parts.observedAt, parts)),
    fc
      .constantFrom('expected an array', 'the item is too large for an event')
      .map((annotation) => unclear(parts.observedAt, { ...parts, annotation })),
    fc
      .constantFrom('port 22 is open to 0.0.0.0/0', 'port 3389 is open to 0.0.0.0/0')
      .map((says) => open(parts.observedAt, { ...parts, because: [reason({ says })], annotation: says })),
    fc.integer({ min: 1, max: 12 }).map((hour) => exemptUntil(at(hour, 30), parts.observedAt, parts)),
    fc
      .integer({ min: 1, max: 12 })
      .map((hour) => open(parts.observedAt, { ...parts, quietUntil: at(hour, 45) })),
    fc.boolean().map((reported) =>
      open(parts.observedAt, {
        ...parts,
        change: reported ? { state: 'reported', properties: [], otherPaths: ['tags.team'] } : noChange,
      }),
    ),
  ),
);

const judgements = fc.array(judged, { minLength: 1, maxLength: 12 });

/** The same set in another order, each judgement up to three times. */
const disordered = judgements.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc
      .array(fc.integer({ min: 1, max: 3 }), { minLength: list.length, maxLength: list.length })
      .chain((times) => {
        const deliveries = list.flatMap((one, index) => Array<Judgement>(times[index] ?? 1).fill(one));
        return fc.shuffledSubarray(deliveries, { minLength: deliveries.length });
      }),
  ),
);

/** What holds of a finding whatever way it came about. */
const known = ({ history, state, exposure, judgement, unsettled, ...named }: Finding) => ({
  id: named.id,
  state,
  exposure,
  judgement,
  unsettled,
  history,
});

const inKeyOrder = (list: readonly Judgement[]) => [...list].sort(compareKeys);

test('any order and repetition of judgements makes the same finding', () => {
  fc.assert(
    fc.property(disordered, ([list, deliveries]) => {
      expect(known(joined(deliveries, END).finding)).toEqual(known(joined(inKeyOrder(list), END).finding));
    }),
    { numRuns: 1000 },
  );
});

test('also when more judgements come than a history keeps', () => {
  const kinds = fc.constantFrom([open, fine, unclear], [open, ...Array<typeof unclear>(30).fill(unclear)]);
  const many = kinds
    .chain((made) =>
      fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom(...made)), {
        minLength: 45,
        maxLength: 90,
      }),
    )
    .map((list) => list.map(([minute, made]) => made(at(0, minute))));
  fc.assert(
    fc.property(
      many.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, deliveries]) => {
        const { finding } = joined(deliveries, END);
        expect(finding.history.length).toBeLessThanOrEqual(50);
        expect(known(finding)).toEqual(known(joined(inKeyOrder(list), END).finding));
      },
    ),
    { numRuns: 100 },
  );
});

test('a finding that was open for a while when nothing excused it is never forgotten in silence', () => {
  fc.assert(
    fc.property(judgements, (list) => {
      const { finding, steps } = joined(list, END);
      const told = steps.flatMap(({ transitions }) => transitions).filter(({ exposure }) => exposure);
      if (finding.exposure && finding.exposure.to !== finding.exposure.from) expect(told).not.toEqual([]);
      if (finding.state === 'open') expect(told.at(-1)?.exposure).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test('whoever heard that a finding is open hears when it no longer is', () => {
  fc.assert(
    fc.property(judgements, (list) => {
      let heardOpen = false;
      for (const { finding, transitions } of joined(list, END).steps) {
        for (const { kind, exposure, late } of transitions) {
          if (exposure === undefined || late) continue;
          heardOpen = kind !== 'Resolved' && kind !== 'Exempted';
        }
        expect(heardOpen).toBe(finding.state === 'open');
      }
    }),
    { numRuns: 1000 },
  );
});

/** What goes wrong at one step: the call never arrives, or its answer is lost, or the table refuses. */
type Fault = 'fails' | 'answer lost' | 'refused' | 'takes half' | undefined;

const fault: fc.Arbitrary<Fault> = fc.option(
  fc.constantFrom('fails', 'answer lost', 'refused', 'takes half'),
  {
    nil: undefined,
    freq: 2,
  },
) as fc.Arbitrary<Fault>;

class Broken extends Error {}

/** The same table and bus, reached in an order that the scheduler picks, and failing as the faults say. */
function unreliable(memory: Memory, scheduler: fc.Scheduler, faults: Fault[]): RecordNeeds {
  const step = async <T>(call: () => Promise<T>, refusal?: T, half?: () => Promise<unknown>): Promise<T> => {
    await scheduler.schedule(Promise.resolve());
    const what = faults.pop();
    if (what === 'fails') throw new Broken('never arrived');
    if (what === 'refused' && refusal !== undefined) return refusal;
    if (what === 'takes half' && half) {
      await half();
      throw new Broken('some were not taken');
    }
    const answer = await call();
    if (what === 'answer lost') throw new Broken('timed out');
    return answer;
  };
  return {
    now: memory.now,
    table: {
      read: (finding) => step(() => memory.table.read(finding)),
      write: (next, seq) => step(() => memory.table.write(next, seq), false),
      clear: (published, dueAt) => step(() => memory.table.clear(published, dueAt), false),
    },
    bus: {
      publish: (events) =>
        step(
          () => memory.bus.publish(events),
          undefined,
          () => memory.bus.publish(events.slice(0, Math.floor(events.length / 2))),
        ),
    },
  };
}

async function untilItSucceeds(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof Broken) && (error as Error).name !== 'Contended') throw error;
    }
  }
}

/** The transitions in the order of their `after` chain. @throws unless they are one chain without a fork or a gap */
function inChainOrder(transitions: readonly Transition[]): Transition[] {
  const followers = new Map(transitions.map((transition) => [transition.after, transition]));
  const chain: Transition[] = [];
  for (let next = followers.get(undefined); next; next = followers.get(next.id)) chain.push(next);
  if (chain.length !== transitions.length) throw new Error('the transitions are no single chain');
  return chain;
}

/** Every transition that was ever written, whether or not it was published. */
function remembering(memory: Memory): Map<string, Transition> {
  const written = new Map<string, Transition>();
  const { write } = memory.table;
  memory.table.write = async (next, seq) => {
    const took = await write(next, seq);
    if (took)
      for (const transition of next.outbox) written.set(`${transition.id}/${transition.seq}`, transition);
    return took;
  };
  return written;
}

test('writers that interleave, fail and crash anywhere end with the same finding, and tell every transition', async () => {
  await fc.assert(
    fc.asyncProperty(
      disordered,
      fc.scheduler(),
      fc.array(fault, { maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 22 * 60 }), { minLength: 5, maxLength: 5 }),
      async ([list, deliveries], scheduler, faults, minutes) => {
        let ticks = 0;
        // Clocks of different machines: none is trusted to go forward.
        const memory = inMemory(() => at(0, minutes[ticks++ % minutes.length]));
        const written = remembering(memory);
        const needs = unreliable(memory, scheduler, faults);
        const all = Promise.all(
          deliveries.map((one) => untilItSucceeds(() => recordJudgement(subject, one, needs))),
        );
        await scheduler.waitFor(all);

        await settleFinding(id, { ...memory, now: () => END });

        const stored = memory.stored.get(id);
        if (stored === undefined) throw new Error('nothing was stored');
        const expected = passTime(joined(inKeyOrder(list), END).finding, END).finding;
        expect(known(stored.finding)).toEqual(known(expected));
        expect(stored.outbox).toEqual([]);
        expect(stored.dueAt).toBe(nextChangeAt(stored.finding));
        // What is due has not come yet, or the sweep would come back for ever.
        expect((stored.dueAt ?? END) >= END).toBe(true);

        const published = new Map(memory.published.map(({ transition }) => [transition.id, transition]));
        expect(new Set(published.keys())).toEqual(new Set([...written.values()].map((one) => one.id)));
        expect(written.size).toBe(published.size);
        const chain = inChainOrder([...published.values()]);
        const seqs = chain.map(({ seq }) => seq);
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
        const named = chain.map(({ findingId: of, kind, cause }) => `${of} ${kind} ${cause}`);
        expect(new Set(named).size).toBe(chain.length);
      },
    ),
    { numRuns: 600 },
  );
}, 60_000);
