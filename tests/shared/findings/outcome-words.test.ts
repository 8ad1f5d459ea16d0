import type { RemediationOutcome } from '../../../shared/contracts/trailseal/remediation';
import { callsMade, outcomeSays } from '../../../shared/findings/outcome-words';
import { at, outcome } from '../../support/findings';

const asks = { nonce: 'n', expiresAt: at(23) };
const undo = { does: 'undo', of: 'RUNAAAAAAAAAAAAAAAAAAAAAAA' } as const;
const cap = { code: 'cap-reached', says: '5 were made within the hour.' } as const;
const tags = { code: 'tags-unknown', says: 'Its tags could not be read.' } as const;

test.each<[string, Partial<RemediationOutcome>]>([
  [
    'A fix is planned, and waits for an approval until 2026-01-31 23:00 UTC: nothing was changed.',
    { kind: 'RemediationProposed', asks },
  ],
  [
    'A fix is planned, and waits for nothing: the mode is dry-run, and nothing was changed.',
    { kind: 'RemediationProposed', mode: 'dry-run' },
  ],
  [
    'An undo is planned, and waits for an approval until 2026-01-31 23:00 UTC: nothing was changed.',
    { kind: 'RemediationProposed', asks, ...undo },
  ],
  ['Nothing was changed: its tags could not be read.', { kind: 'Refused', refusals: [tags] }],
  [
    'Nothing was changed: 5 were made within the hour. There is one more reason.',
    { kind: 'Refused', refusals: [cap, tags] },
  ],
  [
    'It was not undone: 5 were made within the hour. There are 2 more reasons.',
    { kind: 'Refused', refusals: [cap, tags, tags], ...undo },
  ],
  ['It was fixed: read again, it is as planned, and the control holds.', {}],
  ['It was fixed: read again, it is as planned.', { judged: 'not-judged' }],
  [
    'It was undone: read again, it is as planned, and the control does not hold.',
    { kind: 'Undone', judged: 'NON_COMPLIANT', ...undo },
  ],
  [
    'It was changed, and that is not confirmed: what is there now is not what the plan foresaw.',
    { kind: 'Unconfirmed', says: 'What is there now is not what the plan foresaw.' },
  ],
  ['It was put back, and that is not confirmed.', { kind: 'Unconfirmed', ...undo }],
  [
    'The fix failed, done in part: AWS refused with AccessDenied: Revoke ingress rule sgr-0a1b.',
    { kind: 'Failed', says: 'AWS refused with AccessDenied: Revoke ingress rule sgr-0a1b.' },
  ],
  [
    'The fix failed, and may be done in part: no answer came.',
    { kind: 'Failed', steps: [{ state: 'applying', at: at(9), call: 0 }], says: 'No answer came.' },
  ],
  [
    'The undo failed: an answer that it needs got lost.',
    { kind: 'Failed', steps: [], says: 'An answer that it needs got lost.', ...undo },
  ],
])('%s', (says, parts) => expect(outcomeSays(outcome(parts))).toBe(says));

test.each<[string, Partial<RemediationOutcome['steps'][number]>[], number, boolean]>([
  ['none', [], 0, false],
  ['the first is refused', [{ call: 0, result: 'refused' }], 0, false],
  ['the first is on its way', [{ call: 0 }], 0, true],
  ['no answer came to the second', [{ call: 1, result: 'unknown' }], 1, true],
  [
    'an answer had got lost, and the effect is there',
    [
      { call: 1, result: 'unknown' },
      { call: 1, result: 'done' },
    ],
    2,
    false,
  ],
  // Of many steps the first ones are not kept: a call is made only when those before it have worked.
  ['only the last step is known', [{ call: 30, result: 'refused' }], 30, false],
])('how many calls were made when %s', (_name, steps, made, mayBeMore) => {
  const all = steps.map((step) => ({ state: 'applying' as const, at: at(9), ...step }));
  expect(callsMade({ steps: all })).toEqual({ made, mayBeMore });
});
