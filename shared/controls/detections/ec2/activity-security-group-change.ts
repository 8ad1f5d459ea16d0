import * as z from 'zod/mini';
import type { CloudTrailRecord } from '../../../contracts/aws/cloudtrail-record';
import type { JsonObject } from '../../../contracts/aws/configuration-item';
import { detectedCall } from '../call';
import { API_CALL, defineDetection } from '../detection';
import { askTheCaller, lockOutTheCaller } from '../metadata';
import { hasFailed } from '../outcome';
import { objectsAt, textAt, valueAt } from '../reading';
import { resourceAt } from '../resource';

/** The first range that a call names, in words: `tcp 22-22 0.0.0.0/0`. */
function rangeOf(record: CloudTrailRecord): string | undefined {
  const [rule, ...others] = rulesOf(record);
  if (rule === undefined) return undefined;
  return `${rule}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** The response names each rule by itself; the request has one of two forms, flat or in lists. */
function rulesOf(record: CloudTrailRecord): string[] {
  const answered = objectsAt(record, 'responseElements.securityGroupRuleSet').map((rule) =>
    inWords(rule, [rule['cidrIpv4'], rule['cidrIpv6'], rule['prefixListId'], rule['referencedGroupInfo']]),
  );
  if (answered.length > 0) return answered;
  const asked = objectsAt(record, 'requestParameters.ipPermissions').map((permission) => {
    const from = { requestParameters: permission } as unknown as CloudTrailRecord;
    return inWords(permission, [
      objectsAt(from, 'requestParameters.ipRanges')[0]?.['cidrIp'],
      objectsAt(from, 'requestParameters.ipv6Ranges')[0]?.['cidrIpv6'],
      objectsAt(from, 'requestParameters.groups')[0]?.['groupId'],
    ]);
  });
  const flat = textAt(record, 'requestParameters.cidrIp');
  return flat === undefined ? asked : [inWords(record.requestParameters ?? {}, [flat]), ...asked];
}

function inWords({ ipProtocol, fromPort, toPort }: JsonObject, sources: readonly unknown[]): string {
  const source = sources.find((value) => typeof value === 'string') ?? '';
  const protocol =
    ipProtocol === '-1' || ipProtocol === undefined ? 'all traffic' : `${ipProtocol} ${fromPort}-${toPort}`;
  return `${protocol} ${source}`.trim();
}

/** Nothing uses it before, or after: no packet goes another way by the call alone. */
const inert = ['CreateSecurityGroup', 'DeleteSecurityGroup'];

export default defineDetection({
  id: 'activity-security-group-change',
  version: 1,
  title: 'Security group changes are detected',
  severity: 'medium',
  rationale:
    'Security groups are the firewall of each machine; one rule more lets the world in, or data out.',
  whatToDo: [
    'Look at the rules of the group as they are now, above all 0.0.0.0/0 and ::/0.',
    askTheCaller,
    'If it was not planned, revoke the rule; then look at the flow logs for who came in meanwhile.',
    lockOutTheCaller,
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '4.10',
      '3.0.0': '4.10',
      '4.0.0': '4.10',
      '5.0.0': '4.10',
      '6.0.0': '5.10',
      '7.0.0': '5.10',
    },
    securityHub: ['CloudWatch.10'],
    awsConfig: [],
    nist80053r5: [],
    pciDss4: [],
    soc2: ['CC5.2'],
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  attack: ['T1562.007'],
  listensTo: {
    detailTypes: [API_CALL],
    calls: {
      'ec2.amazonaws.com': [
        'AuthorizeSecurityGroupIngress',
        'AuthorizeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
        'RevokeSecurityGroupEgress',
        'CreateSecurityGroup',
        'DeleteSecurityGroup',
        'ModifySecurityGroupRules',
      ],
    },
  },

  parameters: z.object({}),
  quietHours: 24,
  detect(record) {
    // EC2 answers some calls that changed nothing without an error.
    if (hasFailed(record) || valueAt(record, 'responseElements._return') === false) return undefined;
    return detectedCall(record, {
      resource: resourceAt(record, 'AWS::EC2::SecurityGroup', [
        'requestParameters.groupId',
        'responseElements.groupId',
        'requestParameters.ModifySecurityGroupRulesRequest.GroupId',
        'requestParameters.groupName',
      ]),
      severity: inert.includes(record.eventName) ? 'informational' : 'medium',
      noun: 'security group',
      detail: rangeOf(record),
      expected: 'no change of a security group that was not planned',
    });
  },
});
