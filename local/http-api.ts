import { randomBytes } from 'node:crypto';
import { type Caller, identityOf, type Signer, secretOf } from './access';
import { AwsError } from './aws-error';
import type { Functions, FunctionsWorld, InvokeResult } from './functions';
import { eventOf, type Received } from './http-api/event';
import { matchPath, type Route, readRoutes } from './http-api/routes';
import { isObject } from './json';
import type { Answer } from './protocol';
import { readAuthorization, type SignedRequest, signatureFault } from './signature';
import { APIS } from './template';

const SERVICE = 'execute-api';
const GATEWAY = 'apigateway.amazonaws.com';
const LATE = Symbol('late');

/** Refused before any function hears of it. */
class Refused extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
    readonly body: object = { message },
  ) {
    super(message);
  }
}

/**
 * The HTTP APIs of the stack, at `/_apis/<id>/…`. A route with IAM authorisation lets a request in whose signature holds
 * and whose signer may invoke it. API Gateway itself answers every refusal of an HTTP API with `Forbidden`: here they
 * say why, in the words of its REST APIs.
 */
export class HttpApis {
  readonly #routes: readonly Route[];
  readonly #functions: Functions;
  readonly #world: Pick<FunctionsWorld, 'stack' | 'access' | 'gate' | 'clock' | 'log'>;

  constructor(world: FunctionsWorld, functions: Functions) {
    this.#world = world;
    this.#functions = functions;
    this.#routes = readRoutes(world.stack);
    for (const { functionArn } of this.#routes) functions.named(functionArn);
  }

  /** @throws Disconnect where a fault rule says so */
  async answer(request: SignedRequest): Promise<Answer> {
    const id = randomBytes(11).toString('base64');
    try {
      return withId(id, await this.#answered(request, id));
    } catch (error) {
      if (error instanceof Refused) return withId(id, json(error.statusCode, error.body));
      if (error instanceof AwsError) return withId(id, json(error.statusCode, { message: error.message }));
      throw error;
    }
  }

  async #answered(request: SignedRequest, id: string): Promise<Answer> {
    const { stack, gate, clock } = this.#world;
    const { accountId } = stack.options;
    const { route, path, parameters } = this.#find(request);
    const received = { request, route, path, parameters, accountId, now: clock.now(), id };
    if (!route.isSigned) return this.#run({ ...received, signedBy: undefined });
    const { caller, accessKey } = this.#signer(request);
    const { arn: userArn, userId } = identityOf(caller, accountId);
    const needs = [{ action: `${SERVICE}:Invoke`, resource: this.#arn(route, path) }];
    const input = { routeKey: route.key, path, body: request.body.toString('utf8') };
    try {
      return await gate.pass({ service: SERVICE, action: 'Invoke', caller, input, needs }, () =>
        this.#run({ ...received, signedBy: { accessKey, userArn, userId } }),
      );
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
      const Message = 'User is not authorized to access this resource';
      throw new Refused(403, Message, { Message });
    }
  }

  #find({ method, target }: SignedRequest): Pick<Received, 'route' | 'path' | 'parameters'> {
    const [apiId = '', ...rest] = (target.split('?')[0] ?? '').slice(APIS.length).split('/');
    const path = `/${rest.join('/')}`;
    const candidates = this.#routes.filter((route) => route.apiId === apiId && route.method === method);
    // A path that is written out comes before one with open parts.
    for (const route of candidates.sort((a, b) => openParts(a) - openParts(b))) {
      const parameters = matchPath(route.path, path);
      if (parameters) return { route, path, parameters };
    }
    throw new Refused(404, 'Not Found');
  }

  #signer(request: SignedRequest): { caller: Signer; accessKey: string } {
    const { stack, access, clock } = this.#world;
    const { authorization, 'x-amz-security-token': token } = request.headers;
    if (authorization === undefined) throw new Refused(403, 'Missing Authentication Token');
    const claimed = readAuthorization(authorization);
    if (!claimed) throw new Refused(403, 'Authorization header is not of AWS Signature Version 4');
    const caller = knownCaller(() => access.callerWith(claimed.accessKeyId, token));
    if (!caller) throw new Refused(403, 'The security token included in the request is invalid.');
    const scope = { region: stack.options.region, service: SERVICE };
    const fault = signatureFault(request, claimed, secretOf(caller), scope, clock.now());
    if (fault !== undefined) throw new Refused(403, fault);
    return { caller, accessKey: claimed.accessKeyId };
  }

  async #run(received: Received): Promise<Answer> {
    const { clock } = this.#world;
    const { functionArn, timeoutMs } = received.route;
    this.#demandPermission(received.route);
    const answered = new AbortController();
    const result = await Promise.race([
      this.#functions.invoke(functionArn, eventOf(received)),
      clock.wait(timeoutMs, answered.signal).then(() => LATE),
    ]);
    answered.abort();
    return typeof result === 'symbol' ? json(503, { message: 'Service Unavailable' }) : answerOf(result);
  }

  /** Without a permission of the function, API Gateway fails, and tells the client nothing of why. */
  #demandPermission(route: Route): void {
    const { access, log } = this.#world;
    const caller: Caller = { kind: 'service', name: GATEWAY, sourceArn: this.#arn(route, route.path) };
    const { arn } = this.#functions.named(route.functionArn);
    const policy = this.#functions.policyOf(route.functionArn);
    try {
      access.demand(caller, [{ action: 'lambda:InvokeFunction', resource: arn, policy }], true);
    } catch (error) {
      log.error(`${route.key}: ${error instanceof Error ? error.message : String(error)}`);
      throw new Refused(500, 'Internal Server Error');
    }
  }

  #arn({ apiId, method }: Route, path: string): string {
    const { region, accountId } = this.#world.stack.options;
    return `arn:aws:execute-api:${region}:${accountId}:${apiId}/$default/${method}${path}`;
  }
}

const openParts = ({ path }: Route) => path.split('{').length;

function knownCaller(find: () => Signer | undefined): Signer | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof AwsError) throw new Refused(403, error.message);
    throw error;
  }
}

/** What a function returned, as the client gets it: a response, or anything else as a body of JSON. */
function answerOf({ payload, functionError }: InvokeResult): Answer {
  if (functionError !== undefined) return json(500, { message: 'Internal Server Error' });
  if (!isObject(payload) || payload['statusCode'] === undefined) return json(200, payload);
  const { statusCode, headers, body = '', isBase64Encoded } = payload;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string')
    return json(500, { message: 'Internal Server Error' });
  return {
    statusCode: status,
    headers: {
      'content-type': 'text/plain;charset=utf-8',
      ...Object.fromEntries(
        Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [
          name.toLowerCase(),
          String(value),
        ]),
      ),
    },
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

const json = (statusCode: number, body: unknown): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body ?? null),
});

const withId = (id: string, answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'apigw-requestid': id },
});
