import {
  CloudTrailClient,
  DescribeTrailsCommand,
  type DescribeTrailsCommandOutput,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
} from '@aws-sdk/client-config-service';
import { IAMClient, ListAccessKeysCommand, ListUsersCommand, type User } from '@aws-sdk/client-iam';
import type {
  AccessKeyAnswer,
  FlowLogAnswer,
  ListedTrail,
  ListedUser,
  ListedVpc,
  RecorderAnswer,
  RecorderStatusAnswer,
  TrailStatusAnswer,
} from '../contracts/aws/account-snapshot';
import { everyPage } from './every-page';
import { type AwsPlace, clientSettings } from './operator-place';

/**
 * Reads what AWS Config does not record of one account. Lists are whole. Asks again by itself where AWS throttles or
 * fails, and throws what the SDK throws when that doesn't help.
 */
export interface AccountReader {
  /** Those that are enabled. */
  regions(): Promise<readonly string[]>;
  /** All that are seen from a Region, the organization's among them. */
  trails(region: string): Promise<readonly ListedTrail[]>;
  trailStatus(trail: ListedTrail): Promise<TrailStatusAnswer>;
  vpcs(region: string): Promise<readonly ListedVpc[]>;
  flowLogs(region: string): Promise<readonly FlowLogAnswer[]>;
  recorders(region: string): Promise<{
    readonly recorders: readonly RecorderAnswer[];
    readonly statuses: readonly RecorderStatusAnswer[];
  }>;
  users(): Promise<readonly ListedUser[]>;
  accessKeys(userName: string): Promise<readonly AccessKeyAnswer[]>;
}

/** What is asked for on one page. */
export interface PageSizes {
  readonly ec2: number;
  readonly iam: number;
}

export interface AccountReaderOptions extends AwsPlace {
  /** How often a call is made at most: who throttles us gets time. */
  readonly maxAttempts?: number;
  readonly pages?: PageSizes;
}

const ATTEMPTS = 8;
const PAGES: PageSizes = { ec2: 1000, iam: 1000 };
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 25_000, throwOnRequestTimeout: true };

export function accountReader({
  maxAttempts = ATTEMPTS,
  pages = PAGES,
  ...place
}: AccountReaderOptions = {}): AccountReader {
  const settings = { ...clientSettings(place), maxAttempts, requestHandler: TIMEOUTS };
  const inEach = <Client>(connect: (region: string) => Client) => {
    const clients = new Map<string, Client>();
    return (region: string): Client => {
      const client = clients.get(region) ?? connect(region);
      clients.set(region, client);
      return client;
    };
  };
  const cloudtrail = inEach((region) => new CloudTrailClient({ ...settings, region }));
  const config = inEach((region) => new ConfigServiceClient({ ...settings, region }));
  const iam = new IAMClient(settings);
  let loaded: ReturnType<typeof network> | undefined;
  // Imported by what it exports: of a bundled file that is imported so, Node.js takes all of that for its default.
  const network = async () => (await import('./account-network')).networkReader(settings, pages.ec2);
  const ec2 = () => {
    loaded ??= network();
    return loaded;
  };

  return {
    regions: async () => (await ec2()).regions(),
    vpcs: async (region) => (await ec2()).vpcs(region),
    flowLogs: async (region) => (await ec2()).flowLogs(region),

    async trails(region) {
      const { trailList } = await cloudtrail(region).send(
        new DescribeTrailsCommand({ includeShadowTrails: true }),
      );
      return (trailList ?? []).flatMap(listedTrail);
    },

    // Of a shadow only its home tells all.
    trailStatus: ({ arn, homeRegion }) =>
      cloudtrail(homeRegion).send(new GetTrailStatusCommand({ Name: arn })),

    async recorders(region) {
      const [{ ConfigurationRecorders = [] }, { ConfigurationRecordersStatus = [] }] = await Promise.all([
        config(region).send(new DescribeConfigurationRecordersCommand({})),
        config(region).send(new DescribeConfigurationRecorderStatusCommand({})),
      ]);
      return { recorders: ConfigurationRecorders, statuses: ConfigurationRecordersStatus };
    },

    users: async () =>
      (
        await everyPage(async (Marker) => {
          const page = await iam.send(new ListUsersCommand({ Marker, MaxItems: pages.iam }));
          return [page.Users, page.IsTruncated ? page.Marker : undefined];
        })
      ).flatMap(listedUser),

    accessKeys: (UserName) =>
      everyPage(async (Marker) => {
        const page = await iam.send(new ListAccessKeysCommand({ UserName, Marker }));
        return [page.AccessKeyMetadata, page.IsTruncated ? page.Marker : undefined];
      }),
  };
}

const listedTrail = ({
  TrailARN,
  Name,
  HomeRegion,
}: NonNullable<DescribeTrailsCommandOutput['trailList']>[number]): ListedTrail[] =>
  TrailARN && Name && HomeRegion ? [{ arn: TrailARN, name: Name, homeRegion: HomeRegion }] : [];

const listedUser = ({ UserId, UserName, Arn }: User): ListedUser[] =>
  UserId && UserName && Arn ? [{ id: UserId, name: UserName, arn: Arn }] : [];
