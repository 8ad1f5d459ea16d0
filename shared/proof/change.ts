import type { ConfigurationDiff } from '../contracts/aws/config-change';
import type { Json } from '../contracts/aws/configuration-item';
import type { ChangeLink } from '../contracts/trailseal/finding';

type PathStep = string;

/** Array positions are no part of what a rule reads. */
const steps = (path: string): PathStep[] => path.split('.').filter((step) => !/^\d+$/.test(step));

// AWS Config capitalises the diff's keys by rules of its own, so letter case can't tell paths apart here.
const same = (a: PathStep, b: PathStep) => a.toLowerCase() === b.toLowerCase();
const startsWith = (path: readonly PathStep[], prefix: readonly PathStep[]) =>
  prefix.length <= path.length && prefix.every((step, index) => same(step, path[index] ?? ''));

/** The value with nothing left in it but what stands at one of the paths, which are relative to it. */
function pruned(value: Json, paths: readonly (readonly PathStep[])[]): Json {
  if (paths.some((path) => path.length === 0) || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element: Json) => pruned(element, paths));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const below = paths
        .filter(([first]) => first !== undefined && same(first, key))
        .map((path) => path.slice(1));
      return below.length === 0 ? [] : [[key, pruned(member, below)]];
    }),
  );
}

/**
 * What changed, as AWS Config reports it, cut down to what a control looks at: a diff may hold secrets in properties
 * that are none of the alert's business.
 *
 * @param paths the dotted paths that the control reads
 */
export function changeLink(diff: ConfigurationDiff, paths: readonly string[]): ChangeLink {
  if (diff === null || diff.length === 0) return { state: 'none', properties: [], otherPaths: [] };
  const read = paths.map(steps);
  const properties: ChangeLink['properties'] = [];
  const otherPaths: string[] = [];
  for (const { path, changeType, before, after } of diff) {
    const at = steps(path);
    const inside = read.some((wanted) => startsWith(at, wanted)) ? [[]] : [];
    const below = read.filter((wanted) => startsWith(wanted, at)).map((wanted) => wanted.slice(at.length));
    const wanted = [...inside, ...below];
    if (wanted.length === 0) otherPaths.push(path);
    else properties.push({ path, changeType, before: pruned(before, wanted), after: pruned(after, wanted) });
  }
  return { state: 'reported', properties, otherPaths };
}
