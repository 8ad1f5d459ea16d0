import { setImmediate } from 'node:timers/promises';
import { Slots } from '../../../cli/verify/slots';

const never = new AbortController().signal;

test.each([
  [1, 20],
  [3, 20],
  [64, 20],
])('%d at a time, all in the end', async (count, items) => {
  const slots = new Slots(count);
  let [now, most] = [0, 0];
  const done: number[] = [];
  const work = async (item: number) => {
    now += 1;
    most = Math.max(most, now);
    await setImmediate();
    now -= 1;
    done.push(item);
  };
  const half = Array.from({ length: items / 2 }, (_, index) => index);
  // Two that share the slots.
  await Promise.all([
    slots.each(half, work, never),
    slots.each(
      half.map((item) => item + items / 2),
      work,
      never,
    ),
  ]);
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: items }, (_, index) => index));
  expect(most).toBe(Math.min(count, items));
});

test('after a failure nothing is begun, what is under way is waited for, and its slots are free again', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  let isOver = false;
  const work = async (item: number) => {
    begun.push(item);
    if (item === 1) throw new Error('first');
    await setImmediate();
    await setImmediate();
    isOver = true;
  };
  await expect(slots.each([0, 1, 2, 3, 4], work, never)).rejects.toThrow('first');
  expect(begun.length).toBeLessThan(4);
  expect(isOver).toBe(true);
  await expect(Promise.all([1, 2].map(() => slots.run(async () => 'free')))).resolves.toEqual([
    'free',
    'free',
  ]);
});

test('a list that breaks off is a failure, too', async () => {
  async function* items() {
    yield 1;
    throw new Error('listing');
  }
  const done: number[] = [];
  const work = async (item: number) => {
    await setImmediate();
    done.push(item);
  };
  await expect(new Slots(2).each(items(), work, never)).rejects.toThrow('listing');
  expect(done).toEqual([1]);
});

test('when asked to stop, no further one is begun', async () => {
  const stop = new AbortController();
  const done: number[] = [];
  const work = async (item: number) => {
    done.push(item);
    if (item === 2) stop.abort();
  };
  await new Slots(1).each([1, 2, 3, 4], work, stop.signal);
  expect(done).toEqual([1, 2]);
});
