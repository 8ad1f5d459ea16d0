import { vpcSnapshot } from '../../../../../shared/contracts/aws/account-snapshot';
import rule from '../../../../../shared/controls/rules/ec2/vpc-flow-logs-enabled';
import { type Row, said, withMember, withoutMember } from '../../../../support/judge-rule';
import { seen, snapshotItem } from '../../../../support/snapshot-items';

const VPC = 'vpc-0a1b2c3d';
const vpc = (flowLogs: readonly object[], OwnerId = '123456789012') =>
  snapshotItem('AWS::EC2::VPC', vpcSnapshot({ VpcId: VPC, OwnerId }, flowLogs));
const flowLog = (more: object = {}) => ({
  FlowLogId: 'fl-1',
  ResourceId: VPC,
  FlowLogStatus: 'ACTIVE',
  TrafficType: 'ALL',
  ...more,
});
const accepted = flowLog({ TrafficType: 'ACCEPT' });
const FLOW_LOGS = [seen('flowLogs')];

const rows: Row[] = [
  ['one of all traffic', vpc([flowLog()]), 'COMPLIANT'],
  ['one of what is rejected', vpc([flowLog({ TrafficType: 'REJECT' })]), 'COMPLIANT'],
  ['none', vpc([]), 'NON_COMPLIANT', FLOW_LOGS],
  ['one of what is accepted', vpc([accepted]), 'NON_COMPLIANT', FLOW_LOGS],
  ['one of what is accepted, besides another', vpc([accepted, flowLog()]), 'COMPLIANT'],
  [
    'one of what is accepted, where that will do',
    vpc([accepted]),
    'COMPLIANT',
    [],
    { trafficTypes: ['ACCEPT'] },
  ],
  [
    'one of what is rejected, where all is wanted',
    vpc([flowLog({ TrafficType: 'REJECT' })]),
    'NON_COMPLIANT',
    FLOW_LOGS,
    { trafficTypes: ['ALL'] },
  ],
  ['one that is not active', vpc([flowLog({ FlowLogStatus: 'INACTIVE' })]), 'NON_COMPLIANT', FLOW_LOGS],
  [
    'those of a subnet and of a network interface',
    vpc([flowLog({ ResourceId: 'subnet-0a1b2c3d' }), flowLog({ ResourceId: 'eni-0a1b2c3d' })]),
    'NON_COMPLIANT',
    FLOW_LOGS,
  ],
  ["another account's VPC", vpc([], '210987654321'), 'NOT_APPLICABLE'],
  ['a VPC that is gone', withMember(vpc([]), 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['flow logs that are not known', withoutMember(vpc([]), seen('flowLogs')), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});
