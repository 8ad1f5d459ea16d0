import fc from 'fast-check';
import * as z from 'zod/mini';
import { parseCloudTrailRecord } from '../../../../shared/contracts/aws/cloudtrail-record';
import type { Mode, ScopedMode } from '../../../../shared/contracts/trailseal/compliance-policy';
import { severities } from '../../../../shared/contracts/trailseal/finding';
import { detections } from '../../../../shared/controls';
import {
  type AnyDetection,
  API_CALL,
  defineDetection,
} from '../../../../shared/controls/detections/detection';
import { detector } from '../../../../shared/controls/detections/detector';
import { PRINCIPAL_TYPES } from '../../../../shared/controls/detections/resource';
import { fixtureLines } from '../../../support/judge-rule';
import { hostileText } from '../../tell/hostile-text';
import { ACCOUNT, call, type Raw, shortOf } from './detecting';

const nothingSet = { controls: {}, trails: { buckets: [], topics: [], lookbackDays: 30 } };
const all = detector(detections, nothingSet);

interface Row {
  readonly id: string;
  readonly event: Raw;
  readonly envelope?: string;
}
const recordOf = ({ event, envelope }: Row): Raw =>
  envelope === 'eventbridge' ? (event['detail'] as Raw) : event;
const published = [
  'cloudtrail-rules/records',
  'cloudtrail-attacks/invictus',
  'cloudtrail-attacks/stratus',
  'cloudtrail-misc/records',
]
  .flatMap((file) => fixtureLines<Row>(`${file}.jsonl`))
  .map(recordOf)
  // The rest are rows that say only what an event lacks.
  .filter(({ eventName, eventSource }) => typeof eventName === 'string' && typeof eventSource === 'string');

/** Samples that mask their time or leave their Region out can't be records; with such of their own they can. */
const timed = (record: Raw): Raw => ({
  ...record,
  awsRegion: record['awsRegion'] ?? 'eu-west-1',
  ...(Number.isNaN(Date.parse(String(record['eventTime']))) ? { eventTime: '2026-01-31T10:00:00Z' } : {}),
});

test('every detection speaks about every published record, as a control may', () => {
  let hits = 0;
  for (const record of published) {
    for (const { detection, detected, crash } of all.inRaw(timed(record))) {
      expect(crash).toBeUndefined();
      const { resource, severity, says, because } = detected ?? fail();
      hits += 1;
      expect([...detection.resourceTypes, ...PRINCIPAL_TYPES]).toContain(resource.resourceType);
      expect(resource.resourceId).not.toBe('');
      expect(severities).toContain(severity);
      expect(says).not.toMatch(/undefined|null|\[object|\n/);
      for (const reason of because)
        expect(['object', 'function'].includes(typeof (reason.value ?? ''))).toBe(false);
    }
  }
  expect(hits).toBeGreaterThan(200);
});

test('a record says the same parsed and as it came', () => {
  for (const record of published.map(timed)) {
    expect(all.in(parseCloudTrailRecord(record)).map(shortOf)).toEqual(all.inRaw(record).map(shortOf));
    if (all.inRaw(record).length > 0) expect(all.wants(record)).toBe(true);
  }
});

const listened = detections.flatMap(({ listensTo }) =>
  Object.entries(listensTo.calls ?? {}).flatMap(([source, names]) =>
    names.map((name) => [source, name] as const),
  ),
);

test('whatever is missing, empty, of another shape or hostile in a call, no detection fails', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const fields = fc.constantFrom(
    'userIdentity',
    'requestParameters',
    'responseElements',
    'additionalEventData',
    'resources',
    'addendum',
    'readOnly',
    'errorCode',
    'sourceIPAddress',
    'userAgent',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...listened),
      fc.dictionary(fields, fc.oneof(json, hostileText), { maxKeys: 6 }),
      ([source, eventName], changes) => {
        const record = { ...call('x', eventName, {}), ...changes, eventSource: source };
        expect(all.inRaw(record).filter(({ crash }) => crash !== undefined)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('texts of any length are cut before they name something', () => {
  const long = 'x'.repeat(100_000);
  const [hit] = all.inRaw(call('cloudtrail', 'StopLogging', { name: long }, { userAgent: long }));
  expect(hit?.detected?.resource.resourceId).toHaveLength(2048);
  expect(hit?.detected?.says.length).toBeLessThan(3000);
});

const failing = defineDetection({
  ...(detections[0] as AnyDetection),
  id: 'activity-failing',
  parameters: z.object({}),
  listensTo: { detailTypes: [API_CALL], calls: { 'ec2.amazonaws.com': ['DeleteVpc'] } },
  detect: () => {
    throw new Error('a mistake');
  },
});

test('a detection that fails is told, and the others still speak', () => {
  const { inRaw } = detector([failing as unknown as AnyDetection, ...detections], nothingSet);
  expect(
    inRaw(call('ec2', 'DeleteVpc', { vpcId: 'vpc-1' })).map(({ detection: { id }, crash }) => [id, crash]),
  ).toEqual([
    ['activity-failing', new Error('a mistake')],
    ['activity-vpc-change', undefined],
  ]);
});

test('one that is switched off does not listen', () => {
  const off = {
    ...nothingSet,
    controls: { 'activity-vpc-change': { mode: 'off' as const, parameters: {} } },
  };
  expect(detector(detections, off).wants(call('ec2', 'DeleteVpc'))).toBe(false);
  expect(all.wants(call('ec2', 'DeleteVpc'))).toBe(true);
});

describe('one that is off for some resources', () => {
  const scoped = (mode: Mode, ...scopes: readonly ScopedMode[]) => ({
    ...nothingSet,
    controls: { 'activity-vpc-change': { mode, scopes, parameters: {} } },
  });
  const deleted = call('ec2', 'DeleteVpc', { vpcId: 'vpc-1' });

  test.each<[heard: boolean, name: string, policy: ReturnType<typeof scoped>]>([
    [false, 'off for it', scoped('notify', { mode: 'off', resources: ['vpc-1'] })],
    [true, 'off for another one', scoped('notify', { mode: 'off', resources: ['vpc-2'] })],
    [true, 'on for it alone', scoped('off', { mode: 'notify', accounts: [ACCOUNT], regions: ['eu-west-1'] })],
    [false, 'on for another Region alone', scoped('off', { mode: 'auto', regions: ['eu-west-2'] })],
  ])('says something (%s) of what it is %s', (heard, _, policy) => {
    const { inRaw, wants } = detector(detections, policy);
    expect(wants(deleted)).toBe(true);
    expect(inRaw(deleted).map(({ detection: { id } }) => id)).toEqual(heard ? ['activity-vpc-change'] : []);
  });

  test('does not listen where it is off for all that it is said of', () => {
    const off = scoped('off', { mode: 'off', resources: ['*'] });
    expect(detector(detections, off).wants(deleted)).toBe(false);
  });

  test('counts for those for which it is on', () => {
    const counting = defineDetection({
      ...(failing as unknown as AnyDetection),
      id: 'activity-vpc-change',
      parameters: z.object({}),
      detect: () => ({
        resource: { resourceType: 'AWS::IAM::User', resourceId: 'alice' },
        severity: 'low',
        says: 'failed',
        because: [{ says: 'failed', path: 'errorCode', value: 'Failed', expected: 'no failure' }],
        counts: ['alice', 'bob'].map((resourceId) => ({
          resource: { resourceType: 'AWS::IAM::User', resourceId },
        })),
      }),
    }) as unknown as AnyDetection;
    const counted = (...resources: readonly string[]) =>
      detector([counting], scoped('notify', { mode: 'off', resources }))
        .inRaw(deleted)
        .map(({ detected }) => detected?.counts?.map(({ resource }) => resource.resourceId));
    expect(counted('carol')).toEqual([['alice', 'bob']]);
    expect(counted('alice')).toEqual([['bob']]);
    expect(counted('alice', 'bob')).toEqual([]);
  });
});

test('an Insights event names a call, and is none', () => {
  const insight = {
    eventCategory: 'Insight',
    eventTime: '2026-01-31T10:00:00Z',
    awsRegion: 'eu-west-1',
    insightDetails: { eventName: 'DeleteVpc', eventSource: 'ec2.amazonaws.com', state: 'Start' },
  };
  expect(all.inRaw(insight)).toEqual([]);
});

test.each<[string, unknown]>([
  ['null', null],
  ['text', 'x'],
  ['a list', []],
  ['no name', { eventSource: 'ec2.amazonaws.com' }],
  ['a name of another shape', { eventSource: 'ec2.amazonaws.com', eventName: 7 }],
  ['a call that is listened to, without its time', { ...call('ec2', 'DeleteVpc'), eventTime: undefined }],
])('%s is no record', (_, value) => {
  expect(() => all.inRaw(value)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});

test.each(['__proto__', 'constructor', 'toString'])(
  'names that objects have by nature are names: %s',
  (name) => {
    expect(all.inRaw(call('ec2', name))).toEqual([]);
    expect(all.inRaw({ ...call('x', 'y'), eventSource: name })).toEqual([]);
  },
);

function fail(): never {
  throw new Error('expected something to be detected');
}
