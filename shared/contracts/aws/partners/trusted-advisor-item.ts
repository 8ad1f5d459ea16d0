import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { maybe, text } from './fields';
import { momentOf } from './moment';

const Detail = z.object({
  'check-name': z.string().check(z.regex(/\S/)),
  'check-item-detail': maybe(z.record(text, z.nullable(z.union([z.string(), z.number(), z.boolean()])))),
  status: z.enum(['ERROR', 'WARN', 'OK', 'INFO']),
  resource_id: maybe(text),
  uuid: maybe(text),
});

/** One item of a Trusted Advisor check, as its check sees it now. */
export interface TrustedAdvisorItem {
  /** Without the blanks at its end that some have, and with a hyphen where the guide prints a dash. */
  readonly check: string;
  /** ERROR is red, WARN yellow, OK green; INFO: the check could not tell. */
  readonly status: 'ERROR' | 'WARN' | 'OK' | 'INFO';
  /** By the titles of the check's columns. Those without a value are left out. */
  readonly columns: ReadonlyMap<string, string>;
  /** Mostly an ARN. */
  readonly resourceId?: string;
  readonly uuid?: string;
  /** When Trusted Advisor sent it: the item itself tells no time. */
  readonly refreshedAt: string;
}

/** Names of checks are compared in this form. */
export const checkName = (name: string): string =>
  name
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * Reads a `Trusted Advisor Check Item Refresh Notification` event.
 *
 * Source: AWS Support User Guide, "Monitoring AWS Trusted Advisor check results with Amazon EventBridge".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseTrustedAdvisorItem(event: AwsEvent): TrustedAdvisorItem {
  const input = 'Trusted Advisor item';
  const detail = parseAs(Detail, input, event.detail);
  const columns = Object.entries(detail['check-item-detail'] ?? {})
    .map(([title, value]): [string, string] => [title.trim(), String(value ?? '').trim()])
    .filter(([, value]) => value !== '');
  const resourceId = detail.resource_id?.trim();
  return {
    check: checkName(detail['check-name']),
    status: detail.status,
    columns: new Map(columns),
    ...(resourceId ? { resourceId } : {}),
    ...(detail.uuid ? { uuid: detail.uuid } : {}),
    refreshedAt: momentOf(input, 'time', event.time),
  };
}
