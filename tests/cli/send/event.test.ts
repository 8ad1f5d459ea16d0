import { eventKinds, kindOf } from '../../../cli/event-kinds';
import { readEvents, subjectOf } from '../../../cli/send/event';
import { eventPatterns } from '../../../resources/event-patterns';
import { detections, partners, rules } from '../../../shared/controls';
import { activityRules } from '../../../shared/controls/detections/patterns';
import { partnerRules } from '../../../shared/controls/partners/partner';
import { configurationItem, itemChange, oversizedChange } from '../../support/config-events';

const refusalOf = (value: unknown) => readEvents([{ place: 'f', value }])[0];
const event = (parts: object = {}) => ({ ...itemChange(), ...parts });

test('an event that a function takes', () => {
  const value = event();
  expect(refusalOf(value)).toEqual({ place: 'f', event: value, kind: eventKinds[0] });
  const { source, detail, 'detail-type': detailType } = value;
  expect(refusalOf({ source, detail, 'detail-type': detailType })).toHaveProperty('event');
});

test.each<[string, unknown, string]>([
  ['text', 'x', 'event: expected an object'],
  ['nothing', null, 'event: expected an object'],
  ['no detail', { source: 'aws.config', 'detail-type': 'x' }, 'event: detail: expected a record'],
  ['no source', event({ source: undefined }), 'event: source: expected a string'],
  ['another account', event({ account: '12' }), 'event: account: expected text of the form /^\\d{12}$/'],
  ['no time', event({ time: 'noon' }), 'event: time: expected a time such as 2026-01-31T10:00:00Z'],
  ['resources', event({ resources: [1] }), 'event: resources[0]: expected a string'],
  [
    'an untaken kind',
    event({ source: 'aws.ec2' }),
    'no function takes "Config Configuration Item Change" from aws.ec2; taken: "Config Configuration Item Change" from aws.config',
  ],
  [
    'an event of our own',
    event({ source: 'trailseal' }),
    "Trailseal's own events come of its findings alone",
  ],
  ['a batch of a queue', { Records: [] }, 'expected an event, found a batch of a queue'],
  ['an item', configurationItem(), 'expected an event, found a configuration item'],
])('%s is refused', (_name, value, because) => {
  expect(refusalOf(value)).toEqual({ place: 'f', because: expect.stringContaining(because) });
});

test('what was refused before stays refused', () => {
  expect(readEvents([{ place: 'f', because: 'expected JSON' }])).toEqual([
    { place: 'f', because: 'expected JSON' },
  ]);
});

test.each([
  ['an item', itemChange(), 'AWS::EC2::SecurityGroup sg-0123456789abcdef0'],
  ['a summary', oversizedChange(), 'AWS::EC2::SecurityGroup sg-0123456789abcdef0'],
  ['neither', { ...itemChange(), detail: {} }, ''],
])('the subject of %s', (_name, value, text) => {
  const [read] = readEvents([{ place: 'f', value }]);
  expect(read && 'event' in read ? subjectOf(read.event).text : undefined).toBe(text);
});

test('every event that a rule of a function lets in from AWS is of a kind, and goes to that function', () => {
  const policy = { controls: {}, trails: { buckets: [], topics: [], lookbackDays: 30 } };
  const patterns = (list: readonly { pattern: object }[]) =>
    list.map(({ pattern }) => pattern as { source: unknown[]; 'detail-type': string[] });
  const letIn: Record<string, { source: unknown[]; 'detail-type': string[] }[]> = {
    'evaluate-configuration': Object.values(eventPatterns(rules)),
    'detect-activity': patterns(activityRules(detections, policy)),
    'import-finding': patterns(partnerRules(partners, policy)),
  };
  for (const [functionName, list] of Object.entries(letIn)) {
    for (const { source, 'detail-type': detailTypes } of list) {
      const from = typeof source[0] === 'string' ? source[0] : 'aws.ec2';
      for (const detailType of detailTypes) expect(kindOf(from, detailType)).toMatchObject({ functionName });
    }
  }
  expect(new Set(eventKinds.map(({ functionName }) => functionName))).toEqual(new Set(Object.keys(letIn)));
});
