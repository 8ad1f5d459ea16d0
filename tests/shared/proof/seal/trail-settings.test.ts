import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import {
  type FieldSelector,
  type Selected,
  type Selectors,
  selects,
} from '../../../../shared/proof/seal/trail-settings';
import { record } from '../../../support/activity-events';
import { realHour } from './real-records';
import { basic, settings } from './sample-settings';

const REGION = 'eu-west-1';
const call = (parts: Record<string, unknown> = {}): JsonObject =>
  JSON.parse(
    JSON.stringify(
      record({
        eventSource: 'kms.amazonaws.com',
        eventName: 'ScheduleKeyDeletion',
        awsRegion: REGION,
        ...parts,
      }),
    ),
  );
const write = call();
const read = call({ readOnly: true, eventName: 'DescribeKey' });
const saysNot = call({ readOnly: undefined });
const data = call({ managementEvent: false, eventCategory: 'Data' });

const advanced = (...lists: FieldSelector[][]): Selectors => ({
  kind: 'advanced',
  selectors: lists.map((fieldSelectors) => ({ fieldSelectors })),
});
const management: FieldSelector = { field: 'eventCategory', equals: ['Management'] };
const fields = (...more: FieldSelector[]) => advanced([management, ...more]);

test.each<[string, Selectors | undefined, JsonObject, Selected]>([
  ['everything', basic(), write, 'yes'],
  ['everything, a record that does not say what it is', basic(), saysNot, 'yes'],
  ['selectors that could not be read', undefined, write, 'unknown'],
  ['no selectors', { kind: 'basic', selectors: [] }, write, 'unknown'],
  ['write-only, of a write', basic({ readWriteType: 'WriteOnly' }), write, 'yes'],
  ['write-only, of a read', basic({ readWriteType: 'WriteOnly' }), read, 'no'],
  ['read-only, of a write', basic({ readWriteType: 'ReadOnly' }), write, 'no'],
  ['read-only, of a read', basic({ readWriteType: 'ReadOnly' }), read, 'yes'],
  ['write-only, of a record that does not say', basic({ readWriteType: 'WriteOnly' }), saysNot, 'unknown'],
  ['a type that is new', basic({ readWriteType: 'Some' }), write, 'unknown'],
  ['no management events', basic({ includeManagementEvents: false }), write, 'no'],
  ['an excluded source', basic({ excludeManagementEventSources: ['kms.amazonaws.com'] }), write, 'no'],
  [
    'another excluded source',
    basic({ excludeManagementEventSources: ['rdsdata.amazonaws.com'] }),
    write,
    'yes',
  ],
  ['a data event', basic(), data, 'unknown'],
  [
    'an old record, without a category',
    basic(),
    call({ managementEvent: undefined, eventCategory: undefined }),
    'unknown',
  ],
  [
    'one of several selectors',
    {
      kind: 'basic',
      selectors: [
        { readWriteType: 'ReadOnly', includeManagementEvents: true, excludeManagementEventSources: [] },
        { readWriteType: 'WriteOnly', includeManagementEvents: true, excludeManagementEventSources: [] },
      ],
    },
    write,
    'yes',
  ],
  ['all management events', fields(), write, 'yes'],
  ['data events only', advanced([{ field: 'eventCategory', equals: ['Data'] }]), write, 'no'],
  [
    'data events with a field unknown to us',
    advanced([
      { field: 'resources.type', equals: ['AWS::S3::Object'] },
      { field: 'eventCategory', equals: ['Data'] },
    ]),
    write,
    'no',
  ],
  [
    'data events or management events',
    advanced([{ field: 'eventCategory', equals: ['Data'] }], [management]),
    write,
    'yes',
  ],
  ['writes', fields({ field: 'readOnly', equals: ['false'] }), write, 'yes'],
  ['writes, of a read', fields({ field: 'readOnly', equals: ['false'] }), read, 'no'],
  [
    'writes, of a record that does not say',
    fields({ field: 'readOnly', equals: ['false'] }),
    saysNot,
    'unknown',
  ],
  [
    'all but a source',
    fields({ field: 'eventSource', notEquals: ['rdsdata.amazonaws.com', 'kms.amazonaws.com'] }),
    write,
    'no',
  ],
  [
    'all but another source',
    fields({ field: 'eventSource', notEquals: ['rdsdata.amazonaws.com'] }),
    write,
    'yes',
  ],
  ['names that begin so', fields({ field: 'eventName', startsWith: ['Put', 'Schedule'] }), write, 'yes'],
  ['names that begin otherwise', fields({ field: 'eventName', startsWith: ['Put'] }), write, 'no'],
  ['names that end so', fields({ field: 'eventName', endsWith: ['Deletion'] }), write, 'yes'],
  ['names that do not begin so', fields({ field: 'eventName', notStartsWith: ['Schedule'] }), write, 'no'],
  ['names that do not end so', fields({ field: 'eventName', notEndsWith: ['Deletion'] }), write, 'no'],
  [
    'let in by one operator and kept out by none',
    fields({ field: 'eventName', equals: ['x'], startsWith: ['S'], notEndsWith: ['x'] }),
    write,
    'yes',
  ],
  [
    'let in by one and kept out by another',
    fields({ field: 'eventName', startsWith: ['S'], notEndsWith: ['Deletion'] }),
    write,
    'no',
  ],
  ['an event type', fields({ field: 'eventType', equals: ['AwsServiceEvent'] }), write, 'no'],
  [
    'an actor',
    fields({ field: 'userIdentity.arn', notStartsWith: ['arn:aws:sts::123456789012:assumed-role/ci/'] }),
    write,
    'yes',
  ],
  [
    'an actor that the record lacks',
    fields({ field: 'userIdentity.arn', notEquals: ['x'] }),
    call({ userIdentity: { type: 'AWSService' } }),
    'unknown',
  ],
  [
    'not from the console',
    fields({ field: 'sessionCredentialFromConsole', notEquals: ['true'] }),
    write,
    'yes',
  ],
  [
    'not from the console, of one that is',
    fields({ field: 'sessionCredentialFromConsole', notEquals: ['true'] }),
    call({ sessionCredentialFromConsole: 'true' }),
    'no',
  ],
  [
    'a value that is not documented',
    fields({ field: 'sessionCredentialFromConsole', equals: ['false'] }),
    write,
    'unknown',
  ],
  ['a field unknown to us', fields({ field: 'vpcEndpointId', equals: ['vpce-1'] }), write, 'unknown'],
  [
    'a field unknown to us beside one that keeps it out',
    fields({ field: 'vpcEndpointId', equals: ['vpce-1'] }, { field: 'readOnly', equals: ['true'] }),
    write,
    'no',
  ],
  [
    'an operator unknown to us',
    fields({ field: 'eventName', contains: ['x'], equals: ['x'] } as FieldSelector),
    write,
    'unknown',
  ],
  ['a field without an operator', fields({ field: 'eventName' }), write, 'unknown'],
  ['no fields', advanced([]), write, 'unknown'],
])('%s', (_name, selectors, sample, selected) => {
  const { selectors: _, ...rest } = settings();
  const trail = selectors === undefined ? rest : settings({ selectors });
  expect(selects(trail, sample, REGION)).toBe(selected);
});

const iam = call({ eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', awsRegion: 'us-east-1' });
const sts = call({ eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', awsRegion: 'us-east-1' });
const single = { isMultiRegion: false };
const noGlobal = { includesGlobalServices: false };

test.each<[string, Parameters<typeof settings>[0], JsonObject, string, Selected]>([
  ['another chain of the same trail', {}, write, 'us-east-1', 'no'],
  ['the home Region of a single-Region trail', single, write, REGION, 'yes'],
  ['another Region', { ...single, homeRegion: 'us-east-1' }, write, REGION, 'no'],
  ['a global service, by a trail of all Regions', {}, iam, 'us-east-1', 'yes'],
  ['a global service, by a trail of another Region', single, iam, 'us-east-1', 'no'],
  [
    'a global service, by a trail of its Region',
    { ...single, homeRegion: 'us-east-1' },
    iam,
    'us-east-1',
    'yes',
  ],
  [
    'a global service that is left out',
    { ...single, ...noGlobal, homeRegion: 'us-east-1' },
    iam,
    'us-east-1',
    'no',
  ],
  [
    'what may be a global service',
    { ...single, ...noGlobal, homeRegion: 'us-east-1' },
    sts,
    'us-east-1',
    'unknown',
  ],
  ['a regional service without global ones', { ...single, ...noGlobal }, write, REGION, 'yes'],
])('%s', (_name, parts, sample, region, selected) => {
  expect(selects(settings(parts), sample, region)).toBe(selected);
});

test('the trail of a real hour selects all management events of its Region that say what they are', () => {
  const trail = settings({ homeRegion: 'us-east-1' });
  for (const event of realHour.filter(({ awsRegion }) => awsRegion === 'us-east-1'))
    expect([event['eventName'], selects(trail, event, 'us-east-1')]).toEqual([
      event['eventName'],
      event['managementEvent'] === true ? 'yes' : 'unknown',
    ]);
});
