import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AccessControl, Caller } from './access';
import type { Log } from './activity';
import { AwsError, Disconnect, NotSimulated } from './aws-error';
import type { CallLog } from './calls';
import { answerAtDoor, DOOR, type DoorWorld } from './door';
import type { Gate } from './gate';
import type { HttpApis } from './http-api';
import { checkInput, checkOutput } from './input-check';
import {
  type Answer,
  type Asked,
  type Credential,
  readAsked,
  readCredential,
  writeAnswer,
  writeError,
} from './protocol';
import type { Recording } from './recording';
import type { RequestFacts, Service } from './service';
import type { S3 } from './services/s3';
import type { S3Answer } from './services/s3/operation';
import { APIS } from './template';

export const HOST = '127.0.0.1';
const LARGEST_REQUEST = 16 * 1024 * 1024;
/** Objects are kept in memory: a log file of CloudTrail has at most 50 MB. */
const LARGEST_OBJECT = 256 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
const S3_CONTROL = '/v20180820/';

export interface ServingWorld {
  access: AccessControl;
  gate: Gate;
  callLog: CallLog;
  log: Log;
  door: DoorWorld;
  s3: S3;
  httpApis: HttpApis;
  recording: Recording;
}

/** Answers AWS's APIs and the local-only door on one server. */
export function serve(server: Server, services: Map<string, Service>, world: ServingWorld): void {
  server.on('request', (request, response) => {
    answer(request, services, world)
      .then(({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body))
      .catch((error: unknown) => breakOff(response, error, world.log));
  });
}

async function answer(
  request: IncomingMessage,
  services: Map<string, Service>,
  world: ServingWorld,
): Promise<Answer | S3Answer> {
  refuseBrowsers(request);
  const target = request.url ?? '/';
  if (target.startsWith(DOOR)) {
    const body = await readText(request);
    return answerAtDoor(world.door, request.method ?? 'GET', new URL(target, `http://${HOST}`), body);
  }
  if (target.startsWith(APIS)) return answerApi(request, target, world.httpApis);
  const credential = readCredential(request.headers);
  // S3 Control signs as S3.
  const isControl = target.startsWith(S3_CONTROL) && request.headers['x-amz-account-id'] !== undefined;
  if (credential?.service === 's3' && !isControl) return answerS3(request, target, credential, world.s3);
  const service = services.get(isControl ? 's3control' : (credential?.service ?? ''));
  const body = await readText(request);
  if (!credential || !service) return unknownService(credential?.service);
  const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
  const facts: RequestFacts = {
    id: randomUUID(),
    accessKeyId: credential.accessKeyId,
    userAgent: request.headers['user-agent'] ?? '',
  };
  try {
    const caller = world.access.callerWith(credential.accessKeyId, credential.token);
    if (!caller) throw unknownCaller(service);
    const { headers, method = 'GET' } = request;
    const asked = readAsked(service, { method, target, headers, body });
    const { region } = credential;
    return await perform(service, asked, { caller, region, contentType, facts }, world);
  } catch (error) {
    if (error instanceof AwsError) return writeError(service, error, contentType, facts.id);
    if (error instanceof Disconnect) throw error;
    world.log.error(`local AWS failed: ${error instanceof Error ? error.stack : String(error)}`);
    return writeError(
      service,
      new AwsError('InternalFailure', `local AWS failed: ${String(error)}`, 500),
      contentType,
    );
  }
}

async function perform(
  service: Service,
  asked: Asked,
  {
    caller,
    region,
    contentType,
    facts,
  }: { caller: Caller; region: string; contentType: string; facts: RequestFacts },
  { gate, callLog, recording }: ServingWorld,
): Promise<Answer> {
  const { action } = asked;
  const operation = action === undefined ? undefined : service.operations[action];
  if (action === undefined || !operation) {
    const name = action ?? '(none named)';
    const because = `${service.name} ${name} isn't simulated by local AWS`;
    callLog.record({
      caller: caller.name,
      action: `${service.name}:${name}`,
      resource: '*',
      allowed: false,
      because,
    });
    throw new NotSimulated(`${service.name} ${name}`);
  }
  const input = asked.input();
  checkInput(service.schemas, action, input);
  const call = { service, action, operation, input, caller, region, facts };
  const output = await recording.around(call, (run) =>
    gate.pass({ service: service.name, action, caller, input, needs: operation.needs(input, region) }, run),
  );
  checkOutput(service.schemas, action, output ?? {});
  return writeAnswer(service, action, output ?? {}, contentType, facts.id);
}

async function answerApi(request: IncomingMessage, target: string, apis: HttpApis): Promise<Answer> {
  const { headersDistinct, method = 'GET' } = request;
  const headers = Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(',')]),
  );
  return apis.answer({ method, target, headers, body: await readBody(request, LARGEST_REQUEST) });
}

async function answerS3(
  request: IncomingMessage,
  target: string,
  { accessKeyId, token, region }: Credential,
  s3: S3,
): Promise<S3Answer> {
  const { headers, method = 'GET' } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? await readBody(request, LARGEST_OBJECT) : NOTHING;
  return s3.answer({ method, target, headers, body, region }, { accessKeyId, token });
}

/** A web page that a developer happens to have open must not reach the door. */
function refuseBrowsers({ headers }: IncomingMessage): void {
  const host = headers.host?.replace(/:\d+$/, '');
  // S3 clients put a bucket before the host; no name below localhost can be somebody else's.
  const isLocal = host === HOST || host === 'localhost' || host?.endsWith('.localhost');
  if (headers.origin !== undefined || !isLocal) {
    throw new Disconnect('Only programs on this machine are answered');
  }
}

const readText = async (request: IncomingMessage): Promise<string> =>
  (await readBody(request, LARGEST_REQUEST)).toString('utf8');

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new Disconnect('The request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unknownService(name: string | undefined): Answer {
  const message = name ? `Service ${name} isn't simulated by local AWS` : 'The request is not signed';
  const body = JSON.stringify({ __type: 'NotSimulatedLocally', message });
  return {
    statusCode: 400,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'NotSimulatedLocally' },
    body,
  };
}

function unknownCaller({ protocol }: Service): AwsError {
  const message = 'The security token included in the request is invalid.';
  if (protocol === 'ec2') {
    const invalid = 'AWS was not able to validate the provided access credentials';
    return new AwsError('AuthFailure', invalid, 401);
  }
  return protocol === 'query' || protocol === 'rest-xml'
    ? new AwsError('InvalidClientTokenId', message, 403)
    : new AwsError('UnrecognizedClientException', message, 400);
}

function breakOff(response: ServerResponse, error: unknown, log: Log): void {
  if (!(error instanceof Disconnect)) log.error(`local AWS failed: ${String(error)}`);
  response.destroy();
}
