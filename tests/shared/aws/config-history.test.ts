import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  NoAvailableConfigurationRecorderException,
  ResourceNotDiscoveredException,
} from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import { configHistory } from '../../../shared/aws/config-history';
import {
  type ConfigurationItem,
  parseConfigurationItem,
} from '../../../shared/contracts/aws/configuration-item';
import { configurationItem, openTo } from '../../support/config-events';

const config = mockClient(ConfigServiceClient);
const history = configHistory(config as unknown as ConfigServiceClient);

beforeEach(() => config.reset());

const summary: ConfigurationItem = parseConfigurationItem(
  configurationItem({ capturedAt: '2026-01-31T09:00:00.250Z', stateId: 42, configuration: null }),
);

/** An item as the API gives it: configurations as JSON text, times as dates. */
const kept = (capturedAt: string, stateId: string, cidr: string) => ({
  version: '1.3',
  accountId: '123456789012',
  configurationItemStatus: 'OK' as const,
  resourceType: 'AWS::EC2::SecurityGroup' as const,
  resourceId: 'sg-0123456789abcdef0',
  awsRegion: 'eu-central-1',
  configurationItemCaptureTime: new Date(capturedAt),
  configurationStateId: stateId,
  configuration: JSON.stringify(openTo(cidr)),
  supplementaryConfiguration: {},
});

test('asks for the history of the resource up to just after the capture', async () => {
  config.on(GetResourceConfigHistoryCommand).resolves({ configurationItems: [] });
  await history.itemCapturedAt(summary);
  expect(config.commandCalls(GetResourceConfigHistoryCommand).map(({ args }) => args[0].input)).toEqual([
    {
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-0123456789abcdef0',
      laterTime: new Date('2026-01-31T09:00:01.250Z'),
      limit: 5,
    },
  ]);
});

test.each([
  ['its state id', kept('2026-01-31T09:00:00Z', '42', '10.0.0.0/8')],
  ['its capture time', kept('2026-01-31T09:00:00.250Z', '7', '10.0.0.0/8')],
])('picks the item by %s, with its configuration', async (_, right) => {
  config.on(GetResourceConfigHistoryCommand).resolves({
    configurationItems: [
      kept('2026-01-31T09:00:01Z', '43', '0.0.0.0/0'),
      right,
      kept('2026-01-31T08:00:00Z', '41', '0.0.0.0/0'),
    ],
  });
  expect(await history.itemCapturedAt(summary)).toMatchObject({ configuration: openTo('10.0.0.0/8') });
});

test('goes by the state id when another item was captured at the same time', async () => {
  config.on(GetResourceConfigHistoryCommand).resolves({
    configurationItems: [
      kept('2026-01-31T09:00:00.250Z', '41', '0.0.0.0/0'),
      kept('2026-01-31T09:00:00.250Z', '42', '10.0.0.0/8'),
    ],
  });
  expect(await history.itemCapturedAt(summary)).toMatchObject({ configurationStateId: '42' });
});

test('takes no other item in place of the right one', async () => {
  config.on(GetResourceConfigHistoryCommand).resolves({
    configurationItems: [kept('2026-01-31T08:59:59Z', '41', '0.0.0.0/0')],
  });
  expect(await history.itemCapturedAt(summary)).toBeUndefined();
});

test('an answer without items has none', async () => {
  config.on(GetResourceConfigHistoryCommand).resolves({});
  expect(await history.itemCapturedAt(summary)).toBeUndefined();
});

test.each([
  ['has not discovered the resource', new ResourceNotDiscoveredException({ message: '', $metadata: {} })],
  ['has no recorder', new NoAvailableConfigurationRecorderException({ message: '', $metadata: {} })],
])('has none when AWS Config %s', async (_, error) => {
  config.on(GetResourceConfigHistoryCommand).rejects(error);
  expect(await history.itemCapturedAt(summary)).toBeUndefined();
});

test('any other error goes through, to be tried again', async () => {
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
  config.on(GetResourceConfigHistoryCommand).rejects(throttled);
  await expect(history.itemCapturedAt(summary)).rejects.toBe(throttled);
});
