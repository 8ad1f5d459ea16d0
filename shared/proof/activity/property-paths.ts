import { SNAPSHOT_PATH } from '../../contracts/aws/account-snapshot';
import type { Touched } from './resources/resource-calls';

/** AWS Config counts list entries as steps of a path, and capitalises by rules of its own. */
const steps = (path: string): string[] =>
  path
    .toLowerCase()
    .split(/[.[\]]/)
    .filter((step) => step !== '' && !/^\d+$/.test(step));

/** Whether one is the other, or contains it. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((step, index) => step === long[index]);
}

/** AWS Config says so of what is new, and of what is gone. */
export const isWhole = (changedPaths: readonly string[]): boolean =>
  changedPaths.some((path) => path.toLowerCase() === 'configuration');

const isRelationship = ([first]: readonly string[]): boolean => first === 'relationships';

/** Whether a call changes anything that AWS Config records: some of it only snapshots show. */
export const touchesRecorded = (touched: Touched): boolean =>
  touched === 'everything' || touched.some((path) => !path.startsWith(`${SNAPSHOT_PATH}.`));

/**
 * Whether a call that touches these paths may be what changed one of those. Relationships change along with what makes
 * them, and prove nothing where that is told, too.
 */
export function explains(touched: Touched, changedPaths: readonly string[]): boolean {
  if (touched === 'everything') return true;
  const changed = changedPaths.map(steps);
  const telling = changed.some((path) => !isRelationship(path))
    ? changed.filter((path) => !isRelationship(path))
    : changed;
  return touched.some((path) => telling.some((other) => overlap(steps(path), other)));
}
