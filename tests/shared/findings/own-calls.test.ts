import { ownEvents } from '../../../shared/aws/own-events';
import { witnessesTable } from '../../../shared/aws/witnesses-table';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import { type OwnCallNeeds, ownCallsOf, type RunCalls } from '../../../shared/findings/own-calls';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

afterEach(stopAll);

const ACCOUNT = '123456789012';
const FINDING = 'MFRGGZDFMZTWQ2LKNNWG23TPOB';
const RUN = 'RUNAAAAAAAAAAAAAAAAAAAAAAA';
const TABLE = 'trailseal-test-findings';
const BEGUN = '2026-11-29T12:00:00.000Z';

const finding = {
  id: FINDING,
  accountId: ACCOUNT,
  remediation: { run: RUN, kind: 'Applied' },
} as unknown as Finding;

const record = (number: number, eventTime: string, more: object = {}) => ({
  eventVersion: '1.11',
  eventTime,
  eventSource: 'ec2.amazonaws.com',
  eventName: 'RevokeSecurityGroupIngress',
  awsRegion: 'eu-central-1',
  eventID: `event-${number}`,
  requestID: `request-${number}`,
  eventCategory: 'Management',
  userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::123456789012:assumed-role/trailseal/run' },
  ...more,
});

async function started(run: RunCalls | undefined, isWatched = true) {
  const { operator } = await startTestAws(sampleTemplate());
  const events = ownEvents(TABLE, operator.dynamodb);
  const witnesses = witnessesTable(TABLE, operator.dynamodb);
  const needs: OwnCallNeeds = {
    events,
    witnesses,
    isWatched,
    runCalls: async (findingId) => (findingId === FINDING ? run : undefined),
    now: () => '2026-11-29T12:05:00.000Z',
  };
  return { events, witnesses, ownCalls: ownCallsOf(needs) };
}

const run: RunCalls = { runs: [RUN], begunAt: BEGUN, requestIds: ['request-2', 'request-3'] };

test('the session of the run and the calls that it made, in their order, and no others', async () => {
  const { events, witnesses, ownCalls } = await started(run);
  const put = (one: object, ofRun?: string) =>
    events.put({
      findingId: FINDING,
      record: one as never,
      ...(ofRun === undefined ? {} : { run: ofRun }),
    });
  await put(record(3, '2026-11-29T12:00:03Z'));
  await put(record(2, '2026-11-29T12:00:02Z'));
  await put(record(1, '2026-11-29T12:00:01Z', { eventName: 'AssumeRole' }), RUN);
  // Another run's session, a request that nobody made, and one of long before.
  await put(record(4, '2026-11-29T12:00:04Z'), 'OTHERAAAAAAAAAAAAAAAAAAAAA');
  await put(record(5, '2026-11-29T12:00:05Z'));
  await put(record(6, '2026-11-29T11:00:00Z', { requestID: 'request-2' }));
  await put(record(2, '2026-11-29T12:00:02Z'));

  const calls = await ownCalls(finding);
  expect(calls).toMatchObject({ observedAt: BEGUN, actor: 'named' });
  expect(calls?.calls.map(({ eventID, proof }) => [eventID, proof.state])).toEqual([
    ['event-1', 'pending'],
    ['event-2', 'pending'],
    ['event-3', 'pending'],
  ]);

  const name = { account: ACCOUNT, eventTime: '2026-11-29T12:00:01.000Z', eventID: 'event-1' };
  expect((await witnesses.read(name))?.findings).toEqual([FINDING]);
  await witnesses.learn(name, { state: 'proven', says: 'it is there' });
  const later = await ownCalls({
    ...finding,
    remediation: { ...finding.remediation, calls },
  } as Finding);
  expect(later?.calls.map(({ proof }) => proof.state)).toEqual(['proven', 'pending', 'pending']);
});

test.each<[string, RunCalls | undefined, Finding]>([
  ['a finding without remediation', run, { ...finding, remediation: undefined } as unknown as Finding],
  ['a run that has begun nothing', undefined, finding],
  ['a run of which nothing was heard', run, finding],
])('%s has no calls', async (_name, given, of) => {
  const { ownCalls } = await started(given);
  expect(await ownCalls(of)).toBeUndefined();
});

test('where no trail is watched, the records are named and not awaited', async () => {
  const { events, ownCalls } = await started(run, false);
  await events.put({ findingId: FINDING, record: record(2, '2026-11-29T12:00:02Z') as never });
  const [call] = (await ownCalls(finding))?.calls ?? [];
  expect(call).toMatchObject({ eventID: 'event-2', proof: { state: 'missing', reason: 'not-watched' } });
});

test('of very many the latest twenty are named', async () => {
  const requestIds = Array.from({ length: 25 }, (_, index) => `request-${index}`);
  const { events, ownCalls } = await started({ runs: [RUN], begunAt: BEGUN, requestIds });
  for (const [index] of requestIds.entries())
    await events.put({
      findingId: FINDING,
      record: record(index, `2026-11-29T12:00:${String(10 + index)}Z`) as never,
    });
  const calls = await ownCalls(finding);
  expect([calls?.calls.length, calls?.calls.at(-1)?.eventID, calls?.omitted]).toEqual([20, 'event-24', 5]);
});
