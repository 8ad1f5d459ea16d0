import * as z from 'zod/mini';
import { parseAs } from '../parse';
import { InvalidInput } from '../permanent-failure';

/** Any JSON value, as parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface Relationship {
  readonly resourceType: string;
  readonly resourceId?: string;
  readonly resourceName?: string;
  /** "Is contained in Vpc": `name` in events, `relationshipName` in the API and in snapshot files. */
  readonly name: string;
}

/**
 * A configuration item in one form, whichever of its encodings it came in: keys as AWS Config's events spell them,
 * configurations as parsed JSON, times as ISO 8601 in UTC, the state id as its digits.
 *
 * Source: AWS Config Developer Guide, "Components of a Configuration Item"; API reference, ConfigurationItem.
 */
export interface ConfigurationItem {
  readonly awsAccountId: string;
  readonly awsRegion: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly ARN?: string;
  readonly availabilityZone?: string;
  readonly configurationItemVersion?: string;
  readonly configurationItemStatus: string;
  readonly configurationItemCaptureTime: string;
  readonly configurationStateId: string;
  readonly configurationStateMd5Hash?: string;
  readonly resourceCreationTime?: string;
  readonly relatedEvents: readonly string[];
  readonly relationships: readonly Relationship[];
  readonly tags: Readonly<Record<string, string>>;
  readonly configuration: Json;
  readonly supplementaryConfiguration: JsonObject | null;
}

/** The account and region that an item belongs to when it doesn't say so itself: those of the event around it. */
export interface ItemOrigin {
  readonly awsAccountId?: string;
  readonly awsRegion?: string;
}

const text = z.optional(z.nullable(z.string()));
const time = z.union([z.string(), z.number(), z.date()]);

const Encoded = z.object({
  awsAccountId: text,
  accountId: text,
  awsRegion: text,
  resourceType: z.string().check(z.minLength(1)),
  resourceId: z.string().check(z.minLength(1)),
  resourceName: text,
  ARN: text,
  arn: text,
  availabilityZone: text,
  configurationItemVersion: text,
  version: text,
  configurationItemStatus: z.string(),
  configurationItemCaptureTime: time,
  configurationStateId: z.optional(z.union([z.string(), z.number()])),
  configurationStateID: z.optional(z.union([z.string(), z.number()])),
  configurationStateMd5Hash: text,
  configurationItemMD5Hash: text,
  resourceCreationTime: z.optional(z.nullable(time)),
  relatedEvents: z.optional(z.nullable(z.array(z.string()))),
  relationships: z.optional(
    z.nullable(
      z.array(
        z.object({
          resourceType: z.string(),
          resourceId: text,
          resourceName: text,
          name: text,
          relationshipName: text,
        }),
      ),
    ),
  ),
  tags: z.optional(z.nullable(z.record(z.string(), z.nullable(z.string())))),
  configuration: z.optional(z.unknown()),
  supplementaryConfiguration: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
});

/** Config's own sample notifications of 2014 shout this type. */
const respelled: Readonly<Record<string, string>> = { 'AWS::EC2::VOLUME': 'AWS::EC2::Volume' };

/** The key, if there is a value for it: an absent value stays absent. */
const given = <K extends string>(key: K, ...values: (string | null | undefined)[]): { [P in K]?: string } => {
  const value = values.find((candidate) => candidate !== undefined && candidate !== null && candidate !== '');
  return value === undefined || value === null ? {} : ({ [key]: value } as { [P in K]?: string });
};

/** Numbers are epoch seconds, as the API writes them. */
function isoTime(field: string, value: string | number | Date): string {
  const date = new Date(typeof value === 'number' ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) throw new InvalidInput(INPUT, field, 'an ISO 8601 time');
  return date.toISOString();
}

const INPUT = 'configuration item';

/**
 * Undoes the JSON text in which the API, and some S3 values twice over, wrap what is an object elsewhere. Text that
 * is no JSON is a value of its own.
 */
function unwrapped(value: unknown): Json {
  let current = value;
  for (let depth = 0; depth < 2 && typeof current === 'string'; depth += 1) {
    try {
      current = JSON.parse(current);
    } catch {
      break;
    }
  }
  return (current ?? null) as Json;
}

function parseConfiguration(value: unknown): Json {
  if (typeof value !== 'string') return (value ?? null) as Json;
  const parsed = unwrapped(value);
  if (typeof parsed === 'string')
    throw new InvalidInput(INPUT, 'configuration', 'an object, or the JSON text of one');
  return parsed;
}

/** @returns its digits without leading zeros; "0", the least of all, where an old encoding has none */
function stateId(id: string | number | undefined): string {
  const digits = id === undefined ? '0' : String(id);
  if (!/^\d{1,40}$/.test(digits)) throw new InvalidInput(INPUT, 'configurationStateId', 'digits');
  return BigInt(digits).toString();
}

/** An identity's third and fifth part: `arn:aws:ec2:eu-west-1:123456789012:…`. */
const arnPart = (arn: string | null | undefined, index: number) => arn?.split(':')[index];

/**
 * Reads a configuration item in any of its encodings: the one of events, custom-rule invocations, snapshot and
 * history files; the one of the API (`GetResourceConfigHistory`, `BatchGetResourceConfig`), where configurations are
 * JSON text; and the one of SNS notifications, where the item may stand in an array.
 *
 * @param value the item, parsed from JSON
 * @param origin whose it is when it doesn't say; region `unknown` when nobody does
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseConfigurationItem(value: unknown, origin: ItemOrigin = {}): ConfigurationItem {
  const raw = parseAs(Encoded, INPUT, Array.isArray(value) && value.length === 1 ? value[0] : value);
  const arn = raw.ARN ?? raw.arn;
  const awsAccountId = raw.awsAccountId ?? raw.accountId ?? origin.awsAccountId ?? arnPart(arn, 4);
  if (!awsAccountId) throw new InvalidInput(INPUT, 'awsAccountId', 'the account that owns the resource');
  const configuration = parseConfiguration(raw.configuration);
  const supplementary = raw.supplementaryConfiguration;
  return {
    awsAccountId,
    awsRegion: raw.awsRegion || origin.awsRegion || arnPart(arn, 3) || 'unknown',
    resourceType: respelled[raw.resourceType] ?? raw.resourceType,
    resourceId: raw.resourceId,
    ...given('resourceName', raw.resourceName),
    ...given('ARN', arn),
    ...given('availabilityZone', raw.availabilityZone),
    ...given('configurationItemVersion', raw.configurationItemVersion, raw.version),
    configurationItemStatus: raw.configurationItemStatus,
    configurationItemCaptureTime: isoTime('configurationItemCaptureTime', raw.configurationItemCaptureTime),
    configurationStateId: stateId(raw.configurationStateId ?? raw.configurationStateID),
    ...given('configurationStateMd5Hash', raw.configurationStateMd5Hash, raw.configurationItemMD5Hash),
    ...(raw.resourceCreationTime
      ? { resourceCreationTime: isoTime('resourceCreationTime', raw.resourceCreationTime) }
      : {}),
    relatedEvents: raw.relatedEvents ?? [],
    relationships: (raw.relationships ?? []).map(({ resourceType, name, relationshipName, ...other }) => ({
      resourceType,
      ...given('resourceId', other.resourceId),
      ...given('resourceName', other.resourceName),
      name: name ?? relationshipName ?? '',
    })),
    tags: Object.fromEntries(Object.entries(raw.tags ?? {}).map(([key, tag]) => [key, tag ?? ''])),
    configuration,
    supplementaryConfiguration: supplementary
      ? Object.fromEntries(Object.entries(supplementary).map(([key, member]) => [key, unwrapped(member)]))
      : null,
  };
}

const goneStatuses: readonly string[] = [
  'ResourceDeleted',
  'ResourceDeletedNotRecorded',
  'ResourceNotRecorded',
];

/** Deleted, or no longer recorded: nothing is left to judge, whatever `configuration` still says. */
export const isGone = (item: ConfigurationItem): boolean =>
  goneStatuses.includes(item.configurationItemStatus);

/** As AWS Config would report what we read ourselves at some time, ISO 8601 in UTC. */
export const observedItem = (
  at: string,
  observed: Pick<ConfigurationItem, 'awsAccountId' | 'awsRegion' | 'resourceType' | 'resourceId'> &
    Partial<ConfigurationItem>,
): ConfigurationItem => ({
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: at,
  configurationStateId: String(Date.parse(at)),
  relatedEvents: [],
  relationships: [],
  tags: {},
  configuration: {},
  supplementaryConfiguration: {},
  ...observed,
});
