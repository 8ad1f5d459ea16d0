import { operator } from '../../shared/aws/operator-credentials';
import { Failure } from '../failure';
import type { OpenTable } from '../findings/open-table';

/**
 * Whose signature it is: the operator's, or on the laptop that of a person whom it knows.
 * @throws Failure when there is no such person
 */
export function signerNamed(as: string | undefined, { place, target }: Pick<OpenTable, 'place' | 'target'>) {
  if (as === undefined) return operator(place).credentials;
  const { people = {}, laptop } = target;
  if (laptop === undefined)
    throw new Failure('--as: only local AWS knows people by their names', [
      'In AWS name a profile: --profile NAME',
    ]);
  const key = Object.hasOwn(people, as) ? people[as] : undefined;
  if (key === undefined) {
    const names = Object.keys(people);
    throw new Failure(`--as: local AWS knows nobody called ${as}`, [
      names.length === 0 ? 'It knows the operator only: leave --as out' : `It knows: ${names.join(', ')}`,
    ]);
  }
  return key;
}
