import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { type PowertoolsTelemetry, publishMetrics } from './telemetry';

export interface ScheduledFunction<Outcome> {
  run(): Promise<Outcome>;
  readonly telemetry: PowertoolsTelemetry;
}

/** A function that a schedule invokes: what the event says doesn't matter, when it comes does. */
export const scheduledHandler = <Outcome>({ run, telemetry }: ScheduledFunction<Outcome>) =>
  middy()
    .use(injectLambdaContext(telemetry.logger))
    .use(publishMetrics(telemetry))
    .handler((_event: unknown): Promise<Outcome> => run());
