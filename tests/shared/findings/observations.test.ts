import fc from 'fast-check';
import type { Judgement } from '../../../shared/contracts/trailseal/finding';
import { observationsToLink } from '../../../shared/findings/observations';
import { at, exemptUntil, fine, gone, joined, open, unclear } from '../../support/findings';

const hours = (judgements: readonly Judgement[]): number[] =>
  observationsToLink(joined(judgements, at(23)).finding).map(({ observedAt }) =>
    new Date(observedAt).getUTCHours(),
  );

const rows: [string, Judgement[], number[]][] = [
  ['a resource that was always as it should be', [fine(at(8)), fine(at(9)), gone(at(10))], []],
  ['one that is open', [fine(at(8)), open(at(9))], [9]],
  [
    'one that has been open for some time: its beginning, and how it is now',
    [open(at(8)), open(at(9)), open(at(10))],
    [8, 10],
  ],
  ['one that was closed', [open(at(8)), open(at(9)), fine(at(10)), fine(at(11))], [8, 10]],
  ['one that was deleted', [open(at(8)), gone(at(9))], [8, 9]],
  ['one that was opened again', [open(at(8)), fine(at(9)), open(at(10))], [8, 9, 10]],
  ['what can not be told is passed by', [open(at(8)), unclear(at(9)), unclear(at(10))], [8]],
  ['an exempt one, as an exemption ends', [exemptUntil(at(12), at(8))], [8]],
  [
    'what happened again after it was over',
    [open(at(8), { quietUntil: at(9) }), open(at(10), { quietUntil: at(11) })],
    [8, 10],
  ],
  [
    'what happened again before',
    [
      open(at(8), { quietUntil: at(11) }),
      open(at(9), { quietUntil: at(12) }),
      open(at(10), { quietUntil: at(13) }),
    ],
    [8, 10],
  ],
];

test.each(rows)('%s', (_name, judgements, expected) => {
  expect(hours(judgements)).toEqual(expected);
});

test('one observation that was judged twice is asked for once', () => {
  const again = open(at(8), { policyVersion: '2026-01-31T10:00:00.000Z.abcdef123456' });
  expect(hours([open(at(8)), again])).toEqual([8]);
});

test('a finding that opens and closes all day keeps its last eight', () => {
  const day = Array.from({ length: 12 }, (_, hour) => (hour % 2 === 0 ? open(at(hour)) : fine(at(hour))));
  expect(hours(day)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('they do not depend on the order in which judgements came', () => {
  const day = [open(at(1)), open(at(2)), fine(at(3)), open(at(4)), unclear(at(5)), gone(at(6)), open(at(7))];
  fc.assert(
    fc.property(fc.shuffledSubarray([...day, ...day], { minLength: 14 }), (order) => {
      expect(hours(order)).toEqual(hours(day));
    }),
  );
});
