import { exposedSeconds, listFindings, type Selection } from '../../../cli/findings/listing';
import type { FindingSummary } from '../../../shared/contracts/trailseal/finding';
import { NOW } from '../test-shell';
import { ago, idOf, readerOf, summary } from './fake-findings';

const all: Selection = {
  accounts: ['123456789012'],
  states: ['open', 'exempt', 'resolved'],
  neverOpen: true,
};
const listed = async (findings: readonly unknown[], selection: Partial<Selection> = {}) => {
  const { findings: found } = await listFindings(readerOf(findings), { ...all, ...selection }, NOW);
  return found.map(({ id }) => id.replace(/A+$/, ''));
};
const named = (id: string, changes: Partial<FindingSummary> = {}) => summary({ id: idOf(id), ...changes });

test('worst first, then longest open, then by id', async () => {
  const findings = [
    named('LOW', { severity: 'low', exposure: { from: ago(9000) } }),
    named('SHORT', { exposure: { from: ago(60) } }),
    named('TWINC', { exposure: { from: ago(120) } }),
    named('TWINB', { exposure: { from: ago(120) } }),
    named('WORST', { severity: 'critical', exposure: { from: ago(1) } }),
    named('PAST', { state: 'resolved', exposure: { from: ago(9000), to: ago(8910) } }),
  ];
  await expect(listed(findings)).resolves.toEqual(['WORST', 'TWINB', 'TWINC', 'PAST', 'SHORT', 'LOW']);
});

const { exposure: _, ...neverOpen } = summary();
const mixed = [
  named('OPEN'),
  named('EXEMPT', { state: 'exempt' }),
  named('PAST', { state: 'resolved', exposure: { from: ago(60), to: ago(30) } }),
  { ...neverOpen, id: idOf('NEVER'), state: 'resolved' as const },
  named('OTHER', { accountId: '111122223333', control: 'rds-no-public-access', severity: 'critical' }),
];

test.each<[string, Partial<Selection>, string[]]>([
  ['a state', { states: ['exempt'] }, ['EXEMPT']],
  ['what was open once', { states: ['resolved'], neverOpen: false }, ['PAST']],
  ['what never was', { states: ['resolved'] }, ['PAST', 'NEVER']],
  ['other accounts', { accounts: ['111122223333'] }, ['OTHER']],
  ['several accounts', { accounts: ['111122223333', '123456789012'], states: ['open'] }, ['OTHER', 'OPEN']],
  ['severities', { accounts: ['111122223333', '123456789012'], severities: ['critical'] }, ['OTHER']],
  ['controls', { controls: ['rds-no-public-access'] }, []],
])('selected by %s', async (_name, selection, ids) => {
  await expect(listed(mixed, selection)).resolves.toEqual(ids);
});

test('what has changed since the index knew it is as it is now', async () => {
  const resolved = named('PAST', { state: 'resolved', exposure: { from: ago(60), to: ago(30) } });
  const reader = { ...readerOf([resolved]), idsOf: async () => [resolved.id] };
  const { findings } = await listFindings(reader, { ...all, states: ['open'] }, NOW);
  expect(findings).toEqual([]);
  // In two states of the index at once, it is still one.
  expect((await listFindings(reader, all, NOW)).findings).toHaveLength(1);
});

test('what can not be read is told apart, and hides no other', async () => {
  const broken = { ...summary({ id: idOf('BROKEN') }), severity: 'dreadful' };
  const { findings, unreadable } = await listFindings(readerOf([broken, named('FINE')]), all, NOW);
  expect(findings.map(({ id }) => id)).toEqual([idOf('FINE')]);
  expect(unreadable).toEqual([
    expect.stringContaining(`finding ${idOf('BROKEN')}: severity: expected one of`),
  ]);
});

test.each([
  [{ from: ago(60) }, 60],
  [{ from: ago(60), to: ago(20) }, 40],
  [{ from: ago(-60) }, 0],
])('%j is %s seconds', (exposure, seconds) => {
  expect(exposedSeconds({ exposure }, NOW)).toBe(seconds);
});
