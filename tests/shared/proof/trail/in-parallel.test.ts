import { setImmediate as turn } from 'node:timers/promises';
import { inParallel } from '../../../../shared/proof/trail/in-parallel';

/** Work that takes as many turns as its item says, and how much of it was going on at once. */
function work() {
  let running = 0;
  const seen = { most: 0, begun: [] as number[] };
  return {
    seen,
    async of(turns: number) {
      running += 1;
      seen.most = Math.max(seen.most, running);
      seen.begun.push(turns);
      for (let left = turns; left > 0; left -= 1) await turn();
      running -= 1;
      return `${turns} turns`;
    },
  };
}

test.each([
  [1, 1],
  [2, 2],
  [4, 4],
  [9, 4],
])('of four pieces of work, at most %d are done at once', async (atOnce, most) => {
  const { seen, of } = work();
  expect(await inParallel([4, 1, 3, 2], atOnce, of)).toEqual(['4 turns', '1 turns', '3 turns', '2 turns']);
  expect(seen).toEqual({ most, begun: [4, 1, 3, 2] });
});

test('no items are no work', async () => {
  expect(await inParallel([], 4, work().of)).toEqual([]);
});

test('a failure is thrown', async () => {
  const failing = async (item: number) => {
    if (item === 2) throw new Error('no');
    return item;
  };
  await expect(inParallel([1, 2, 3], 2, failing)).rejects.toThrow('no');
});
