import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { Reason } from '../../../contracts/trailseal/finding';
import { detectedCall, reasonAt } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, networkFrameworks } from '../metadata';
import { hasFailed } from '../outcome';
import { isFalse, textAt, valueAt } from '../reading';
import { resourceAt } from '../resource';

const PARAMETERS = 'requestParameters';

/** The entry lets everyone in. */
function worldAdmitted(record: CloudTrailRecord): Reason | undefined {
  if (textAt(record, `${PARAMETERS}.ruleAction`) !== 'allow') return undefined;
  if (!isFalse(valueAt(record, `${PARAMETERS}.egress`))) return undefined;
  const path = [`${PARAMETERS}.cidrBlock`, `${PARAMETERS}.ipv6CidrBlock`].find((candidate) =>
    ['0.0.0.0/0', '::/0'].includes(textAt(record, candidate) ?? ''),
  );
  return path === undefined
    ? undefined
    : reasonAt(record, path, 'a range that you know', 'everyone is let in');
}

/** Nothing uses it before, or after: no packet goes another way by the call alone. */
const inert = ['CreateNetworkAcl', 'DeleteNetworkAcl'];

export default defineDetection({
  id: 'activity-nacl-change',
  version: 1,
  title: 'Network ACL changes are detected',
  severity: 'low',
  rationale:
    'A network ACL stands before all machines of a subnet; one entry more undoes what their security groups were to keep out.',
  whatToDo: [
    'Look at the entries of the ACL in the order of their numbers: the first that fits decides.',
    askTheCaller,
    'If it was not planned, delete the entry, or associate the subnet with its former ACL.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.11',
      '3.0.0': '4.11',
      '4.0.0': '4.11',
      '5.0.0': '4.11',
      '6.0.0': '5.11',
      '7.0.0': '5.11',
    },
    securityHub: ['CloudWatch.11'],
    ...networkFrameworks,
  },
  resourceTypes: ['AWS::EC2::NetworkAcl'],
  attack: ['T1562.007'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'CreateNetworkAcl',
        'CreateNetworkAclEntry',
        'DeleteNetworkAcl',
        'DeleteNetworkAclEntry',
        'ReplaceNetworkAclEntry',
        'ReplaceNetworkAclAssociation',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    if (hasFailed(record)) return undefined;
    const world = worldAdmitted(record);
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::EC2::NetworkAcl', [
        'requestParameters.networkAclId',
        'responseElements.networkAcl.networkAclId',
      ]),
      severity: world !== undefined ? 'medium' : inert.includes(record.eventName) ? 'informational' : 'low',
      noun: 'network ACL',
      detail: world && `${String(world.value)} is let in`,
      expected: 'no change of a network ACL that was not planned',
      because: world === undefined ? [] : [world],
    });
  },
});
