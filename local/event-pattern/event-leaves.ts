import { InvalidEvent } from './errors';
import { JsonNumber, JsonObject, JsonSyntaxError, parseJson } from './json';
import { comparableNumber } from './numbers';

/**
 * Which element of which array a leaf lies in: array number and index in turn, outermost first.
 * Only arrays of objects or arrays count; a scalar is not bound to its place in a list.
 */
export type ArrayPlaces = readonly number[];

/** A scalar of an event. */
export interface Leaf {
  /** Its JSON text, with strings in quotes but unescaped: what event-ruler compares. */
  readonly text: string;
  /** The content of a string. */
  readonly string: string | undefined;
  /** The value of a number that can be compared. */
  readonly number: number | undefined;
  readonly places: ArrayPlaces;
}

/** The fields that a pattern looks at, by full dotted name, and the steps those names are made of. */
export interface WantedFields {
  readonly names: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
}

/**
 * Finds the leaves of an event at the wanted fields. A dot inside a key is the same as nesting; an object and
 * an empty array have no leaf, and an array stands for its elements.
 * @param event JSON text or a value that has been parsed from it
 * @returns the leaves by field name; a repeated key gives all its values
 * @throws InvalidEvent when the event is not a JSON object
 */
export function eventLeaves(event: string | object, wanted: WantedFields): Map<string, Leaf[]> {
  const root = typeof event === 'string' ? parseEvent(event) : event;
  if (root === null || typeof root !== 'object' || Array.isArray(root) || root instanceof JsonNumber) {
    throw new InvalidEvent('Event must be a JSON object');
  }
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;

  function addLeaf(
    name: string,
    text: string,
    string: string | undefined,
    number: number | undefined,
    places: ArrayPlaces,
  ) {
    if (!wanted.names.has(name)) return;
    const leaf: Leaf = { text, string, number, places };
    const others = leaves.get(name);
    if (others === undefined) leaves.set(name, [leaf]);
    else others.push(leaf);
  }

  function visitObject(object: object, prefix: string, places: ArrayPlaces): void {
    const entries = object instanceof JsonObject ? object.entries : Object.entries(object);
    for (const [key, value] of entries) {
      if (isWantedStep(key, wanted.steps)) visit(value, prefix + key, places);
    }
  }

  function visitArray(items: readonly unknown[], name: string, places: ArrayPlaces): void {
    const array = arrays++;
    items.forEach((item, index) => {
      const nested = typeof item === 'object' && item !== null && !(item instanceof JsonNumber);
      visit(item, name, nested ? [...places, array, index] : places);
    });
  }

  function visit(value: unknown, name: string, places: ArrayPlaces): void {
    if (typeof value === 'string') {
      addLeaf(name, `"${value}"`, value, undefined, places);
    } else if (value instanceof JsonNumber) {
      addLeaf(name, value.text, undefined, comparableNumber(value.text), places);
    } else if (typeof value === 'number' && Number.isFinite(value)) {
      addLeaf(name, String(value), undefined, value, places);
    } else if (value === null || typeof value === 'boolean') {
      addLeaf(name, String(value), undefined, undefined, places);
    } else if (Array.isArray(value)) {
      visitArray(value, name, places);
    } else if (typeof value === 'object') {
      visitObject(value, `${name}.`, places);
    }
  }

  visitObject(root, '', []);
  return leaves;
}

function parseEvent(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new InvalidEvent(`Event is not valid JSON. ${error.message}`);
    throw error;
  }
}

function isWantedStep(key: string, steps: ReadonlySet<string>): boolean {
  return steps.has(key) || (key.includes('.') && stepsOf(key).every((step) => steps.has(step)));
}

/** The steps of a dotted field name; as in event-ruler, dots at the end open no further step. */
export function stepsOf(name: string): string[] {
  return name.replace(/\.+$/, '').split('.');
}
