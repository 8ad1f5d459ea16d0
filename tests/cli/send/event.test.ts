import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readEvents, subjectOf } from '../../../cli/send/event';
import { eventKinds } from '../../../cli/send/kinds';
import { eventPatterns } from '../../../resources/event-patterns';
import { rules } from '../../../shared/controls';
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

test('the kinds are those that the rules of function.yml let in from AWS', () => {
  const patterns: Readonly<Record<string, { source: string[]; 'detail-type': string[] }>> =
    eventPatterns(rules);
  for (const { source, detailType, functionName } of eventKinds) {
    const file = join(__dirname, '..', '..', '..', 'functions', functionName, 'function.yml');
    const { rules: listensTo } = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) as {
      rules: Record<string, { EventPattern: string }>;
    };
    const names = Object.values(listensTo).map(
      ({ EventPattern }) => /event-patterns\.cjs\):(\w+)\}/.exec(EventPattern)?.[1] ?? '',
    );
    expect(names.map((name) => [patterns[name]?.source, patterns[name]?.['detail-type']])).toContainEqual([
      [source],
      [detailType],
    ]);
  }
  const kinds = Object.values(patterns).flatMap((pattern) =>
    pattern.source.flatMap((source) => pattern['detail-type'].map((detailType) => ({ source, detailType }))),
  );
  expect(kinds).toEqual(eventKinds.map(({ source, detailType }) => ({ source, detailType })));
});
