import * as z from 'zod/mini';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, networkFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { resourceAt } from '../resource';

/** Nothing uses it before, or after: no packet goes another way by the call alone. */
const inert = ['CreateVpc'];

export default defineDetection({
  id: 'activity-vpc-change',
  version: 1,
  title: 'VPC changes are detected',
  severity: 'low',
  rationale:
    'The network is what everything else stands in; a deleted VPC is an outage, and a peering joins your network with another one.',
  whatToDo: [
    'For a peering, look at whose the other side is, and whether routes lead to it.',
    askTheCaller,
    'If it was not planned, delete the peering, or restore the VPC from your code.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.14',
      '3.0.0': '4.14',
      '4.0.0': '4.14',
      '5.0.0': '4.14',
      '6.0.0': '5.14',
      '7.0.0': '5.14',
    },
    securityHub: ['CloudWatch.14'],
    ...networkFrameworks,
  },
  resourceTypes: ['AWS::EC2::VPC', 'AWS::EC2::VPCPeeringConnection'],
  attack: ['T1599', 'T1562.007'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'CreateVpc',
        'DeleteVpc',
        'ModifyVpcAttribute',
        'AcceptVpcPeeringConnection',
        'CreateVpcPeeringConnection',
        'DeleteVpcPeeringConnection',
        'RejectVpcPeeringConnection',
        'AttachClassicLinkVpc',
        'DetachClassicLinkVpc',
        'DisableVpcClassicLink',
        'EnableVpcClassicLink',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const isPeering = record.eventName.endsWith('VpcPeeringConnection');
    return detectedCall(record, {
      resource: isPeering
        ? resourceAt(record, 'AWS::EC2::VPCPeeringConnection', [
            'requestParameters.vpcPeeringConnectionId',
            'responseElements.vpcPeeringConnection.vpcPeeringConnectionId',
          ])
        : resourceAt(record, 'AWS::EC2::VPC', ['requestParameters.vpcId', 'responseElements.vpc.vpcId']),
      severity: inert.includes(record.eventName) ? 'informational' : 'low',
      noun: isPeering ? 'VPC peering' : 'VPC',
      expected: 'no change of a VPC that was not planned',
    });
  },
});
