import * as z from 'zod/mini';
import { parseAs } from '../parse';

/**
 * An event of an HTTP API in API Gateway's payload format 2.0, as far as it is read.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
const HttpEvent = z.object({
  version: z.literal('2.0'),
  routeKey: z.string(),
  pathParameters: z.nullish(z.record(z.string(), z.string())),
  body: z.nullish(z.string()),
  isBase64Encoded: z.boolean(),
  requestContext: z.object({
    requestId: z.string(),
    /** Of a route without authorisation there is none; of another kind of authorisation, another member. */
    authorizer: z.nullish(z.object({ iam: z.nullish(z.object({ userArn: z.nullish(z.string()) })) })),
  }),
});

/** A request that came through an HTTP API. */
export interface HttpRequest {
  /** Method and path as the API names them: `POST /findings/{findingId}`. */
  readonly route: string;
  /** The parts of the path that the route leaves open. */
  readonly parameters: Readonly<Record<string, string>>;
  /** UTF-8 text; empty where there is none. */
  readonly body: string;
  /** The ARN of whoever signed it, where API Gateway has checked that by IAM: undefined everywhere else. */
  readonly caller: string | undefined;
  readonly requestId: string;
}

/** Text that is not of one of a few types comes in base64. */
export function parseHttpRequest(event: unknown): HttpRequest {
  const { routeKey, pathParameters, body, isBase64Encoded, requestContext } = parseAs(
    HttpEvent,
    'API Gateway event',
    event,
  );
  return {
    route: routeKey,
    parameters: pathParameters ?? {},
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? ''),
    caller: requestContext.authorizer?.iam?.userArn ?? undefined,
    requestId: requestContext.requestId,
  };
}
