import * as z from 'zod/mini';
import { defineRule } from '../../control';
import {
  adminIngressFrameworks,
  adminIngressParameters,
  closeAdminIngress,
  judgeAdminIngress,
  permissionFields,
  type SourceRange,
} from '../../policies/world-ingress';

const Permission = z.object({
  ...permissionFields,
  ipv4Ranges: z.optional(z.array(z.object({ cidrIp: z.string() }))),
  ipRanges: z.optional(z.array(z.string())),
});

/** Items of version 1.2 hold `ipRanges` alone; later ones repeat there what `ipv4Ranges` says. */
function ipv4Sources({ ipv4Ranges, ipRanges }: z.infer<typeof Permission>): SourceRange[] | undefined {
  if (ipv4Ranges === undefined && ipRanges === undefined) return undefined;
  const sources = (ipv4Ranges ?? []).map(({ cidrIp }, index) => ({
    cidr: cidrIp,
    at: `ipv4Ranges[${index}].cidrIp`,
  }));
  const said = new Set(sources.map(({ cidr }) => cidr));
  return [
    ...sources,
    ...(ipRanges ?? [])
      .map((cidr, index) => ({ cidr, at: `ipRanges[${index}]` }))
      .filter(({ cidr }) => !said.has(cidr) && !cidr.includes(':')),
  ];
}

export default defineRule({
  id: 'sg-no-world-admin-ipv4',
  version: 1,
  title: 'No security group admits 0.0.0.0/0 to remote administration ports',
  severity: 'high',
  rationale:
    'Open administration ports are found by scanners within minutes and are the usual way in for brute force and ransomware.',
  whatToDo: closeAdminIngress,
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '5.2', '3.0.0': '5.2', '4.0.0': '5.3', '5.0.0': '5.3', '6.0.0': '6.3', '7.0.0': '6.3' },
    securityHub: ['EC2.53'],
    ...adminIngressFrameworks,
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  parameters: adminIngressParameters(32),
  reads: z.object({ configuration: z.object({ ipPermissions: z.array(Permission) }) }),
  judge: ({ configuration }, parameters) =>
    judgeAdminIngress(configuration.ipPermissions, parameters, ipv4Sources),
});
