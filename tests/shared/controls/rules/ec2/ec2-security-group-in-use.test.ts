import type { JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/ec2/ec2-security-group-in-use';
import {
  captured,
  fixtureLines,
  inApiForm,
  inSnapshotForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const used = captured('ci-c7n-6098384ec8');
const unused = captured('ci-evt-52fb859165');
const vpc = { resourceId: 'vpc-1', resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' };
const related = (resourceType: string, resourceId = 'x-1') =>
  withMember(unused, 'relationships', [vpc, { resourceType, resourceId, name: 'Is associated with' }]);

const rows: Row[] = [
  ['a group of an instance', used, 'COMPLIANT'],
  ['the same as the API writes it', inApiForm(used), 'COMPLIANT'],
  ['the same in a snapshot', inSnapshotForm(used), 'COMPLIANT'],
  ['a group of a network interface', related('AWS::EC2::NetworkInterface'), 'COMPLIANT'],
  ['a group of a function', related('AWS::Lambda::Function'), 'COMPLIANT'],
  ['a group of a database', related('AWS::RDS::DBInstance'), 'COMPLIANT'],
  ['a group of its VPC alone', unused, 'NON_COMPLIANT', ['relationships']],
  [
    'the same in an old snapshot',
    captured('ci-rdk-AWS_EC2_SecurityGroup'),
    'NON_COMPLIANT',
    ['relationships'],
  ],
  ['the same as the API wrote it', captured('ci-c7n-f26373aa8d'), 'NON_COMPLIANT', ['relationships']],
  [
    'a group that another stack made',
    related('AWS::CloudFormation::Stack'),
    'NON_COMPLIANT',
    ['relationships'],
  ],
  [
    'a group that names another as a source',
    related('AWS::EC2::SecurityGroup'),
    'NON_COMPLIANT',
    ['relationships'],
  ],
  ['a default group', withMember(unused, 'configuration.groupName', 'default'), 'NOT_APPLICABLE'],
  ['a deleted group', withMember(unused, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['no relationships', withoutMember(unused, 'relationships'), 'INSUFFICIENT_DATA'],
  ['relationships of null', withMember(unused, 'relationships', null), 'INSUFFICIENT_DATA'],
  ['relationships that do not name the VPC', withMember(unused, 'relationships', []), 'INSUFFICIENT_DATA'],
  ['a group without a name', withoutMember(unused, 'configuration.groupName'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});

interface Published {
  readonly rule: string;
  readonly test: string;
  readonly expected: string;
  readonly configurationItem: JsonObject;
}

const published = fixtureLines<Published>('config-verdicts/verdicts.jsonl').filter(
  (one) => one.rule === 'EC2_SECURITY_GROUP_NOT_USED',
);

test('has verdicts of the public rule', () => expect(published.length).toBe(2));

// Its items say nothing of the account that they are from.
test.each(published)('says the same as the public rule in $test', ({ configurationItem, expected }) => {
  expect(said(rule, { awsAccountId: '123456789012', ...configurationItem }).compliance).toBe(expected);
});
