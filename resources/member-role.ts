import type { AnyRemediation } from '../shared/remediations/remediation';
import { remediationRole, type Switches } from './remediation-role';

/**
 * A template of CloudFormation with nothing but the role of remediations, for an account that sends its events to the
 * stack: as a stack there, or a stack set.
 * @param roleName the same as in the account of the stack
 * @returns undefined where compliance.yml switches nothing on: no account needs a role then
 */
export function memberRoleTemplate(
  policy: Switches,
  remediations: readonly AnyRemediation[],
  roleName: string,
) {
  const Resources = remediationRole(policy, remediations, {
    name: roleName,
    trusted: { Ref: 'HubRoleArn' },
    externalId: { Ref: 'ExternalId' },
    region: { Ref: 'HubRegion' },
  });
  if (Object.keys(Resources).length === 0) return undefined;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The role in which Trailseal mends what it found in this account',
    Parameters: {
      HubRoleArn: {
        Type: 'String',
        Description: 'Output RemediateFindingRoleArn of the stack of Trailseal',
        AllowedPattern: '^arn:[a-z-]+:iam::[0-9]{12}:role/.+$',
      },
      ExternalId: {
        Type: 'String',
        Description: 'Output RemediationExternalId of the stack of Trailseal',
        AllowedPattern: '^[A-Za-z0-9-]{2,64}$',
      },
      // `self` among the covered Regions is the stack's, wherever this one is deployed.
      ...(policy.coverage.regions.includes('self') && !policy.coverage.regions.includes('all')
        ? {
            HubRegion: {
              Type: 'String',
              Description: 'Region of the stack of Trailseal',
              AllowedPattern: '^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$',
            },
          }
        : {}),
    },
    Resources,
  };
}
