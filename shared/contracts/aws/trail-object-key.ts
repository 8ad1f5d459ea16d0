/** The name of a digest file: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html */
export interface DigestKey {
  readonly kind: 'digest';
  /** Empty, or what stands before `AWSLogs/`: `some/prefix/`. */
  readonly prefix: string;
  /** Of an organization trail: `o-exampleorg1`. */
  readonly organizationId?: string;
  readonly account: string;
  /** The Region that the events are from. */
  readonly region: string;
  readonly trail: string;
  /** The Region that the trail was created in. */
  readonly homeRegion: string;
  /** The end of its hour, by its name: `2024-07-31T11:00:00Z`. */
  readonly end: string;
  /** Lists log files that the hourly digests missed. */
  readonly backfill: boolean;
}

/** The name of a log file. */
export interface LogKey {
  readonly kind: 'log';
  readonly prefix: string;
  readonly organizationId?: string;
  readonly account: string;
  readonly region: string;
  /** When it was delivered, to the minute: `2024-07-31T10:05:00Z`. */
  readonly minute: string;
  readonly unique: string;
}

export type TrailKey = DigestKey | LogKey;

/** Whose files a folder holds. */
export type FolderOf = Pick<LogKey, 'prefix' | 'organizationId' | 'account' | 'region'>;

const KEY_LENGTH = 1024;

const ACCOUNT = String.raw`\d{12}`;
const REGION = String.raw`[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}`;

/** From the right: `AWSLogs/`, the organization of an organization trail, account, kind, Region, date, name. */
const folders = new RegExp(
  String.raw`^(?<prefix>.*/)?AWSLogs/(?:(?<organizationId>o-[a-z0-9]{10,32})/)?(?<account>${ACCOUNT})/CloudTrail(?<digest>-Digest)?/(?<region>${REGION})/(?<date>\d{4}/\d{2}/\d{2})/(?<name>[^/]+)$`,
);

/** A trail's name may hold `_` and look like a Region, so what comes after it is taken from the right. */
const digestName = new RegExp(
  String.raw`^(?<trail>[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9])_(?<homeRegion>${REGION})_(?<stamp>\d{8}T\d{6}Z)(?<backfill>_backfill)?\.json\.gz$`,
);
const logName = /^(?<stamp>\d{8}T\d{4}Z)_(?<unique>[A-Za-z0-9]{16})\.json\.gz$/;

/**
 * Reads a key as CloudTrail writes it. Undefined for all else: the empty markers of folders, Insights, and keys whose
 * name says another account, Region or date than their folders.
 */
export function parseTrailKey(key: string): TrailKey | undefined {
  if (Buffer.byteLength(key) > KEY_LENGTH) return undefined;
  const {
    prefix = '',
    organizationId,
    account,
    digest,
    region,
    date,
    name,
  } = folders.exec(key)?.groups ?? {};
  if (account === undefined || region === undefined || date === undefined || name === undefined)
    return undefined;
  if (!isPlainPrefix(prefix)) return undefined;
  const owner = `${account}_CloudTrail${digest ?? ''}_${region}_`;
  if (!name.startsWith(owner)) return undefined;
  const of = { prefix, ...(organizationId === undefined ? {} : { organizationId }), account, region };
  const rest = name.slice(owner.length);
  return digest === undefined ? parseLogName(rest, date, of) : parseDigestName(rest, date, of);
}

function parseDigestName(name: string, date: string, of: FolderOf): DigestKey | undefined {
  const { trail, homeRegion, stamp, backfill } = digestName.exec(name)?.groups ?? {};
  if (trail === undefined || homeRegion === undefined || stamp === undefined || trail.includes('..'))
    return undefined;
  const end = readStamp(stamp, date);
  return end === undefined
    ? undefined
    : { kind: 'digest', ...of, trail, homeRegion, end, backfill: backfill !== undefined };
}

function parseLogName(name: string, date: string, of: FolderOf): LogKey | undefined {
  const { stamp, unique } = logName.exec(name)?.groups ?? {};
  if (stamp === undefined || unique === undefined) return undefined;
  const minute = readStamp(stamp, date);
  return minute === undefined ? undefined : { kind: 'log', ...of, minute, unique };
}

/** Segments that a copy into folders would take for a way up, and empty ones, are none of CloudTrail's. */
const isPlainPrefix = (prefix: string) =>
  prefix === '' ||
  (!/\p{Cc}/u.test(prefix) &&
    prefix
      .slice(0, -1)
      .split('/')
      .every((segment) => segment !== '' && segment !== '.' && segment !== '..'));

/** `20240731T110000Z`, or without seconds, as ISO 8601; undefined when it is no time, or not of the folders' day. */
function readStamp(stamp: string, date: string): string | undefined {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z$/, (_, y, mo, d, h, mi, s = '00') =>
    [`${y}-${mo}-${d}`, `${h}:${mi}:${s}Z`].join('T'),
  );
  return iso.slice(0, 10).replaceAll('-', '/') === date && isTime(iso) ? iso : undefined;
}

/** Whether text like `2024-07-31T11:00:00Z` is a time that there is: Date takes 30 February for another day. */
export function isTime(iso: string): boolean {
  const time = new Date(iso);
  return !Number.isNaN(time.getTime()) && time.toISOString() === iso.replace('Z', '.000Z');
}

const writeStamp = (iso: string) => iso.replace(/[-:]/g, '');

const accountFolder = ({ prefix, organizationId, account }: Omit<FolderOf, 'region'>) =>
  `${prefix}AWSLogs/${organizationId === undefined ? '' : `${organizationId}/`}${account}/`;

/** `AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/` */
export const digestFolder = (of: FolderOf): string => `${accountFolder(of)}CloudTrail-Digest/${of.region}/`;

/** `AWSLogs/111122223333/CloudTrail/eu-west-1/` */
export const logFolder = (of: FolderOf): string => `${accountFolder(of)}CloudTrail/${of.region}/`;

/** What `parseTrailKey` reads back as these parts. */
export function digestKey(parts: Omit<DigestKey, 'kind'>): string {
  const { account, region, trail, homeRegion, end, backfill } = parts;
  const day = end.slice(0, 10).replaceAll('-', '/');
  return `${digestFolder(parts)}${day}/${account}_CloudTrail-Digest_${region}_${trail}_${homeRegion}_${writeStamp(end)}${backfill ? '_backfill' : ''}.json.gz`;
}

/** What `parseTrailKey` reads back as these parts. */
export function logKey(parts: Omit<LogKey, 'kind'>): string {
  const { account, region, minute, unique } = parts;
  const day = minute.slice(0, 10).replaceAll('-', '/');
  return `${logFolder(parts)}${day}/${account}_CloudTrail_${region}_${writeStamp(minute).replace(/00Z$/, 'Z')}_${unique}.json.gz`;
}
