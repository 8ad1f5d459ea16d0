import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  NoAvailableConfigurationRecorderException,
  ResourceNotDiscoveredException,
  type ResourceType,
  ValidationException,
} from '@aws-sdk/client-config-service';
import type { ResourceRef } from '../contracts/trailseal/finding';

export interface ResourceTagsHistory {
  /** As AWS Config captured them last; `unknown` when it has none of the resource. */
  latest(resource: ResourceRef): Promise<Readonly<Record<string, string>> | 'unknown'>;
}

/**
 * Tags of resources, as AWS Config has them.
 * @param home the Region in which global resources are recorded
 */
export function resourceTags(
  home: string,
  connect = (region: string) => new ConfigServiceClient({ region }),
): ResourceTagsHistory {
  const clients = new Map<string, ConfigServiceClient>();
  const clientIn = (region: string) => {
    const client = clients.get(region) ?? connect(region);
    clients.set(region, client);
    return client;
  };
  return {
    async latest({ region, resourceType, resourceId }) {
      try {
        const { configurationItems = [] } = await clientIn(region === 'global' ? home : region).send(
          new GetResourceConfigHistoryCommand({
            resourceType: resourceType as ResourceType,
            resourceId,
            limit: 1,
          }),
        );
        const [item] = configurationItems;
        // Of what was deleted no tags are told.
        const isThere =
          item?.configurationItemStatus === 'OK' || item?.configurationItemStatus === 'ResourceDiscovered';
        return isThere && item.tags ? item.tags : 'unknown';
      } catch (error) {
        const isNone =
          error instanceof ResourceNotDiscoveredException ||
          error instanceof NoAvailableConfigurationRecorderException ||
          // A type that AWS Config does not record.
          error instanceof ValidationException;
        if (isNone) return 'unknown';
        throw error;
      }
    },
  };
}
