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
  ipv6Ranges: z.optional(z.array(z.object({ cidrIpv6: z.string() }))),
});

// Items of version 1.2 are older than IPv6 in VPCs and have no such ranges.
const ipv6Sources = ({ ipv6Ranges = [] }: z.infer<typeof Permission>): SourceRange[] =>
  ipv6Ranges.map(({ cidrIpv6 }, index) => ({ cidr: cidrIpv6, at: `ipv6Ranges[${index}].cidrIpv6` }));

export default defineRule({
  id: 'sg-no-world-admin-ipv6',
  version: 1,
  title: 'No security group admits ::/0 to remote administration ports',
  severity: 'high',
  rationale:
    'IPv6 rules are easily forgotten when IPv4 is closed, and instances with an IPv6 address need no NAT to be reached.',
  whatToDo: closeAdminIngress,
  exemptible: true,
  frameworks: {
    cis: { '3.0.0': '5.3', '4.0.0': '5.4', '5.0.0': '5.4', '6.0.0': '6.4', '7.0.0': '6.4' },
    securityHub: ['EC2.54'],
    ...adminIngressFrameworks,
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  parameters: adminIngressParameters(128),
  reads: z.object({ configuration: z.object({ ipPermissions: z.array(Permission) }) }),
  judge: ({ configuration }, parameters) =>
    judgeAdminIngress(configuration.ipPermissions, parameters, ipv6Sources),
});
