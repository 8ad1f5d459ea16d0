import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  ResourceNotDiscoveredException,
  type ResourceType,
} from '@aws-sdk/client-config-service';
import { type ConfigurationItem, parseConfigurationItem } from '../contracts/aws/configuration-item';

export interface ConfigHistory {
  /** The item that was captured just then, with its configuration; undefined when AWS Config has none. */
  itemCapturedAt(summary: ConfigurationItem): Promise<ConfigurationItem | undefined>;
}

/** Configuration items that AWS Config keeps, for those too large to be sent in an event. */
export const configHistory = (client = new ConfigServiceClient({})): ConfigHistory => ({
  async itemCapturedAt(summary) {
    const captured = Date.parse(summary.configurationItemCaptureTime);
    try {
      const { configurationItems = [] } = await client.send(
        new GetResourceConfigHistoryCommand({
          resourceType: summary.resourceType as ResourceType,
          resourceId: summary.resourceId,
          // The API's times are whole seconds on some paths: ask for a little later, and compare what comes.
          laterTime: new Date(captured + 1000),
          limit: 5,
        }),
      );
      return configurationItems
        .map((item) => parseConfigurationItem(item, summary))
        .find(
          (item) =>
            item.configurationStateId === summary.configurationStateId ||
            item.configurationItemCaptureTime === summary.configurationItemCaptureTime,
        );
    } catch (error) {
      if (error instanceof ResourceNotDiscoveredException) return undefined;
      throw error;
    }
  },
});
