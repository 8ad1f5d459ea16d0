import { MemoryBursts } from '../../../cli/replay/memory-bursts';
import { type Bursts, bursts } from '../../../shared/aws/bursts';
import { type BurstWindow, windowOf } from '../../../shared/tell/alerts/burst';
import type { FoldedAlert } from '../../../shared/tell/alerts/folded';
import { sampleTemplate } from '../../local/sample-template';
import { at } from '../../support/findings';
import { startTestAws, stopAll } from '../../support/local-aws';

afterEach(stopAll);

const window = windowOf('a-control', at(9));
const [later, other] = [windowOf('a-control', at(9, 10)), windowOf('b-control', at(9))];
const folded = (
  alertId: string,
  recordedAt = at(9),
  severity: FoldedAlert['severity'] = 'low',
): FoldedAlert => ({
  alertId,
  messageType: 'Opened',
  status: 'open',
  severity,
  recordedAt,
  findingId: `finding of ${alertId}`,
  seq: 1,
  accountId: '123456789012',
  region: 'eu-central-1',
  resourceType: 'AWS::S3::Bucket',
  resourceId: alertId,
});

type Act = readonly [says: string, act: (on: Bursts) => Promise<unknown>];
const admit = (id: string, of: BurstWindow = window): Act => [`admit ${id}`, (on) => on.admit(of, id, 2)];
const list = (most: number): Act => [`list ${most}`, (on) => on.foldedOf(window, most)];

const story: readonly Act[] = [
  list(9),
  ['is a summary asked for', (on) => on.isSummaryAsked(window)],
  ...['a', 'a', 'b', 'c', 'b', 'c'].map((id) => admit(id)),
  admit('c', later),
  admit('c', other),
  ['is c folded', (on) => on.isFolded(window, folded('c'))],
  ['fold c', (on) => on.fold(window, folded('c', at(9, 2), 'medium'))],
  ['fold d', (on) => on.fold(window, folded('d', at(9, 1)))],
  ['fold c again', (on) => on.fold(window, folded('c', at(9, 2), 'medium'))],
  ['fold e', (on) => on.fold(window, folded('e', at(9, 3), 'high'))],
  ['fold in another', (on) => on.fold(later, folded('f'))],
  ['is c folded', (on) => on.isFolded(window, folded('c', at(9, 2)))],
  list(9),
  list(2),
  ['ask', (on) => on.noteSummaryAsked(window)],
  ['ask again', (on) => on.noteSummaryAsked(window)],
  ['is it asked for', (on) => on.isSummaryAsked(window)],
  ['is another', (on) => on.isSummaryAsked(later)],
  ...['a', 'c'].map((id) => admit(id)),
];

async function played(on: Bursts): Promise<(readonly [string, unknown])[]> {
  const answers: (readonly [string, unknown])[] = [];
  for (const [says, act] of story) answers.push([says, await act(on)]);
  return answers;
}

test('windows in memory answer as those in the table do', async () => {
  const { operator } = await startTestAws(sampleTemplate());
  const inTable = await played(bursts('trailseal-test-findings', () => at(9), operator.dynamodb));
  expect(await played(new MemoryBursts().as(async (_, effect) => effect()))).toEqual(inTable);
  expect(inTable.filter(([says]) => says.startsWith('admit')).map(([, answer]) => answer)).toEqual([
    ...[true, true, true, false, true, false],
    ...[true, true],
    ...[true, false],
  ]);
  expect(inTable.filter(([says]) => says.startsWith('list'))).toMatchObject([
    ['list 9', undefined],
    ['list 9', { count: 3, worst: 'high', listed: [{ alertId: 'd' }, { alertId: 'c' }, { alertId: 'e' }] }],
    ['list 2', { count: 3, worst: 'high', listed: [{ alertId: 'd' }, { alertId: 'c' }] }],
  ]);
});
