import { AwsError, NotSimulated } from './aws-error';
import { isObject, type JsonObject } from './json';

/**
 * SDK clients ship the service's model as nested tuples: a number is a simple type (64 and up: a list of
 * it, 128 and up: a map), a pair is a member with traits, and longer tuples are
 * [1, namespace, name, traits, value], a list; [2, namespace, name, traits, key, value], a map;
 * [3, namespace, name, traits, member names, member schemas, count of leading required members], a structure.
 */
export type Shape =
  | { kind: 'simple'; type: number }
  | { kind: 'unit' }
  | { kind: 'list'; name: string; value: unknown; itemName: string; flat: boolean }
  | {
      kind: 'map';
      name: string;
      key: unknown;
      value: unknown;
      keyName: string;
      valueName: string;
      flat: boolean;
    }
  | { kind: 'structure'; name: string; members: Map<string, unknown>; required: string[] };

const STRING = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const TIMESTAMPS = new Set([4, 5, 6, 7]);
const DOCUMENT = 15;
const BIG_NUMBERS = new Set([17, 19]);
const BLOBS = new Set([21, 42]);

/** Refuses what AWS refuses before it looks at a request's meaning. */
export function checkInput(schemas: Readonly<Record<string, unknown>>, action: string, input: unknown): void {
  check(operationSchema(schemas, action).input, input, '');
}

/** Catches an answer of ours that no SDK client could have got from AWS. */
export function checkOutput(
  schemas: Readonly<Record<string, unknown>>,
  action: string,
  output: unknown,
): void {
  try {
    check(operationSchema(schemas, action).output, output, '');
  } catch (error) {
    throw new AwsError('InternalFailure', `local AWS answered ${action} wrongly: ${String(error)}`, 500);
  }
}

/** The wire name and HTTP status of an error, as the service's model declares them. */
export function errorTraits(
  schemas: Readonly<Record<string, unknown>>,
  code: string,
): { queryCode?: string; statusCode?: number } {
  const schema = schemas[`${code}$`];
  const traits = Array.isArray(schema) ? schema[3] : undefined;
  if (!isObject(traits)) return {};
  const { awsQueryError, httpError } = traits;
  return {
    ...(Array.isArray(awsQueryError) ? { queryCode: String(awsQueryError[0]) } : {}),
    ...(typeof httpError === 'number' ? { statusCode: httpError } : {}),
  };
}

/** EC2 speaks the query protocol in a way of its own: names are capitalised, and lists always flat. */
export type Dialect = 'query' | 'ec2';

/** Turns the flat form of the query protocol (`Attributes.entry.1.key`) into the operation's input. */
export function readForm(
  schemas: Readonly<Record<string, unknown>>,
  action: string,
  form: URLSearchParams,
  dialect: Dialect = 'query',
): unknown {
  const tree: FormNode = { children: new Map() };
  for (const [path, text] of form) {
    if (path === 'Action' || path === 'Version') continue;
    let node = tree;
    for (const part of path.split('.')) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.text = text;
  }
  return readFormNode(operationSchema(schemas, action).input, tree, action, dialect);
}

/** Writes an answer as the XML of the query protocol. */
export function writeXml(
  schemas: Readonly<Record<string, unknown>>,
  action: string,
  output: unknown,
): string {
  return xml(operationSchema(schemas, action).output, output);
}

interface FormNode {
  text?: string;
  children: Map<string, FormNode>;
}

/** What an operation takes and gives, as `shapeOf` reads it. */
export function operationSchema(
  schemas: Readonly<Record<string, unknown>>,
  action: string,
): { input: unknown; output: unknown } {
  const schema = schemas[`${action}$`];
  if (!Array.isArray(schema) || schema[0] !== 9) throw new NotSimulated(`Operation ${action}`);
  return { input: schema[4], output: schema[5] };
}

export function shapeOf(ref: unknown): Shape {
  const [schema, traits] = unwrap(ref);
  const itemName = (member: unknown) => String(unwrap(member)[1]['xmlName'] ?? '');
  const flat = traits['xmlFlattened'] !== undefined;
  if (schema === 'unit') return { kind: 'unit' };
  if (typeof schema === 'number') {
    if (schema >= 128)
      return { kind: 'map', name: 'map', key: STRING, value: schema & 63, keyName: '', valueName: '', flat };
    if (schema >= 64) return { kind: 'list', name: 'list', value: schema & 63, itemName: '', flat };
    return { kind: 'simple', type: schema };
  }
  if (!Array.isArray(schema)) throw new Error(`Not a schema: ${String(schema)}`);
  const [tag, , name, , first, second, required] = schema;
  if (tag === 0) return shapeOf(first);
  if (tag === 1) return { kind: 'list', name, value: first, itemName: itemName(first), flat };
  if (tag === 2) {
    return {
      kind: 'map',
      name,
      key: first,
      value: second,
      keyName: itemName(first),
      valueName: itemName(second),
      flat,
    };
  }
  const names: string[] = first;
  return {
    kind: 'structure',
    name,
    members: new Map(names.map((member, i) => [member, second[i]])),
    required: names.slice(0, typeof required === 'number' ? required : 0),
  };
}

/** How a member of a structure is called in XML. */
export const xmlName = (member: string, ref: unknown): string => String(unwrap(ref)[1]['xmlName'] ?? member);

function formName(member: string, ref: unknown, dialect: Dialect): string {
  const name = xmlName(member, ref);
  if (dialect === 'query') return name;
  return String(unwrap(ref)[1]['ec2QueryName'] ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
}

/** Traits that are so common that models write them as bits, in this order. */
const BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
];

/** Where a member of an input or an output stands in a request or an answer. */
export const traitsOf = (ref: unknown): Readonly<Record<string, unknown>> => unwrap(ref)[1];

const named = (traits: unknown): JsonObject => {
  if (typeof traits !== 'number') return isObject(traits) ? traits : {};
  return Object.fromEntries(BITS.filter((_, bit) => (traits & (1 << bit)) !== 0).map((name) => [name, true]));
};

function unwrap(ref: unknown): [schema: unknown, traits: Record<string, unknown>] {
  if (typeof ref === 'function') return unwrap(ref());
  if (Array.isArray(ref) && ref.length === 2) {
    const [schema, traits] = unwrap(ref[0]);
    return [schema, { ...traits, ...named(ref[1]) }];
  }
  return [ref, {}];
}

function check(ref: unknown, value: unknown, path: string): void {
  const shape = shapeOf(ref);
  switch (shape.kind) {
    case 'unit':
      break;
    case 'simple':
      checkSimple(shape.type, value, path);
      break;
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
      for (const [i, item] of value.entries()) check(shape.value, item, `${path}.${i + 1}.member`);
      break;
    case 'map':
      if (!isObject(value)) throw wrongType(path, 'a map', value);
      for (const [key, item] of Object.entries(value)) check(shape.value, item, `${path}.${key}`);
      break;
    case 'structure':
      checkStructure(shape, value, path);
      break;
  }
}

function checkStructure(shape: Shape & { kind: 'structure' }, value: unknown, path: string): void {
  if (!isObject(value)) throw wrongType(path || shape.name, 'a structure', value);
  const at = (member: string) => (path ? `${path}.${member}` : member);
  for (const member of shape.required) {
    if (value[member] === undefined || value[member] === null) {
      throw invalid(`Value null at '${at(member)}' failed to satisfy constraint: Member must not be null`);
    }
  }
  for (const [member, item] of Object.entries(value)) {
    const schema = shape.members.get(member);
    if (schema === undefined) throw invalid(`'${at(member)}' is not a member of ${shape.name}`);
    if (item !== null && item !== undefined) check(schema, item, at(member));
  }
}

function checkSimple(type: number, value: unknown, path: string): void {
  if (type === DOCUMENT) return;
  if (type === STRING && typeof value !== 'string') throw wrongType(path, 'a string', value);
  if (type === BOOLEAN && typeof value !== 'boolean') throw wrongType(path, 'true or false', value);
  if (BLOBS.has(type) && typeof value !== 'string') throw wrongType(path, 'a base64 string', value);
  if ((type === NUMBER || TIMESTAMPS.has(type) || BIG_NUMBERS.has(type)) && typeof value !== 'number') {
    throw wrongType(path, 'a number', value);
  }
}

function readFormNode(ref: unknown, node: FormNode, path: string, dialect: Dialect): unknown {
  const shape = shapeOf(ref);
  const inOrder = (children: Map<string, FormNode>) =>
    [...children].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
  switch (shape.kind) {
    case 'unit':
      return {};
    case 'simple':
      if (node.text === undefined) throw invalid(`'${path}' must be a value`);
      return readText(shape.type, node.text, path);
    case 'list': {
      const items =
        shape.flat || dialect === 'ec2'
          ? node.children
          : (node.children.get(shape.itemName || 'member')?.children ?? new Map());
      return inOrder(items).map((item) => readFormNode(shape.value, item, path, dialect));
    }
    case 'map': {
      const entries = shape.flat ? node.children : (node.children.get('entry')?.children ?? new Map());
      return Object.fromEntries(
        inOrder(entries).map((entry) => {
          const value = entry.children.get(shape.valueName || 'value') ?? { children: new Map() };
          return [
            entry.children.get(shape.keyName || 'key')?.text ?? '',
            readFormNode(shape.value, value, path, dialect),
          ];
        }),
      );
    }
    case 'structure': {
      const members = new Map(
        [...shape.members].map(([member, schema]) => [formName(member, schema, dialect), { member, schema }]),
      );
      return Object.fromEntries(
        [...node.children].map(([name, child]) => {
          const known = members.get(name);
          if (!known) throw invalid(`'${path}.${name}' is not a member of ${shape.name}`);
          return [known.member, readFormNode(known.schema, child, `${path}.${known.member}`, dialect)];
        }),
      );
    }
  }
}

/** A time becomes what the JSON protocol has: seconds since the epoch. */
function readText(type: number, text: string, path: string): unknown {
  if (type === BOOLEAN) return text === 'true';
  if (type !== NUMBER && !TIMESTAMPS.has(type)) return text;
  const number = type === NUMBER ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(number)) throw wrongType(path, type === NUMBER ? 'a number' : 'a time', text);
  return number;
}

function xml(ref: unknown, value: unknown): string {
  const shape = shapeOf(ref);
  switch (shape.kind) {
    case 'unit':
      return '';
    case 'simple':
      return TIMESTAMPS.has(shape.type)
        ? new Date(Number(value) * 1000).toISOString()
        : escapeXml(String(value));
    case 'list': {
      const tag = shape.itemName || 'member';
      return (value as unknown[]).map((item) => `<${tag}>${xml(shape.value, item)}</${tag}>`).join('');
    }
    case 'map': {
      const [key, val] = [shape.keyName || 'key', shape.valueName || 'value'];
      return Object.entries(value as object)
        .map(
          ([k, v]) =>
            `<entry><${key}>${escapeXml(k)}</${key}><${val}>${xml(shape.value, v)}</${val}></entry>`,
        )
        .join('');
    }
    case 'structure':
      return Object.entries(value as object)
        .filter(([, v]) => v !== undefined)
        .map(([member, v]) => {
          const schema = shape.members.get(member);
          const tag = xmlName(member, schema);
          return `<${tag}>${xml(schema, v)}</${tag}>`;
        })
        .join('');
  }
}

/** Every character that XML gives a meaning, or that a parser would change on the way. */
export const escapeXml = (text: string): string =>
  text.replace(/[<>&"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);

const invalid = (message: string) =>
  new AwsError('ValidationException', `1 validation error detected: ${message}`, 400);

const wrongType = (path: string, expected: string, value: unknown) =>
  new AwsError('SerializationException', `'${path}' must be ${expected}, not ${JSON.stringify(value)}`, 400);
