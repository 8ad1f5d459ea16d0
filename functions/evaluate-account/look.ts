import type { AccountReader } from '../../shared/aws/account-snapshot';
import {
  accessKeysSnapshot,
  isGoneSince,
  type ListedTrail,
  recordersSnapshot,
  SNAPSHOT,
  trailSnapshot,
  vpcSnapshot,
} from '../../shared/contracts/aws/account-snapshot';
import {
  type ConfigurationItem,
  type JsonObject,
  observedItem,
} from '../../shared/contracts/aws/configuration-item';
import type { FindingSummary } from '../../shared/contracts/trailseal/finding';
import { inParallel } from '../../shared/proof/trail/in-parallel';

/** One thing that was seen, as an item; with why, where it could not be read. */
export interface Seen {
  readonly item: ConfigurationItem;
  readonly unread?: string;
}

/** What one control is to judge, as far as it was seen. */
export interface Look {
  readonly control: string;
  /** The start of the read, ISO 8601. */
  readonly at: string;
  readonly seen: readonly Seen[];
  /** What has become of what a finding is about, of which nothing was seen. */
  missed(finding: FindingSummary): Promise<Missed>;
}

/** `elsewhere`: it was not looked for there, and so keeps its state. */
export type Missed = 'gone' | 'elsewhere' | { readonly unread: string } | Seen;

export interface LookNeeds {
  readonly reader: AccountReader;
  readonly accountId: string;
  readonly now: () => string;
  /** Told of each read that failed for good; answers with it in words. */
  readonly failed: (read: string, region: string, error: unknown) => string;
}

/** Gentle to the account's own use of the APIs, which have limits of their own. */
const AT_ONCE = 4;

type Read<T> = { readonly answer: T } | { readonly unread: string };

async function attempt<T>(
  { failed }: LookNeeds,
  name: string,
  region: string,
  read: () => Promise<T>,
): Promise<Read<T>> {
  try {
    return { answer: await read() };
  } catch (error) {
    return { unread: failed(name, region, error) };
  }
}

interface Thing {
  readonly awsRegion: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly ARN?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** As AWS Config would report it, with what it doesn't record. */
export const itemOf = (
  awsAccountId: string,
  at: string,
  thing: Thing,
  snapshot: JsonObject,
  configurationItemStatus = 'OK',
): ConfigurationItem =>
  observedItem(at, {
    awsAccountId,
    configurationItemStatus,
    supplementaryConfiguration: { [SNAPSHOT]: snapshot },
    ...thing,
  });

/** Of one Region, read at once: the whole is there, or nothing. */
const ofRegion = (control: string, at: string, region: string, read: Read<readonly Seen[]>): Look => ({
  control,
  at,
  seen: 'answer' in read ? read.answer : [],
  missed: async (finding) => (finding.region !== region ? 'elsewhere' : ofList(read)),
});

/** What is not on a whole list is gone. */
const ofList = (read: Read<unknown>): Missed => ('unread' in read ? read : 'gone');

const account = (accountId: string, region: string): Thing => ({
  awsRegion: region,
  resourceType: 'AWS::::Account',
  resourceId: accountId,
});

/**
 * Trails, each once and at home, wherever its shadows are seen; and each Region, by whether any trail covers it. Those
 * of an organization that another account owns cover a Region, and are judged there.
 */
export async function lookAtTrails(needs: LookNeeds, regions: readonly string[]): Promise<Look> {
  const { reader, accountId, now } = needs;
  const at = now();
  const lists = await inParallel(regions, AT_ONCE, async (region) => ({
    region,
    list: await attempt(needs, 'DescribeTrails', region, () => reader.trails(region)),
  }));
  const own = new Map<string, ListedTrail>();
  for (const { list } of lists) {
    for (const trail of 'answer' in list ? list.answer : []) {
      if (trail.arn.split(':')[4] === accountId) own.set(trail.arn, trail);
    }
  }
  const judged = (trail: ListedTrail) => seenTrail(needs, at, trail);
  const trails = await inParallel([...own.values()], AT_ONCE, judged);
  const covered = lists.flatMap(({ region, list }): Seen[] =>
    'answer' in list
      ? [{ item: itemOf(accountId, at, account(accountId, region), { trails: list.answer.length }) }]
      : [],
  );
  return {
    control: 'cloudtrail-logging-active',
    at,
    seen: [...trails.flatMap((seen) => seen ?? []), ...covered],
    async missed({ region, resourceType, resourceId, arn }) {
      const home = lists.find((one) => one.region === region);
      if (home !== undefined) return ofList(home.list);
      if (resourceType !== 'AWS::CloudTrail::Trail' || arn === undefined) return 'elsewhere';
      // At home where it was not looked, it shows by its shadows alone, and has none unless it covers all Regions.
      return (await judged({ arn, name: resourceId, homeRegion: region })) ?? 'gone';
    },
  };
}

/** @returns undefined when there is no such trail */
async function seenTrail(needs: LookNeeds, at: string, trail: ListedTrail): Promise<Seen | undefined> {
  const { reader, accountId } = needs;
  const thing: Thing = {
    awsRegion: trail.homeRegion,
    resourceType: 'AWS::CloudTrail::Trail',
    resourceId: trail.name,
    resourceName: trail.name,
    ARN: trail.arn,
  };
  const status = await attempt(needs, 'GetTrailStatus', trail.homeRegion, () =>
    unlessGone(() => reader.trailStatus(trail)),
  );
  if ('unread' in status) return { item: itemOf(accountId, at, thing, {}), unread: status.unread };
  if (status.answer === 'gone') return undefined;
  return { item: itemOf(accountId, at, thing, trailSnapshot(trail.arn, status.answer)) };
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | 'gone'> {
  try {
    return await read();
  } catch (error) {
    if (isGoneSince(error)) return 'gone';
    throw error;
  }
}

export async function lookAtRecorder(needs: LookNeeds, region: string): Promise<Look> {
  const { reader, accountId, now } = needs;
  const at = now();
  const read = await attempt(needs, 'DescribeConfigurationRecorders', region, async () => {
    const { recorders, statuses } = await reader.recorders(region);
    return [
      { item: itemOf(accountId, at, account(accountId, region), recordersSnapshot(recorders, statuses)) },
    ];
  });
  return ofRegion('config-recorder-enabled', at, region, read);
}

export async function lookAtVpcs(needs: LookNeeds, region: string): Promise<Look> {
  const { reader, accountId, now } = needs;
  const at = now();
  const [vpcs, flowLogs] = await Promise.all([
    attempt(needs, 'DescribeVpcs', region, () => reader.vpcs(region)),
    attempt(needs, 'DescribeFlowLogs', region, () => reader.flowLogs(region)),
  ]);
  const read: Read<readonly Seen[]> =
    'unread' in vpcs
      ? vpcs
      : {
          answer: vpcs.answer.map((vpc): Seen => {
            const thing = {
              awsRegion: region,
              resourceType: 'AWS::EC2::VPC',
              resourceId: vpc.VpcId,
              tags: vpc.tags,
            };
            return 'unread' in flowLogs
              ? { item: itemOf(accountId, at, thing, {}), unread: flowLogs.unread }
              : { item: itemOf(accountId, at, thing, vpcSnapshot(vpc, flowLogs.answer)) };
          }),
        };
  return ofRegion('vpc-flow-logs-enabled', at, region, read);
}

/** Users are the same from every Region. */
export async function lookAtAccessKeys(needs: LookNeeds): Promise<Look> {
  const { reader, accountId, now } = needs;
  const at = now();
  const users = await attempt(needs, 'ListUsers', 'global', () => reader.users());
  const seen = await inParallel(
    'answer' in users ? users.answer : [],
    AT_ONCE,
    async (user): Promise<Seen[]> => {
      const thing: Thing = {
        awsRegion: 'global',
        resourceType: 'AWS::IAM::User',
        resourceId: user.id,
        resourceName: user.name,
        ARN: user.arn,
      };
      const keys = await attempt(needs, 'ListAccessKeys', 'global', () =>
        unlessGone(() => reader.accessKeys(user.name)),
      );
      if ('unread' in keys) return [{ item: itemOf(accountId, at, thing, {}), unread: keys.unread }];
      if (keys.answer === 'gone') return [];
      return [{ item: itemOf(accountId, at, thing, accessKeysSnapshot(keys.answer)) }];
    },
  );
  const read = 'unread' in users ? users : { answer: seen.flat() };
  return ofRegion('iam-access-key-rotation', at, 'global', read);
}
