import rule from '../../../../../shared/controls/rules/iam/iam-user-no-direct-policies';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const MANAGED = 'configuration.attachedManagedPolicies';
const INLINE = 'configuration.userPolicyList';
const nameOf = (list: string, index: number) => `${list}[${index}].policyName`;

const johndoe = captured('ci-rdk-AWS_IAM_User');
// Its item has no list of inline policies at all.
const grouped = captured('ci-evt-b137bf41f0');
const four = [0, 1, 2].map((index) => nameOf(MANAGED, index)).concat(nameOf(INLINE, 0));

const rows: Row[] = [
  ['managed and inline policies', johndoe, 'NON_COMPLIANT', four],
  ['the same as the API writes them', inApiForm(johndoe), 'NON_COMPLIANT', four],
  ['an inline policy only', withMember(johndoe, MANAGED, []), 'NON_COMPLIANT', [nameOf(INLINE, 0)]],
  [
    'an inline policy, without a word about managed ones',
    withoutMember(johndoe, MANAGED),
    'NON_COMPLIANT',
    [nameOf(INLINE, 0)],
  ],
  [
    'a managed policy only',
    withMember(grouped, MANAGED, [
      { policyName: 'ReadOnlyAccess', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ]),
    'NON_COMPLIANT',
    [nameOf(MANAGED, 0)],
  ],
  ['a user in a group', grouped, 'COMPLIANT'],
  ['a user in no group', captured('ci-evt-9bfa0aa7b8'), 'COMPLIANT'],
  ['two empty lists', withMember(withMember(johndoe, MANAGED, []), INLINE, []), 'COMPLIANT'],
  ['a list of null beside an empty one', withMember(grouped, INLINE, null), 'COMPLIANT'],
  ['a deleted user', withMember(johndoe, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['neither list', withoutMember(grouped, MANAGED), 'INSUFFICIENT_DATA'],
  ['a policy without a name', withMember(johndoe, MANAGED, [{}]), 'INSUFFICIENT_DATA'],
  ['names in place of policies', withMember(johndoe, INLINE, ['admin']), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
