import type { Clock } from '../clock';
import type { JsonObject } from '../json';
import { changedProperties } from './differences';

/** A resource as AWS Config sees it. `configuration` is null once it is gone. */
export interface ItemParts {
  resourceType: string;
  resourceId: string;
  resourceName?: string;
  arn: string;
  region: string;
  availabilityZone?: string;
  /** ISO 8601. */
  createdAt?: string;
  tags: Readonly<Record<string, string>>;
  relationships: readonly Relationship[];
  configuration: JsonObject | null;
  supplementaryConfiguration?: JsonObject;
}

export interface Relationship {
  resourceType: string;
  resourceId: string;
  name: string;
}

interface Told {
  parts: ItemParts;
  text: string;
  capturedAt: number;
}

/** The items of one account, each told when it differs from the one before. */
export class Items {
  readonly #told = new Map<string, Told>();
  readonly #world: { accountId: string; clock: Clock };

  constructor(world: { accountId: string; clock: Clock }) {
    this.#world = world;
  }

  /** The event that AWS Config sends; undefined when nothing has changed. */
  next(parts: ItemParts): JsonObject | undefined {
    const key = keyOf(parts);
    const before = this.#told.get(key);
    const text = JSON.stringify(parts);
    if (text === before?.text || (parts.configuration === null && !before)) return undefined;
    // Two items of one resource never have one time, though a clock may stand still.
    const capturedAt = Math.max(this.#world.clock.now(), (before?.capturedAt ?? 0) + 1);
    this.#told.set(key, { parts, text, capturedAt });
    return this.#event(parts, before?.parts, capturedAt);
  }

  forget(parts: ItemParts): void {
    this.#told.delete(keyOf(parts));
  }

  #event(parts: ItemParts, before: ItemParts | undefined, capturedAt: number): JsonObject {
    const { accountId } = this.#world;
    const captured = new Date(capturedAt).toISOString();
    const isNew = before === undefined || before.configuration === null;
    const changeType = parts.configuration === null ? 'DELETE' : isNew ? 'CREATE' : 'UPDATE';
    return {
      version: '0',
      'detail-type': 'Config Configuration Item Change',
      source: 'aws.config',
      account: accountId,
      time: captured.replace(/\.\d+Z$/, 'Z'),
      region: parts.region,
      resources: [parts.arn],
      detail: {
        recordVersion: '1.3',
        messageType: 'ConfigurationItemChangeNotification',
        notificationCreationTime: captured,
        configurationItemDiff: { changedProperties: changedProperties(before, parts), changeType },
        configurationItem: itemOf(parts, accountId, captured, STATUS[changeType]),
      },
    };
  }
}

const STATUS = { CREATE: 'ResourceDiscovered', UPDATE: 'OK', DELETE: 'ResourceDeleted' } as const;

const keyOf = ({ resourceType, resourceId, region }: ItemParts) => `${region} ${resourceType} ${resourceId}`;

function itemOf(parts: ItemParts, accountId: string, captured: string, status: string): JsonObject {
  const gone = parts.configuration === null;
  return {
    relatedEvents: [],
    relationships: gone ? [] : parts.relationships.map((one) => ({ resourceName: null, ...one })),
    configuration: parts.configuration,
    supplementaryConfiguration: gone ? {} : (parts.supplementaryConfiguration ?? {}),
    tags: gone ? {} : parts.tags,
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: captured,
    configurationStateId: Date.parse(captured),
    awsAccountId: accountId,
    configurationItemStatus: status,
    resourceType: parts.resourceType,
    resourceId: parts.resourceId,
    resourceName: parts.resourceName ?? null,
    ARN: parts.arn,
    awsRegion: parts.region,
    availabilityZone: parts.availabilityZone ?? 'Not Applicable',
    configurationStateMd5Hash: '',
    resourceCreationTime: parts.createdAt ?? null,
  };
}
