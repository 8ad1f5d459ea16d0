import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import type { Target } from '../../../shared/contracts/trailseal/remediation';
import type { Observed } from '../../../shared/remediations/remediation';

/** What was read again, as the configuration item that a rule judges. */
export const asItem = (target: Target, observed: Observed): JsonObject => ({
  awsAccountId: target.accountId,
  awsRegion: target.region,
  resourceType: observed.resourceType,
  resourceId: target.id,
  ARN: target.arn,
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: '2026-11-29T12:00:05.000Z',
  configurationStateId: '1764417605000',
  configuration: observed.configuration,
  supplementaryConfiguration: observed.supplementaryConfiguration ?? {},
  tags: {},
  relationships: (observed.relationships ?? []).map((one) => ({ ...one, name: 'Is related to' })),
  relatedEvents: [],
});
