import type { Json } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/s3/s3-bucket-default-encryption';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const ENCRYPTION = 'supplementaryConfiguration.ServerSideEncryptionConfiguration';
const ALGORITHM = `${ENCRYPTION}.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm`;

// Captured before S3 encrypted every bucket.
const plain = captured('ci-rdk-AWS_S3_Bucket');
const encrypted = (applyServerSideEncryptionByDefault: Json) =>
  withMember(plain, ENCRYPTION, { rules: [{ applyServerSideEncryptionByDefault, bucketKeyEnabled: false }] });
const sseS3 = encrypted({ sseAlgorithm: 'AES256', kmsMasterKeyID: null });

const rows: Row[] = [
  ['SSE-S3', sseS3, 'COMPLIANT'],
  ['SSE-S3, as the API writes it', inApiForm(sseS3), 'COMPLIANT'],
  [
    'SSE-KMS',
    encrypted({ sseAlgorithm: 'aws:kms', kmsMasterKeyID: 'arn:aws:kms:us-east-1:123456789012:key/1' }),
    'COMPLIANT',
  ],
  ['two layers of SSE-KMS', encrypted({ sseAlgorithm: 'aws:kms:dsse' }), 'COMPLIANT'],
  ['none', plain, 'NON_COMPLIANT', [ENCRYPTION]],
  ['none, as the API writes it', captured('ci-c7n-s3-website'), 'NON_COMPLIANT', [ENCRYPTION]],
  ['null', withMember(plain, ENCRYPTION, null), 'NON_COMPLIANT', [ENCRYPTION]],
  ['no rules', withMember(plain, ENCRYPTION, { rules: [] }), 'NON_COMPLIANT', [ENCRYPTION]],
  ['rules of null', withMember(plain, ENCRYPTION, { rules: null }), 'NON_COMPLIANT', [ENCRYPTION]],
  ['a rule without a default', encrypted(null), 'NON_COMPLIANT', [ALGORITHM]],
  ['a default without an algorithm', encrypted({}), 'NON_COMPLIANT', [ALGORITHM]],
  ['an algorithm of null', encrypted({ sseAlgorithm: null }), 'NON_COMPLIANT', [ALGORITHM]],
  ['an empty algorithm', encrypted({ sseAlgorithm: '' }), 'NON_COMPLIANT', [ALGORITHM]],
  ['a deleted bucket', withMember(plain, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['an algorithm that is no text', encrypted({ sseAlgorithm: true }), 'INSUFFICIENT_DATA'],
  ['encryption as text', withMember(plain, ENCRYPTION, 'AES256'), 'INSUFFICIENT_DATA'],
  ['no supplementary configuration', withoutMember(plain, 'supplementaryConfiguration'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
