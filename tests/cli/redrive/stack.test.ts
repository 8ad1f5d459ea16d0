import { accountOf, queuesOf } from '../../../cli/redrive/stack';

const named = (...names: string[]) =>
  names.map((name) => ({ name, url: `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}` }));

test('dead letters lie in the shared queue and in each function’s own', () => {
  const queues = named(
    'trailseal-dev-send-alert',
    'trailseal-dev-send-alert-dlq',
    'trailseal-dev-dead-letters',
    'trailseal-dev-verify-trail',
  );
  const stack = queuesOf('dev', queues);
  expect(stack?.deadLetterQueues.map(({ name, functionName }) => [name, functionName])).toEqual([
    ['trailseal-dev-dead-letters', undefined],
    ['trailseal-dev-send-alert-dlq', 'send-alert'],
  ]);
  expect([...(stack?.functionQueues.keys() ?? [])]).toEqual(['send-alert', 'verify-trail']);
});

test('a stage whose name goes on is another stage', () => {
  const queues = named(
    'trailseal-dev-dead-letters',
    'trailseal-dev-send-alert',
    'trailseal-dev-2-dead-letters',
    'trailseal-dev-2-send-alert',
    'trailseal-dev-2-send-alert-dlq',
  );
  const stack = queuesOf('dev', queues);
  expect(stack?.deadLetterQueues.map(({ name }) => name)).toEqual(['trailseal-dev-dead-letters']);
  expect([...(stack?.functionQueues.keys() ?? [])]).toEqual(['send-alert']);
  expect([...(queuesOf('dev-2', queues)?.functionQueues.keys() ?? [])]).toEqual(['send-alert']);
});

test('without its shared queue there is no stack', () => {
  expect(queuesOf('dev', named('trailseal-dev-send-alert', 'trailseal-dev-2-dead-letters'))).toBeUndefined();
});

test('a queue’s URL names its account', () => {
  expect(named('trailseal-dev-dead-letters').map(accountOf)).toEqual(['123456789012']);
});
