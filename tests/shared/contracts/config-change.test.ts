import { parseConfigChange } from '../../../shared/contracts/aws/config-change';
import { parseAwsEvent } from '../../../shared/contracts/aws/event';
import { InvalidInput } from '../../../shared/contracts/permanent-failure';
import {
  configEvent,
  configurationItem,
  itemChange,
  openTo,
  oversizedChange,
} from '../../support/config-events';
import { fixtureLines } from '../../support/judge-rule';

const parse = (value: unknown) => parseConfigChange(parseAwsEvent(value));

/** What the one who has to mend an input is told. */
function refusalOf(value: unknown): InvalidInput {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const withDetail = (parts: Record<string, unknown>) =>
  configEvent({ ...(itemChange().detail as object), ...parts });
const withItem = (parts: Record<string, unknown>) =>
  withDetail({ configurationItem: { ...configurationItem(), ...parts } });
const withEnvelope = (parts: Record<string, unknown>) => ({ ...itemChange(), ...parts });
const withDiff = (change: unknown) =>
  withDetail({
    configurationItemDiff: { changeType: 'UPDATE', changedProperties: { 'Configuration.X': change } },
  });

describe('an event of another shape is refused by name, field and expectation', () => {
  test.each<[what: string, value: unknown, message: string]>([
    ['null', null, 'event: expected an object'],
    ['nothing', undefined, 'event: expected an object'],
    ['a number', 7, 'event: expected an object'],
    ['text', '{}', 'event: expected an object'],
    ['a list', [itemChange()], 'event: expected an object'],
    ['an empty object', {}, 'event: id: expected a string'],
    [
      'an event without an account',
      withEnvelope({ account: undefined }),
      'event: account: expected a string',
    ],
    [
      'an account of 11 digits',
      withEnvelope({ account: '12345678901' }),
      'event: account: expected text of the form /^\\d{12}$/',
    ],
    ['an account as a number', withEnvelope({ account: 123456789012 }), 'event: account: expected a string'],
    [
      'an account after a line break',
      withEnvelope({ account: '123456789012\n' }),
      'event: account: expected text of the form /^\\d{12}$/',
    ],
    ['no region', withEnvelope({ region: '' }), 'event: region: expected text that is not empty'],
    ['resources that are no list', withEnvelope({ resources: 'arn' }), 'event: resources: expected an array'],
    [
      'a resource that is no text',
      withEnvelope({ resources: ['arn', 1] }),
      'event: resources[1]: expected a string',
    ],
    ['no detail', withEnvelope({ detail: undefined }), 'event: detail: expected a record'],
    ['a detail that is a list', withEnvelope({ detail: [] }), 'event: detail: expected a record'],
    [
      'no message type',
      withDetail({ messageType: undefined }),
      'AWS Config event detail: messageType: expected a string',
    ],
    [
      'another message type',
      withDetail({ messageType: 'ConfigurationHistoryDeliveryCompleted' }),
      'AWS Config event detail: messageType: expected ConfigurationItemChangeNotification or OversizedConfigurationItemChangeNotification',
    ],
    [
      'no item',
      withDetail({ configurationItem: undefined }),
      'AWS Config event detail: configurationItem: expected an object',
    ],
    [
      'null as its item',
      withDetail({ configurationItem: null }),
      'AWS Config event detail: configurationItem: expected an object',
    ],
    ['a number as its item', withDetail({ configurationItem: 1 }), 'configuration item: expected an object'],
    [
      'two items',
      withDetail({ configurationItem: [configurationItem(), configurationItem()] }),
      'configuration item: expected an object',
    ],
    [
      'a diff that is a list',
      withDetail({ configurationItemDiff: [] }),
      'AWS Config event detail: configurationItemDiff: expected an object',
    ],
    [
      'a change that is text',
      withDiff('x'),
      'AWS Config event detail: configurationItemDiff.changedProperties.Configuration.X: expected an object',
    ],
    [
      'a change of no known kind',
      withDiff({ changeType: 'MOVE' }),
      'AWS Config event detail: configurationItemDiff.changedProperties.Configuration.X.changeType: expected one of "CREATE", "UPDATE", "DELETE"',
    ],
    [
      'an item without a type',
      withItem({ resourceType: undefined }),
      'configuration item: resourceType: expected a string',
    ],
    [
      'an item with an empty id',
      withItem({ resourceId: '' }),
      'configuration item: resourceId: expected text that is not empty',
    ],
    [
      'an item of an account as a number',
      withItem({ awsAccountId: 123456789012 }),
      'configuration item: awsAccountId: expected a string',
    ],
    [
      'a capture time that is none',
      withItem({ configurationItemCaptureTime: 'yesterday' }),
      'configuration item: configurationItemCaptureTime: expected an ISO 8601 time',
    ],
    [
      'no capture time',
      withItem({ configurationItemCaptureTime: null }),
      'configuration item: configurationItemCaptureTime: expected a string, or a number, or a date',
    ],
    [
      'a state id that is text',
      withItem({ configurationStateId: 'new' }),
      'configuration item: configurationStateId: expected digits',
    ],
    [
      'a state id below zero',
      withItem({ configurationStateId: -1 }),
      'configuration item: configurationStateId: expected digits',
    ],
    [
      'a configuration that is no JSON',
      withItem({ configuration: 'bastion' }),
      'configuration item: configuration: expected an object, or the JSON text of one',
    ],
    ['tags that are a list', withItem({ tags: [] }), 'configuration item: tags: expected a record'],
    [
      'a tag that is a number',
      withItem({ tags: { team: 1 } }),
      'configuration item: tags.team: expected a string',
    ],
  ])('%s', (_, value, message) => {
    const refusal = refusalOf(value);
    expect(refusal.message).toBe(message);
    expect(refusal.reason).toBe('invalid-event');
    expect(refusal.message).toBe(
      `${refusal.input}: ${refusal.field === '' ? '' : `${refusal.field}: `}expected ${refusal.expected}`,
    );
  });
});

describe('a change', () => {
  test('brings the item, and no comparison with a first recording', () => {
    expect(parse(itemChange())).toMatchObject({
      kind: 'item',
      item: { resourceId: 'sg-0123456789abcdef0', configuration: openTo('0.0.0.0/0') },
      diff: null,
    });
  });

  test('brings what changed under the paths of the item, with JSON text parsed', () => {
    const change = parse(
      itemChange({
        diff: {
          changeType: 'UPDATE',
          changedProperties: {
            'Configuration.IpPermissions.0': {
              previousValue: null,
              updatedValue: '{"fromPort":22}',
              changeType: 'CREATE',
            },
            'SupplementaryConfiguration.Tags.1': { previousValue: [1], changeType: 'DELETE' },
            'Configuration.Description': {
              previousValue: '[not JSON',
              updatedValue: '22',
              changeType: 'UPDATE',
            },
          },
        },
      }),
    );
    expect(change).toMatchObject({
      diff: [
        {
          path: 'configuration.IpPermissions.0',
          changeType: 'CREATE',
          before: null,
          after: { fromPort: 22 },
        },
        { path: 'supplementaryConfiguration.Tags.1', changeType: 'DELETE', before: [1], after: null },
        { path: 'configuration.Description', changeType: 'UPDATE', before: '[not JSON', after: '22' },
      ],
    });
  });

  test('with a comparison that lists nothing has changed nothing', () => {
    expect(parse(itemChange({ diff: { changeType: 'CREATE' } }))).toMatchObject({ diff: [] });
  });

  test('reads a configuration that comes as JSON text', () => {
    const text = JSON.stringify(openTo('10.0.0.0/8'));
    expect(parse(itemChange({ configuration: text }))).toMatchObject({
      item: { configuration: openTo('10.0.0.0/8') },
    });
  });

  test('takes account and region from its envelope when the item says none', () => {
    const change = parse(withItem({ awsAccountId: undefined, awsRegion: null }));
    expect(change).toMatchObject({ item: { awsAccountId: '123456789012', awsRegion: 'eu-central-1' } });
  });

  test('numbers its states without leading zeros, so that equal ones are equal texts', () => {
    expect(parse(withItem({ configurationStateId: '0017' }))).toMatchObject({
      item: { configurationStateId: '17' },
    });
  });
});

describe('a change too large for an event', () => {
  test('brings all but the configuration', () => {
    expect(parse(oversizedChange())).toMatchObject({
      kind: 'oversized',
      summary: { resourceId: 'sg-0123456789abcdef0', configuration: null, supplementaryConfiguration: null },
    });
  });

  test('is read also when its delivery to S3 failed', () => {
    const { detail } = oversizedChange();
    const messageType = 'OversizedConfigurationItemChangeDeliveryFailed';
    expect(parse(configEvent({ ...(detail as object), messageType }))).toMatchObject({ kind: 'oversized' });
  });

  test('without its summary is refused', () => {
    const event = configEvent({ messageType: 'OversizedConfigurationItemChangeNotification' });
    expect(refusalOf(event)).toMatchObject({ field: 'configurationItemSummary', expected: 'an object' });
  });
});

interface ServiceEvent {
  readonly id: string;
  readonly kind: 'eventbridge' | 'config-rule-event';
  readonly event: Record<string, unknown>;
}

const published = fixtureLines<ServiceEvent>('service-events/config.jsonl');

/** What the event says, in EventBridge's envelope where it came to a custom rule. */
const inEnvelope = ({ kind, event }: ServiceEvent): unknown =>
  kind === 'eventbridge' ? event : configEvent(JSON.parse(String(event['invokingEvent'])));

/** Published examples that are no change of an item, and why. */
const others: Readonly<Record<string, string>> = {
  'ev-ccecf0df1cc7': 'messageType',
  'ev-23cf542991ce': 'messageType',
  'ev-4005e6f40137': 'messageType',
  'ev-3de2881d5b9d': 'messageType',
};

describe('every published example', () => {
  test.each(published.filter(({ id }) => !(id in others)).map((row) => [row.id, row] as const))(
    '%s of a change is read',
    (_, row) => {
      const change = parse(inEnvelope(row));
      if (change.kind !== 'item') throw new Error('expected an item');
      expect(change.item.resourceType).toMatch(/^AWS::\w+::\w+$/);
      expect(change.item.awsAccountId).toMatch(/^\d{12}$/);
      expect(change.item.configurationItemCaptureTime).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    },
  );

  test.each(Object.entries(others))('%s of something else is refused for its %s', (id, field) => {
    const row = published.find((candidate) => candidate.id === id);
    if (!row) throw new Error(`there is no ${id}`);
    expect(refusalOf(inEnvelope(row)).field).toBe(field);
  });

  test('the one from EventBridge brings its queue', () => {
    const row = published.find(({ kind }) => kind === 'eventbridge');
    expect(row && parse(row.event)).toMatchObject({
      kind: 'item',
      item: {
        resourceType: 'AWS::SQS::Queue',
        resourceId: 'https://sqs.us-east-1.amazonaws.com/644160558196/config-changes',
        configurationStateId: '1602023962579',
        configurationItemStatus: 'ResourceDiscovered',
      },
      diff: [],
    });
  });
});
