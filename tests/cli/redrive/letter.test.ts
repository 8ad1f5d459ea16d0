import { readLetter } from '../../../cli/redrive/letter';
import type { ReceivedMessage } from '../../../shared/aws/redrive-queues';

const shared = { name: 'trailseal-dev-dead-letters', url: 'https://sqs/1/trailseal-dev-dead-letters' };
const own = { name: 'trailseal-dev-send-alert-dlq', url: 'https://sqs/1/x', functionName: 'send-alert' };
const message: ReceivedMessage = {
  id: '1',
  receiptHandle: '1',
  body: '{"a":\n 1}',
  sentAt: 5,
  attributes: {},
};

const undelivered = {
  RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/trailseal-dev/FindingTransition',
  ERROR_CODE: 'NO_PERMISSIONS',
  ERROR_MESSAGE: 'not authorized',
};

test.each([
  [
    'buried by a function',
    { attributes: { stage: 'send-alert', reason: 'invalid-json', error: 'expected JSON' } },
    shared,
    { functionName: 'send-alert', reason: 'invalid-json', error: 'expected JSON' },
  ],
  [
    'not delivered to a queue',
    { attributes: undelivered },
    own,
    {
      functionName: 'send-alert',
      reason: 'NO_PERMISSIONS',
      error: 'rule FindingTransition could not deliver it: not authorized',
    },
  ],
  [
    'not delivered to a function',
    {
      attributes: {
        ...undelivered,
        TARGET_ARN: 'arn:aws:lambda:eu-central-1:123456789012:function:trailseal-dev-sweep-findings',
      },
    },
    shared,
    { functionName: 'sweep-findings', reason: 'NO_PERMISSIONS' },
  ],
  [
    'moved by SQS',
    { movedFrom: 'arn:aws:sqs:eu-central-1:123456789012:trailseal-dev-send-alert' },
    own,
    {
      functionName: 'send-alert',
      reason: 'received-too-often',
      error: expect.stringContaining('received too often'),
    },
  ],
  ['put there by nobody known', {}, shared, { functionName: undefined, reason: 'unknown', error: '' }],
])('%s', (_, changes, queue, expected) => {
  expect(readLetter({ ...message, ...changes }, queue, 'dev')).toEqual({
    id: '1',
    queue: queue.name,
    sentAt: 5,
    body: '{"a": 1}',
    error: expect.any(String),
    ...expected,
  });
});

test('whatever is on it, it can do a terminal no harm', () => {
  const evil = `\u001b]0;x\u0007\u202e${'long '.repeat(500)}\r\n`;
  const letter = readLetter(
    { ...message, body: evil, attributes: { stage: evil, reason: evil, error: evil } },
    shared,
    'dev',
  );
  for (const text of [letter.functionName, letter.reason, letter.error, letter.body]) {
    expect(text).toMatch(/^\]0;x long .*…$/);
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text?.length).toBeLessThanOrEqual(200);
  }
});
