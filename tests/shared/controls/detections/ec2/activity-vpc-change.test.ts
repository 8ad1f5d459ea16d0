import detection from '../../../../../shared/controls/detections/ec2/activity-vpc-change';
import { call, testDetection } from '../detecting';

const deleted = call('ec2', 'DeleteVpc', { vpcId: 'vpc-1' });

testDetection(detection, {
  fires: [
    ['a VPC deleted', deleted, { severity: 'low', resourceId: 'vpc-1', says: 'DeleteVpc: VPC vpc-1' }],
    [
      'a VPC created, with nothing in it',
      call(
        'ec2',
        'CreateVpc',
        { cidrBlock: '10.0.0.0/16' },
        { responseElements: { vpc: { vpcId: 'vpc-2' } } },
      ),
      { severity: 'informational', resourceId: 'vpc-2' },
    ],
    [
      'a peering accepted',
      call('ec2', 'AcceptVpcPeeringConnection', { vpcPeeringConnectionId: 'pcx-1' }),
      { severity: 'low', resourceId: 'pcx-1', resourceType: 'AWS::EC2::VPCPeeringConnection' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...deleted, eventSource: 'lightsail.amazonaws.com' }],
    ['failed', 'something is in it', { ...deleted, errorCode: 'Client.DependencyViolation' }],
    ['neighbour', 'a subnet', call('ec2', 'DeleteSubnet', { subnetId: 'subnet-1' })],
  ],
});
