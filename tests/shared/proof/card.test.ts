import type { EventProof } from '../../../shared/contracts/trailseal/finding';
import { type ProofCard, proofCardOf } from '../../../shared/proof/card';

const proof = (state: EventProof['state'], reason?: EventProof['reason']) => ({
  proof: { state, says: '', ...(reason === undefined ? {} : { reason }) },
});
const [proven, pending] = [proof('proven'), proof('pending')];
const late = proof('missing', 'late');

test.each<[string, ReturnType<typeof proof>[], ProofCard]>([
  ['no call', [], { state: 'missing', reason: 'no-call' }],
  ['one that is proven', [proven], { state: 'proven' }],
  ['all that are proven', [proven, proven], { state: 'proven' }],
  ['one of two that waits', [proven, pending], { state: 'pending' }],
  ['one of two that is missing', [proven, late], { state: 'missing', reason: 'late' }],
  [
    'the first of those that are missing',
    [proven, proof('missing', 'not-selected'), late],
    { state: 'missing', reason: 'not-selected' },
  ],
  ['one that waits beside one that is missing', [late, pending], { state: 'pending' }],
  [
    'one that is contradicted, whatever the others are',
    [proven, pending, late, proof('contradicted', 'other-content')],
    { state: 'contradicted', reason: 'other-content' },
  ],
])('%s', (_, calls, card) => expect(proofCardOf(calls)).toEqual(card));
