import { SNAPSHOT } from '../../shared/contracts/aws/account-snapshot';
import type { Json, JsonObject } from '../../shared/contracts/aws/configuration-item';

export const AT = '2026-11-29T12:00:00.000Z';

/** What was read of a resource, as an item that a rule of snapshots judges. */
export const snapshotItem = (
  resourceType: string,
  snapshot: Json,
  more: Readonly<Record<string, Json>> = {},
): JsonObject => ({
  awsAccountId: '123456789012',
  awsRegion: 'eu-central-1',
  resourceType,
  resourceId: 'one',
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: AT,
  configurationStateId: '1',
  configuration: {},
  supplementaryConfiguration: { [SNAPSHOT]: snapshot },
  tags: {},
  relationships: [],
  ...more,
});

/** The path of a member of what was read. */
export const seen = (member: string): string => `supplementaryConfiguration.${SNAPSHOT}.${member}`;
