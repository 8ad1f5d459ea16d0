import { NotSimulated } from '../../aws-error';
import type { Operation } from '../../service';
import { refuse } from './errors';
import { type DryRunnable, type Regions, reading } from './operations';

interface VersionsInput extends DryRunnable {
  LaunchTemplateId?: string;
  Versions?: string[];
}

/** Across all templates only these can be asked for. */
const LATEST = ['$Latest', '$Default'];

/** Launch templates, as far as they name what others want to delete. */
export const launchTemplates = (regions: Regions): Record<string, Operation> => ({
  DescribeLaunchTemplateVersions: reading<VersionsInput>(
    regions,
    'DescribeLaunchTemplateVersions',
    (ec2, { LaunchTemplateId, Versions = [], ...rest }) => {
      const [more] = Object.keys(rest);
      if (more !== undefined) throw new NotSimulated(`DescribeLaunchTemplateVersions with ${more}`);
      if (
        LaunchTemplateId === undefined &&
        (Versions.length === 0 || Versions.some((one) => !LATEST.includes(one)))
      ) {
        const only = 'Without a launch template only $Latest and $Default can be described.';
        throw refuse('InvalidParameterCombination', only);
      }
      return {
        LaunchTemplateVersions: [...ec2.launchTemplates.values()]
          .filter(({ id }) => LaunchTemplateId === undefined || id === LaunchTemplateId)
          .map(({ id, name, createdAt, data }) => ({
            LaunchTemplateId: id,
            LaunchTemplateName: name,
            VersionNumber: 1,
            DefaultVersion: true,
            CreateTime: createdAt / 1000,
            CreatedBy: `arn:aws:iam::${ec2.accountId}:root`,
            LaunchTemplateData: data,
          })),
      };
    },
  ),
});
