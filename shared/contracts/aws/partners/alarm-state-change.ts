import * as z from 'zod/mini';
import { parseAs } from '../../parse';
import type { AwsEvent } from '../event';
import { filled, maybe, text } from './fields';
import { momentOf } from './moment';

const Detail = z.object({
  alarmName: filled,
  state: z.object({
    value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    reason: maybe(text),
    timestamp: text,
  }),
  configuration: maybe(z.object({ description: maybe(text) })),
});

/** The state that a CloudWatch alarm has gone into; times as ISO 8601 in UTC. */
export type AlarmStateChange = z.infer<typeof Detail>;

/**
 * Reads the detail of a `CloudWatch Alarm State Change` event.
 *
 * Source: CloudWatch User Guide, "Alarm events and EventBridge".
 * @throws InvalidInput naming the field and what was expected there
 */
export function parseAlarmStateChange(event: AwsEvent): AlarmStateChange {
  const input = 'CloudWatch alarm state change';
  const { state, ...alarm } = parseAs(Detail, input, event.detail);
  return { ...alarm, state: { ...state, timestamp: momentOf(input, 'state.timestamp', state.timestamp) } };
}
