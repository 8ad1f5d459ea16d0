import detection from '../../../../../shared/controls/detections/ec2/activity-security-group-change';
import { call, denied, testDetection } from '../detecting';

const opened = call('ec2', 'AuthorizeSecurityGroupIngress', {
  groupId: 'sg-1',
  ipPermissions: {
    items: [
      {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        groups: {},
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
      },
      { ipProtocol: 'tcp', fromPort: 80, toPort: 80, groups: { items: [{ groupId: 'sg-9' }] }, ipRanges: {} },
    ],
  },
});

testDetection(detection, {
  fires: [
    [
      'a range opened, in lists',
      opened,
      {
        severity: 'medium',
        resourceId: 'sg-1',
        says: 'AuthorizeSecurityGroupIngress: security group sg-1 (tcp 22-22 0.0.0.0/0 and 1 more)',
      },
    ],
    [
      'a range closed, flat',
      call('ec2', 'RevokeSecurityGroupIngress', {
        groupId: 'sg-2',
        ipPermissions: {},
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        cidrIp: '::/0',
      }),
      { severity: 'medium', resourceId: 'sg-2', says: '(tcp 22-22 ::/0)' },
    ],
    [
      'rules as the answer has them',
      call(
        'ec2',
        'AuthorizeSecurityGroupEgress',
        { groupId: 'sg-3' },
        {
          responseElements: {
            _return: true,
            securityGroupRuleSet: {
              items: [{ ipProtocol: '-1', cidrIpv6: '::/0', fromPort: -1, toPort: -1 }],
            },
          },
        },
      ),
      { severity: 'medium', resourceId: 'sg-3', says: '(all traffic ::/0)' },
    ],
    [
      'a new group, which nothing uses yet',
      call('ec2', 'CreateSecurityGroup', { groupName: 'web' }, { responseElements: { groupId: 'sg-4' } }),
      { severity: 'informational', resourceId: 'sg-4' },
    ],
    [
      'a rule modified',
      call('ec2', 'ModifySecurityGroupRules', { ModifySecurityGroupRulesRequest: { GroupId: 'sg-5' } }),
      { severity: 'medium', resourceId: 'sg-5' },
    ],
    [
      'parameters that CloudTrail left out',
      call('ec2', 'AuthorizeSecurityGroupIngress'),
      { severity: 'medium', resourceId: 'Ops', resourceType: 'AWS::IAM::Role' },
    ],
  ],
  misses: [
    ['field', 'a call that answered no', { ...opened, responseElements: { _return: false } }],
    ['field', 'the same name in another service', { ...opened, eventSource: 'lightsail.amazonaws.com' }],
    ['failed', 'refused', denied(opened)],
    [
      'failed',
      'a rule that is there already',
      { ...opened, errorCode: 'Client.InvalidPermission.Duplicate' },
    ],
    [
      'neighbour',
      'tags of the group',
      call('ec2', 'CreateTags', { resourcesSet: { items: [{ resourceId: 'sg-1' }] } }),
    ],
    ['neighbour', 'looking', call('ec2', 'DescribeSecurityGroups', null, { readOnly: true })],
  ],
});
