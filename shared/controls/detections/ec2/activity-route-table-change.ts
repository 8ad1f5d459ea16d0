import * as z from 'zod/mini';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, networkFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { firstText, textAt } from '../reading';
import { resourceAt } from '../resource';

const TABLE = ['requestParameters.routeTableId', 'responseElements.routeTable.routeTableId'];
const destinations = ['requestParameters.destinationCidrBlock', 'requestParameters.destinationIpv6CidrBlock'];
const everywhere = ['0.0.0.0/0', '::/0'];

/** Nothing uses it before, or after: no packet goes another way by the call alone. */
const inert = ['CreateRouteTable', 'DeleteRouteTable'];

export default defineDetection({
  id: 'activity-route-table-change',
  version: 1,
  title: 'Route table changes are detected',
  severity: 'low',
  rationale:
    "Routes decide where traffic goes: one route sends it past the firewall, to the internet, or to an intruder's machine.",
  whatToDo: [
    'Look at the routes of the table and at the subnets that use it.',
    askTheCaller,
    'If it was not planned, restore the former route; then look at the flow logs for where the traffic went meanwhile.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.13',
      '3.0.0': '4.13',
      '4.0.0': '4.13',
      '5.0.0': '4.13',
      '6.0.0': '5.13',
      '7.0.0': '5.13',
    },
    securityHub: ['CloudWatch.13'],
    ...networkFrameworks,
  },
  resourceTypes: ['AWS::EC2::RouteTable', 'AWS::EC2::SubnetRouteTableAssociation'],
  attack: ['T1562.007', 'T1557'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'CreateRoute',
        'CreateRouteTable',
        'ReplaceRoute',
        'ReplaceRouteTableAssociation',
        'DeleteRouteTable',
        'DeleteRoute',
        'DisassociateRouteTable',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const path = destinations.find((candidate) => textAt(record, candidate) !== undefined);
    const destination = path && textAt(record, path);
    const isDefault = destination !== undefined && everywhere.includes(destination);
    return detectedCall(record, {
      resource:
        firstText(record, TABLE) === undefined
          ? resourceAt(record, 'AWS::EC2::SubnetRouteTableAssociation', ['requestParameters.associationId'])
          : resourceAt(record, 'AWS::EC2::RouteTable', TABLE),
      severity: isDefault ? 'medium' : inert.includes(record.eventName) ? 'informational' : 'low',
      noun: 'route table',
      detail: destination,
      expected: 'no change of a route that was not planned',
      because:
        isDefault && path
          ? [reasonAt(record, path, 'a narrower destination', 'the route is for all other traffic')]
          : [],
    });
  },
});
