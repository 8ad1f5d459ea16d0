import type { JsonObject } from '../json';
import type { SignedRequest } from '../signature';
import type { Route } from './routes';

/** Who signed a request, as API Gateway tells a function. */
export interface SignedBy {
  accessKey: string;
  userArn: string;
  userId: string;
}

export interface Received {
  request: SignedRequest;
  route: Route;
  /** Below the API's own address. */
  path: string;
  parameters: Record<string, string>;
  /** Of a route that asks for a signature. */
  signedBy: SignedBy | undefined;
  accountId: string;
  /** Milliseconds since 1970. */
  now: number;
  id: string;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i;

/**
 * The event in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventOf(received: Received): JsonObject {
  const { request, route, path, parameters, signedBy, accountId, now, id } = received;
  const { cookie, ...headers } = request.headers;
  const [, ...query] = request.target.split('?');
  const isText = TEXT.test(headers['content-type'] ?? '');
  const host = headers['host'] ?? '';
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query.join('?'),
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query.length === 0 ? {} : { queryStringParameters: joined(new URLSearchParams(query.join('?'))) }),
    requestContext: {
      accountId,
      apiId: route.apiId,
      ...(signedBy ? { authorizer: { iam: identity(signedBy, accountId) } } : {}),
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: id,
      routeKey: route.key,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
    ...(Object.keys(parameters).length === 0 ? {} : { pathParameters: parameters }),
    ...(request.body.length === 0 ? {} : { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

const identity = ({ accessKey, userArn, userId }: SignedBy, accountId: string) => ({
  accessKey,
  accountId,
  callerId: userId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn,
  userId,
});

/** Values of the same name are joined with commas. */
function joined(query: URLSearchParams): JsonObject {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}

/** `29/Nov/2026:12:00:00 +0000` */
function logTime(ms: number): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(new Date(ms).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
