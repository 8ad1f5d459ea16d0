import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type HttpRequest, parseHttpRequest } from '../contracts/aws/http-request';
import { type PowertoolsTelemetry, publishMetrics } from './telemetry';

export interface HttpAnswer {
  readonly status: number;
  /** What JSON can say. */
  readonly body: object;
}

export interface HttpFunction {
  handle(request: HttpRequest): Promise<HttpAnswer>;
  readonly telemetry: PowertoolsTelemetry;
}

/**
 * A function behind an HTTP API. What it throws is logged, and answered with nothing but the request's id. An event that
 * is no request of an HTTP API reaches the caller as an error: no client can bring that about.
 */
export const httpHandler = ({ handle, telemetry }: HttpFunction) =>
  middy()
    .use(injectLambdaContext(telemetry.logger))
    .use(publishMetrics(telemetry))
    .handler(async (event: unknown): Promise<APIGatewayProxyStructuredResultV2> => {
      const request = parseHttpRequest(event);
      const { requestId } = request;
      try {
        return written(await handle(request));
      } catch (error) {
        telemetry.error('a request failed', { requestId, error });
        return written({ status: 500, body: { message: `Something failed here. Request ${requestId}` } });
      }
    });

const written = ({ status, body }: HttpAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
