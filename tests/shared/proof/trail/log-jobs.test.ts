import { logJobs } from '../../../../shared/proof/trail/log-jobs';

const digestOf = (count: number) => ({ logFiles: Array.from({ length: count }) });

test.each<[logs: number, size: number, ranges: [begin: number, end: number][]]>([
  [0, 200, []],
  [1, 200, [[0, 1]]],
  [200, 200, [[0, 200]]],
  [
    201,
    200,
    [
      [0, 200],
      [200, 201],
    ],
  ],
  [
    5,
    2,
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
])('%d log files, %d at a time', (logs, size, ranges) => {
  expect(logJobs(digestOf(logs), size)).toEqual(
    ranges.map(([begin, end], job) => ({ job, jobs: ranges.length, begin, end })),
  );
});

test('5,000 log files are 25 jobs', () => {
  expect(logJobs(digestOf(5000))).toHaveLength(25);
});
