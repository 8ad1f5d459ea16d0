import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { ResourceRef } from '../../contracts/trailseal/finding';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, locate, read, tagMap } from '../remediation';
import { Tags } from './answers';

const trailArn =
  /^arn:[a-z-]+:cloudtrail:([a-z0-9-]+):(\d{12}):trail\/([A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9])$/;

const arnFrom = ({ arn, resourceId }: ResourceRef) =>
  [arn, resourceId].find((text): text is string => text !== undefined && trailArn.test(text));

const byName = locate({
  resourceTypes: ['AWS::CloudTrail::Trail'],
  id: /^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$/,
  idOf: (finding) => trailArn.exec(arnFrom(finding) ?? '')?.[3] ?? finding.resourceId,
  arnOf: (target, finding) => arnFrom(finding) ?? arnIn(target, 'cloudtrail', `trail/${target.id}`),
});

/** A trail can be changed in its home Region and by its owner alone: both stand in its ARN. */
export const trailTarget: typeof byName = (finding) => {
  const [, home, owner] = trailArn.exec(arnFrom(finding) ?? '') ?? [];
  if (owner !== undefined && owner !== finding.accountId)
    return { cannot: `the trail belongs to account ${owner}` };
  return byName(home === undefined ? finding : { ...finding, region: home });
};

export const Trail = z.object({
  Trail: z.object({
    TrailARN: z.string(),
    HomeRegion: z.optional(z.string()),
    LogFileValidationEnabled: z.optional(z.boolean()),
    IsOrganizationTrail: z.optional(z.boolean()),
  }),
});

export const TrailTags = z.object({
  ResourceTagList: z.array(z.object({ ResourceId: z.string(), TagsList: Tags })),
  NextToken: z.optional(z.nullable(z.literal(''))),
});

const trailRead = (as: string, target: Target, action: string, input: JsonObject) =>
  read(as, {
    service: 'cloudtrail',
    action,
    region: target.region,
    input,
    allows: [allow(`cloudtrail:${action}`, target.arn)],
  });

export const readTrail = (target: Target) => trailRead('trail', target, 'GetTrail', { Name: target.arn });
export const readTrailStatus = (target: Target) =>
  trailRead('status', target, 'GetTrailStatus', { Name: target.arn });
export const readTrailTags = (target: Target) =>
  trailRead('tags', target, 'ListTags', { ResourceIdList: [target.arn] });

export const trailTags = ({ tags }: { readonly tags: z.infer<typeof TrailTags> }) =>
  tagMap(tags.ResourceTagList.flatMap(({ TagsList }) => TagsList ?? []));

export const trailCall = (target: Target, action: string, says: string, more: JsonObject = {}): AwsCall => ({
  service: 'cloudtrail',
  action,
  region: target.region,
  input: { Name: target.arn, ...more },
  allows: [allow(`cloudtrail:${action}`, target.arn)],
  says,
  again: 'harmless',
});
