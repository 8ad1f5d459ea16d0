import * as z from 'zod/mini';
import { parseAs } from '../contracts/parse';

/** The door of local AWS did not open, or said no. */
export class DoorFailure extends Error {
  override readonly name = 'DoorFailure';
}

const Health = z.object({ accountId: z.string(), region: z.string() });

const Delivery = z.object({
  number: z.number(),
  time: z.string(),
  protocol: z.string(),
  endpoint: z.string(),
  topicArn: z.string(),
  messageId: z.string(),
  subject: z.optional(z.string()),
  text: z.string(),
});
/** What a subscriber outside AWS got: an e-mail, a text message, an HTTP request. */
export type Delivery = z.infer<typeof Delivery>;

const QueueCounts = z.object({
  name: z.string(),
  visible: z.number(),
  inFlight: z.number(),
  delayed: z.number(),
});
export type QueueCounts = z.infer<typeof QueueCounts>;

/** What local AWS offers that AWS would not: speaking for AWS, and looking at what came of it. */
export interface LocalDoor {
  health(): Promise<z.infer<typeof Health>>;
  /** Puts events onto the default bus as AWS services do: all of them, or none. */
  putEvents(events: readonly unknown[]): Promise<void>;
  /** Deliveries are numbered from 1. */
  deliveriesAfter(number: number): Promise<readonly Delivery[]>;
  queues(): Promise<readonly QueueCounts[]>;
}

const ANSWERS_WITHIN_MS = 10_000;

/** @param url of local AWS, such as http://127.0.0.1:4566 */
export function localDoor(url: string): LocalDoor {
  async function ask<T>(way: string, schema: z.core.$ZodType<T>, body?: unknown): Promise<T> {
    const response = await opened(way, body);
    const text = await response.text();
    if (!response.ok) throw new DoorFailure(`local AWS at ${url} refuses it: ${messageIn(text)}`);
    return parseAs(schema, `local AWS's answer to ${way}`, JSON.parse(text));
  }

  async function opened(way: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${url}/_trailseal/${way}`, {
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    } catch (error) {
      // fetch itself only says that it failed.
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new DoorFailure(
        `local AWS at ${url} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause: error },
      );
    }
  }

  return {
    health: () => ask('health', Health),
    async putEvents(events) {
      await ask('events', z.unknown(), events);
    },
    deliveriesAfter: (number) => ask(`inbox?after=${number}`, z.array(Delivery)),
    queues: () => ask('queues', z.array(QueueCounts)),
  };
}

function messageIn(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'message' in answer
      ? String(answer.message)
      : text;
  } catch {
    return text;
  }
}
