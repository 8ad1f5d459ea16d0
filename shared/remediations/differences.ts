import type { Json, JsonObject } from '../contracts/aws/configuration-item';
import { writePath } from '../contracts/parse';
import type { Refusal } from '../contracts/trailseal/remediation';
import { canonicalJson } from './plan';

/** One place in which what is there now is not what the remediation left. Undefined: nothing stands there. */
export interface Difference {
  readonly path: string;
  readonly captured: Json | undefined;
  readonly left: Json | undefined;
  readonly live: Json | undefined;
}

const MOST_SHOWN = 3;

/**
 * The three-way difference before an undo: where the live state is not what was left.
 * @param captured before the remediation, each as its `meaning` tells it
 */
export function differences(captured: Json, left: Json, live: Json): Difference[] {
  const found: Difference[] = [];
  const walk = (path: readonly string[], states: States): void => {
    const [, leftHere, liveHere] = states;
    if (same(leftHere, liveHere)) return;
    if (isObject(leftHere) && isObject(liveHere)) {
      const keys = [...new Set([...Object.keys(leftHere), ...Object.keys(liveHere)])].sort();
      for (const key of keys)
        walk([...path, key], states.map((state) => member(state, key)) as unknown as States);
      return;
    }
    const [before] = states;
    found.push({ path: writePath(path), captured: before, left: leftHere, live: liveHere });
  };
  walk([], [captured, left, live]);
  return found;
}

/** Undefined when the undo may be made: nobody has changed anything since, or whoever asks wants it all the same. */
export function refusesUndo(found: readonly Difference[], forced: boolean): Refusal | undefined {
  if (found.length === 0 || forced) return undefined;
  const shown = found.slice(0, MOST_SHOWN).map(({ path }) => path || 'the whole');
  const more = found.length > MOST_SHOWN ? ` and ${found.length - MOST_SHOWN} more` : '';
  return {
    code: 'changed-since',
    says: `It is no longer as it was left: ${shown.join(', ')}${more}.`,
    instead: 'Look at the three-way difference, then force the undo or change it by hand.',
  };
}

/**
 * What an undo comes to: what was captured wherever the remediation changed something, and what is there now elsewhere.
 * Each as its `meaning` tells it.
 */
export function restored(captured: Json, left: Json, live: Json): Json {
  const merge = ([capturedHere, leftHere, liveHere]: States): Json | undefined => {
    if (same(capturedHere, leftHere)) return liveHere;
    if (!isObject(capturedHere) || !isObject(leftHere) || !isObject(liveHere)) return capturedHere;
    const states = [capturedHere, leftHere, liveHere];
    const keys = [...new Set(states.flatMap((state) => Object.keys(state)))].sort();
    return Object.fromEntries(
      keys
        .map((key) => [key, merge(states.map((state) => member(state, key)) as unknown as States)] as const)
        .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined),
    );
  };
  return merge([captured, left, live]) ?? null;
}

type States = readonly [captured: Json | undefined, left: Json | undefined, live: Json | undefined];

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const same = (a: Json | undefined, b: Json | undefined) =>
  a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
