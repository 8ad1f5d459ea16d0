import type { JsonObject } from '../../contracts/aws/configuration-item';
import { isObject } from '../activity/values-at';

/** One of a trail's EventSelectors, as far as it is about management events. */
export interface EventSelector {
  /** `All`, `ReadOnly` or `WriteOnly`. */
  readonly readWriteType: string;
  readonly includeManagementEvents: boolean;
  readonly excludeManagementEventSources: readonly string[];
}

const operators = ['equals', 'startsWith', 'endsWith', 'notEquals', 'notStartsWith', 'notEndsWith'] as const;
type Operator = (typeof operators)[number];

/** A FieldSelector of one of a trail's AdvancedEventSelectors. */
export type FieldSelector = { readonly field: string } & {
  readonly [operator in Operator]?: readonly string[];
};

/** What GetEventSelectors answers: a trail has one kind or the other. */
export type Selectors =
  | { readonly kind: 'basic'; readonly selectors: readonly EventSelector[] }
  | {
      readonly kind: 'advanced';
      readonly selectors: readonly { readonly fieldSelectors: readonly FieldSelector[] }[];
    };

/**
 * How a trail was found to be set, each time that it was asked from `observedFrom` to `observedTo`. Times are ISO 8601.
 *
 * Source: CloudTrail's DescribeTrails, GetTrailStatus and GetEventSelectors, in the trail's home Region.
 */
export interface TrailSettings {
  readonly isLogging: boolean;
  /** StartLoggingTime and StopLoggingTime: the latest of each. */
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  readonly validationEnabled: boolean;
  readonly isMultiRegion: boolean;
  readonly homeRegion: string;
  readonly isOrganization: boolean;
  readonly includesGlobalServices: boolean;
  readonly bucket: string;
  /** Absent when they could not be read. */
  readonly selectors?: Selectors;
  readonly latestDeliveryError?: string;
  readonly observedFrom: string;
  readonly observedTo: string;
}

export type Selected = 'yes' | 'no' | 'unknown';

/** Those of which CloudTrail speaks as global services; a sign-in or an STS call in their Region may be a regional one. */
const GLOBAL_SERVICES = ['iam.amazonaws.com', 'cloudfront.amazonaws.com'];
const MAYBE_GLOBAL = ['sts.amazonaws.com', 'signin.amazonaws.com'];
/** Where the partitions' global services are. */
const GLOBAL_REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1', 'cn-northwest-1'];

/**
 * Whether a trail that is set so logs a management event into the chain of a Region. What isn't a management event, or
 * isn't understood, is unknown.
 * @param record raw
 * @param region of the chain: records stand in that of their own Region, those of global services since 2021 too
 */
export function selects(settings: TrailSettings, record: JsonObject, region: string): Selected {
  if (record['awsRegion'] !== region) return 'no';
  if (!settings.isMultiRegion && settings.homeRegion !== region) return 'no';
  if (!isManagementEvent(record)) return 'unknown';
  const selected = bySelectors(settings.selectors, record);
  return selected === 'no' ? 'no' : both(selected, asGlobalService(settings, record, region));
}

/** Whether the record says of itself that it is one: old ones don't. */
export const isManagementEvent = ({ managementEvent, eventCategory }: JsonObject): boolean =>
  flag(managementEvent) === true && (eventCategory === undefined || eventCategory === 'Management');

function asGlobalService(settings: TrailSettings, record: JsonObject, region: string): Selected {
  if (settings.includesGlobalServices || !GLOBAL_REGIONS.includes(region)) return 'yes';
  const source = textOf(record, 'eventSource') ?? '';
  if (GLOBAL_SERVICES.includes(source)) return 'no';
  return MAYBE_GLOBAL.includes(source) ? 'unknown' : 'yes';
}

function bySelectors(selectors: Selectors | undefined, record: JsonObject): Selected {
  if (selectors === undefined || selectors.selectors.length === 0) return 'unknown';
  return any(
    selectors.kind === 'basic'
      ? selectors.selectors.map((selector) => byBasic(selector, record))
      : selectors.selectors.map(({ fieldSelectors }) => byAdvanced(fieldSelectors, record)),
  );
}

function byBasic(selector: EventSelector, record: JsonObject): Selected {
  const source = textOf(record, 'eventSource');
  if (!selector.includeManagementEvents) return 'no';
  if (source === undefined) return 'unknown';
  if (selector.excludeManagementEventSources.includes(source)) return 'no';
  if (selector.readWriteType === 'All') return 'yes';
  const readOnly = flag(record['readOnly']);
  if (readOnly === undefined) return 'unknown';
  if (selector.readWriteType === 'ReadOnly') return readOnly ? 'yes' : 'no';
  return selector.readWriteType === 'WriteOnly' ? (readOnly ? 'no' : 'yes') : 'unknown';
}

/** All of its fields have to fit. */
function byAdvanced(fields: readonly FieldSelector[], record: JsonObject): Selected {
  if (fields.length === 0) return 'unknown';
  return fields.map((selector) => byField(selector, record)).reduce(both, 'yes');
}

/**
 * One of the values of all operators that let in has to fit, if there are such, and none of those that keep out.
 *
 * Source: AWS CloudTrail User Guide, "How CloudTrail evaluates multiple conditions for a field".
 */
function byField(selector: FieldSelector, record: JsonObject): Selected {
  const { field, ...conditions } = selector;
  const used = Object.entries(conditions).filter(([, values]) => values !== undefined && values.length > 0);
  const isUnderstood = used.every(([name]) => (operators as readonly string[]).includes(name));
  const value = fieldOf(record, field);
  if (used.length === 0 || !isUnderstood || value === undefined) return 'unknown';
  // The one value that AWS documents for it.
  if (field === FROM_CONSOLE && used.some(([, values]) => values?.some((text) => text !== 'true')))
    return 'unknown';
  const fits = (operator: Operator) =>
    (selector[operator] ?? []).some((text) => tests[operator](value, text));
  if (fits('notEquals') || fits('notStartsWith') || fits('notEndsWith')) return 'no';
  const letsIn = (['equals', 'startsWith', 'endsWith'] as const).filter(
    (operator) => (selector[operator] ?? []).length > 0,
  );
  return letsIn.length === 0 || letsIn.some(fits) ? 'yes' : 'no';
}

const isEqual = (value: string, text: string) => value === text;
const starts = (value: string, text: string) => value.startsWith(text);
const ends = (value: string, text: string) => value.endsWith(text);
const tests: Readonly<Record<Operator, (value: string, text: string) => boolean>> = {
  equals: isEqual,
  startsWith: starts,
  endsWith: ends,
  notEquals: isEqual,
  notStartsWith: starts,
  notEndsWith: ends,
};

const FROM_CONSOLE = 'sessionCredentialFromConsole';

/** What a selector's field says of a record; undefined when it is none of those that we know, or isn't there. */
function fieldOf(record: JsonObject, field: string): string | undefined {
  switch (field) {
    case 'eventCategory':
      return 'Management';
    case 'eventName':
    case 'eventSource':
    case 'eventType':
      return textOf(record, field);
    case 'readOnly': {
      const readOnly = flag(record['readOnly']);
      return readOnly === undefined ? undefined : String(readOnly);
    }
    case 'userIdentity.arn':
      return isObject(record['userIdentity']) ? textOf(record['userIdentity'], 'arn') : undefined;
    case FROM_CONSOLE:
      // Present only when it is so.
      return String(flag(record[FROM_CONSOLE]) ?? false);
    default:
      return undefined;
  }
}

/** The less certain of two conditions that must both hold. */
const both = (a: Selected, b: Selected): Selected =>
  a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'unknown';

/** The better of several ways, each of which is enough. */
const any = (ways: readonly Selected[]): Selected =>
  ways.includes('yes') ? 'yes' : ways.includes('unknown') ? 'unknown' : 'no';

function textOf(record: JsonObject, field: string): string | undefined {
  const value = record[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** CloudTrail writes some flags as text. */
function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
