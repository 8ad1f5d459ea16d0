import fc from 'fast-check';
import { parseCloudTrailRecord } from '../../../../shared/contracts/aws/cloudtrail-record';
import { type CountedEvent, countedEvent, episodes } from '../../../../shared/controls/detections/episodes';
import { call } from './detecting';

const RATE = { threshold: 3, windowMinutes: 15 };
const at = (minute: number, id = `e${minute}`, from?: string): CountedEvent => ({
  eventID: id,
  eventTime: new Date(Date.UTC(2026, 0, 31, 10, 0) + minute * 60_000).toISOString(),
  ...(from === undefined ? {} : { from }),
});
const short = (events: readonly CountedEvent[]) =>
  episodes(events, RATE).map(
    ({ since, until, count }) => `${since.slice(11, 16)}-${until.slice(11, 16)} ${count}`,
  );

test.each<[string, CountedEvent[], string[]]>([
  ['nothing', [], []],
  ['too few', [at(0), at(1)], []],
  ['enough', [at(0), at(1), at(2)], ['10:00-10:02 3']],
  ['too few, one of them twice', [at(0), at(1), at(1), at(1)], []],
  ['enough, at the two ends of the window', [at(0), at(1), at(15)], ['10:00-10:15 3']],
  ['enough, but the last comes a minute too late', [at(0), at(1), at(16)], []],
  ['windows that overlap are one', [at(0), at(1), at(2), at(16), at(17)], ['10:00-10:17 5']],
  [
    'windows apart are two',
    [at(0), at(1), at(2), at(60), at(61), at(62)],
    ['10:00-10:02 3', '11:00-11:02 3'],
  ],
  ['those before it are none of it', [at(0), at(30), at(31), at(32)], ['10:30-10:32 3']],
  ['all from one place, which has its own count', [at(0, 'a', 'x'), at(1, 'b', 'x'), at(2, 'c', 'x')], []],
  ['from several places', [at(0, 'a', 'x'), at(1, 'b', 'y'), at(2, 'c', 'x')], ['10:00-10:02 3']],
  [
    'from several, but not within the window',
    [at(0, 'z', 'y'), at(30, 'a', 'x'), at(31, 'b', 'x'), at(32, 'c', 'x')],
    [],
  ],
  [
    'an id that comes with two times counts by the first',
    [at(40, 'a'), at(0, 'a'), at(1), at(2)],
    ['10:00-10:02 3'],
  ],
])('%s', (_, events, expected) => {
  expect(short(events)).toEqual(expected);
});

test('neither the order of arrival nor repetition matters', () => {
  const event = fc.record({ minute: fc.nat(90), id: fc.nat(40), from: fc.constantFrom('x', 'y') });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 60 }).chain((list) => {
        const events = list.map(({ minute, id, from }) => at(minute, `e${id}-${minute}`, from));
        return fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }),
        );
      }),
      ([events, shuffled]) => {
        expect(episodes(shuffled, RATE)).toEqual(episodes(events, RATE));
      },
    ),
  );
});

test('an episode holds where any window of the set holds enough, and nowhere else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(120), { maxLength: 25 }), (minutes) => {
      const events = minutes.map((minute) => at(minute));
      const found = episodes(events, RATE);
      const isIn = (minute: number) =>
        found.some(({ since, until }) => since <= at(minute).eventTime && at(minute).eventTime <= until);
      for (const minute of minutes) {
        const starts = minutes.filter((start) => start <= minute && minute <= start + 15);
        const holds = starts.some(
          (start) => minutes.filter((other) => start <= other && other <= start + 15).length >= 3,
        );
        expect(isIn(minute)).toBe(holds);
      }
    }),
  );
});

test('a late correction counts as the record that it corrects', () => {
  const under = { resource: { resourceType: 'AWS::IAM::User', resourceId: 'bob' }, from: '203.0.113.7' };
  const record = (more: object) => parseCloudTrailRecord(call('ec2', 'X', null, { ...more }));
  expect(countedEvent(record({ addendum: { originalEventID: 'first' } }), under)).toEqual({
    eventID: 'first',
    eventTime: '2026-01-31T10:00:00.000Z',
    from: '203.0.113.7',
  });
  expect(countedEvent(record({ eventID: '', requestID: 'r' }), under).eventID).toBe('r');
});
