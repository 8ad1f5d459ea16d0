import { InvalidEventPattern } from './errors';
import type { Leaf } from './event-leaves';
import { ignoreCaseSource } from './ignore-case';
import { type AddressRange, addressToHex, cidrRange, inRange } from './ip-address';
import { JsonNumber, JsonObject, type JsonValue } from './json';
import { comparableNumber } from './numbers';
import { wildcardPieces, wildcardTest } from './wildcard';

export type LeafTest = (leaf: Leaf) => boolean;

/** The terms of one field of a pattern; the field matches when one of them does. */
export interface FieldPattern {
  /** Leaves that match by their text: strings, true, false, null and numbers that cannot be compared. */
  readonly texts: ReadonlySet<string>;
  /** Numbers that match by value. */
  readonly numbers: ReadonlySet<number>;
  readonly tests: readonly LeafTest[];
  /** True when the field also matches by being absent. */
  readonly matchesAbsence: boolean;
  /** Per term with wildcards, the pieces of its wildcard patterns. */
  readonly wildcards: readonly (readonly (readonly string[])[])[];
  /** The terms as they were written; equal for fields that ask for the same. */
  readonly source: string;
}

interface Term {
  readonly test: LeafTest;
  readonly wildcards?: readonly (readonly string[])[];
}

/** The operators that take an operand; reserved as field names inside "$or". */
export const OPERATORS = [
  'exactly',
  'equals-ignore-case',
  'prefix',
  'suffix',
  'anything-but',
  'exists',
  'wildcard',
  'numeric',
  'cidr',
] as const;

/**
 * Reads the array of terms of one field.
 * @param where the name of the field, for the error
 * @throws InvalidEventPattern
 */
export function readFieldPattern(values: readonly JsonValue[], where: string): FieldPattern {
  if (values.length === 0) throw new InvalidEventPattern('Empty arrays are not allowed', where);
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const terms: Term[] = [];
  let matchesAbsence = false;
  for (const value of values) {
    if (value instanceof JsonObject) {
      const [operator, operand] = onlyEntry(value, 'Match expression name not found', where);
      if (operator === 'exists' && operand === false) matchesAbsence = true;
      else terms.push(readOperator(operator, operand, where));
    } else if (value instanceof JsonNumber) {
      const number = comparableNumber(value.text);
      if (number === undefined) texts.add(value.text);
      else numbers.add(number);
    } else if (typeof value === 'string') {
      const address = addressToHex(value);
      if (address === undefined) texts.add(quoted(value));
      else terms.push(addressTerm({ first: address, last: address }));
    } else if (value === null || typeof value === 'boolean') {
      texts.add(String(value));
    } else {
      throw new InvalidEventPattern('Match value must be String, number, true, false, or null', where);
    }
  }
  return {
    texts,
    numbers,
    tests: terms.map((term) => term.test),
    matchesAbsence,
    wildcards: terms.flatMap((term) => (term.wildcards === undefined ? [] : [term.wildcards])),
    source: JSON.stringify(values),
  };
}

/** Tells whether a leaf matches one of the terms. */
export function matchesLeaf(field: FieldPattern, leaf: Leaf): boolean {
  if (leaf.number === undefined ? field.texts.has(leaf.text) : field.numbers.has(leaf.number)) return true;
  for (const test of field.tests) {
    if (test(leaf)) return true;
  }
  return false;
}

function readOperator(operator: string, operand: JsonValue, where: string): Term {
  switch (operator) {
    case 'exactly':
      return textTerm(quoted(readString(operand, 'exact match pattern must be a string', where)));
    case 'prefix':
    case 'suffix':
      return readAffix(operator, operand, where);
    case 'equals-ignore-case':
      return ignoreCaseTerm(
        '^',
        quoted(readString(operand, 'equals-ignore-case match pattern must be a string', where)),
        '$',
      );
    case 'wildcard': {
      const pieces = readWildcard(operand, where);
      const matches = wildcardTest(pieces);
      return { test: (leaf) => matches(leaf.text), wildcards: [pieces] };
    }
    case 'cidr': {
      // The name of the wrong operator is AWS's wording.
      const cidr = readString(operand, 'prefix match pattern must be a string', where);
      return addressTerm(refusing(where, () => cidrRange(cidr)));
    }
    case 'numeric':
      return readNumeric(operand, where);
    case 'anything-but':
      return readAnythingBut(operand, where);
    case 'exists':
      if (operand !== true) {
        throw new InvalidEventPattern('exists match pattern must be either true or false.', where);
      }
      return { test: () => true };
    default:
      throw new InvalidEventPattern(`Unrecognized match type ${operator}`, where);
  }
}

/*
 * Strings are compared in their quotes, as in event-ruler. The quotes keep every text operator off numbers,
 * booleans and null, and make an empty prefix or suffix mean "any string".
 */
function quoted(text: string): string {
  return `"${text}"`;
}

function textTerm(text: string): Term {
  return { test: (leaf) => leaf.text === text };
}

function ignoreCaseTerm(start: '^' | '', operand: string, end: '$' | ''): Term {
  const expression = new RegExp(start + ignoreCaseSource(operand) + end);
  return { test: (leaf) => expression.test(leaf.text) };
}

function addressTerm(range: AddressRange): Term {
  return {
    test: ({ string }) => {
      const address = string === undefined ? undefined : addressToHex(string);
      return address !== undefined && inRange(address, range);
    },
  };
}

function readAffix(operator: 'prefix' | 'suffix', operand: JsonValue, where: string): Term {
  if (operand instanceof JsonObject) {
    const title = operator === 'prefix' ? 'Prefix' : 'Suffix';
    const [inner, innerOperand] = onlyEntry(operand, `${title} expression name not found`, where);
    if (inner !== 'equals-ignore-case') {
      throw new InvalidEventPattern(`Unsupported ${operator} pattern: ${inner}`, where);
    }
    const text = readString(innerOperand, 'equals-ignore-case match pattern must be a string', where);
    return operator === 'prefix' ? ignoreCaseTerm('^', `"${text}`, '') : ignoreCaseTerm('', `${text}"`, '$');
  }
  const text = readString(operand, `${operator} match pattern must be a string`, where);
  return { test: affixTest(operator, text) };
}

function affixTest(operator: 'prefix' | 'suffix', text: string): LeafTest {
  const affix = operator === 'prefix' ? `"${text}` : `${text}"`;
  return operator === 'prefix' ? (leaf) => leaf.text.startsWith(affix) : (leaf) => leaf.text.endsWith(affix);
}

function readWildcard(operand: JsonValue, where: string): readonly string[] {
  const text = readString(operand, 'wildcard match pattern must be a string', where);
  return refusing(where, () => wildcardPieces(text));
}

function readNumeric(operand: JsonValue, where: string): Term {
  if (!Array.isArray(operand)) throw new InvalidEventPattern('Value of numeric must be an array.', where);
  const [operator, limit, upperOperator, upperLimit, ...rest] = operand;
  if (typeof operator !== 'string') {
    throw new InvalidEventPattern(`Invalid member in numeric match: ${spelling(operator)}`, where);
  }
  if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    throw new InvalidEventPattern(`Unrecognized numeric range operator: ${operator}`, where);
  }
  const bottom = readLimit(operator, limit, where);
  const first = comparison(operator, bottom);
  if (operand.length <= 2) return { test: ({ number }) => number !== undefined && first(number) };

  if (operator !== '>' && operator !== '>=') {
    throw new InvalidEventPattern('Too many elements in numeric expression', where);
  }
  if (typeof upperOperator !== 'string') {
    throw new InvalidEventPattern(`Bad value in numeric range: ${spelling(upperOperator)}`, where);
  }
  if (upperOperator !== '<' && upperOperator !== '<=') {
    throw new InvalidEventPattern(`Bad numeric range operator: ${upperOperator}`, where);
  }
  const top = readLimit(upperOperator, upperLimit, where);
  if (rest.length > 0) throw new InvalidEventPattern('Too many terms in numeric range expression', where);
  if (bottom >= top) throw new InvalidEventPattern('Bottom must be less than top', where);
  const second = comparison(upperOperator, top);
  return { test: ({ number }) => number !== undefined && first(number) && second(number) };
}

function readLimit(operator: string, value: JsonValue | undefined, where: string): number {
  if (!(value instanceof JsonNumber)) {
    throw new InvalidEventPattern(
      `Value of ${operator === '=' ? 'equals' : operator} must be numeric`,
      where,
    );
  }
  return readComparable(value, where);
}

function readComparable({ text }: JsonNumber, where: string): number {
  const number = comparableNumber(text);
  if (number === undefined) throw new InvalidEventPattern(`Cannot compare number : ${text}`, where);
  return number;
}

function comparison(operator: string, limit: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < limit;
    case '<=':
      return (value) => value <= limit;
    case '>':
      return (value) => value > limit;
    case '>=':
      return (value) => value >= limit;
    default:
      return (value) => value === limit;
  }
}

/** How AWS names a misplaced member of a numeric expression: its first token. */
function spelling(value: JsonValue | undefined): string {
  if (value === undefined) return ']';
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof JsonObject) return '{';
  return Array.isArray(value) ? '[' : String(value);
}

/**
 * "anything-but" excludes single strings or numbers, or what another operator would match. It needs a leaf to
 * look at, so it does not match an absent field; it does match every leaf of another type, null included.
 */
function readAnythingBut(operand: JsonValue, where: string): Term {
  if (operand instanceof JsonObject) {
    const [operator, excluded] = onlyEntry(operand, 'Anything-But expression name not found', where);
    if (!['equals-ignore-case', 'prefix', 'suffix', 'wildcard'].includes(operator)) {
      throw new InvalidEventPattern(`Unsupported anything-but pattern: ${operator}`, where);
    }
    return readAnythingButOperator(operator, excluded, where);
  }
  const excluded = listOf(operand, where);
  if (excluded.some((value) => typeof value !== 'string' && !(value instanceof JsonNumber))) {
    throw new InvalidEventPattern('Inside anything but list, start|null|boolean is not supported.', where);
  }
  const texts = new Set(excluded.filter((value) => typeof value === 'string').map(quoted));
  const numbers = new Set(
    excluded.filter((value) => value instanceof JsonNumber).map((value) => readComparable(value, where)),
  );
  if (texts.size > 0 === numbers.size > 0) {
    throw new InvalidEventPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      where,
    );
  }
  return {
    test: ({ text, number }) => (number === undefined ? !texts.has(text) : !numbers.has(number)),
  };
}

function readAnythingButOperator(operator: string, operand: JsonValue, where: string): Term {
  const excluded = listOf(operand, where);
  // event-ruler lets an empty list through and then fails on the rule; it would exclude nothing.
  if (excluded.length === 0) throw new InvalidEventPattern('Empty arrays are not allowed', where);
  const terms = excluded.map((value): Term => {
    switch (operator) {
      case 'wildcard':
        return readOperator('wildcard', value, where);
      case 'equals-ignore-case':
        return ignoreCaseTerm(
          '^',
          quoted(
            readString(
              value,
              'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
              where,
            ),
          ),
          '$',
        );
      default: {
        const text = readString(value, 'prefix/suffix match pattern must be a string', where);
        if (text === '') throw new InvalidEventPattern('Null prefix/suffix not allowed', where);
        return { test: affixTest(operator === 'prefix' ? 'prefix' : 'suffix', text) };
      }
    }
  });
  const wildcards = terms.flatMap((term) => term.wildcards ?? []);
  return {
    test: (leaf) => !terms.some((term) => term.test(leaf)),
    ...(wildcards.length > 0 && { wildcards }),
  };
}

/** The operand of "anything-but": one value or a list of them. */
function listOf(operand: JsonValue, where: string): readonly JsonValue[] {
  if (Array.isArray(operand)) return operand;
  if (typeof operand !== 'string' && !(operand instanceof JsonNumber)) {
    throw new InvalidEventPattern(
      'Value of anything-but must be an array or single string/number value.',
      where,
    );
  }
  return [operand];
}

function onlyEntry(object: JsonObject, emptyReason: string, where: string): readonly [string, JsonValue] {
  const [entry, ...others] = object.entries;
  if (entry === undefined) throw new InvalidEventPattern(emptyReason, where);
  if (others.length > 0) throw new InvalidEventPattern('Only one key allowed in match expression', where);
  return entry;
}

function readString(value: JsonValue, reason: string, where: string): string {
  if (typeof value !== 'string') throw new InvalidEventPattern(reason, where);
  return value;
}

/** Runs a reader of an operand's text and says where in the pattern its complaint belongs. */
function refusing<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Error ? new InvalidEventPattern(error.message, where) : error;
  }
}
