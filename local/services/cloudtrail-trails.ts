import { isObject, type JsonObject } from '../json';

/** A public key as ListPublicKeys tells it, times in ISO 8601. */
export interface PublicKeyRecord {
  readonly Fingerprint: string;
  /** Base64 of the DER. */
  readonly Value: string;
  readonly ValidityStartTime: string;
  readonly ValidityEndTime: string;
}

/** A trail as DescribeTrails tells it. */
export interface TrailRecord {
  readonly Name: string;
  readonly S3BucketName: string;
  readonly S3KeyPrefix?: string;
  readonly SnsTopicARN?: string;
  /** The stack's region unless given. */
  readonly HomeRegion?: string;
  /** Made of the stack's account, the home region and the name unless given. */
  readonly TrailARN?: string;
  readonly IsMultiRegionTrail?: boolean;
  readonly IncludeGlobalServiceEvents?: boolean;
  readonly IsOrganizationTrail?: boolean;
  readonly LogFileValidationEnabled?: boolean;
  readonly KmsKeyId?: string;
}

/** What GetTrailStatus tells, times in ISO 8601. */
export interface TrailStatus {
  readonly IsLogging?: boolean;
  readonly LatestDeliveryError?: string;
  readonly LatestNotificationError?: string;
  readonly LatestCloudWatchLogsDeliveryError?: string;
  readonly LatestDigestDeliveryError?: string;
  readonly LatestDeliveryTime?: string;
  readonly LatestNotificationTime?: string;
  readonly LatestDigestDeliveryTime?: string;
  readonly StartLoggingTime?: string;
  readonly StopLoggingTime?: string;
}

/** What GetEventSelectors tells: of the two kinds a trail has one. */
export interface TrailSelectors {
  readonly EventSelectors?: readonly JsonObject[];
  readonly AdvancedEventSelectors?: readonly JsonObject[];
}

/** A trail with what was left out filled in. */
export interface Trail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly multiRegion: boolean;
  readonly topicArn: string | undefined;
  /** In the encoding of the API. */
  description: JsonObject;
  tags: Readonly<Record<string, string>>;
  status: TrailStatus;
  selectors: TrailSelectors;
}

const TEXTS = ['Name', 'S3BucketName', 'S3KeyPrefix', 'SnsTopicARN', 'HomeRegion', 'TrailARN', 'KmsKeyId'];
const SWITCHES = [
  'IsMultiRegionTrail',
  'IncludeGlobalServiceEvents',
  'IsOrganizationTrail',
  'LogFileValidationEnabled',
];
const SELECTORS = ['EventSelectors', 'AdvancedEventSelectors'];
/** What a new trail logs: all management events, and nothing else. */
const ALL_MANAGEMENT: TrailSelectors = {
  EventSelectors: [
    {
      ReadWriteType: 'All',
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [],
    },
  ],
};
const STATUS_TIMES = [
  'LatestDeliveryTime',
  'LatestNotificationTime',
  'LatestDigestDeliveryTime',
  'StartLoggingTime',
  'StopLoggingTime',
];
const STATUS_TEXTS = [
  'LatestCloudWatchLogsDeliveryError',
  'LatestDeliveryError',
  'LatestDigestDeliveryError',
  'LatestNotificationError',
];
const KEY_FIELDS = ['Fingerprint', 'Value', 'ValidityStartTime', 'ValidityEndTime'];

/** Trails and public keys, as far as they were put in: nothing here records or signs anything. */
export class Trails {
  readonly #trails = new Map<string, Trail>();
  readonly #keys = new Map<string, PublicKeyRecord[]>();
  readonly #place: { accountId: string; region: string };

  constructor(place: { accountId: string; region: string }) {
    this.#place = place;
  }

  all(): Trail[] {
    return [...this.#trails.values()];
  }

  /** The trails that are seen in a region: its own, and the shadows of those that cover all regions. */
  seenIn(region: string): Trail[] {
    return this.all().filter(({ homeRegion, multiRegion }) => homeRegion === region || multiRegion);
  }

  keys(region: string): readonly PublicKeyRecord[] {
    return this.#keys.get(region) ?? [];
  }

  /** Adds keys with which CloudTrail signs in a region. Throws when one isn't a record of a key. */
  addPublicKeys(region: string, records: readonly unknown[]): void {
    for (const record of records) demandKey(record);
    this.#keys.set(region, [...this.keys(region), ...(records as PublicKeyRecord[])]);
  }

  /** Makes or replaces a trail, which logs from the start. Throws when it isn't the record of a trail. */
  putTrail(record: unknown): Trail {
    demandTrail(record);
    const { accountId, region } = this.#place;
    const homeRegion = record.HomeRegion ?? region;
    const arn = record.TrailARN ?? `arn:aws:cloudtrail:${homeRegion}:${accountId}:trail/${record.Name}`;
    const trail: Trail = {
      arn,
      name: record.Name,
      homeRegion,
      multiRegion: record.IsMultiRegionTrail ?? false,
      topicArn: record.SnsTopicARN,
      description: {
        IncludeGlobalServiceEvents: true,
        IsMultiRegionTrail: false,
        LogFileValidationEnabled: true,
        HasCustomEventSelectors: false,
        HasInsightSelectors: false,
        IsOrganizationTrail: false,
        ...record,
        ...(record.SnsTopicARN ? { SnsTopicName: record.SnsTopicARN } : {}),
        HomeRegion: homeRegion,
        TrailARN: arn,
      },
      tags: this.#trails.get(arn)?.tags ?? {},
      status: this.#trails.get(arn)?.status ?? { IsLogging: true },
      selectors: this.#trails.get(arn)?.selectors ?? ALL_MANAGEMENT,
    };
    this.#trails.set(arn, trail);
    return trail;
  }

  /** By ARN, or by the name of a trail at home in the region. */
  find(nameOrArn: string, region: string): Trail | undefined {
    return this.seenIn(region).find(
      ({ arn, name, homeRegion }) => arn === nameOrArn || (name === nameOrArn && homeRegion === region),
    );
  }

  /** Changes what GetTrailStatus tells of a trail; what isn't named stays. */
  setStatus(nameOrArn: string, status: unknown): void {
    const trail = this.#named(nameOrArn);
    demandStatus(status);
    trail.status = { ...trail.status, ...status };
  }

  /** Sets what a trail logs, as PutEventSelectors does. */
  setSelectors(nameOrArn: string, selectors: unknown): void {
    const trail = this.#named(nameOrArn);
    demandSelectors(selectors);
    trail.selectors = selectors;
  }

  /** Changes what a trail is set to; what isn't named stays. */
  update(trail: Trail, changes: Partial<TrailRecord>): Trail {
    const known = Object.entries(trail.description).filter(([field]) =>
      [...TEXTS, ...SWITCHES].includes(field),
    );
    return this.putTrail({ ...Object.fromEntries(known), ...changes });
  }

  /** Sets the tags of a trail. */
  setTags(nameOrArn: string, tags: Readonly<Record<string, string>>): void {
    this.#named(nameOrArn).tags = tags;
  }

  #named(nameOrArn: string): Trail {
    const trail = this.all().find(({ arn, name }) => arn === nameOrArn || name === nameOrArn);
    if (!trail) throw new Error(`there is no trail ${nameOrArn}`);
    return trail;
  }

  deleteTrail(nameOrArn: string): void {
    for (const { arn, name } of this.all()) {
      if (arn === nameOrArn || name === nameOrArn) this.#trails.delete(arn);
    }
  }
}

/** Times become seconds since the epoch, as the API's JSON has them. */
export const statusInSeconds = (status: TrailStatus): JsonObject =>
  Object.fromEntries(
    Object.entries(status).map(([field, value]) => [
      field,
      STATUS_TIMES.includes(field) ? Date.parse(String(value)) / 1000 : value,
    ]),
  );

function demandKey(record: unknown): asserts record is PublicKeyRecord {
  const wrong = KEY_FIELDS.find((field) => !isObject(record) || typeof record[field] !== 'string');
  if (wrong) throw new Error(`public key: ${wrong} must be a string`);
  demandTimes(record, ['ValidityStartTime', 'ValidityEndTime'], 'public key');
}

function demandTrail(record: unknown): asserts record is TrailRecord {
  demandFields(record, 'trail', TEXTS, SWITCHES);
  for (const field of ['Name', 'S3BucketName']) {
    if (record[field] === undefined) throw new Error(`trail: ${field} must be a string`);
  }
}

function demandStatus(status: unknown): asserts status is TrailStatus {
  demandFields(status, 'trail status', [...STATUS_TIMES, ...STATUS_TEXTS], ['IsLogging']);
  demandTimes(status, STATUS_TIMES, 'trail status');
}

function demandSelectors(selectors: unknown): asserts selectors is TrailSelectors {
  const entries = isObject(selectors) ? Object.entries(selectors) : [];
  const [kind = '', list] = entries[0] ?? [];
  if (entries.length !== 1 || !SELECTORS.includes(kind) || !Array.isArray(list) || !list.every(isObject)) {
    throw new Error(`selectors: a list of objects must be given, as ${SELECTORS.join(' or as ')}`);
  }
}

function demandFields(
  record: unknown,
  what: string,
  texts: string[],
  switches: string[],
): asserts record is JsonObject {
  if (!isObject(record)) throw new Error(`a ${what} must be an object`);
  for (const [field, value] of Object.entries(record)) {
    const expected = texts.includes(field) ? 'string' : switches.includes(field) ? 'boolean' : undefined;
    if (expected === undefined) throw new Error(`${what}: there is no field ${field}`);
    if (typeof value !== expected) throw new Error(`${what}: ${field} must be a ${expected}`);
  }
}

function demandTimes(record: unknown, fields: string[], what: string): void {
  const times = Object.entries(isObject(record) ? record : {}).filter(([field]) => fields.includes(field));
  const wrong = times.find(([, value]) => Number.isNaN(Date.parse(String(value))));
  if (wrong) throw new Error(`${what}: ${wrong[0]} must be a time such as 2026-01-31T10:00:00Z`);
}
