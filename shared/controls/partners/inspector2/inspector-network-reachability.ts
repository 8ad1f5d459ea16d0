import * as z from 'zod/mini';
import type { InspectorFinding } from '../../../contracts/aws/partners/inspector-finding';
import { type InspectorVerdict, inspectorEvents, mapInspector } from '../inspector-finding';
import { definePartner } from '../partner';

const parameters = z.object({
  ports: z._default(
    z
      .array(z.int().check(z.minimum(0), z.maximum(65535)))
      .check(z.minLength(1), z.describe('Ports that the internet must not reach.')),
    [20, 21, 22, 23, 135, 139, 445, 1433, 1521, 3306, 3389, 5432, 5985, 5986, 6379, 9200, 11211, 27017],
  ),
});

type Step = { readonly componentId: string | undefined; readonly componentType: string | undefined };

export default definePartner({
  id: 'inspector-network-reachability',
  version: 1,
  title: 'Inspector finds no way from the internet to the administration and database ports of instances',
  severity: 'medium',
  rationale:
    'Inspector has followed gateways, route tables, network ACLs and security groups: a port that it reaches is reached by every scanner too.',
  whatToDo: [
    'Find the security group in the network path of the finding, and the rule in it that lets the port in.',
    'Let in by Session Manager or EC2 Instance Connect, or from just the ranges that need it, whoever needs the port.',
    'Revoke the rule of the world-open range; the other rules of the group can stay as they are.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['RA-5', 'SC-7'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::Instance'],
  listensTo: { ...inspectorEvents, pattern: { detail: { type: ['NETWORK_REACHABILITY'] } } },
  parameters,
  map: (event, { ports }) =>
    mapInspector(
      event,
      ({ type }) => type === 'NETWORK_REACHABILITY',
      ({ networkReachabilityDetails }) => judge(networkReachabilityDetails, ports),
    ),
});

function judge(
  details: InspectorFinding['networkReachabilityDetails'],
  ports: readonly number[],
): InspectorVerdict {
  const range = details?.openPortRange;
  const steps = details?.networkPath?.steps;
  if (range === undefined || steps === undefined || steps.length === 0)
    return { state: 'undetermined', says: 'Inspector says neither which ports are open nor by which path' };
  if (!steps.some(isInternet)) return { state: 'closed', says: 'the path does not begin at the internet' };
  const reached = ports.filter((port) => range.begin <= port && port <= range.end);
  if (reached.length === 0)
    return { state: 'closed', says: `none of the ports is within ${range.begin}-${range.end}` };
  const protocol = (details?.protocol ?? 'any protocol').toLowerCase();
  return {
    state: 'open',
    because: [
      {
        says: `the internet reaches ${reached.length === 1 ? 'port' : 'ports'} ${reached.join(', ')} (${protocol})`,
        path: 'detail.networkReachabilityDetails.openPortRange',
        value: { begin: range.begin, end: range.end },
        expected: 'no path from the internet',
      },
      ...steps.flatMap(({ componentId, componentType }, index) =>
        componentType === 'AWS::EC2::SecurityGroup' && componentId !== undefined
          ? [
              {
                says: `security group ${componentId} lets it in`,
                path: `detail.networkReachabilityDetails.networkPath.steps[${index}].componentId`,
                value: componentId,
                expected: 'a security group that keeps the internet out',
              },
            ]
          : [],
      ),
    ],
  };
}

const isInternet = ({ componentId, componentType }: Step): boolean =>
  componentType === 'AWS::EC2::InternetGateway' || /^igw-/.test(componentId ?? '');
