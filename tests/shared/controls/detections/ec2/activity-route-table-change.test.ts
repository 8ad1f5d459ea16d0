import detection from '../../../../../shared/controls/detections/ec2/activity-route-table-change';
import { call, denied, testDetection } from '../detecting';

const route = call('ec2', 'CreateRoute', {
  routeTableId: 'rtb-1',
  destinationCidrBlock: '0.0.0.0/0',
  gatewayId: 'igw-1',
});

testDetection(detection, {
  fires: [
    [
      'a route for all other traffic',
      route,
      {
        severity: 'medium',
        resourceId: 'rtb-1',
        says: '(0.0.0.0/0)',
        because: ['requestParameters.destinationCidrBlock'],
      },
    ],
    [
      'the same for IPv6',
      call('ec2', 'ReplaceRoute', { routeTableId: 'rtb-1', destinationIpv6CidrBlock: '::/0' }),
      { severity: 'medium', resourceId: 'rtb-1', because: ['requestParameters.destinationIpv6CidrBlock'] },
    ],
    [
      'a narrower route',
      call('ec2', 'CreateRoute', { routeTableId: 'rtb-1', destinationCidrBlock: '10.1.0.0/16' }),
      { severity: 'low', resourceId: 'rtb-1' },
    ],
    [
      'a subnet that gets another table',
      call('ec2', 'DisassociateRouteTable', { associationId: 'rtbassoc-1' }),
      { severity: 'low', resourceId: 'rtbassoc-1', resourceType: 'AWS::EC2::SubnetRouteTableAssociation' },
    ],
    [
      'a new table, which routes nothing',
      call(
        'ec2',
        'CreateRouteTable',
        { vpcId: 'vpc-1' },
        { responseElements: { routeTable: { routeTableId: 'rtb-2' } } },
      ),
      { severity: 'informational', resourceId: 'rtb-2' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...route, eventSource: 'appmesh.amazonaws.com' }],
    ['failed', 'refused', denied(route)],
    [
      'neighbour',
      'a route of a transit gateway',
      call('ec2', 'CreateTransitGatewayRoute', { destinationCidrBlock: '0.0.0.0/0' }),
    ],
  ],
});
