import {
  ConfigServiceClient,
  GetResourceConfigHistoryCommand,
  NoAvailableConfigurationRecorderException,
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
      const items = configurationItems.map((item) => parseConfigurationItem(item, summary));
      const { configurationStateId, configurationItemCaptureTime } = summary;
      return (
        items.find((item) => item.configurationStateId === configurationStateId) ??
        items.find((item) => item.configurationItemCaptureTime === configurationItemCaptureTime)
      );
    } catch (error) {
      if (error instanceof ResourceNotDiscoveredException) return undefined;
      // Whoever switched the recorder off after the change: no attempt will find an item.
      if (error instanceof NoAvailableConfigurationRecorderException) return undefined;
      throw error;
    }
  },
});
