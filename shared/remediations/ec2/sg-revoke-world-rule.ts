import * as z from 'zod/mini';
import { cannot, defineRemediation, nothingToDo, type Occasion } from '../remediation';
import {
  type CapturedGroup,
  groupAndRules,
  groupMeaning,
  groupTags,
  groupTarget,
  observedGroup,
  protocolOf,
  type Rule,
  readGroup,
  theGroup,
  traffic,
} from '../resources/security-group';
import { authorise, newRuleIds, restoreRules, revoke } from '../resources/security-group-calls';

/** Those of the controls that it fixes: this is what their rules call world-open. */
const Parameters = z.object({
  adminPorts: z._default(z.array(z.int()), [22, 3389]),
  maxWorldPrefix: z._default(z.int(), 0),
});

const family = {
  'sg-no-world-admin-ipv4': { field: 'CidrIpv4', icmp: 'icmp' },
  'sg-no-world-admin-ipv6': { field: 'CidrIpv6', icmp: 'icmpv6' },
} as const;

/** What else than ports an all-traffic rule is worth keeping for: GRE, ESP, AH and SCTP. */
const otherProtocols = ['47', '50', '51', '132'];
const LAST_PORT = 65_535;

const prefixLength = (cidr: string): number => {
  const [, length] = /\/(\d{1,3})$/.exec(cidr.trim()) ?? [];
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
};

type Ports = readonly [from: number, to: number];

/** The ports of a range but some. */
function portsWithout([from, to]: Ports, ports: readonly number[]): Ports[] {
  const kept: Ports[] = [];
  let next = from;
  for (const port of [...ports].sort((a, b) => a - b)) {
    if (port < next || port > to) continue;
    if (port > next) kept.push([next, port - 1]);
    next = port + 1;
  }
  return next <= to ? [...kept, [next, to]] : kept;
}

interface World {
  readonly adminPorts: readonly number[];
  readonly isWorldOpen: (rule: Rule) => boolean;
  readonly icmp: string;
}

function worldOf({ control, parameters }: Occasion): World | undefined {
  const which = Object.hasOwn(family, control) ? family[control as keyof typeof family] : undefined;
  const read = Parameters.safeParse(parameters);
  if (!which || !read.success) return undefined;
  const { adminPorts, maxWorldPrefix } = read.data;
  const isWorldOpen = (rule: Rule) => {
    const cidr = rule[which.field];
    if (rule.IsEgress || cidr === undefined || prefixLength(cidr) > maxWorldPrefix) return false;
    const protocol = protocolOf(rule);
    if (protocol === '-1') return true;
    if (protocol !== 'tcp' && protocol !== 'udp') return false;
    const { FromPort = 0, ToPort = LAST_PORT } = rule;
    return adminPorts.some((port) => FromPort <= port && port <= ToPort);
  };
  return { adminPorts, isWorldOpen, icmp: which.icmp };
}

/** What a world-open rule lets through besides administration, as rules with its source, description and tags. */
function remainderOf(rule: Rule, { adminPorts, icmp }: World): Rule[] {
  const like = { ...rule, SecurityGroupRuleId: '' };
  const overPorts = (protocol: string, range: Ports) =>
    portsWithout(range, adminPorts).map(([FromPort, ToPort]) => ({
      ...like,
      IpProtocol: protocol,
      FromPort,
      ToPort,
    }));
  if (protocolOf(rule) !== '-1')
    return overPorts(rule.IpProtocol, [rule.FromPort ?? 0, rule.ToPort ?? LAST_PORT]);
  return [
    ...['tcp', 'udp'].flatMap((protocol) => overPorts(protocol, [0, LAST_PORT])),
    ...[icmp, ...otherProtocols].map((protocol) => ({
      ...like,
      IpProtocol: protocol,
      FromPort: -1,
      ToPort: -1,
    })),
  ];
}

const once = (rules: readonly Rule[]) => [...new Map(rules.map((rule) => [traffic(rule), rule])).values()];

export default defineRemediation({
  id: 'sg-revoke-world-rule',
  version: 1,
  title: 'Close administration ports of a security group to the world',
  fixes: ['sg-no-world-admin-ipv4', 'sg-no-world-admin-ipv6'],
  restoresEvidence: false,
  cap: 10,
  settleSeconds: 5,
  autoWhen: {
    says: 'The rules that are world-open let nothing through but administration ports.',
    holds: ({ captured, occasion }) => {
      const world = worldOf(occasion);
      if (!world) return 'what is world-open is not known';
      const wider = captured.rules.SecurityGroupRules.filter(world.isWorldOpen).find(
        (rule) => remainderOf(rule, world).length > 0,
      );
      return wider ? `${traffic(wider)} lets through more than administration ports` : true;
    },
  },
  permissions: {
    capture: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
    apply: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateTags', 'ec2:RevokeSecurityGroupIngress'],
    undo: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateTags', 'ec2:RevokeSecurityGroupIngress'],
  },
  settings: z.object({}),
  captured: z.object(groupAndRules) as z.ZodMiniType<CapturedGroup>,
  exposesAgain: 'Administration ports of the group are open to the world again.',
  target: groupTarget,
  reads: readGroup,
  tags: groupTags,
  meaning: groupMeaning,
  observed: observedGroup,
  plan({ captured, target, occasion }) {
    const world = worldOf(occasion);
    if (!world) return cannot('what counts as world-open is not known for this control');
    if (!theGroup(captured)) return nothingToDo('the security group is gone');
    const rules = captured.rules.SecurityGroupRules;
    const open = rules.filter(world.isWorldOpen);
    if (open.length === 0) return nothingToDo('no rule is open to the world on these ports');
    const kept = rules.filter((rule) => !open.includes(rule));
    const there = new Set(kept.map(traffic));
    const remainder = once(open.flatMap((rule) => remainderOf(rule, world))).filter(
      (rule) => !there.has(traffic(rule)),
    );
    const [first, ...more] = [...authorise(target, remainder), ...revoke(target, open)];
    if (!first) return nothingToDo('no rule is open to the world on these ports');
    return {
      outcome: 'change',
      calls: [first, ...more],
      after: { ...captured, rules: { SecurityGroupRules: [...kept, ...remainder] } },
      notes: open.some((rule) => protocolOf(rule) === '-1')
        ? [
            `Of all traffic, TCP and UDP but these ports, ICMP, GRE, ESP, AH and SCTP stay open. Other protocols are closed: EC2 has no rule for all but some.`,
          ]
        : [],
    };
  },
  undo: (states) => ({
    reversible: true,
    calls: restoreRules(states.target, states),
    sameMeaning: newRuleIds,
  }),
});
