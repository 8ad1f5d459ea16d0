import rule from '../../../../../shared/controls/rules/ec2/vpc-default-sg-closed';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const INGRESS = 'configuration.ipPermissions';
const EGRESS = 'configuration.ipPermissionsEgress';
const FIRST_IN = `${INGRESS}[0].ipProtocol`;
const FIRST_OUT = `${EGRESS}[0].ipProtocol`;

const other = captured('ci-c7n-6098384ec8');
// No default group was captured: the name is put on another.
const open = withMember(other, 'configuration.groupName', 'default');
const closed = withMember(withMember(open, INGRESS, []), EGRESS, []);
const six = withMember(captured('ci-evt-bb8252a7f7'), 'configuration.groupName', 'default');

const rows: Row[] = [
  ['ingress and egress', open, 'NON_COMPLIANT', [FIRST_IN, FIRST_OUT]],
  ['the same as the API writes it', inApiForm(open), 'NON_COMPLIANT', [FIRST_IN, FIRST_OUT]],
  ['ingress only', withMember(open, EGRESS, []), 'NON_COMPLIANT', [FIRST_IN]],
  ['egress only', withMember(open, INGRESS, []), 'NON_COMPLIANT', [FIRST_OUT]],
  [
    'each of many',
    six,
    'NON_COMPLIANT',
    [...[0, 1, 2, 3, 4, 5].map((index) => `${INGRESS}[${index}].ipProtocol`), FIRST_OUT],
  ],
  [
    'traffic from the group itself, as each is made with',
    withMember(closed, INGRESS, [
      { ipProtocol: '-1', userIdGroupPairs: [{ groupId: 'sg-e2fb6999' }], ipRanges: [] },
    ]),
    'NON_COMPLIANT',
    [FIRST_IN],
  ],
  ['ingress without a word about egress', withoutMember(open, EGRESS), 'NON_COMPLIANT', [FIRST_IN]],
  ['no rules', closed, 'COMPLIANT'],
  ['no rules, as the API writes it', inApiForm(closed), 'COMPLIANT'],
  ['another group', other, 'NOT_APPLICABLE'],
  ['another group without a word about its rules', withoutMember(other, INGRESS), 'NOT_APPLICABLE'],
  ['a name that begins alike', withMember(open, 'configuration.groupName', 'default-web'), 'NOT_APPLICABLE'],
  ['a deleted group', withMember(open, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['no ingress, and no word about egress', withoutMember(closed, EGRESS), 'INSUFFICIENT_DATA'],
  ['no egress, and ingress of null', withMember(closed, INGRESS, null), 'INSUFFICIENT_DATA'],
  ['ingress that is no list', withMember(open, INGRESS, { ipProtocol: '-1' }), 'INSUFFICIENT_DATA'],
  ['a group without a name', withoutMember(open, 'configuration.groupName'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
