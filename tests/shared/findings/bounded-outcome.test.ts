import fc from 'fast-check';
import { boundedOutcome } from '../../../shared/findings/bounded-outcome';
import { outcome } from '../../support/findings';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.constantFrom('\u0001', '漢', '"', '\\', '\ud83d').map((part) => part.repeat(2000)),
);
const place = fc.option(text, { nil: null });
const list = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { maxLength: 60 });
const refusal = fc.record({ code: fc.constant('cannot' as const), says: text, instead: text });

const anyOutcome = fc
  .record({
    calls: list(text),
    notes: list(text),
    diff: list(fc.record({ path: text, before: place, after: place })),
    refusals: list(refusal),
    steps: list(
      fc.record({
        state: fc.constant('applying' as const),
        at: fc.constant('2026-01-31T09:00:00.000Z'),
        call: fc.nat(99),
        requestId: text,
        error: fc.record({ code: text, says: text }),
        refusal,
        says: text,
      }),
    ),
    overrides: list(fc.record({ path: text, captured: place, left: place, live: place })),
    says: text,
    approvedBy: text,
    askedBy: text,
  })
  .map(outcome);

test('an outcome weighs no more than 45 KB, whatever it tells, and bounding it again changes nothing', () => {
  fc.assert(
    fc.property(anyOutcome, (given) => {
      const bounded = boundedOutcome(given);
      expect(bytes(bounded)).toBeLessThan(45 * 1024);
      expect(boundedOutcome(bounded)).toEqual(bounded);
    }),
    { numRuns: 200 },
  );
});

test('one that is not too long stays as it is', () => {
  expect(boundedOutcome(outcome())).toEqual(outcome());
});

describe('what is left out', () => {
  const many = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const line = (index: number) => ({ path: `a${index}`, before: '1', after: '2' });

  test.each([
    [20, 20, 'a19'],
    [21, 20, 'and 2 more'],
    [50, 20, 'and 31 more'],
  ])('of %i lines that changed, %i are kept, and the last is %s', (given, kept, last) => {
    const { diff } = boundedOutcome(outcome({ diff: many(given, line) }));
    expect([diff.length, diff.at(-1)?.path]).toEqual([kept, last]);
  });

  test('is counted together with what was left out before', () => {
    const diff = [...many(49, line), { path: 'and 7 more', before: null, after: null }];
    expect(boundedOutcome(outcome({ diff })).diff.at(-1)?.path).toBe('and 37 more');
    const calls = [...many(30, (index) => `Call ${index}`), 'and 70 more'];
    expect(boundedOutcome(outcome({ calls })).calls.slice(-2)).toEqual(['Call 18', 'and 81 more']);
  });

  test('is not counted by what a place is called', () => {
    const diff = [...many(30, line), { path: 'and 7 more', before: '1', after: null }];
    expect(boundedOutcome(outcome({ diff })).diff.at(-1)?.path).toBe('and 12 more');
  });

  test('of steps is the beginning: how it ended is kept', () => {
    const steps = many(60, (call) => ({ state: 'applying' as const, at: '2026-01-31T09:00:00.000Z', call }));
    const kept = boundedOutcome(outcome({ steps })).steps;
    expect([kept.length, kept[0]?.call, kept.at(-1)?.call]).toEqual([40, 20, 59]);
  });
});
