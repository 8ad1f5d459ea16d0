import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { findingsBus, PublishFailed } from '../../../shared/aws/findings-bus';
import { transitionEvent } from '../../support/findings';

const eventbridge = mockClient(EventBridgeClient);
const bus = findingsBus('trailseal-test', eventbridge as unknown as EventBridgeClient);

beforeEach(() => {
  eventbridge.reset();
  eventbridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
});

const batches = () =>
  eventbridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, seq) => transitionEvent({ seq: seq + 1 }));

test('a transition becomes an event of its kind', async () => {
  const event = transitionEvent();
  await bus.publish([event]);
  expect(batches()).toEqual([
    [
      {
        EventBusName: 'trailseal-test',
        Source: 'trailseal',
        DetailType: 'Finding Opened',
        Resources: ['arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0'],
        Detail: JSON.stringify(event),
      },
    ],
  ]);
});

test('a resource without an ARN is named in the detail alone', async () => {
  const { finding, ...event } = transitionEvent();
  const { arn: _, ...bare } = finding;
  await bus.publish([{ ...event, finding: bare }]);
  expect(batches()[0]?.[0]?.Resources).toEqual([]);
});

test('no transitions are no call', async () => {
  await bus.publish([]);
  expect(batches()).toEqual([]);
});

test.each([
  [10, [10]],
  [11, [10, 1]],
  [25, [10, 10, 5]],
])('%i transitions go in batches of %j, in their order', async (count, sizes) => {
  await bus.publish(numbered(count));
  expect(batches().map(({ length }) => length)).toEqual(sizes);
  const seqs = batches().flatMap((entries) =>
    entries.map(({ Detail }) => JSON.parse(Detail ?? '').transition.seq),
  );
  expect(seqs).toEqual(numbered(count).map(({ transition }) => transition.seq));
});

test('large ones go in batches that PutEvents takes', async () => {
  const cause = 'ä'.repeat(50_000);
  await bus.publish(Array.from({ length: 5 }, () => transitionEvent({ cause })));
  expect(batches().map(({ length }) => length)).toEqual([2, 2, 1]);
  await bus.publish([transitionEvent({ cause: 'x'.repeat(400_000) })]);
  expect(batches()).toHaveLength(4);
});

test('what EventBridge did not take is said, and nothing after it is sent', async () => {
  eventbridge.on(PutEventsCommand).resolves({
    FailedEntryCount: 1,
    Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }],
  });
  const failure = bus.publish(numbered(11));
  await expect(failure).rejects.toThrow(PublishFailed);
  await expect(failure).rejects.toThrow(
    '1 of 10 events were not taken by trailseal-test: ThrottlingException: Rate exceeded',
  );
  expect(batches()).toHaveLength(1);
});

test('any other error goes through', async () => {
  const denied = new Error('AccessDenied');
  eventbridge.on(PutEventsCommand).rejects(denied);
  await expect(bus.publish(numbered(1))).rejects.toBe(denied);
});
