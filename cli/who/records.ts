import { type CloudTrailRecord, parseCloudTrailRecord } from '../../shared/contracts/aws/cloudtrail-record';
import { InvalidInput } from '../../shared/contracts/permanent-failure';
import type { InputFile } from '../input/files';
import { type JsonSource, readJson } from '../input/json-records';
import type { Problem } from '../input/problem';

type Fields = Readonly<Record<string, unknown>>;

/** The record, or what is wrong with it. */
type Found = { readonly record: CloudTrailRecord } | { readonly reason: string };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** EventBridge around a list of an SDK's answer is as deep as AWS nests records. */
const DEEPEST = 4;

/**
 * The CloudTrail records of a file that `isWanted` asks for, in whichever envelope AWS hands them out: log files,
 * events of EventBridge, answers of LookupEvents.
 * @param isWanted is asked about the record as it came, so that most need no parsing
 */
export async function* readCloudTrailRecords(
  file: InputFile,
  source: JsonSource,
  isWanted: (record: Fields) => boolean,
): AsyncGenerator<CloudTrailRecord | Problem> {
  for await (const read of readJson(file, source)) {
    if (read.kind === 'problem') yield read;
    else if (!read.isAround) {
      for (const found of recordsIn(read.value, isWanted, 0)) {
        if ('record' in found) yield found.record;
        else yield { kind: 'problem', file: read.file, position: read.position, reason: found.reason };
      }
    }
  }
}

export const isProblem = (read: CloudTrailRecord | Problem): read is Problem => 'kind' in read;

function* recordsIn(value: unknown, isWanted: (record: Fields) => boolean, depth: number): Generator<Found> {
  if (depth > DEEPEST) yield { reason: `more than ${DEEPEST} envelopes around a record` };
  else if (Array.isArray(value)) for (const entry of value) yield* recordsIn(entry, isWanted, depth + 1);
  else if (!isFields(value)) yield { reason: 'expected a CloudTrail record' };
  else if ('eventName' in value || 'insightDetails' in value) {
    if (isWanted(value)) yield recordOf(value);
  } else {
    if (isDigest(value)) return;
    const inner = inEnvelope(value);
    if (inner === undefined) yield { reason: `expected a CloudTrail record, found ${namesOf(value)}` };
    else yield* recordsIn(inner, isWanted, depth + 1);
  }
}

/** A digest, or what stands beside its copy: in folders of CloudTrail they are among the log files, and hold no record. */
const isDigest = (value: Fields): boolean =>
  ('digestS3Object' in value && 'digestEndTime' in value) ||
  ('signature' in value && 'signature-algorithm' in value);

/** What an envelope holds; undefined for what is none. Source: CloudTrail User Guide, and its API's LookupEvents. */
function inEnvelope({ Records, Events, CloudTrailEvent, detail, ...rest }: Fields): unknown {
  if (Array.isArray(Records)) return Records;
  if (Array.isArray(Events)) return Events;
  if (typeof CloudTrailEvent === 'string') return parsed(CloudTrailEvent);
  return 'detail-type' in rest && isFields(detail) && 'eventName' in detail ? detail : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function recordOf(value: Fields): Found {
  try {
    return { record: parseCloudTrailRecord(value) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { reason: error.message };
  }
}

const NAMES = 6;

function namesOf(value: Fields): string {
  if ('detail-type' in value) return `an event "${value['detail-type']}" of ${value['source']}`;
  const names = Object.keys(value);
  if (names.length === 0) return 'an empty object';
  return `an object with ${names.slice(0, NAMES).join(', ')}${names.length > NAMES ? ' …' : ''}`;
}
