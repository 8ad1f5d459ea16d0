import * as z from 'zod/mini';
import { compliantUnless, type Frameworks, insufficientData, type Reason, type Verdict } from '../control';

/** What both world-ingress rules read of a permission; each adds the ranges of its own address family. */
export const permissionFields = {
  ipProtocol: z.string(),
  fromPort: z.optional(z.nullable(z.number())),
  toPort: z.optional(z.nullable(z.number())),
};

export interface Permission {
  readonly ipProtocol: string;
  readonly fromPort?: number | null | undefined;
  readonly toPort?: number | null | undefined;
}

/** A source range of a permission, with its place below the permission: `ipv4Ranges[0].cidrIp`. */
export interface SourceRange {
  readonly cidr: string;
  readonly at: string;
}

/** What helps is the same in both address families. */
export const closeAdminIngress = [
  'Find out who still needs the access: flow logs of the attached network interfaces show the sources in use.',
  'Let them in by Session Manager or EC2 Instance Connect, or authorise just their ranges on the same port.',
  'Revoke the ingress rule of the world-open range; the other rules of the group can stay as they are.',
] as const;

/** Frameworks that don't tell the address families apart. */
export const adminIngressFrameworks: Omit<Frameworks, 'cis' | 'securityHub'> = {
  awsConfig: ['VPC_SG_PORT_RESTRICTION_CHECK'],
  nist80053r5: [
    'AC-17(1)',
    'AC-17(10)',
    'AC-17(9)',
    'AC-17(b)',
    'CM-9(b)',
    'SC-7(11)',
    'SC-7(12)',
    'SC-7(16)',
    'SC-7(21)',
    'SC-7(24)(b)',
    'SC-7(25)',
    'SC-7(26)',
    'SC-7(27)',
    'SC-7(28)',
    'SC-7(7)',
    'SC-7(a)',
    'SC-7(c)',
  ],
  pciDss4: ['1.2.8', '1.3.1', '1.3.2', '1.4.2', '1.5.1', 'A1.1.3'],
  soc2: ['CC6.6', 'CC7.2'],
};

/** Parameters of the rules on remote administration. `bits` is the address length of their family. */
export const adminIngressParameters = (bits: 32 | 128) =>
  z.object({
    adminPorts: z._default(
      z
        .array(z.int().check(z.minimum(0), z.maximum(65535)))
        .check(
          z.minLength(1),
          z.describe('Ports of remote administration that must not be open to the world.'),
        ),
      [22, 3389],
    ),
    maxWorldPrefix: z._default(
      z
        .int()
        .check(
          z.minimum(0),
          z.maximum(bits),
          z.describe(
            'A source range with a prefix of at most this length counts as the world; 1 also catches halves.',
          ),
        ),
      0,
    ),
  });

export interface AdminIngressParameters {
  readonly adminPorts: readonly number[];
  readonly maxWorldPrefix: number;
}

// EC2 writes well-known protocols by name and takes them by number too.
const portProtocols: ReadonlyMap<string, string> = new Map([
  ['tcp', 'tcp'],
  ['udp', 'udp'],
  ['6', 'tcp'],
  ['17', 'udp'],
]);
const ALL_TRAFFIC = '-1';

const prefixLength = (cidr: string): number => {
  const [, length] = /\/(\d{1,3})$/.exec(cidr.trim()) ?? [];
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
};

/** "22, 3389 and 5985": Intl would say the same after ten milliseconds of start-up. */
const listed = (ports: readonly number[]): string => ports.join(', ').replace(/, (?=\d+$)/, ' and ');

/** @returns which of the ports a permission lets through; `unknown` when it doesn't say its own */
function portsLetThrough(permission: Permission, ports: readonly number[]): readonly number[] | 'unknown' {
  if (permission.ipProtocol === ALL_TRAFFIC) return ports;
  if (!portProtocols.has(permission.ipProtocol.toLowerCase())) return [];
  const { fromPort, toPort } = permission;
  if (typeof fromPort !== 'number' || typeof toPort !== 'number') return 'unknown';
  return ports.filter((port) => fromPort <= port && port <= toPort);
}

function describe(permission: Permission, ports: readonly number[], cidr: string): string {
  if (permission.ipProtocol === ALL_TRAFFIC) return `all traffic is open to ${cidr}`;
  const protocol = portProtocols.get(permission.ipProtocol.toLowerCase());
  const range =
    permission.fromPort === permission.toPort ? '' : ` within ${permission.fromPort}-${permission.toPort}`;
  const names = listed(ports);
  return ports.length === 1
    ? `port ${names} (${protocol}${range}) is open to ${cidr}`
    : `ports ${names} (${protocol}${range}) are open to ${cidr}`;
}

/**
 * Judges ingress permissions: NON_COMPLIANT for each source range as wide as the world that reaches an
 * administration port by TCP, UDP or all traffic. Prefix lengths are compared, not texts: `1.2.3.4/0` is the world.
 *
 * Source: CIS AWS Foundations 3.0.0, 5.2 and 5.3; EC2 API reference, IpPermission.
 * @param sources the ranges of a permission, in the address family that is judged; undefined when it names none
 */
export function judgeAdminIngress<P extends Permission>(
  permissions: readonly P[],
  { adminPorts, maxWorldPrefix }: AdminIngressParameters,
  sources: (permission: P) => readonly SourceRange[] | undefined,
): Verdict {
  const reasons: Reason[] = [];
  let unknown: string | undefined;
  for (const [index, permission] of permissions.entries()) {
    const path = `configuration.ipPermissions[${index}]`;
    const ranges = sources(permission);
    if (ranges === undefined) {
      unknown ??= `${path} doesn't say its source ranges`;
      continue;
    }
    const world = ranges.filter(({ cidr }) => prefixLength(cidr) <= maxWorldPrefix);
    if (world.length === 0) continue;
    const ports = portsLetThrough(permission, adminPorts);
    if (ports === 'unknown') {
      unknown ??= `${path} is open to ${world[0]?.cidr} but doesn't say its ports`;
    } else if (ports.length > 0) {
      for (const { cidr, at } of world) {
        reasons.push({
          says: describe(permission, ports, cidr),
          path: `${path}.${at}`,
          value: cidr,
          expected: `no source with a prefix length of ${maxWorldPrefix}${maxWorldPrefix > 0 ? ' or less' : ''}`,
        });
      }
    }
  }
  return reasons.length === 0 && unknown !== undefined ? insufficientData(unknown) : compliantUnless(reasons);
}
