import {
  DescribeFlowLogsCommand,
  DescribeRegionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { ListedVpc } from '../contracts/aws/account-snapshot';
import type { AccountReader } from './account-snapshot';
import { everyPage } from './every-page';

/**
 * What EC2 tells of an account. Its client is larger than all else of the function together: whoever imports this when
 * it is needed loads it only then.
 * @param settings without a Region: those of the function
 * @param pageSize of VPCs and flow logs
 */
export function networkReader(
  settings: EC2ClientConfig,
  pageSize: number,
): Pick<AccountReader, 'regions' | 'vpcs' | 'flowLogs'> {
  const home = new EC2Client(settings);
  const clients = new Map<string, EC2Client>();
  const ec2 = (region: string): EC2Client => {
    const client = clients.get(region) ?? new EC2Client({ ...settings, region });
    clients.set(region, client);
    return client;
  };
  return {
    async regions() {
      const { Regions = [] } = await home.send(new DescribeRegionsCommand({ AllRegions: false }));
      return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
    },

    vpcs: async (region) =>
      (
        await everyPage(async (NextToken) => {
          const page = await ec2(region).send(new DescribeVpcsCommand({ NextToken, MaxResults: pageSize }));
          return [page.Vpcs, page.NextToken];
        })
      ).flatMap(listedVpc),

    flowLogs: (region) =>
      everyPage(async (NextToken) => {
        const page = await ec2(region).send(new DescribeFlowLogsCommand({ NextToken, MaxResults: pageSize }));
        return [page.FlowLogs, page.NextToken];
      }),
  };
}

const listedVpc = ({ VpcId, OwnerId, Tags = [] }: Vpc): ListedVpc[] =>
  VpcId
    ? [
        {
          VpcId,
          ...(OwnerId ? { OwnerId } : {}),
          tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
        },
      ]
    : [];
