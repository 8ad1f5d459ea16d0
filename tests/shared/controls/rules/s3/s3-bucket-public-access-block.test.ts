import rule from '../../../../../shared/controls/rules/s3/s3-bucket-public-access-block';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const BLOCK = 'supplementaryConfiguration.PublicAccessBlockConfiguration';
const allOn = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

// Captured before AWS had public access blocks: none is set.
const open = captured('ci-c7n-c53c0fb265');
const blocked = withMember(open, BLOCK, allOn);

const rows: Row[] = [
  ['no block', open, 'NON_COMPLIANT', [BLOCK]],
  ['no block, as the API writes it', captured('ci-c7n-s3-website'), 'NON_COMPLIANT', [BLOCK]],
  ['a block of null', withMember(open, BLOCK, null), 'NON_COMPLIANT', [BLOCK]],
  ['all four settings on', blocked, 'COMPLIANT'],
  ['all four settings on, as the API writes them', inApiForm(blocked), 'COMPLIANT'],
  [
    'one off',
    withMember(blocked, `${BLOCK}.blockPublicPolicy`, false),
    'NON_COMPLIANT',
    [`${BLOCK}.blockPublicPolicy`],
  ],
  [
    'one off, as the API writes it',
    inApiForm(withMember(blocked, `${BLOCK}.blockPublicPolicy`, false)),
    'NON_COMPLIANT',
    [`${BLOCK}.blockPublicPolicy`],
  ],
  [
    'one missing',
    withoutMember(blocked, `${BLOCK}.restrictPublicBuckets`),
    'NON_COMPLIANT',
    [`${BLOCK}.restrictPublicBuckets`],
  ],
  [
    'one null',
    withMember(blocked, `${BLOCK}.ignorePublicAcls`, null),
    'NON_COMPLIANT',
    [`${BLOCK}.ignorePublicAcls`],
  ],
  [
    'an empty block',
    withMember(open, BLOCK, {}),
    'NON_COMPLIANT',
    ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'].map(
      (flag) => `${BLOCK}.${flag}`,
    ),
  ],
  ['a deleted bucket', withMember(open, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['no supplementary configuration', withoutMember(open, 'supplementaryConfiguration'), 'INSUFFICIENT_DATA'],
  [
    'a supplementary configuration of null',
    withMember(open, 'supplementaryConfiguration', null),
    'INSUFFICIENT_DATA',
  ],
  ['settings as text', withMember(blocked, `${BLOCK}.blockPublicAcls`, 'true'), 'INSUFFICIENT_DATA'],
  ['a list where the block should be', withMember(open, BLOCK, []), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
