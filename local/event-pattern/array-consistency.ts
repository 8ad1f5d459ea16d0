import type { ArrayPlaces, Leaf } from './event-leaves';
import { type FieldPattern, matchesLeaf } from './terms';

/** A field of a sub-rule together with the leaves an event has there. */
interface FieldInEvent {
  readonly field: FieldPattern;
  readonly leaves: readonly Leaf[];
  readonly matching: readonly Leaf[];
}

const NO_LEAVES: readonly Leaf[] = [];

/**
 * Tells whether all fields match in a consistent way: no two of the leaves used lie in different elements of
 * one array.
 * @param fields the fields of a sub-rule, sorted by name; the order matters to "exists": false, which looks
 *   only at the array elements that the fields before it have settled on
 */
export function matchesConsistently(
  fields: readonly (readonly [name: string, field: FieldPattern])[],
  leavesByName: ReadonlyMap<string, readonly Leaf[]>,
): boolean {
  const inEvent: FieldInEvent[] = [];
  let inArrays = false;
  for (const [name, field] of fields) {
    const leaves = leavesByName.get(name) ?? NO_LEAVES;
    const matching = leaves.filter((leaf) => matchesLeaf(field, leaf));
    if (matching.length === 0 && !field.matchesAbsence) return false;
    inArrays ||= leaves.some((leaf) => leaf.places.length > 0);
    inEvent.push({ field, leaves, matching });
  }
  if (!inArrays) return inEvent.every(({ leaves, matching }) => matching.length > 0 || leaves.length === 0);
  return search(inEvent);
}

/**
 * Tries the leaves field by field; settled choices that differ only in arrays of no further interest are
 * tried once.
 */
function search(fields: readonly FieldInEvent[]): boolean {
  const arraysFrom = arraysOfInterest(fields);
  const failed = new Set<string>();

  function from(index: number, settled: ArrayPlaces): boolean {
    const current = fields[index];
    if (current === undefined) return true;
    const state = `${index}:${restrict(settled, arraysFrom[index])}`;
    if (failed.has(state)) return false;
    if (
      current.field.matchesAbsence &&
      current.leaves.every((leaf) => join(settled, leaf.places) === undefined)
    ) {
      if (from(index + 1, settled)) return true;
    }
    for (const leaf of current.matching) {
      const joined = join(settled, leaf.places);
      if (joined !== undefined && from(index + 1, joined)) return true;
    }
    failed.add(state);
    return false;
  }

  return from(0, []);
}

/** Per field, the arrays in which it or a later field has leaves. */
function arraysOfInterest(fields: readonly FieldInEvent[]): Set<number>[] {
  const perField: Set<number>[] = [];
  let later = new Set<number>();
  for (const { leaves } of fields.toReversed()) {
    later = new Set([...later, ...leaves.flatMap((leaf) => leaf.places.filter((_, i) => i % 2 === 0))]);
    perField.unshift(later);
  }
  return perField;
}

function restrict(places: ArrayPlaces, arrays: ReadonlySet<number> | undefined): string {
  const kept: string[] = [];
  for (let i = 0; i < places.length; i += 2) {
    if (arrays?.has(places[i] ?? -1)) kept.push(`${places[i]}[${places[i + 1]}]`);
  }
  return kept.sort().join();
}

/**
 * Adds the places of a leaf to those settled so far; undefined when it lies in another element of an array.
 */
function join(settled: ArrayPlaces, places: ArrayPlaces): ArrayPlaces | undefined {
  let joined = settled;
  for (let i = 0; i < places.length; i += 2) {
    const array = places[i];
    const index = places[i + 1];
    if (array === undefined || index === undefined) continue;
    const known = indexIn(settled, array);
    if (known === undefined) joined = [...joined, array, index];
    else if (known !== index) return undefined;
  }
  return joined;
}

function indexIn(settled: ArrayPlaces, array: number): number | undefined {
  for (let i = 0; i < settled.length; i += 2) {
    if (settled[i] === array) return settled[i + 1];
  }
  return undefined;
}
