import { InvalidEventPattern } from './errors';
import { JsonObject, type JsonValue } from './json';
import { type FieldPattern, OPERATORS, readFieldPattern } from './terms';
import { isTooComplex } from './wildcard';

/** One way to match a pattern: all its fields have to match. "$or" makes a pattern have several. */
export type SubRule = ReadonlyMap<string, FieldPattern>;

/** "Over 1000 rule combinations" from "$or" are refused by EventBridge. */
const MAX_SUB_RULES = 1000;
/** The most fields that event-ruler takes in one sub-rule. */
const MAX_FIELDS = 256;

const OR = '$or';

/** Field names that AWS keeps for itself inside "$or": its operators, and words set aside for later ones. */
const RESERVED_INSIDE_OR: ReadonlySet<string> = new Set([
  ...OPERATORS,
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'regex',
  'not-wildcard',
  'not-equals-ignore-case',
  'date-after',
  'date-on-or-after',
  'date-before',
  'date-on-or-before',
  'in-date-range',
  'ip-address-in-range',
  'ip-address-not-in-range',
]);

/**
 * Turns a pattern into its sub-rules. Fields apply in the order of the text: one that comes again under the
 * same dotted name replaces the earlier one, in every sub-rule there is by then.
 * @throws InvalidEventPattern
 */
export function readSubRules(pattern: JsonValue): readonly SubRule[] {
  if (!(pattern instanceof JsonObject)) throw new InvalidEventPattern('Filter is not an object');
  const subRules = readWithOrFallback(pattern);
  checkSize(subRules);
  checkWildcards(subRules);
  return subRules;
}

/**
 * "$or" is an operator only if all of the pattern can be read that way. Patterns from before "$or" existed
 * keep their meaning: for them it is the name of a field.
 */
function readWithOrFallback(pattern: JsonObject): readonly SubRule[] {
  try {
    return readObject(pattern, '', [], { orIsOperator: true, insideOr: false });
  } catch (error) {
    try {
      return readObject(pattern, '', [], { orIsOperator: false, insideOr: false });
    } catch {
      throw error;
    }
  }
}

interface Context {
  readonly orIsOperator: boolean;
  readonly insideOr: boolean;
}

function readObject(
  object: JsonObject,
  prefix: string,
  subRules: readonly SubRule[],
  context: Context,
): readonly SubRule[] {
  if (object.entries.length === 0) {
    throw new InvalidEventPattern('Empty objects are not allowed', prefix.slice(0, -1) || undefined);
  }
  return object.entries.reduce((soFar, [key, value]) => {
    const name = prefix + key;
    if (key === OR && context.orIsOperator) return readAlternatives(value, prefix, soFar, context);
    if (context.insideOr && RESERVED_INSIDE_OR.has(key)) {
      throw new InvalidEventPattern(
        `${key} is Ruler reserved fieldName which cannot be used inside ${OR}.`,
        name,
      );
    }
    if (value instanceof JsonObject) return readObject(value, `${name}.`, soFar, context);
    if (Array.isArray(value)) return addField(soFar, name, readFieldPattern(value, name));
    throw new InvalidEventPattern(`"${key}" must be an object or an array`, name);
  }, subRules);
}

function addField(subRules: readonly SubRule[], name: string, field: FieldPattern): readonly SubRule[] {
  const bases = subRules.length === 0 ? [new Map<string, FieldPattern>()] : subRules;
  return bases.map((subRule) => new Map(subRule).set(name, field));
}

function readAlternatives(
  alternatives: JsonValue,
  prefix: string,
  subRules: readonly SubRule[],
  context: Context,
): readonly SubRule[] {
  const where = prefix + OR;
  if (!Array.isArray(alternatives)) {
    throw new InvalidEventPattern(`It must be an Array followed with ${OR}.`, where);
  }
  const combined: SubRule[] = [];
  for (const alternative of alternatives) {
    if (!(alternative instanceof JsonObject)) {
      throw new InvalidEventPattern(`Only JSON object is allowed in array of ${OR} relationship.`, where);
    }
    combined.push(...readObject(alternative, prefix, subRules, { ...context, insideOr: true }));
    if (combined.length > MAX_SUB_RULES) {
      throw new InvalidEventPattern(`Event pattern has over ${MAX_SUB_RULES} rule combinations`, where);
    }
  }
  if (alternatives.length < 2) {
    throw new InvalidEventPattern(`There must have at least 2 Objects in ${OR} relationship.`, where);
  }
  return combined;
}

function checkSize(subRules: readonly SubRule[]): void {
  if (subRules.some((subRule) => subRule.size > MAX_FIELDS)) {
    throw new InvalidEventPattern(`Event pattern has more than ${MAX_FIELDS} fields`);
  }
}

/**
 * event-ruler compiles all sub-rules into one machine that goes through the fields by name. Sub-rules share
 * the machine of a field as long as they agree on all fields before it, so their wildcards on that field add
 * up.
 */
function checkWildcards(subRules: readonly SubRule[]): void {
  const machines = new Map<string, { name: string; fields: Set<FieldPattern> }>();
  for (const subRule of subRules) {
    let path = '';
    for (const [name, field] of sortedFields(subRule)) {
      path += `${JSON.stringify(name)}:`;
      const machine = machines.get(path) ?? { name, fields: new Set() };
      machines.set(path, machine);
      machine.fields.add(field);
      path += `${field.source},`;
    }
  }
  for (const { name, fields } of machines.values()) {
    const terms = [...fields].flatMap((field) => field.wildcards);
    const distinct = [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
    if (distinct.length > 0 && isTooComplex(distinct)) {
      throw new InvalidEventPattern(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
        name,
      );
    }
  }
}

/** The fields of a sub-rule in the order in which event-ruler goes through them. */
export function sortedFields(subRule: SubRule): [name: string, field: FieldPattern][] {
  return [...subRule].sort(([a], [b]) => (a < b ? -1 : 1));
}
