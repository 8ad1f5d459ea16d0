import * as z from 'zod/mini';
import { parseAs } from '../parse';

const Envelope = z.object({
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  account: z.string().check(z.regex(/^\d{12}$/)),
  region: z.string().check(z.minLength(1)),
  time: z.string(),
  resources: z._default(z.array(z.string()), []),
  detail: z.record(z.string(), z.unknown()),
  // Our own: `trailseal send` marks what an operator puts on a queue.
  trailseal: z.optional(z.object({ origin: z.literal('operator') })),
});

/** What EventBridge puts around every event. Source: EventBridge User Guide, "Events". */
export type AwsEvent = z.infer<typeof Envelope>;

/** @throws InvalidInput naming the field and what was expected there */
export const parseAwsEvent = (value: unknown): AwsEvent => parseAs(Envelope, 'event', value);
