import type { Json, JsonObject } from '../../contracts/aws/configuration-item';

/**
 * An answer of an SDK client as plain JSON: times in ISO 8601, bytes in base64. It has what the model of the service
 * names, without what the model calls sensitive: passwords, environments of functions, user data.
 *
 * @param schema of the command, which clients carry as nested tuples: [9, …, input, output] is an operation;
 * [0, …, traits, type] a simple type with traits; [1, …, traits, value] a list; [2, …, traits, key, value] a map;
 * [3, …, traits, names, members] a structure; a pair is a member with traits, and a number a simple type
 * @throws when the client carries none: what is sensitive would not be known
 */
export function plainAnswer(schema: unknown, output: object): JsonObject {
  if (!Array.isArray(schema) || schema[0] !== OPERATION) throw new Error('the command has no schema');
  const answer = plain(schema[5], output);
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer)
    ? (answer as JsonObject)
    : {};
}

const OPERATION = 9;
const SIMPLE = 0;
const LIST = 1;
const MAP = 2;
const STRUCTURE = 3;
/** Among traits that are written as bits. */
const SENSITIVE = 8;

const isSensitive = (traits: unknown): boolean =>
  typeof traits === 'number'
    ? (traits & SENSITIVE) !== 0
    : typeof traits === 'object' && traits !== null && 'sensitive' in traits;

/** Undefined for what does not belong into an answer. */
function plain(ref: unknown, value: unknown): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof ref === 'function') return plain(ref(), value);
  if (!Array.isArray(ref)) return ref === 'unit' ? undefined : leaf(value);
  if (ref.length === 2) return isSensitive(ref[1]) ? undefined : plain(ref[0], value);
  const [kind, , , traits, first, second] = ref;
  if (isSensitive(traits)) return undefined;
  switch (kind) {
    case SIMPLE:
      return plain(first, value);
    case LIST:
      return Array.isArray(value) ? value.flatMap((one) => present(plain(first, one))) : undefined;
    case MAP:
      return members(Object.entries(value).map(([key, one]) => [key, second, one]));
    case STRUCTURE:
      return members(
        (first as string[]).map((name, index) => [name, second[index], (value as JsonObject)[name]]),
      );
    default:
      return undefined;
  }
}

const present = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value]);

const members = (all: readonly (readonly [string, unknown, unknown])[]): JsonObject =>
  Object.fromEntries(
    all.flatMap(([name, ref, value]) => {
      const inner = plain(ref, value);
      return inner === undefined ? [] : [[name, inner]];
    }),
  );

function leaf(value: unknown): Json | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.flatMap((one) => present(leaf(one)));
  if (typeof value === 'object' && value !== null)
    return members(Object.entries(value).map(([key, one]) => [key, 0, one]));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}
