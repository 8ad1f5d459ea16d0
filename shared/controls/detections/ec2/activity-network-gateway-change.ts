import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, networkFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText } from '../reading';
import { principalOf, resourceAt } from '../resource';

/** Where each kind of gateway is named; NAT gateways come wrapped in the name of their request. */
const gateways = [
  {
    type: 'AWS::EC2::InternetGateway',
    paths: ['requestParameters.internetGatewayId', 'responseElements.internetGateway.internetGatewayId'],
  },
  {
    type: 'AWS::EC2::CustomerGateway',
    paths: ['requestParameters.customerGatewayId', 'responseElements.customerGateway.customerGatewayId'],
  },
  {
    type: 'AWS::EC2::NatGateway',
    paths: [
      'requestParameters.natGatewayId',
      'requestParameters.DeleteNatGatewayRequest.NatGatewayId',
      'responseElements.natGateway.natGatewayId',
      'responseElements.CreateNatGatewayResponse.natGateway.natGatewayId',
    ],
  },
  {
    type: 'AWS::EC2::EgressOnlyInternetGateway',
    paths: [
      'responseElements.egressOnlyInternetGateway.egressOnlyInternetGatewayId',
      'responseElements.CreateEgressOnlyInternetGatewayResponse.egressOnlyInternetGateway.egressOnlyInternetGatewayId',
    ],
  },
  {
    type: 'AWS::EC2::TransitGateway',
    paths: [
      'responseElements.transitGateway.transitGatewayId',
      'responseElements.CreateTransitGatewayResponse.transitGateway.transitGatewayId',
    ],
  },
  { type: 'AWS::EC2::VPNGateway', paths: ['responseElements.vpnGateway.vpnGatewayId'] },
] as const;

/** Nothing uses it before, or after: no packet goes another way by the call alone. */
const inert = [
  'CreateInternetGateway',
  'DeleteInternetGateway',
  'CreateCustomerGateway',
  'CreateTransitGateway',
  'CreateVpnGateway',
];

export default defineDetection({
  id: 'activity-network-gateway-change',
  version: 1,
  title: 'Network gateway changes are detected',
  severity: 'low',
  rationale:
    'A gateway is a way in and out of a network; a new one gives private machines to the internet, or their data a way out.',
  whatToDo: [
    'Look at which VPC the gateway is attached to, and which routes lead to it.',
    askTheCaller,
    'If it was not planned, detach the gateway; then look at the flow logs for what went through it.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.12',
      '3.0.0': '4.12',
      '4.0.0': '4.12',
      '5.0.0': '4.12',
      '6.0.0': '5.12',
      '7.0.0': '5.12',
    },
    securityHub: ['CloudWatch.12'],
    ...networkFrameworks,
  },
  resourceTypes: [
    'AWS::EC2::InternetGateway',
    'AWS::EC2::CustomerGateway',
    'AWS::EC2::NatGateway',
    'AWS::EC2::EgressOnlyInternetGateway',
    'AWS::EC2::TransitGateway',
    'AWS::EC2::VPNGateway',
  ],
  attack: ['T1562.007'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'CreateCustomerGateway',
        'DeleteCustomerGateway',
        'AttachInternetGateway',
        'CreateInternetGateway',
        'DeleteInternetGateway',
        'DetachInternetGateway',
        'CreateNatGateway',
        'DeleteNatGateway',
        'CreateEgressOnlyInternetGateway',
        'CreateTransitGateway',
        'CreateVpnGateway',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const gateway = gateways.find(({ paths }) => firstText(record, paths) !== undefined);
    const vpc = firstText(record, ['requestParameters.vpcId']);
    return detectedCall(record, {
      resource: gateway === undefined ? principalOf(record) : resourceAt(record, gateway.type, gateway.paths),
      severity: inert.includes(record.eventName) ? 'informational' : 'low',
      noun: gateway === undefined ? 'called by' : 'gateway',
      detail: vpc,
      expected: 'no change of a gateway that was not planned',
    });
  },
});
