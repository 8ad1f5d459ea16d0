import { NotSimulated } from './aws-error';
import { escapeXml, operationSchema, type Shape, shapeOf, traitsOf, xmlName } from './input-check';
import { isObject, type JsonObject } from './json';
import type { Service } from './service';
import { readXml, textOf } from './services/s3/xml';

/** A request to a service whose operations are told by method and path. */
export interface RestRequest {
  method: string;
  /** With its query, as it was sent. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface RestAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

const BOOLEAN = 2;

/** The operation that method and path mean, with the parts of the path that stand for members of its input. */
export function restAction(
  { schemas, operations }: Service,
  { method, target }: RestRequest,
): { action: string; labels: Record<string, string> } | undefined {
  const parts = pathOf(target).split('/');
  for (const action of Object.keys(operations)) {
    const schema = schemas[`${action}$`];
    const traits = Array.isArray(schema) ? schema[3] : undefined;
    const http = isObject(traits) ? traits['http'] : undefined;
    if (!Array.isArray(http) || http[0] !== method) continue;
    const wanted = String(http[1]).split('/');
    const labels: Record<string, string> = {};
    const fits =
      wanted.length === parts.length &&
      wanted.every((part, index) => {
        const label = /^\{(\w+)\}$/.exec(part)?.[1];
        if (label === undefined) return part === parts[index];
        labels[label] = decodeURIComponent(parts[index] ?? '');
        return true;
      });
    if (fits) return { action, labels };
  }
  return undefined;
}

const pathOf = (target: string): string => target.split('?')[0] ?? '';

/** The operation's input, gathered from path, query, headers and body as the service's model says. */
export function readRest(
  { schemas, protocol }: Service,
  action: string,
  { target, headers, body }: RestRequest,
  labels: Record<string, string>,
): JsonObject {
  const shape = structure(operationSchema(schemas, action).input);
  const query = new URLSearchParams(target.split('?').slice(1).join('?'));
  const input: JsonObject = {};
  for (const [member, schema] of shape.members) {
    const { httpQuery, httpHeader, httpPayload } = traitsOf(schema);
    const inQuery = typeof httpQuery === 'string' ? query.get(httpQuery) : null;
    const inHeaders = typeof httpHeader === 'string' ? headers[httpHeader.toLowerCase()] : undefined;
    const found = labels[member] ?? inQuery ?? inHeaders;
    if (found !== undefined) input[member] = found;
    else if (httpPayload && body !== '') input[member] = readPayload(member, schema, body);
  }
  if (
    protocol === 'rest-json' &&
    body !== '' &&
    ![...shape.members.values()].some((s) => traitsOf(s)['httpPayload'])
  )
    return { ...(JSON.parse(body) as JsonObject), ...input };
  return input;
}

function readPayload(member: string, schema: unknown, body: string): unknown {
  const shape = shapeOf(schema);
  if (shape.kind === 'simple') return Buffer.from(body).toString('base64');
  if (shape.kind !== 'structure') throw new NotSimulated(`A body of ${member}`);
  const root = readXml(body, xmlName(member, schema));
  return Object.fromEntries(
    [...shape.members].flatMap(([name, inner]) => {
      const text = textOf(root, xmlName(name, inner));
      if (text === undefined) return [];
      const simple = shapeOf(inner);
      if (simple.kind !== 'simple') throw new NotSimulated(`${name} in a body`);
      return [[name, simple.type === BOOLEAN ? text === 'true' : text]];
    }),
  );
}

/** The answer, spread over status, headers and body in the same way. */
export function writeRest(
  { schemas, protocol, xmlNamespace }: Service,
  action: string,
  output: unknown,
  requestId: string,
): RestAnswer {
  const { output: schema } = operationSchema(schemas, action);
  const answer = isObject(output) ? output : {};
  const headers: Record<string, string> = {
    'content-type': protocol === 'rest-json' ? 'application/json' : 'application/xml',
    'x-amzn-requestid': requestId,
  };
  let statusCode = 200;
  let body: string | Buffer | undefined;
  const rest: JsonObject = {};
  const members =
    shapeOf(schema).kind === 'structure' ? structure(schema).members : new Map<string, unknown>();
  for (const [member, ref] of members) {
    const value = answer[member];
    if (value === undefined) continue;
    const { httpHeader, httpPayload, httpResponseCode } = traitsOf(ref);
    if (httpResponseCode) statusCode = Number(value);
    else if (typeof httpHeader === 'string') headers[httpHeader.toLowerCase()] = String(value);
    else if (httpPayload && shapeOf(ref).kind === 'simple') body = Buffer.from(String(value), 'base64');
    else if (httpPayload) body = document(member, ref, value, xmlNamespace);
    else rest[member] = value;
  }
  return { statusCode, headers, body: body ?? (protocol === 'rest-json' ? JSON.stringify(rest) : '') };
}

/** A structure of simple members, which is all that is asked for here. */
function document(member: string, ref: unknown, value: unknown, namespace: string | undefined): string {
  const root = xmlName(member, ref);
  const inner = Object.entries(isObject(value) ? value : {})
    .map(([name, one]) => `<${name}>${escapeXml(String(one))}</${name}>`)
    .join('');
  const xmlns = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${xmlns}>${inner}</${root}>`;
}

function structure(ref: unknown): Shape & { kind: 'structure' } {
  const shape = shapeOf(ref);
  if (shape.kind !== 'structure') throw new NotSimulated('A request without members');
  return shape;
}
