import { AwsError } from '../aws-error';
import { isObject, type JsonObject } from '../json';

/** A record as a log file has it; what is not named here is kept as it is. */
export interface ActivityRecord {
  readonly eventID: string;
  readonly eventTime: string;
  readonly awsRegion: string;
  readonly [member: string]: unknown;
}

export interface LookupInput {
  LookupAttributes?: { AttributeKey: string; AttributeValue: string }[];
  StartTime?: number;
  EndTime?: number;
  MaxResults?: number;
  NextToken?: string;
}

const TEXTS = ['eventID', 'eventTime', 'awsRegion'];
const KEPT_MS = 90 * 86_400_000;
const PAGE = 50;

/** The event history of CloudTrail, as far as it was put in. */
export class ActivityHistory {
  readonly #records: ActivityRecord[] = [];

  /** Throws when one isn't a record. */
  add(records: readonly unknown[]): void {
    for (const record of records) demandRecord(record);
    this.#records.push(...(records as ActivityRecord[]));
  }

  /** What LookupEvents answers in a region. */
  lookUp(
    { LookupAttributes: attributes = [], StartTime, EndTime, MaxResults = PAGE, NextToken }: LookupInput,
    region: string,
    now: number,
  ): JsonObject {
    if (attributes.length > 1) {
      throw new AwsError('InvalidLookupAttributesException', 'Only one lookup attribute is allowed.');
    }
    if (MaxResults < 1 || MaxResults > PAGE) {
      throw new AwsError('InvalidMaxResultsException', 'The maximum number of results is 50.');
    }
    const from = Math.max(StartTime === undefined ? 0 : StartTime * 1000, now - KEPT_MS);
    const to = EndTime === undefined ? now : EndTime * 1000;
    if (from > to && StartTime !== undefined && StartTime * 1000 > to) {
      throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.');
    }
    const [attribute] = attributes;
    const found = this.#records
      .filter(({ awsRegion, eventTime }) => awsRegion === region && within(Date.parse(eventTime), from, to))
      .filter((record) => !attribute || has(record, attribute.AttributeKey, attribute.AttributeValue))
      .sort((a, b) => Date.parse(b.eventTime) - Date.parse(a.eventTime));
    const begin = Number(NextToken ?? 0);
    const page = found.slice(begin, begin + MaxResults);
    return {
      Events: page.map(eventOf),
      ...(begin + MaxResults < found.length ? { NextToken: String(begin + MaxResults) } : {}),
    };
  }
}

const within = (time: number, from: number, to: number): boolean => time >= from && time <= to;

function has(record: ActivityRecord, key: string, value: string): boolean {
  switch (key) {
    case 'EventId':
      return record.eventID === value;
    case 'EventName':
      return record['eventName'] === value;
    case 'EventSource':
      return record['eventSource'] === value;
    case 'ResourceName':
      return namesIn(record).has(value);
    default:
      throw new AwsError(
        'InvalidLookupAttributesException',
        `Lookup attribute ${key} isn't simulated by local AWS`,
      );
  }
}

/** CloudTrail has tables of what names a resource; here every text of the parameters does. */
function namesIn(record: ActivityRecord): Set<string> {
  const names = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') names.add(value);
    else if (Array.isArray(value)) value.forEach(add);
    else if (isObject(value)) Object.values(value).forEach(add);
  };
  for (const member of ['requestParameters', 'responseElements', 'resources']) add(record[member]);
  return names;
}

const eventOf = (record: ActivityRecord): JsonObject => ({
  EventId: record.eventID,
  EventName: String(record['eventName'] ?? ''),
  EventSource: String(record['eventSource'] ?? ''),
  EventTime: Math.floor(Date.parse(record.eventTime) / 1000),
  Resources: [],
  CloudTrailEvent: JSON.stringify(record),
});

function demandRecord(record: unknown): asserts record is ActivityRecord {
  const wrong = TEXTS.find((field) => !isObject(record) || typeof record[field] !== 'string');
  if (wrong) throw new Error(`record: ${wrong} must be a string`);
  if (isObject(record) && Number.isNaN(Date.parse(String(record['eventTime'])))) {
    throw new Error('record: eventTime must be a time such as 2026-01-31T10:00:00Z');
  }
}
