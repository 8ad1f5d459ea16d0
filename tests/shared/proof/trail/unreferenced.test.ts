import { logKey } from '../../../../shared/contracts/aws/trail-object-key';
import { type LogsOfFolder, unreferencedLogs } from '../../../../shared/proof/trail/unreferenced';
import { type Place, uri } from '../../../../shared/proof/trail/verdict';
import { at, chain } from '../../../support/chain-reports';

const logAt = (hour: number, unique = 'A'): Place => ({
  bucket: 'trail-logs',
  key: logKey({ prefix: '', ...chain, minute: at(hour), unique: unique.repeat(16) }),
});

/** Covered by proven digests, hour by hour. */
const hours = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ from: at(from + index), to: at(from + index + 1) }));

const log = logAt(5.5);

/** A log file of 05:30, which is there and which nothing lists; the day after. */
const folder: LogsOfFolder = {
  announced: [],
  listed: [log],
  referenced: new Set(),
  verified: [hours(0, 10)],
  now: at(29.5),
};

test.each<[story: string, more: Partial<LogsOfFolder>, found: Place[]]>([
  ['a log file that nothing lists', {}, [log]],
  ['one that a digest lists', { referenced: new Set([uri(log)]) }, []],
  ['one that a day has not passed for', { now: at(29.4) }, []],
  ['one whose hours are just covered', { verified: [[{ from: at(4.5), to: at(6.5) }]] }, [log]],
  ['one whose hour before is not covered', { verified: [hours(5, 10)] }, []],
  ['one whose hour after is not covered', { verified: [hours(0, 6)] }, []],
  ['one whose own hour is not covered', { verified: [[...hours(0, 5), ...hours(6, 10)]] }, []],
  ['one whose hours were verified in another order', { verified: [hours(0, 10).reverse()] }, [log]],
  ['one whose hours were verified twice', { verified: [[...hours(0, 10), ...hours(3, 5)]] }, [log]],
  [
    'one whose hours lie within a longer time',
    { verified: [[{ from: at(0), to: at(10) }, ...hours(1, 2)]] },
    [log],
  ],
  [
    'one whose hours are covered, though earlier ones are not',
    { verified: [[...hours(0, 2), ...hours(4, 10)]] },
    [log],
  ],
  ['one that another chain might list', { verified: [hours(0, 10), [...hours(0, 5), ...hours(7, 9)]] }, []],
  ['one that another chain does not list either', { verified: [hours(0, 10), hours(3, 8)] }, [log]],
  [
    'one of the minute in which another chain ends',
    { verified: [hours(0, 10), [{ from: at(0), to: at(5.5) }]] },
    [],
  ],
  [
    'one of the minute in which another chain begins',
    { verified: [hours(0, 10), [{ from: at(5.5), to: at(9) }]] },
    [],
  ],
  ['one from after another chain', { verified: [hours(0, 10), hours(0, 3)] }, [log]],
  ['one from before another chain', { verified: [hours(0, 10), hours(7, 10)] }, [log]],
  ['one of no chain at all', { verified: [] }, []],
  ['one of a chain without verified hours', { verified: [[]] }, []],
  ['one from after all chains', { verified: [hours(0, 3)] }, []],
  ['what is no log file of CloudTrail', { listed: [{ bucket: 'trail-logs', key: 'AWSLogs/notes.txt' }] }, []],
  ['one that was announced and is there', { announced: [log] }, [log]],
  ['one that was announced, where nobody has listed', { announced: [log], listed: [] }, [log]],
  [
    'several, in the order of their names',
    { listed: [logAt(5.75), logAt(5.5, 'B')], announced: [log], now: at(30) },
    [log, logAt(5.5, 'B'), logAt(5.75)],
  ],
])('%s', (_, more, found) => {
  expect(unreferencedLogs({ ...folder, ...more }).map(({ bucket, key }) => ({ bucket, key }))).toEqual(found);
});

test('says whether it is still there', () => {
  const gone = 'it was announced, no digest lists it, and it is gone';
  const there = 'no digest of its time lists it';
  const report = { kind: 'log', ...log, status: 'unreferenced', reason: 'not-listed' };
  expect(unreferencedLogs(folder)).toEqual([{ ...report, says: there }]);
  expect(unreferencedLogs({ ...folder, announced: [log], listed: [] })).toEqual([{ ...report, says: gone }]);
  const { listed: _, ...unlisted } = folder;
  expect(unreferencedLogs({ ...unlisted, announced: [log] })).toEqual([{ ...report, says: there }]);
});
