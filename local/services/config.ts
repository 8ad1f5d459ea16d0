import * as client from '@aws-sdk/client-config-service';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import { isObject, type JsonObject } from '../json';
import { operation, type Service } from '../service';
import { type Recorders, recorderOperations } from './config-recorders';

interface HistoryInput {
  resourceType: string;
  resourceId: string;
  laterTime?: number;
  earlierTime?: number;
  chronologicalOrder?: 'Reverse' | 'Forward';
  limit?: number;
  nextToken?: string;
}

interface Recorded {
  resourceType: string;
  resourceId: string;
  capturedAt: number;
  /** In the encoding of the API. */
  item: JsonObject;
}

const DEFAULT_LIMIT = 10;
const MAXIMUM_LIMIT = 100;

/** What AWS Config has recorded, as far as the local-only door put it in. */
export class ConfigHistory {
  readonly #items: Recorded[] = [];

  /** Takes a configuration item in the encoding of an event or of the API. Throws when it isn't one. */
  put(item: unknown): void {
    const mistake = mistakeIn(item);
    if (mistake !== undefined || !isObject(item)) throw new Error(mistake);
    const capturedAt = Date.parse(String(item['configurationItemCaptureTime']));
    const recorded = {
      resourceType: String(item['resourceType']),
      resourceId: String(item['resourceId']),
      capturedAt,
      item: toApiEncoding(item, capturedAt),
    };
    const same = this.#items.findIndex(
      (other) =>
        other.resourceType === recorded.resourceType &&
        other.resourceId === recorded.resourceId &&
        other.item['configurationStateId'] === recorded.item['configurationStateId'],
    );
    if (same >= 0) this.#items[same] = recorded;
    else this.#items.push(recorded);
  }

  of(resourceType: string, resourceId: string): Recorded[] {
    return this.#items.filter((r) => r.resourceType === resourceType && r.resourceId === resourceId);
  }
}

function mistakeIn(item: unknown): string | undefined {
  if (!isObject(item)) return 'a configuration item must be an object';
  const missing = ['resourceType', 'resourceId', 'configurationItemCaptureTime'].find(
    (field) => typeof item[field] !== 'string',
  );
  if (missing) return `configuration item: ${missing} must be a string`;
  return Number.isNaN(Date.parse(String(item['configurationItemCaptureTime'])))
    ? 'configuration item: configurationItemCaptureTime must be a time'
    : undefined;
}

/** Whether `ConfigHistory` takes it. */
export const isRecordable = (item: unknown): boolean => mistakeIn(item) === undefined;

/** The part of the AWS Config API that reads one resource's history, and starts and stops recorders. */
export function configService(
  history: ConfigHistory,
  recorders: Recorders,
  { clock, accountId }: { clock: Clock; accountId: string },
): Service {
  return {
    name: 'config',
    protocol: 'json',
    schemas: client,
    operations: {
      GetResourceConfigHistory: operation<HistoryInput>({
        needs: () => [{ action: 'config:GetResourceConfigHistory', resource: '*' }],
        run: (input) => read(history, input, clock),
      }),
      ...recorderOperations(recorders, accountId),
    },
  };
}

function read(history: ConfigHistory, input: HistoryInput, clock: Clock): unknown {
  const {
    resourceType,
    resourceId,
    limit = DEFAULT_LIMIT,
    nextToken,
    chronologicalOrder = 'Reverse',
  } = input;
  if (!(limit >= 0 && limit <= MAXIMUM_LIMIT)) {
    throw new AwsError(
      'InvalidLimitException',
      `The specified limit ${limit} must be between 0 and ${MAXIMUM_LIMIT}.`,
    );
  }
  const later = (input.laterTime ?? clock.now() / 1000) * 1000;
  const earlier = (input.earlierTime ?? 0) * 1000;
  if (later < earlier)
    throw new AwsError('InvalidTimeRangeException', 'The specified time range is not valid.');
  const recorded = history.of(resourceType, resourceId);
  if (recorded.length === 0) {
    const message = `Resource ${resourceId} of resourceType:${resourceType} is unknown or has not been discovered`;
    throw new AwsError('ResourceNotDiscoveredException', message);
  }
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from))
    throw new AwsError('InvalidNextTokenException', 'The specified next token is not valid.');
  const sorted = recorded
    .filter(({ capturedAt }) => capturedAt <= later && capturedAt >= earlier)
    .sort((a, b) =>
      chronologicalOrder === 'Forward' ? a.capturedAt - b.capturedAt : b.capturedAt - a.capturedAt,
    );
  const end = from + (limit || DEFAULT_LIMIT);
  return {
    configurationItems: sorted.slice(from, end).map(({ item }) => item),
    ...(end < sorted.length ? { nextToken: String(end) } : {}),
  };
}

/** Events spell an item one way, the API another: names differ, and everything nested is JSON text. */
function toApiEncoding(item: JsonObject, capturedAt: number): JsonObject {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const seconds = (value: unknown) => (typeof value === 'string' ? Date.parse(value) / 1000 : undefined);
  const supplementary = isObject(item['supplementaryConfiguration'])
    ? item['supplementaryConfiguration']
    : {};
  const relationships = Array.isArray(item['relationships']) ? item['relationships'].filter(isObject) : [];
  const encoded = {
    version: item['version'] ?? item['configurationItemVersion'],
    accountId: item['accountId'] ?? item['awsAccountId'],
    configurationItemCaptureTime: capturedAt / 1000,
    configurationItemStatus: item['configurationItemStatus'],
    configurationStateId: String(item['configurationStateId'] ?? capturedAt),
    configurationItemMD5Hash: item['configurationItemMD5Hash'] ?? item['configurationStateMd5Hash'] ?? '',
    arn: item['arn'] ?? item['ARN'],
    resourceType: item['resourceType'],
    resourceId: item['resourceId'],
    resourceName: item['resourceName'],
    awsRegion: item['awsRegion'],
    availabilityZone: item['availabilityZone'],
    resourceCreationTime: seconds(item['resourceCreationTime']),
    tags: item['tags'] ?? {},
    relatedEvents: item['relatedEvents'] ?? [],
    relationships: relationships.map(
      ({ resourceType, resourceId, resourceName, relationshipName, name }) => ({
        resourceType,
        resourceId,
        ...(resourceName ? { resourceName } : {}),
        relationshipName: relationshipName ?? name,
      }),
    ),
    configuration: item['configuration'] == null ? undefined : text(item['configuration']),
    supplementaryConfiguration: Object.fromEntries(
      Object.entries(supplementary).map(([name, value]) => [name, text(value)]),
    ),
  };
  return Object.fromEntries(
    Object.entries(encoded).filter(([, value]) => value !== undefined && value !== null),
  );
}
