import type { Call, ProofReason } from '../contracts/trailseal/finding';

/** The third of the four questions, is the record true, for all calls together. */
export interface ProofCard {
  readonly state: 'pending' | 'proven' | 'missing' | 'contradicted';
  /** Of what is missing or contradicted; `no-call`: no call is known, so there is no record to prove. */
  readonly reason?: ProofReason | 'no-call';
}

/** As bad as the worst of them, with the reason of the first that is so bad; proven only when each one is. */
export function proofCardOf(calls: readonly Pick<Call, 'proof'>[]): ProofCard {
  const state = proofStateOf(calls);
  if (state === 'no-call') return { state: 'missing', reason: 'no-call' };
  const reason = calls.find(({ proof }) => proof.state === state)?.proof.reason;
  return { state, ...(reason === undefined ? {} : { reason }) };
}

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
