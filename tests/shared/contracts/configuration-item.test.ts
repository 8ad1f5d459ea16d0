import {
  type ConfigurationItem,
  isGone,
  type JsonObject,
  parseConfigurationItem,
} from '../../../shared/contracts/aws/configuration-item';
import {
  type CapturedItem,
  captured,
  capturedItems,
  inApiForm,
  inSnapshotForm,
  withMember,
  withoutMember,
} from '../../support/judge-rule';

/** JSON text read as what it holds, as often as it is JSON text: an independent reading of the encodings. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  try {
    return decoded(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Keys that a captured item may hold, each read into the normal form or, if empty there, left out. */
const namesOf: Readonly<Record<string, keyof ConfigurationItem>> = {
  awsAccountId: 'awsAccountId',
  accountId: 'awsAccountId',
  awsRegion: 'awsRegion',
  resourceType: 'resourceType',
  resourceId: 'resourceId',
  resourceName: 'resourceName',
  ARN: 'ARN',
  arn: 'ARN',
  availabilityZone: 'availabilityZone',
  configurationItemVersion: 'configurationItemVersion',
  version: 'configurationItemVersion',
  configurationItemStatus: 'configurationItemStatus',
  configurationStateMd5Hash: 'configurationStateMd5Hash',
  configurationItemMD5Hash: 'configurationStateMd5Hash',
  configurationItemCaptureTime: 'configurationItemCaptureTime',
  configurationStateId: 'configurationStateId',
  resourceCreationTime: 'resourceCreationTime',
  relatedEvents: 'relatedEvents',
  relationships: 'relationships',
  tags: 'tags',
  configuration: 'configuration',
  supplementaryConfiguration: 'supplementaryConfiguration',
};

/** Left out: what AWS itself never fills, and two misspellings in one example of its guide. */
const leftOut = ['resourceTransitionStatus', 'configurationItemState', 'availibilityZone'];

/** One published item holds its times as Python prints them, which AWS sends nowhere. */
const PYTHON_TIMES = 'ci-rdk-AWS_ACM_Certificate';
const withRealTimes = ({ id, item }: CapturedItem): JsonObject =>
  id === PYTHON_TIMES
    ? {
        ...item,
        configurationItemCaptureTime: '2020-04-22T19:13:17.718Z',
        resourceCreationTime: '2020-04-22T19:13:17.718Z',
      }
    : item;

/** What the normal form must hold for a key of the captured item. */
function expected(key: string, value: unknown): unknown {
  switch (namesOf[key]) {
    case 'configurationItemCaptureTime':
    case 'resourceCreationTime':
      // The API counts in seconds.
      return new Date(typeof value === 'number' ? value * 1000 : String(value)).toISOString();
    case 'configurationStateId':
      return String(value);
    case 'resourceType':
      return value === 'AWS::EC2::VOLUME' ? 'AWS::EC2::Volume' : value;
    case 'configuration':
      return decoded(value);
    case 'supplementaryConfiguration':
      return Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, member]) => [name, decoded(member)]),
      );
    case 'relationships':
      return (value as JsonObject[]).map(({ resourceName, relationshipName, name, ...other }) => ({
        ...other,
        ...(resourceName ? { resourceName } : {}),
        name: name ?? relationshipName,
      }));
    default:
      return value;
  }
}

const isEmpty = (value: unknown) => value === null || value === '';

test.each(capturedItems.map((line): [string, CapturedItem] => [line.id, line]))(
  '%s keeps every fact',
  (_, line) => {
    const item = withRealTimes(line);
    // One of them doesn't say whose it is, as the event around it would.
    const normal = parseConfigurationItem(item, { awsAccountId: '111122223333' });
    for (const [key, value] of Object.entries(item)) {
      if (leftOut.includes(key)) continue;
      const name = namesOf[key];
      if (name === undefined) throw new Error(`no normal name for ${key}`);
      if (isEmpty(value)) expect([undefined, null]).toContain(normal[name]);
      else expect({ [key]: normal[name] }).toEqual({ [key]: expected(key, value) });
    }
  },
);

test('there are 77 captured items in three encodings', () => {
  expect(capturedItems).toHaveLength(77);
  expect(new Set(capturedItems.map(({ form }) => form))).toEqual(new Set(['event', 'api', 'snapshot']));
});

test('a time that no computer of AWS wrote is refused by name', () => {
  expect(() => parseConfigurationItem(captured(PYTHON_TIMES))).toThrow(
    'configurationItemCaptureTime: expected an ISO 8601 time',
  );
});

describe('one resource, whichever way it comes', () => {
  const bucket = captured('ci-c7n-c53c0fb265');
  const group = captured('ci-c7n-6098384ec8');
  const instance = captured('ci-c7n-d2d3530786');
  const encodings: [string, (item: JsonObject) => unknown][] = [
    ['in the API', inApiForm],
    ['in a snapshot', inSnapshotForm],
    ['in an SNS notification, in a list', (item) => [item]],
    ['through the API, with the time in seconds', (item) => withEpoch(inApiForm(item))],
  ];

  const withEpoch = (item: JsonObject) =>
    withMember(
      item,
      'configurationItemCaptureTime',
      Date.parse(String(item['configurationItemCaptureTime'])) / 1000,
    );

  for (const [name, item] of Object.entries({ bucket, group, instance })) {
    test.each(encodings)(`${name}: %s`, (_, encode) => {
      expect(parseConfigurationItem(encode(item))).toEqual(parseConfigurationItem(item));
    });
  }
});

describe('what an item leaves out', () => {
  const item = captured('ci-c7n-6098384ec8');

  test('the account comes from the event around it, or from the ARN', () => {
    const anonymous = withoutMember(item, 'awsAccountId');
    expect(parseConfigurationItem(anonymous, { awsAccountId: '111122223333' }).awsAccountId).toBe(
      '111122223333',
    );
    expect(parseConfigurationItem(anonymous).awsAccountId).toBe('123456789012');
  });

  test('without any account it is refused', () => {
    const nobodys = withoutMember(withoutMember(item, 'awsAccountId'), 'ARN');
    expect(() => parseConfigurationItem(nobodys)).toThrow(
      'configuration item: awsAccountId: expected the account',
    );
  });

  test('the Region comes from the event around it, or from the ARN', () => {
    const regionless = withoutMember(item, 'awsRegion');
    expect(parseConfigurationItem(regionless, { awsRegion: 'eu-central-1' }).awsRegion).toBe('eu-central-1');
    expect(parseConfigurationItem(regionless).awsRegion).toBe('eu-west-1');
  });
});

describe('what is no configuration item', () => {
  const item = captured('ci-c7n-6098384ec8');

  test.each<[string, unknown, string]>([
    ['nothing', null, 'expected an object'],
    ['text', 'item', 'expected an object'],
    ['no resource type', withoutMember(item, 'resourceType'), 'resourceType: expected a string'],
    [
      'an empty resource id',
      withMember(item, 'resourceId', ''),
      'resourceId: expected text that is not empty',
    ],
    [
      'a time that is none',
      withMember(item, 'configurationItemCaptureTime', 'soon'),
      'configurationItemCaptureTime: expected an ISO 8601 time',
    ],
    [
      'a state id with letters',
      withMember(item, 'configurationStateId', '12a'),
      'configurationStateId: expected digits',
    ],
    [
      'a configuration of words',
      withMember(item, 'configuration', 'not JSON'),
      'configuration: expected an object',
    ],
  ])('%s', (_, value, message) => {
    expect(() => parseConfigurationItem(value)).toThrow(message);
  });
});

test.each([
  ['OK', false],
  ['ResourceDiscovered', false],
  ['ResourceDeleted', true],
  ['ResourceDeletedNotRecorded', true],
  ['ResourceNotRecorded', true],
])('%s: gone is %s', (status, gone) => {
  const item = withMember(captured('ci-c7n-6098384ec8'), 'configurationItemStatus', status);
  expect(isGone(parseConfigurationItem(item))).toBe(gone);
});
