import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  NoAvailableConfigurationRecorderException,
  ResourceNotDiscoveredException,
  ValidationException,
} from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import { resourceTags } from '../../../shared/aws/resource-tags';
import type { ResourceRef } from '../../../shared/contracts/trailseal/finding';

const config = mockClient(ConfigServiceClient);
beforeEach(() => config.reset());

const resource: ResourceRef = {
  accountId: '123456789012',
  region: 'eu-west-1',
  resourceType: 'AWS::S3::Bucket',
  resourceId: 'reports',
};

const item = (configurationItemStatus: string, tags?: Record<string, string>) => ({
  configurationItemStatus: configurationItemStatus as 'OK',
  ...(tags ? { tags } : {}),
});
const failure = { message: '', $metadata: {} };

test.each<[string, object[] | Error, unknown]>([
  ['as they were captured last', [item('OK', { team: 'orders' })], { team: 'orders' }],
  ['of a resource without any', [item('OK', {})], {}],
  ['of one that was just found', [item('ResourceDiscovered', { a: 'b' })], { a: 'b' }],
  ['not of one that is gone', [item('ResourceDeleted', { team: 'orders' })], 'unknown'],
  ['not of one that is recorded no more', [item('ResourceNotRecorded', { a: 'b' })], 'unknown'],
  ['not without an item', [], 'unknown'],
  ['not where the item says none', [item('OK')], 'unknown'],
  ['not of what was never seen', new ResourceNotDiscoveredException(failure), 'unknown'],
  ['not without a recorder', new NoAvailableConfigurationRecorderException(failure), 'unknown'],
  ['not of a type that is not recorded', new ValidationException(failure), 'unknown'],
])('%s', async (_name, answer, expected) => {
  const called = config.on(GetResourceConfigHistoryCommand);
  if (answer instanceof Error) called.rejects(answer);
  else called.resolves({ configurationItems: answer });
  expect(await resourceTags('eu-central-1').latest(resource)).toEqual(expected);
});

test('is asked for where it is recorded: in its Region, or at home', async () => {
  config.on(GetResourceConfigHistoryCommand).resolves({ configurationItems: [item('OK', {})] });
  const asked: string[] = [];
  const tags = resourceTags('eu-central-1', (region) => {
    asked.push(region);
    return new ConfigServiceClient({ region });
  });
  await tags.latest(resource);
  await tags.latest(resource);
  await tags.latest({ ...resource, region: 'global' });
  expect(asked).toEqual(['eu-west-1', 'eu-central-1']);
});

test('what may pass is thrown, to be tried again', async () => {
  config
    .on(GetResourceConfigHistoryCommand)
    .rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
  await expect(resourceTags('eu-central-1').latest(resource)).rejects.toThrow('slow down');
});
