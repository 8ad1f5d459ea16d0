import remediation from '../../../../shared/remediations/s3/s3-set-default-encryption';
import { BUCKET, bucketCase } from '../cases';
import { type Case, planOf, said, sceneOf } from '../scene';

const adds = `Encrypt new objects of bucket ${BUCKET} with keys of S3 by default`;
const withKms = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' } };
const withoutDefault = { BucketKeyEnabled: true };

const rows: [name: string, one: Case, expected: string[]][] = [
  ['none', bucketCase({}), [adds]],
  ['a rule without a default', bucketCase({ encryption: { Rules: [withoutDefault] } }), [adds]],
  [
    'a key of KMS',
    bucketCase({ encryption: { Rules: [withKms] } }),
    ['nothing-to-do: New objects are encrypted by default.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('keeps what else is set', () => {
  expect(
    planOf(remediation, bucketCase({ encryption: { Rules: [withoutDefault] } })).calls[0]?.input,
  ).toMatchObject({
    ServerSideEncryptionConfiguration: {
      Rules: [{ BucketKeyEnabled: true, ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
});

test('needs somebody where settings are there already', () => {
  const scene = sceneOf(remediation, bucketCase({ encryption: { Rules: [withoutDefault] } }));
  expect(scene.autoHolds(scene.capture())).toBe('settings of the encryption are there already');
});
