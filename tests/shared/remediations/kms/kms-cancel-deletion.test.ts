import remediation from '../../../../shared/remediations/kms/kms-cancel-deletion';
import { KEY, keyCase } from '../cases';
import { ACCOUNT, type Case, REGION, said, sceneOf } from '../scene';

const rows: [name: string, one: Case, expected: string[]][] = [
  [
    'pending deletion',
    keyCase('PendingDeletion'),
    [`Cancel the deletion of key ${KEY}`, `Enable key ${KEY}`],
  ],
  ['disabled', keyCase('Disabled'), [`Enable key ${KEY}`]],
  ['enabled', keyCase('Enabled'), ['nothing-to-do: The key is enabled.']],
  ['of AWS', keyCase('Disabled', { KeyManager: 'AWS' }), ['cannot: The key is managed by AWS.']],
  ['without its material', keyCase('PendingImport'), ['cannot: The key is in state PendingImport.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test.each([
  ['PendingDeletion', { PendingWindowInDays: 30 }],
  ['Disabled', {}],
])('the undo brings %s back', (state, more) => {
  const scene = sceneOf(remediation, keyCase(state));
  const captured = scene.capture();
  const proposal = scene.propose(captured);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  scene.undo(captured, scene.capture());
  expect(scene.cloud.keys[KEY]?.['KeyState']).toBe(state);
  expect(scene.calls.undo.map(({ input }) => input)).toEqual([{ KeyId: KEY, ...more }]);
});

test.each(['alias/orders', '*', `arn:aws:kms:${REGION}:${ACCOUNT}:key/*`])(
  'has no target for %s',
  (resourceId) => {
    const finding = { accountId: ACCOUNT, region: REGION, resourceType: 'AWS::KMS::Key', resourceId };
    expect(remediation.target(finding)).toHaveProperty('cannot');
  },
);
