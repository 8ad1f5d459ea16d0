import type { ConfigurationDiff } from '../contracts/aws/config-change';
import type { Json } from '../contracts/aws/configuration-item';
import type { ChangeLink } from '../contracts/trailseal/finding';
import { boundedValue, DEEPEST, firstWithin, notKept, shortenedTo } from './bounded-value';

// A finding travels with its changes through DynamoDB (400 KB an item), EventBridge and SNS (256 KB a message).
const PROPERTIES = 50;
const PROPERTIES_BYTES = 8 * 1024;
const OTHER_PATHS = 50;
const OTHER_PATHS_BYTES = 3 * 1024;
const PATH_LENGTH = 256;

type PathStep = string;
type Property = ChangeLink['properties'][number];

/** Array positions are no part of what a rule reads. */
const steps = (path: string): PathStep[] => path.split('.').filter((step) => !/^\d+$/.test(step));

// AWS Config capitalises the diff's keys by rules of its own, so letter case can't tell paths apart here.
const same = (a: PathStep, b: PathStep) => a.toLowerCase() === b.toLowerCase();
const startsWith = (path: readonly PathStep[], prefix: readonly PathStep[]) =>
  prefix.length <= path.length && prefix.every((step, index) => same(step, path[index] ?? ''));

/** The value with nothing left in it but what stands at one of the paths, which are relative to it. */
function pruned(value: Json, paths: readonly (readonly PathStep[])[], depth = 0): Json {
  if (paths.some((path) => path.length === 0) || value === null) return value;
  if (depth > DEEPEST) return notKept(`nested more than ${DEEPEST} levels deep`);
  if (typeof value !== 'object') return withheld(value, paths, depth);
  if (Array.isArray(value)) return value.map((element: Json) => pruned(element, paths, depth + 1));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const below = paths
        .filter(([first]) => first !== undefined && same(first, key))
        .map((path) => path.slice(1));
      return below.length === 0 ? [] : [[key, pruned(member, below, depth + 1)]];
    }),
  );
}

/** Where an object was to be pruned there may be its JSON text. Any other text may hold what nobody reads. */
function withheld(value: Json, paths: readonly (readonly PathStep[])[], depth: number): Json {
  const inner = typeof value === 'string' ? parsedObject(value) : undefined;
  return inner === undefined
    ? notKept(`${typeof value}, where an object was expected`)
    : pruned(inner, paths, depth + 1);
}

function parsedObject(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' || typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What changed, as AWS Config reports it, cut down to what a control looks at: a diff may hold secrets in properties
 * that are none of the alert's business. Large values are replaced by their size, and a very long diff is cut.
 *
 * @param paths the dotted paths that the control reads
 */
export function changeLink(diff: ConfigurationDiff, paths: readonly string[]): ChangeLink {
  if (diff === null || diff.length === 0) return { state: 'none', properties: [], otherPaths: [] };
  const read = paths.map(steps);
  const properties: Property[] = [];
  const others: string[] = [];
  for (const { path, changeType, before, after } of diff) {
    const at = steps(path);
    const inside = read.some((wanted) => startsWith(at, wanted)) ? [[]] : [];
    const below = read.filter((wanted) => startsWith(wanted, at)).map((wanted) => wanted.slice(at.length));
    const wanted = [...inside, ...below];
    if (wanted.length === 0) others.push(path);
    else {
      properties.push({
        path: cut(path),
        changeType,
        before: boundedValue(pruned(before, wanted)),
        after: boundedValue(pruned(after, wanted)),
      });
    }
  }
  const kept = firstWithin(properties, PROPERTIES, PROPERTIES_BYTES);
  const named = [...properties.slice(kept.length).map(({ path }) => path), ...others.map(cut)];
  const otherPaths = firstWithin(named, OTHER_PATHS, OTHER_PATHS_BYTES);
  const omitted = named.length - otherPaths.length;
  return { state: 'reported', properties: kept, otherPaths, ...(omitted > 0 ? { omitted } : {}) };
}

const cut = (path: string): string => shortenedTo(PATH_LENGTH, path);
