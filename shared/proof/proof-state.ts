import type { Call } from '../contracts/trailseal/finding';

/**
 * What the proofs of several calls come to: as bad as the worst, and proven only when each one is. Without a call there
 * is nothing to prove.
 */
export function proofStateOf(
  calls: readonly Pick<Call, 'proof'>[],
): 'no-call' | 'pending' | 'proven' | 'missing' | 'contradicted' {
  const states = new Set(calls.map(({ proof }) => proof.state));
  if (states.has('contradicted')) return 'contradicted';
  if (states.has('pending')) return 'pending';
  if (states.has('missing')) return 'missing';
  return states.has('proven') ? 'proven' : 'no-call';
}
