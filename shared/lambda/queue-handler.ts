import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Queues } from '../aws/queues';
import { parseJson } from '../contracts/parse';
import { PermanentFailure } from '../contracts/permanent-failure';
import { type PowertoolsTelemetry, publishMetrics, type Telemetry } from './telemetry';

export interface QueueFunction<Outcome> {
  /** The function's name, as dead letters state it. */
  readonly name: string;
  /** One message, parsed. Throws PermanentFailure for what no retry can help. */
  handle(message: unknown): Promise<Outcome>;
  /** Reads the body of a queue's message, JSON unless said otherwise. */
  parse?(body: string): unknown;
  readonly queues: Queues;
  readonly telemetry: PowertoolsTelemetry;
}

// A retry after 5 s, 10 s, 20 s… at most 15 min.
const FIRST_DELAY_S = 5;
const LONGEST_DELAY_S = 900;

const retryDelay = (receiveCount: number) =>
  Math.min(FIRST_DELAY_S * 2 ** (receiveCount - 1), LONGEST_DELAY_S);

const isSqsEvent = (event: unknown): event is SQSEvent =>
  typeof event === 'object' &&
  event !== null &&
  Array.isArray((event as SQSEvent).Records) &&
  (event as SQSEvent).Records.every((record) => record?.eventSource === 'aws:sqs');

/**
 * The one place where a queue meets middy. Messages are handled one after the other, each for itself: a permanent
 * failure goes to the dead letters and is acknowledged, a transient one fails its own message alone, and later for
 * each time that it does. Anything but an SQS batch is taken for a bare message and handled as such; its errors
 * reach the caller.
 */
export function queueHandler<Outcome>({
  name,
  handle,
  parse = (body) => parseJson('message', body),
  queues,
  telemetry,
}: QueueFunction<Outcome>) {
  const processor = new BatchProcessor(EventType.SQS);

  async function handleRecord(record: SQSRecord): Promise<void> {
    try {
      await handle(parse(record.body));
    } catch (error) {
      if (error instanceof PermanentFailure) await bury(record, error);
      else {
        await retryLater(record, error, { queues, telemetry });
        throw error;
      }
    }
  }

  async function bury(record: SQSRecord, { reason, message }: PermanentFailure): Promise<void> {
    await queues.bury({ body: record.body, reason, error: message, stage: name });
    telemetry.countBy('DeadLetters', 'reason', reason);
    telemetry.error(`put on the dead letters: ${message}`, { reason, messageId: record.messageId });
  }

  return middy()
    .use(injectLambdaContext(telemetry.logger))
    .use(publishMetrics(telemetry))
    .handler(
      (event: unknown, context: Context): Promise<SQSBatchResponse | Outcome> =>
        isSqsEvent(event)
          ? processPartialResponse(event, handleRecord, processor, {
              context,
              processInParallel: false,
              throwOnFullBatchFailure: false,
            })
          : handle(event),
    );
}

async function retryLater(
  record: SQSRecord,
  error: unknown,
  { queues, telemetry }: { queues: Queues; telemetry: Telemetry },
): Promise<void> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  telemetry.count('TransientFailures');
  telemetry.warn('failed, to be tried again', { messageId: record.messageId, receiveCount, error });
  try {
    await queues.hide(record.receiptHandle, retryDelay(receiveCount));
  } catch (failure) {
    // The queue's own visibility timeout then sets the pace.
    telemetry.warn('could not delay the retry', { messageId: record.messageId, error: failure });
  }
}
