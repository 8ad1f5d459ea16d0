import detection from '../../../../../shared/controls/detections/ec2/activity-network-gateway-change';
import { call, denied, testDetection } from '../detecting';

const attached = call('ec2', 'AttachInternetGateway', { internetGatewayId: 'igw-1', vpcId: 'vpc-1' });

testDetection(detection, {
  fires: [
    [
      'an internet gateway attached',
      attached,
      {
        severity: 'low',
        resourceId: 'igw-1',
        resourceType: 'AWS::EC2::InternetGateway',
        says: 'AttachInternetGateway: gateway igw-1 (vpc-1)',
      },
    ],
    [
      'one created, which leads nowhere yet',
      call(
        'ec2',
        'CreateInternetGateway',
        {},
        { responseElements: { internetGateway: { internetGatewayId: 'igw-2' } } },
      ),
      { severity: 'informational', resourceId: 'igw-2' },
    ],
    [
      'a NAT gateway, in the form of its request',
      call('ec2', 'DeleteNatGateway', { DeleteNatGatewayRequest: { NatGatewayId: 'nat-1' } }),
      { severity: 'low', resourceId: 'nat-1', resourceType: 'AWS::EC2::NatGateway' },
    ],
    [
      'a NAT gateway created',
      call(
        'ec2',
        'CreateNatGateway',
        { CreateNatGatewayRequest: {} },
        { responseElements: { CreateNatGatewayResponse: { natGateway: { natGatewayId: 'nat-2' } } } },
      ),
      { severity: 'low', resourceId: 'nat-2' },
    ],
    [
      'nothing but the name of the call',
      call('ec2', 'DetachInternetGateway'),
      { severity: 'low', resourceId: 'Ops' },
    ],
  ],
  misses: [
    ['field', 'another service', { ...attached, eventSource: 'iot.amazonaws.com' }],
    ['failed', 'an expired request', { ...attached, errorCode: 'RequestExpired' }],
    ['failed', 'refused', denied(attached)],
    ['neighbour', 'an endpoint', call('ec2', 'CreateVpcEndpoint', { vpcId: 'vpc-1' })],
  ],
});
