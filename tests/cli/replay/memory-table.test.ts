import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { MakeCall } from '../../../cli/replay/calls';
import { VirtualClock } from '../../../cli/replay/clock';
import { MemoryTable } from '../../../cli/replay/memory-table';
import { type Claims, claims } from '../../../shared/aws/claims';
import { transitionEvent } from '../../support/findings';

const { transition } = transitionEvent();
const LEASE = '2026-01-31T09:05:00.000Z';
const NOW = '2026-01-31T09:00:00.000Z';

interface Request {
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly UpdateExpression?: string;
}

/** What the claims in memory call each request, by what the real ones send. */
const nameOf = (input: Request): string => {
  const ofHandled = String(input.Key?.['sk']).startsWith('H#');
  const { UpdateExpression: update } = input;
  if (update === undefined) return ofHandled ? 'read-handled' : 'read-claim';
  if (ofHandled) return 'write-handled';
  if (update.startsWith('REMOVE')) return 'release-claim';
  return update.includes('doneAt') ? 'close-claim' : 'take-claim';
};

const acts: readonly (readonly [string, (on: Claims) => Promise<unknown>])[] = [
  ['take', (on) => on.take(transition, LEASE)],
  ['isDone', (on) => on.isDone(transition.findingId, transition.id)],
  ['handledSeq', (on) => on.handledSeq(transition.findingId)],
  ['finish', (on) => on.finish(transition, 'sent')],
  ['release', (on) => on.release(transition, LEASE)],
];

// A failure between two requests shows only when both make them in the same order.
test.each(acts)('%s makes the requests of the real claims, in their order', async (_, act) => {
  const client = mockClient(DynamoDBDocumentClient);
  client.on(GetCommand).resolves({});
  client.on(UpdateCommand).resolves({});
  const real = claims('table', 'send-alert', () => NOW, client as unknown as DynamoDBDocumentClient);
  const answer = await act(real);

  const made: string[] = [];
  const call: MakeCall = async ({ action }, effect) => {
    made.push(action);
    return effect();
  };
  const inMemory = new MemoryTable(new VirtualClock(Date.parse(NOW))).claims('send-alert', call);
  expect(await act(inMemory)).toEqual(answer);
  expect(made).toEqual(client.calls().map(({ args: [command] }) => nameOf(command.input as Request)));
});

test('a claim is taken by one at a time, until its lease is over or it is given back', async () => {
  const clock = new VirtualClock(Date.parse(NOW));
  const table = new MemoryTable(clock).claims('send-alert', async (_, effect) => effect());
  // Whoever takes it later learns when it was taken for the first time.
  const taken = { firstTakenAt: NOW };
  expect(await table.take(transition, LEASE)).toEqual(taken);
  expect(await table.take(transition, LEASE)).toBe('held');
  await table.release(transition, 'another lease');
  expect(await table.take(transition, LEASE)).toBe('held');
  await table.release(transition, LEASE);
  expect(await table.take(transition, LEASE)).toEqual(taken);
  clock.plan(Date.parse(LEASE) + 1, () => undefined);
  await clock.run(0);
  expect(await table.take(transition, LEASE)).toEqual(taken);
  await table.finish(transition, 'sent');
  expect([await table.take(transition, LEASE), await table.handledSeq(transition.findingId)]).toEqual([
    'done',
    transition.seq,
  ]);
});
