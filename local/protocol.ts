import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { KeyDenied } from './access';
import { AwsError } from './aws-error';
import { errorTraits, escapeXml, readForm, writeXml } from './input-check';
import { type RestRequest, readRest, restAction, writeRest } from './rest';
import type { Service } from './service';

export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** Who signed a request, for which region and service. */
export interface Credential {
  accessKeyId: string;
  /** Of a session's credentials. */
  token: string | undefined;
  region: string;
  service: string;
}

/** Only HTTP APIs verify a signature: everything here is local. */
export function readCredential(headers: IncomingHttpHeaders): Credential | undefined {
  const scope = /Credential=([^/,\s]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(
    headers.authorization ?? '',
  );
  const [, accessKeyId, region, service] = scope ?? [];
  const given = headers['x-amz-security-token'];
  const token = typeof given === 'string' ? given : undefined;
  return accessKeyId && region && service ? { accessKeyId, token, region, service } : undefined;
}

/** What a request asks for. */
export interface Asked {
  /** Undefined when it names none. */
  action: string | undefined;
  /** As the service's protocol carries it. */
  input(): unknown;
}

export function readAsked(service: Service, request: RestRequest): Asked {
  const { headers, body } = request;
  if (service.protocol === 'rest-json' || service.protocol === 'rest-xml') {
    const found = restAction(service, request);
    if (!found) return { action: undefined, input: () => ({}) };
    const { action, labels } = found;
    return { action, input: () => readRest(service, action, request, labels) };
  }
  const action = readAction(service.protocol, headers, body);
  return { action, input: () => (action === undefined ? {} : readInput(service, action, body)) };
}

/** The operation that a request names; undefined when it names none. */
function readAction(
  protocol: Service['protocol'],
  headers: IncomingHttpHeaders,
  body: string,
): string | undefined {
  if (protocol !== 'json') return new URLSearchParams(body).get('Action') ?? undefined;
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.split('.').pop() : undefined;
}

function readInput(service: Service, action: string, body: string): unknown {
  if (service.protocol === 'query' || service.protocol === 'ec2') {
    return readForm(service.schemas, action, new URLSearchParams(body), service.protocol);
  }
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

export function writeAnswer(
  service: Service,
  action: string,
  output: unknown,
  contentType: string,
  requestId: string = randomUUID(),
): Answer {
  if (service.protocol === 'rest-json' || service.protocol === 'rest-xml')
    return writeRest(service, action, output, requestId);
  if (service.protocol === 'json') {
    const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId };
    return { statusCode: 200, headers, body: JSON.stringify(output ?? {}) };
  }
  if (service.protocol === 'ec2') {
    const answer = `<requestId>${requestId}</requestId>${writeXml(service.schemas, action, output)}`;
    const body = `<${action}Response ${namespace(service)}>${answer}</${action}Response>`;
    return { statusCode: 200, headers: xmlHeaders(requestId), body };
  }
  const result = `<${action}Result>${writeXml(service.schemas, action, output)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${action}Response ${namespace(service)}>${result}${metadata}</${action}Response>`;
  return { statusCode: 200, headers: xmlHeaders(requestId), body };
}

/** The error on the wire: the name that the SDK knows, its query code and its status, from the service's model. */
export function writeError(
  service: Service,
  error: AwsError,
  contentType: string,
  requestId: string = randomUUID(),
): Answer {
  const code = codeFor(service, error);
  const traits = errorTraits(service.schemas, code);
  const denied = error.code === 'AccessDeniedException' ? service.deniedStatus : undefined;
  const statusCode = traits.statusCode ?? denied ?? error.statusCode;
  const fault = statusCode < 500 ? 'Sender' : 'Receiver';
  if (service.protocol === 'json' || service.protocol === 'rest-json') {
    const headers: Record<string, string> = { 'content-type': contentType, 'x-amzn-requestid': requestId };
    headers['x-amzn-errortype'] = code;
    // Services that once spoke the query protocol still send its code in a header, and clients prefer it.
    if (service.name === 'sqs') headers['x-amzn-query-error'] = `${traits.queryCode ?? code};${fault}`;
    return { statusCode, headers, body: JSON.stringify({ __type: code, message: error.message }) };
  }
  if (service.protocol === 'ec2') {
    const inner = `<Code>${code}</Code><Message>${escapeXml(messageOf(service, error))}</Message>`;
    const body = `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
    return { statusCode, headers: xmlHeaders(requestId), body };
  }
  const inner = `<Type>${fault}</Type><Code>${traits.queryCode ?? code}</Code><Message>${escapeXml(error.message)}</Message>`;
  const body = `<ErrorResponse ${namespace(service)}><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { statusCode, headers: xmlHeaders(requestId), body };
}

const xmlHeaders = (requestId: string) => ({
  'content-type': 'text/xml;charset=UTF-8',
  'x-amzn-requestid': requestId,
});

/** The words of an error, as the service puts them. */
export const messageOf = (service: Service, error: AwsError): string =>
  service.protocol === 'ec2' && error.code === 'AccessDeniedException'
    ? `You are not authorized to perform this operation. ${error.message}`
    : error.message;

/** The error's code as CloudTrail records it. */
export function recordedCode(service: Service, error: AwsError): string {
  const code = codeFor(service, error);
  if (service.protocol === 'ec2') return `${error.statusCode < 500 ? 'Client' : 'Server'}.${code}`;
  return errorTraits(service.schemas, code).queryCode ?? code;
}

function codeFor(service: Service, error: AwsError): string {
  if (error instanceof KeyDenied) {
    return (
      { sqs: 'KmsAccessDenied', sns: 'KMSAccessDeniedException' }[service.name] ?? 'AccessDeniedException'
    );
  }
  if (error.code === 'AccessDeniedException') return service.deniedCode ?? error.code;
  if (error.code === 'ExpiredToken') {
    if (service.protocol === 'ec2') return 'RequestExpired';
    return service.protocol === 'json' || service.protocol === 'rest-json'
      ? 'ExpiredTokenException'
      : error.code;
  }
  if (error.code === 'ValidationException') return service.invalidCode ?? error.code;
  return error.code;
}

const namespace = (service: Service) =>
  `xmlns="http://${service.name}.amazonaws.com/doc/${service.apiVersion}/"`;
