import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { accountId, filled, maybe, text } from './fields';
import { momentOf } from './moment';

const RemoteIp = maybe(z.object({ ipAddressV4: maybe(text) }));

const Detail = z.object({
  id: filled,
  arn: maybe(filled),
  type: filled,
  // The member's, also in the copy that an administrator's account gets.
  accountId,
  region: filled,
  partition: maybe(filled),
  severity: z.number(),
  title: maybe(text),
  description: maybe(text),
  updatedAt: text,
  resource: maybe(
    z.object({
      resourceType: maybe(text),
      instanceDetails: maybe(z.object({ instanceId: maybe(text) })),
      accessKeyDetails: maybe(
        z.object({
          accessKeyId: maybe(text),
          principalId: maybe(text),
          userName: maybe(text),
          userType: maybe(text),
        }),
      ),
      s3BucketDetails: maybe(z.array(z.object({ name: maybe(text), arn: maybe(text) }))),
      rdsDbInstanceDetails: maybe(
        z.object({
          dbInstanceIdentifier: maybe(text),
          dbiResourceId: maybe(text),
          dbInstanceArn: maybe(text),
        }),
      ),
      lambdaDetails: maybe(z.object({ functionArn: maybe(text), functionName: maybe(text) })),
      eksClusterDetails: maybe(z.object({ name: maybe(text), arn: maybe(text) })),
      ecsClusterDetails: maybe(z.object({ name: maybe(text), arn: maybe(text) })),
    }),
  ),
  service: maybe(
    z.object({
      archived: maybe(z.boolean()),
      count: maybe(z.number()),
      resourceRole: maybe(text),
      additionalInfo: maybe(z.record(text, z.unknown())),
      action: maybe(
        z.object({
          awsApiCallAction: maybe(
            z.object({
              api: maybe(text),
              serviceName: maybe(text),
              // Keyed by resource type: {"AWS::CloudTrail::Trail": "name or ARN"}.
              affectedResources: maybe(z.record(text, z.unknown())),
              remoteIpDetails: RemoteIp,
            }),
          ),
          networkConnectionAction: maybe(z.object({ remoteIpDetails: RemoteIp })),
        }),
      ),
    }),
  ),
});

/** A finding of Amazon GuardDuty; times as ISO 8601 in UTC. */
export type GuardDutyFinding = z.infer<typeof Detail>;

/**
 * Reads the detail of a `GuardDuty Finding` event.
 *
 * Source: GuardDuty User Guide, "Processing GuardDuty findings with Amazon EventBridge"; API Reference, Finding.
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseGuardDutyFinding(event: AwsEvent): GuardDutyFinding {
  const input = 'GuardDuty finding';
  const finding = parseAs(Detail, input, event.detail);
  return { ...finding, updatedAt: momentOf(input, 'updatedAt', finding.updatedAt) };
}
