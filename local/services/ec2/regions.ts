import { NotSimulated } from '../../aws-error';
import type { Operation } from '../../service';
import { type DryRunnable, type Regions, reading } from './operations';

/** Regions that are enabled without anybody having asked for it. @param enabled their names */
export const regionList = (
  regions: Regions,
  enabled: () => readonly string[],
): Record<string, Operation> => ({
  DescribeRegions: reading<DryRunnable & { RegionNames?: string[]; Filters?: unknown[] }>(
    regions,
    'DescribeRegions',
    (_, { RegionNames = [], Filters = [] }) => {
      if (Filters.length > 0) throw new NotSimulated('DescribeRegions by Filters');
      return {
        Regions: enabled()
          .filter((name) => RegionNames.length === 0 || RegionNames.includes(name))
          .map((RegionName) => ({
            RegionName,
            Endpoint: `ec2.${RegionName}.amazonaws.com`,
            OptInStatus: 'opt-in-not-required',
          })),
      };
    },
  ),
});
