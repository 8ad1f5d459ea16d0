import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { severities } from '../../../../shared/contracts/trailseal/finding';
import { type Problem, reasonsOf } from '../../../../shared/controls/verifications/problem';

const EXPECTED = 'a whole file';

const problem = (parts: Partial<Problem> = {}): Problem => ({
  code: 'log-missing',
  severity: 'critical',
  says: 'a log file is gone',
  ...parts,
});

const saysOf = (...problems: Problem[]) => reasonsOf(problems, EXPECTED).map(({ says }) => says);

test('a file with what it should be and what it is', () => {
  expect(
    reasonsOf([problem({ file: 's3://logs/a.json.gz', expected: 'aa', computed: 'bb' })], EXPECTED),
  ).toEqual([{ says: 'a log file is gone', path: 's3://logs/a.json.gz', value: 'bb', expected: 'aa' }]);
});

test('the chain as a whole, without values', () => {
  expect(reasonsOf([problem()], EXPECTED)).toEqual([
    { says: 'a log file is gone', path: 'chain', value: null, expected: EXPECTED },
  ]);
});

test.each<[name: string, hours: Partial<Problem>, added: string]>([
  ['no hours', {}, ''],
  [
    'both ends',
    { from: '2026-01-31T23:00:00Z', to: '2026-02-01T00:00:00Z' },
    ' (2026-01-31 23:00 to 2026-02-01 00:00 UTC)',
  ],
  ['a beginning', { from: '2026-01-31T23:00:00Z' }, ' (from 2026-01-31 23:00 UTC)'],
  ['an end', { to: '2026-01-31T23:59:59Z' }, ' (until 2026-01-31 23:59 UTC)'],
])('says the hours that are affected: %s', (_, hours, added) => {
  expect(saysOf(problem(hours))).toEqual([`a log file is gone${added}`]);
});

test('the worst come first, then the oldest', () => {
  expect(
    saysOf(
      problem({ severity: 'medium', says: 'late', from: '2026-01-01T00:00:00Z' }),
      problem({ says: 'second', from: '2026-01-03T00:00:00Z' }),
      problem({ says: 'first', to: '2026-01-02T00:00:00Z' }),
      problem({ severity: 'high', says: 'high', from: '2026-01-01T00:00:00Z' }),
    ).map((says) => says.split(' (')[0]),
  ).toEqual(['first', 'second', 'high', 'late']);
});

test('what is only worth knowing breaks nothing', () => {
  expect(saysOf(problem({ severity: 'informational', says: 'expired' }))).toEqual([]);
  expect(saysOf(problem({ severity: 'informational', says: 'expired' }), problem())).toEqual([
    'a log file is gone',
  ]);
});

test('ten are listed; of more the first reason says how many there are, of which kind and when', () => {
  const missing = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      problem({ file: `s3://logs/${index}.json.gz`, from: `2026-01-${10 + index}T00:00:00Z` }),
    );
  expect(reasonsOf(missing(10), EXPECTED).map(({ path }) => path)).not.toContain('chain');
  const many = [
    ...missing(12),
    problem({ code: 'log-invalid', severity: 'high', to: '2026-03-01T00:00:00Z' }),
  ];
  const [count, ...listed] = reasonsOf(many, EXPECTED);
  expect(count).toEqual({
    says: '13 problems (12 log-missing, 1 log-invalid) (2026-01-10 00:00 to 2026-03-01 00:00 UTC), the worst of them below',
    path: 'chain',
    value: null,
    expected: EXPECTED,
  });
  expect(listed.map(({ path }) => path)).toEqual(missing(9).map(({ file }) => file));
});

test('a hash is whole; of a signature enough to tell it from another', () => {
  const hash = 'a'.repeat(64);
  const signature = 'b'.repeat(512);
  const other = `${signature.slice(0, -1)}c`;
  const [reason] = reasonsOf([problem({ expected: hash, computed: hash })], EXPECTED);
  expect(reason).toMatchObject({ expected: hash, value: hash });
  const [long] = reasonsOf([problem({ expected: signature, computed: other })], EXPECTED);
  expect(long?.expected).toBe(
    `${'b'.repeat(32)}... (512 characters, SHA-256 ${createHash('sha256').update(signature).digest('hex')})`,
  );
  expect(long?.value).not.toBe(long?.expected);
});

const anyProblem: fc.Arbitrary<Problem> = fc.record(
  {
    code: fc.constantFrom('log-missing', 'log-invalid'),
    severity: fc.constantFrom(...severities),
    says: fc.constantFrom('one', 'two'),
    file: fc.constantFrom('s3://logs/a.json.gz', 's3://logs/b.json.gz'),
    from: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
    to: fc.constantFrom('2026-01-03T00:00:00Z', '2026-01-04T00:00:00Z'),
  },
  { requiredKeys: ['code', 'severity', 'says'] },
);

test('the same problems in any order say the same', () => {
  const inTwoOrders = fc
    .array(anyProblem, { maxLength: 20 })
    .chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    );
  fc.assert(
    fc.property(inTwoOrders, ([problems, shuffled]) => {
      const [a, b] = [problems, shuffled].map((list) => reasonsOf(list, EXPECTED));
      expect(a).toEqual(b);
    }),
  );
});
