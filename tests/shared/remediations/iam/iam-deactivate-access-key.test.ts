import remediation from '../../../../shared/remediations/iam/iam-deactivate-access-key';
import { newKey, oldKey, userCase } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const exposed = (topic?: string): Case =>
  userCase([oldKey, newKey], {
    control: 'trusted-advisor-exposed-keys',
    finding: {
      resourceType: 'AWS::IAM::User',
      resourceId: 'deploy',
      ...(topic === undefined ? {} : { topic }),
    },
  });
const stops = (key: string) => `Set access key ${key} of deploy to Inactive`;

const rows: [name: string, one: Case, expected: string[]][] = [
  ['the keys that are too old', userCase([oldKey, newKey]), [stops('AKIAOLD')]],
  [
    'by the days of the parameters',
    userCase([oldKey, newKey], { parameters: { maxDays: 10 } }),
    [stops('AKIAOLD'), stops('AKIANEW')],
  ],
  [
    'none that is inactive',
    userCase([{ ...oldKey, Status: 'Inactive' }]),
    ['nothing-to-do: No such key is active.'],
  ],
  [
    'none of unknown age',
    userCase([{ AccessKeyId: 'AKIA', Status: 'Active' }]),
    ['nothing-to-do: No such key is active.'],
  ],
  ['the key that was published, and no other', exposed('AKIANEW'), [stops('AKIANEW')]],
  ['no key that the finding does not name', exposed(), ['cannot: The finding does not name the access key.']],
  [
    'none of another control',
    userCase([oldKey], { control: 'other' }),
    ['cannot: Which keys are meant is not known.'],
  ],
];

test.each(rows)('deactivates %s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('the right is for the user as AWS names it, path and all', () => {
  expect(planOf(remediation, userCase([oldKey])).calls[0]?.allows).toEqual([
    { action: 'iam:UpdateAccessKey', resources: ['arn:aws:iam::123456789012:user/ci/deploy'] },
  ]);
});

test.each([
  ['trusted-advisor-exposed-keys', true],
  ['iam-access-key-rotation', 'what works with an old key stops working, and its owner has to know'],
])('needs nobody for a published key alone: %s', (control, expected) => {
  const scene = sceneOf(remediation, { ...exposed('AKIANEW'), control });
  expect(scene.autoHolds(scene.capture())).toBe(expected);
});

test('the undo says which key is gone for good', () => {
  const scene = sceneOf(remediation, userCase([oldKey, newKey], { parameters: { maxDays: 10 } }));
  const before = scene.capture();
  const proposal = scene.propose(before);
  if ('refusal' in proposal) throw new Error(proposal.refusal.says);
  scene.apply(proposal.plan);
  const left = scene.capture();
  scene.cloud.users['deploy']?.['keys'].splice(0, 1);
  expect(scene.undo(before, left, scene.capture())).toMatchObject({
    calls: [{ input: { AccessKeyId: 'AKIANEW', Status: 'Active' } }],
    leaves: ['Access key AKIAOLD was deleted, and is gone for good.'],
  });
});
