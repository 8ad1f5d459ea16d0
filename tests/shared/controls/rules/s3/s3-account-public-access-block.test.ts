import rule from '../../../../../shared/controls/rules/s3/s3-account-public-access-block';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const block = captured('ci-rdk-AWS_S3_AccountPublicAccessBlock');
const POLICY = 'configuration.blockPublicPolicy';
const off = withMember(block, POLICY, false);

const rows: Row[] = [
  ['all four settings on', block, 'COMPLIANT'],
  ['all four settings on, as the API writes them', inApiForm(block), 'COMPLIANT'],
  ['one off', off, 'NON_COMPLIANT', [POLICY]],
  ['one off, as the API writes it', inApiForm(off), 'NON_COMPLIANT', [POLICY]],
  ['one missing', withoutMember(block, POLICY), 'NON_COMPLIANT', [POLICY]],
  ['one null', withMember(block, POLICY, null), 'NON_COMPLIANT', [POLICY]],
  [
    'no setting at all',
    withMember(block, 'configuration', {}),
    'NON_COMPLIANT',
    ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'].map(
      (flag) => `configuration.${flag}`,
    ),
  ],
  [
    'a block that was removed',
    withMember(block, 'configurationItemStatus', 'ResourceDeleted'),
    'NON_COMPLIANT',
    ['configuration'],
  ],
  [
    'a block that was removed, of a type that is not recorded',
    withMember(
      withMember(block, 'configurationItemStatus', 'ResourceDeletedNotRecorded'),
      'configuration',
      null,
    ),
    'NON_COMPLIANT',
    ['configuration'],
  ],
  [
    'a block that is no longer recorded',
    withMember(off, 'configurationItemStatus', 'ResourceNotRecorded'),
    'NOT_APPLICABLE',
  ],
  ['a setting as text', withMember(block, POLICY, 'true'), 'INSUFFICIENT_DATA'],
  ['no configuration', withMember(block, 'configuration', null), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
