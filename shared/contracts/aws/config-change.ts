import * as z from 'zod/mini';
import { parseAs } from '../parse';
import { InvalidInput } from '../permanent-failure';
import { type ConfigurationItem, type Json, parseConfigurationItem } from './configuration-item';
import type { AwsEvent } from './event';

/** One property that AWS Config says has changed, under its dotted path in the item's own letter case. */
export interface ChangedProperty {
  readonly path: string;
  readonly changeType: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly before: Json;
  readonly after: Json;
}

/** What AWS Config says a change was. `null`: it says nothing, as for a first recording. */
export type ConfigurationDiff = readonly ChangedProperty[] | null;

/**
 * A `Config Configuration Item Change` event. An item too large for an event comes as its summary: everything but
 * the configuration, which has to be fetched.
 */
export type ConfigChange =
  | { readonly kind: 'item'; readonly item: ConfigurationItem; readonly diff: ConfigurationDiff }
  | { readonly kind: 'oversized'; readonly summary: ConfigurationItem };

const json = z.unknown();
const Detail = z.object({
  messageType: z.string(),
  configurationItem: z.optional(json),
  configurationItemSummary: z.optional(json),
  configurationItemDiff: z.optional(
    z.nullable(
      z.object({
        changedProperties: z._default(
          z.record(
            z.string(),
            z.object({
              previousValue: z.optional(json),
              updatedValue: z.optional(json),
              changeType: z.enum(['CREATE', 'UPDATE', 'DELETE']),
            }),
          ),
          {},
        ),
      }),
    ),
  ),
});

/** `Configuration.IpPermissions.0` is `configuration.ipPermissions.0` in the item; letter case past that is free. */
const itemPath = (key: string) =>
  key
    .split('.')
    .map((part, index) => (index === 0 ? part.charAt(0).toLowerCase() + part.slice(1) : part))
    .join('.');

const parsed = (value: unknown): Json => {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return (value ?? null) as Json;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
};

/**
 * Reads the detail of a `Config Configuration Item Change` event.
 *
 * Source: AWS Config Developer Guide, "Monitoring AWS Config with Amazon EventBridge" and "Example oversized
 * configuration item change notification".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseConfigChange(event: AwsEvent): ConfigChange {
  const detail = parseAs(Detail, 'AWS Config event detail', event.detail);
  const origin = { awsAccountId: event.account, awsRegion: event.region };
  switch (detail.messageType) {
    case 'ConfigurationItemChangeNotification':
      return {
        kind: 'item',
        item: parseConfigurationItem(required(detail.configurationItem, 'configurationItem'), origin),
        diff: detail.configurationItemDiff
          ? Object.entries(detail.configurationItemDiff.changedProperties).map(([key, change]) => ({
              path: itemPath(key),
              changeType: change.changeType,
              before: parsed(change.previousValue),
              after: parsed(change.updatedValue),
            }))
          : null,
      };
    case 'OversizedConfigurationItemChangeNotification':
    case 'OversizedConfigurationItemChangeDeliveryFailed':
      return {
        kind: 'oversized',
        summary: parseConfigurationItem(
          required(detail.configurationItemSummary, 'configurationItemSummary'),
          origin,
        ),
      };
    default:
      throw new InvalidInput(
        'AWS Config event detail',
        'messageType',
        'ConfigurationItemChangeNotification or OversizedConfigurationItemChangeNotification',
      );
  }
}

function required(value: unknown, field: string): unknown {
  if (value === undefined || value === null)
    throw new InvalidInput('AWS Config event detail', field, 'an object');
  return value;
}
