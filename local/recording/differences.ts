import { isObject, type JsonObject } from '../json';
import type { ItemParts } from './items';

interface Change {
  previousValue: unknown;
  updatedValue: unknown;
  changeType: 'CREATE' | 'UPDATE' | 'DELETE';
}

/** What differs between two items, as AWS Config names it: `Configuration.IpPermissions.0`. */
export function changedProperties(before: ItemParts | undefined, after: ItemParts): Record<string, Change> {
  const changes: Record<string, Change> = {};
  const { configuration } = after;
  const previous = before?.configuration ?? null;
  if (configuration === null || previous === null) {
    changes['Configuration'] = changed(previous ?? undefined, configuration ?? undefined);
    return changes;
  }
  compare('Configuration', previous, configuration, changes);
  compare(
    'SupplementaryConfiguration',
    before?.supplementaryConfiguration ?? {},
    after.supplementaryConfiguration ?? {},
    changes,
  );
  compareLists('Relationships', before?.relationships ?? [], after.relationships, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: Record<string, Change>): void {
  if (same(before, after)) return;
  if (isObject(before) && isObject(after)) compareMembers(path, before, after, changes);
  else if (Array.isArray(before) && Array.isArray(after)) compareLists(path, before, after, changes);
  else changes[path] = changed(before, after);
}

function compareMembers(
  path: string,
  before: JsonObject,
  after: JsonObject,
  changes: Record<string, Change>,
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(`${path}.${capitalised(name)}`, before[name], after[name], changes);
  }
}

/** Entries have no identity: what is in one list only went or came, and is counted. */
function compareLists(
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
  changes: Record<string, Change>,
): void {
  const rest = [...after];
  const gone = before.filter((entry) => {
    const at = rest.findIndex((other) => same(entry, other));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  const all = [
    ...gone.map((entry) => changed(entry, undefined)),
    ...rest.map((entry) => changed(undefined, entry)),
  ];
  for (const [index, change] of all.entries()) changes[`${path}.${index}`] = change;
}

function changed(before: unknown, after: unknown): Change {
  const changeType = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE';
  return { previousValue: before ?? null, updatedValue: after ?? null, changeType };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const capitalised = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
