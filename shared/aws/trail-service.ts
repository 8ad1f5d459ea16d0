import {
  type AdvancedFieldSelector,
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandOutput,
  GetTrailStatusCommand,
  type GetTrailStatusCommandOutput,
  ListPublicKeysCommand,
  type PublicKey,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import type { FieldSelector, Selectors, TrailSettings } from '../proof/seal/trail-settings';
import type { TrailState } from '../proof/trail/chain';
import { type KeysAnswer, type PublicKeyRecord, publicKeys } from '../proof/trail/public-keys';
import type { ChainId } from '../proof/trail/verdict';
import { type AwsPlace, clientSettings } from './operator-place';

export interface TrailServiceOptions extends Omit<AwsPlace, 'region'> {
  /** The account that asks, where it is known: without, a trail that isn't listed may be one of another account. */
  readonly account?: string;
  /** Hears why CloudTrail could not be asked about a trail. */
  readonly onUnknown?: (reason: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What a trail is set to at the moment. Of one that there is no more: not logging. */
export type ToldSettings = Omit<TrailSettings, 'observedFrom' | 'observedTo'>;

/** What CloudTrail itself says. Answers are kept, and callers at the same time share one request. */
export interface TrailService {
  /**
   * The keys that signed digests of a Region in a time; never throws.
   * @param from to: ISO 8601; better the whole time at once than hour by hour
   * @param wanted fingerprint that an earlier answer lacked: asks again, at most once a minute
   */
  publicKeys(region: string, from: string, to: string, wanted?: string): Promise<KeysAnswer>;
  /** What the trail of a chain is and does; undefined, with the reason told, when that can't be known. Never throws. */
  trailState(chain: ChainId): Promise<TrailState | undefined>;
  /** What the trail of a chain logs, and whether it gets delivered; undefined as for `trailState`. Never throws. */
  trailSettings(chain: ChainId): Promise<ToldSettings | undefined>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Who walks along a chain should not have to ask for every hour. */
const KEYS_AROUND_MS = 7 * 24 * HOUR_MS;
/** A key may be in force from shortly after the hour of the digest that it signs: as far ahead as anything is signed. */
const KEYS_AHEAD_MS = 2 * HOUR_MS;

interface AskedKeys {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly answer: Promise<KeysAnswer>;
}

export function trailService({
  account,
  onUnknown,
  now = Date.now,
  ...place
}: TrailServiceOptions = {}): TrailService {
  const clients = new Map<string, CloudTrailClient>();
  const keys = new Map<string, AskedKeys>();
  const trails = remembered(now, listTrails);
  const statuses = remembered(now, readStatus);
  const selections = remembered(now, readSelectors);

  function clientIn(region: string): CloudTrailClient {
    const client = clients.get(region) ?? new CloudTrailClient({ ...clientSettings(place), region });
    clients.set(region, client);
    return client;
  }

  async function askKeys(region: string, from: number, to: number): Promise<KeysAnswer> {
    const records: PublicKeyRecord[] = [];
    try {
      let token: string | undefined;
      do {
        const { PublicKeyList = [], NextToken } = await clientIn(region).send(
          new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to), NextToken: token }),
        );
        records.push(...PublicKeyList.flatMap(recordOf));
        // One that repeats itself would never end.
        token = NextToken === token ? undefined : NextToken;
      } while (token !== undefined);
      return { state: 'known', keys: publicKeys(records, { from: 'ListPublicKeys', where: region }) };
    } catch (error) {
      return { state: 'unread', detail: `ListPublicKeys in ${region}: ${said(error)}` };
    }
  }

  async function keysOf(region: string, from: string, to: string, wanted?: string): Promise<KeysAnswer> {
    const [first, last] = [Date.parse(from), Date.parse(to)];
    const asked = keys.get(region);
    if (asked !== undefined && first >= asked.from && last <= asked.to) {
      const answer = await asked.answer;
      const lacking =
        answer.state === 'unread' || (wanted !== undefined && unknown(answer.keys.find(wanted)));
      if (!lacking || now() - asked.at < MINUTE_MS) return answer;
      // Somebody else has asked again while we waited.
      if (keys.get(region) !== asked) return keysOf(region, from, to, wanted);
    }
    const window = {
      from: Math.min(first - KEYS_AROUND_MS, asked?.from ?? Number.POSITIVE_INFINITY),
      to: Math.max(
        last,
        Math.min(last + KEYS_AROUND_MS, now() + KEYS_AHEAD_MS),
        asked?.to ?? Number.NEGATIVE_INFINITY,
      ),
    };
    const answer = askKeys(region, window.from, window.to);
    keys.set(region, { ...window, at: now(), answer });
    return answer;
  }

  async function listTrails(homeRegion: string): Promise<readonly Trail[]> {
    const { trailList = [] } = await clientIn(homeRegion).send(
      new DescribeTrailsCommand({ includeShadowTrails: false }),
    );
    return trailList;
  }

  async function readStatus(regionAndArn: string) {
    const [region = '', arn] = regionAndArn.split(' ');
    return clientIn(region).send(new GetTrailStatusCommand({ Name: arn }));
  }

  /** The account that asks: as told, as the credentials know it, or as the trails of its own name it. */
  async function ownAccount(region: string, listed: readonly Trail[]): Promise<string | undefined> {
    if (account !== undefined) return account;
    const { accountId } = await clientIn(region).config.credentials();
    return accountId ?? listed.filter((trail) => trail.IsOrganizationTrail === false).map(ownerOf)[0];
  }

  async function statusOf(
    { TrailARN, Name }: Trail,
    region: string,
  ): Promise<GetTrailStatusCommandOutput | undefined> {
    try {
      return await statuses(`${region} ${TrailARN}`);
    } catch (error) {
      onUnknown?.(`GetTrailStatus of ${Name} in ${region}: ${said(error)}`);
      return undefined;
    }
  }

  async function readSelectors(regionAndArn: string) {
    const [region = '', arn] = regionAndArn.split(' ');
    return clientIn(region).send(new GetEventSelectorsCommand({ TrailName: arn }));
  }

  /** Those that a trail has are kept, and told, in its home Region. */
  async function selectorsOf({
    TrailARN,
    Name,
    HomeRegion,
  }: Trail): Promise<GetEventSelectorsCommandOutput | undefined> {
    try {
      return await selections(`${HomeRegion} ${TrailARN}`);
    } catch (error) {
      onUnknown?.(`GetEventSelectors of ${Name} in ${HomeRegion}: ${said(error)}`);
      return undefined;
    }
  }

  /** The trail of a chain, and whether what is told of its deliveries is about the chain's account; never throws. */
  async function find({ account: wanted, homeRegion, trail: name }: ChainId): Promise<FoundTrail> {
    try {
      const listed = await trails(homeRegion);
      const own = (await ownAccount(homeRegion, listed)) === wanted;
      const named = listed.filter(({ Name, HomeRegion }) => Name === name && HomeRegion === homeRegion);
      const trail =
        named.find((candidate) => ownerOf(candidate) === wanted) ??
        named.find(({ IsOrganizationTrail }) => IsOrganizationTrail === true);
      // An organization's trail delivers for each account; its status is about the one that asks.
      if (trail !== undefined) return { trail, isAboutIt: own || ownerOf(trail) === wanted };
      if (own) return 'none';
      onUnknown?.(
        `DescribeTrails in ${homeRegion}: only account ${wanted} itself sees whether it has ${name}`,
      );
    } catch (error) {
      onUnknown?.(`DescribeTrails in ${homeRegion}: ${said(error)}`);
    }
    return undefined;
  }

  return {
    publicKeys: keysOf,

    async trailState(chain) {
      const found = await find(chain);
      if (found === undefined) return undefined;
      if (found === 'none') return { exists: false };
      const { trail, isAboutIt } = found;
      const status = await statusOf(trail, chain.region);
      return {
        exists: true,
        ...given('validationEnabled', trail.LogFileValidationEnabled),
        ...given('bucket', trail.S3BucketName),
        ...loggingIn(status),
        ...(isAboutIt
          ? {
              ...given('latestDigestDeliveryTime', status?.LatestDigestDeliveryTime?.toISOString()),
              ...given('latestDigestDeliveryError', status?.LatestDigestDeliveryError || undefined),
            }
          : {}),
      };
    },

    async trailSettings(chain) {
      const found = await find(chain);
      if (found === undefined) return undefined;
      const { homeRegion } = chain;
      if (found === 'none') return { ...nothingSet, homeRegion };
      const { trail } = found;
      const [status, selectors] = await Promise.all([statusOf(trail, chain.region), selectorsOf(trail)]);
      // Half of it would look like a change.
      if (status?.IsLogging === undefined) return undefined;
      return {
        ...loggingIn(status),
        isLogging: status.IsLogging,
        validationEnabled: trail.LogFileValidationEnabled ?? false,
        isMultiRegion: trail.IsMultiRegionTrail ?? false,
        homeRegion,
        isOrganization: trail.IsOrganizationTrail ?? false,
        includesGlobalServices: trail.IncludeGlobalServiceEvents ?? false,
        bucket: trail.S3BucketName ?? '',
        ...given('selectors', selectors && selectorsIn(selectors)),
        ...given('latestDeliveryError', status.LatestDeliveryError || undefined),
      };
    },
  };
}

/** Of a trail that there is no more. */
const nothingSet = {
  isLogging: false,
  validationEnabled: false,
  isMultiRegion: false,
  isOrganization: false,
  includesGlobalServices: false,
  bucket: '',
};

const fieldOperators = {
  equals: 'Equals',
  startsWith: 'StartsWith',
  endsWith: 'EndsWith',
  notEquals: 'NotEquals',
  notStartsWith: 'NotStartsWith',
  notEndsWith: 'NotEndsWith',
} as const;

function selectorsIn({
  EventSelectors,
  AdvancedEventSelectors,
}: GetEventSelectorsCommandOutput): Selectors | undefined {
  if (AdvancedEventSelectors !== undefined && AdvancedEventSelectors.length > 0) {
    return {
      kind: 'advanced',
      selectors: AdvancedEventSelectors.map(({ FieldSelectors = [] }) => ({
        fieldSelectors: FieldSelectors.map(fieldSelector),
      })),
    };
  }
  return (
    EventSelectors && {
      kind: 'basic',
      selectors: EventSelectors.map((selector) => ({
        readWriteType: selector.ReadWriteType ?? 'All',
        includeManagementEvents: selector.IncludeManagementEvents ?? true,
        excludeManagementEventSources: selector.ExcludeManagementEventSources ?? [],
      })),
    }
  );
}

function fieldSelector(selector: AdvancedFieldSelector): FieldSelector {
  const conditions = Object.entries(fieldOperators).flatMap(([operator, name]) => {
    const values = selector[name];
    return values === undefined ? [] : [[operator, values]];
  });
  return { field: selector.Field ?? '', ...Object.fromEntries(conditions) };
}

/** `none`: its account has no such trail. Undefined: nobody knows. */
type FoundTrail = { readonly trail: Trail; readonly isAboutIt: boolean } | 'none' | undefined;

const loggingIn = (status: GetTrailStatusCommandOutput | undefined) => ({
  ...given('isLogging', status?.IsLogging),
  ...given('startedAt', status?.StartLoggingTime?.toISOString()),
  ...given('stoppedAt', status?.StopLoggingTime?.toISOString()),
});

/** Keeps what a question was answered with for a minute; failures, too, so that nobody insists. */
function remembered<T>(
  now: () => number,
  ask: (question: string) => Promise<T>,
): (question: string) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined && now() - known.at < MINUTE_MS) return known.answer;
    const answer = ask(question);
    answers.set(question, { at: now(), answer });
    return answer;
  };
}

const recordOf = ({
  Fingerprint,
  Value,
  ValidityStartTime,
  ValidityEndTime,
}: PublicKey): PublicKeyRecord[] =>
  Fingerprint && Value && ValidityStartTime && ValidityEndTime
    ? [
        {
          Fingerprint,
          Value: Buffer.from(Value).toString('base64'),
          ValidityStartTime: ValidityStartTime.toISOString(),
          ValidityEndTime: ValidityEndTime.toISOString(),
        },
      ]
    : [];

const unknown = (found: ReturnType<Extract<KeysAnswer, { state: 'known' }>['keys']['find']>) =>
  found.state === 'unusable' && found.reason === 'fingerprint-unknown';

/** `arn:aws:cloudtrail:eu-central-1:111122223333:trail/name` names the account that made the trail. */
const ownerOf = ({ TrailARN }: Trail): string | undefined => TrailARN?.split(':')[4];

const given = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [name in Name]?: T };

const said = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
