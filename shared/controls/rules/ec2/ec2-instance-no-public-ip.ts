import * as z from 'zod/mini';
import { compliantUnless, defineRule, insufficientData, notApplicable, type Reason } from '../../control';
import { goneState, InstanceState } from '../../policies/instance-state';

const Association = z.optional(z.nullable(z.object({ publicIp: z.optional(z.nullable(z.string())) })));

const NetworkInterface = z.object({
  association: Association,
  privateIpAddresses: z.optional(z.nullable(z.array(z.object({ association: Association })))),
});

/** Where a public address of the interface stands, below `configuration`. The primary one stands in both places. */
const addressesOf = (
  { association, privateIpAddresses }: z.infer<typeof NetworkInterface>,
  index: number,
): [at: string, address: string | null | undefined][] => [
  [`networkInterfaces[${index}].association.publicIp`, association?.publicIp],
  ...(privateIpAddresses ?? []).map((address, position): [string, string | null | undefined] => [
    `networkInterfaces[${index}].privateIpAddresses[${position}].association.publicIp`,
    address.association?.publicIp,
  ]),
];

export default defineRule({
  id: 'ec2-instance-no-public-ip',
  version: 1,
  title: 'Instances have no public IPv4 address',
  severity: 'high',
  rationale:
    'A public address puts every open port, and every mistake in a security group, in front of the internet.',
  whatToDo: [
    'Check what the security groups of the instance admit from outside now.',
    'Put a load balancer in front of what must be public, and reach the instance by Session Manager.',
    'Release the Elastic IP address, or replace the instance in a subnet that gives out no public addresses.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: ['EC2.9'],
    awsConfig: ['EC2_INSTANCE_NO_PUBLIC_IP'],
    nist80053r5: [
      'AC-21',
      'AC-3',
      'AC-3(7)',
      'AC-4',
      'AC-4(21)',
      'AC-6',
      'SC-7',
      'SC-7(11)',
      'SC-7(16)',
      'SC-7(20)',
      'SC-7(21)',
      'SC-7(3)',
      'SC-7(4)',
      'SC-7(9)',
    ],
    pciDss4: [],
    soc2: ['CC6.6'],
  },
  resourceTypes: ['AWS::EC2::Instance'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      publicIpAddress: z.optional(z.nullable(z.string())),
      networkInterfaces: z.optional(z.nullable(z.array(NetworkInterface))),
      state: InstanceState,
    }),
  }),
  judge({ configuration: { publicIpAddress, networkInterfaces, state } }) {
    const gone = goneState(state);
    if (gone) return notApplicable(`the instance is ${gone}`);
    // The address of the instance itself is the one of its first interface only.
    if (!publicIpAddress && !networkInterfaces)
      return insufficientData('configuration.networkInterfaces: expected an array');
    const reasons = new Map<string, Reason>();
    for (const [at, address] of [
      ['publicIpAddress', publicIpAddress] as const,
      ...(networkInterfaces ?? []).flatMap(addressesOf),
    ]) {
      if (!address || reasons.has(address)) continue;
      reasons.set(address, {
        says: `the instance has the public address ${address}`,
        path: `configuration.${at}`,
        value: address,
        expected: 'no public address',
      });
    }
    return compliantUnless([...reasons.values()]);
  },
});
