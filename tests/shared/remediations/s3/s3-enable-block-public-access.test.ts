import fc from 'fast-check';
import rule from '../../../../shared/controls/rules/s3/s3-bucket-public-access-block';
import { everythingBlocked } from '../../../../shared/remediations/resources/public-access-block';
import remediation from '../../../../shared/remediations/s3/s3-enable-block-public-access';
import { said as judged } from '../../../support/judge-rule';
import { BUCKET, bucketCase, someBlock } from '../cases';
import { asItem } from '../item';
import { ACCOUNT, type Case, planOf, said, sceneOf } from '../scene';

const block = { PublicAccessBlockConfiguration: everythingBlocked };

const rows: [name: string, one: Case, expected: string[]][] = [
  ['none', bucketCase({}), [`Block all public access to bucket ${BUCKET}`]],
  ['half', bucketCase({ block: someBlock }), [`Block all public access to bucket ${BUCKET}`]],
  ['all', bucketCase({ block }), ['nothing-to-do: The bucket blocks all public access.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('every call names the owner of the bucket', () => {
  const scene = sceneOf(remediation, bucketCase({}));
  scene.capture();
  const calls = [...scene.calls.capture, ...planOf(remediation, bucketCase({})).calls];
  expect(calls.map(({ input }) => input['ExpectedBucketOwner'])).toEqual(calls.map(() => ACCOUNT));
});

const toEverybody = {
  Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
  Permission: 'READ',
};

test.each<[name: string, bucket: Parameters<typeof bucketCase>[0], expected: true | string]>([
  ['nothing public', {}, true],
  ['a policy that is not public', { policyStatus: { PolicyStatus: { IsPublic: false } } }, true],
  [
    'a public policy',
    { policyStatus: { PolicyStatus: { IsPublic: true } } },
    'the policy of the bucket is public',
  ],
  ['a public ACL', { grants: [toEverybody] }, 'the ACL of the bucket grants access to the public'],
])('needs nobody where nobody loses access: %s', (_name, bucket, expected) => {
  const scene = sceneOf(remediation, bucketCase(bucket));
  expect(scene.autoHolds(scene.capture())).toBe(expected);
});

const flags = fc.record(
  {
    BlockPublicAcls: fc.boolean(),
    IgnorePublicAcls: fc.boolean(),
    BlockPublicPolicy: fc.boolean(),
    RestrictPublicBuckets: fc.boolean(),
  },
  { requiredKeys: [] },
);

test('any block becomes whole, to the satisfaction of the rule, and comes back as it was', () => {
  fc.assert(
    fc.property(fc.option(flags), (configuration) => {
      const before = configuration && { PublicAccessBlockConfiguration: configuration };
      const scene = sceneOf(remediation, bucketCase({ block: before }));
      const captured = scene.capture();
      const proposal = scene.propose(captured);
      if ('plan' in proposal) scene.apply(proposal.plan);
      const left = scene.capture();
      const observed = remediation.observed(left as never, scene.target);
      if (!observed) throw new Error('the bucket is gone');
      expect(judged(rule, asItem(scene.target, observed)).compliance).toBe('COMPLIANT');
      scene.undo(captured, left);
      expect(scene.cloud.buckets[BUCKET]?.['block']).toEqual(before);
    }),
    { numRuns: 60 },
  );
});
