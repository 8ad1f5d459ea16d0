import detection from '../../../../../shared/controls/detections/ec2/activity-nacl-change';
import { call, denied, testDetection } from '../detecting';

const allow = { networkAclId: 'acl-1', ruleNumber: 1, egress: false, ruleAction: 'allow', aclProtocol: '6' };
const entry = call('ec2', 'CreateNetworkAclEntry', { ...allow, cidrBlock: '0.0.0.0/0' });

testDetection(detection, {
  fires: [
    [
      'the world let in',
      entry,
      {
        severity: 'medium',
        resourceId: 'acl-1',
        says: '0.0.0.0/0 is let in',
        because: ['requestParameters.cidrBlock'],
      },
    ],
    [
      'the world let in by IPv6',
      call('ec2', 'ReplaceNetworkAclEntry', { ...allow, ipv6CidrBlock: '::/0' }),
      { severity: 'medium', resourceId: 'acl-1', because: ['requestParameters.ipv6CidrBlock'] },
    ],
    [
      'a narrower range',
      call('ec2', 'CreateNetworkAclEntry', { ...allow, cidrBlock: '10.0.0.0/8' }),
      { severity: 'low', resourceId: 'acl-1', because: [] },
    ],
    [
      'the world let out',
      call('ec2', 'CreateNetworkAclEntry', { ...allow, cidrBlock: '0.0.0.0/0', egress: true }),
      { severity: 'low', resourceId: 'acl-1' },
    ],
    [
      'the world kept out',
      call('ec2', 'CreateNetworkAclEntry', { ...allow, cidrBlock: '0.0.0.0/0', ruleAction: 'deny' }),
      { severity: 'low', resourceId: 'acl-1' },
    ],
    [
      'a new ACL',
      call(
        'ec2',
        'CreateNetworkAcl',
        { vpcId: 'vpc-1' },
        { responseElements: { networkAcl: { networkAclId: 'acl-2' } } },
      ),
      { severity: 'informational', resourceId: 'acl-2' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...entry, eventSource: 'lightsail.amazonaws.com' }],
    ['failed', 'refused', denied(entry)],
    ['neighbour', 'looking', call('ec2', 'DescribeNetworkAcls', null, { readOnly: true })],
  ],
});
