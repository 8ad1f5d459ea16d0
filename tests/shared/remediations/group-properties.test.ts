import fc from 'fast-check';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import ipv4 from '../../../shared/controls/rules/ec2/sg-no-world-admin-ipv4';
import ipv6 from '../../../shared/controls/rules/ec2/sg-no-world-admin-ipv6';
import remediation from '../../../shared/remediations/ec2/sg-revoke-world-rule';
import { said } from '../../support/judge-rule';
import { GROUP, groupCase, rule } from './cases';
import { asItem } from './item';
import { sceneOf } from './scene';

// Any group under any parameters, packet by packet: nothing here knows how the remediation cuts rules up.

const protocols = ['tcp', 'udp', 'icmp', 'icmpv6', '47', '50', '51', '132'];
const edges = [0, 1, 21, 22, 23, 3388, 3389, 3390, 5984, 5985, 5986, 65_534, 65_535];
const sources: readonly JsonObject[] = [
  { CidrIpv4: '0.0.0.0/0' },
  { CidrIpv4: '128.0.0.0/1' },
  { CidrIpv4: '8.0.0.0/5' },
  { CidrIpv4: '10.0.0.0/8' },
  { CidrIpv4: '192.0.2.7/32' },
  { CidrIpv6: '::/0' },
  { CidrIpv6: '2000::/3' },
  { CidrIpv6: '2001:db8::/32' },
  { PrefixListId: 'pl-0a1b2c3d' },
  { ReferencedGroupInfo: { GroupId: GROUP, UserId: '123456789012' } },
  { ReferencedGroupInfo: { GroupId: 'sg-0ffffffffffffffff', UserId: '210987654321' } },
];
const ports = fc
  .tuple(fc.constantFrom(...edges), fc.constantFrom(...edges))
  .map(([a, b]) => ({ FromPort: Math.min(a, b), ToPort: Math.max(a, b) }));
const what = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('tcp', 'udp'), ports) },
  fc.tuple(fc.constantFrom('-1', 'icmp', '50'), fc.constant({ FromPort: -1, ToPort: -1 })),
);
/** What is let through, from how many sources at once, as one entry of a console is. */
const permission = fc.record({
  what,
  from: fc.uniqueArray(fc.constantFrom(...sources), { minLength: 1, maxLength: 4 }),
  IsEgress: fc.boolean(),
  Description: fc.option(fc.constantFrom('Because', '<b>'), { nil: undefined }),
});
const anyGroup = fc.array(permission, { maxLength: 6 }).map((permissions) => {
  const rules = permissions.flatMap(({ what: [IpProtocol, range], from, IsEgress, Description }, index) =>
    from.map((source, at) =>
      rule(`${index}${at}`, {
        IpProtocol,
        ...range,
        ...source,
        IsEgress,
        ...(Description === undefined ? {} : { Description }),
      }),
    ),
  );
  // No group has two rules that let the same through.
  const same = ({ SecurityGroupRuleId: _, Description: __, ...one }: JsonObject) => JSON.stringify(one);
  return [...new Map(rules.map((one) => [same(one), one])).values()];
});
const anyParameters = fc.record({
  adminPorts: fc.subarray([0, 22, 3389, 5985, 65_535], { minLength: 1 }),
  maxWorldPrefix: fc.constantFrom(0, 1, 3, 5, 8),
});

interface Packet {
  readonly isEgress: boolean;
  readonly from: string;
  readonly protocol: string;
  readonly port: number;
}

const packets = (rules: readonly JsonObject[]): Packet[] =>
  rules.flatMap((one) => {
    const { IpProtocol, FromPort, ToPort, IsEgress, CidrIpv4, CidrIpv6 } = one as {
      readonly [name: string]: never;
    };
    const from = String(
      CidrIpv4 ?? CidrIpv6 ?? JSON.stringify([one['PrefixListId'], one['ReferencedGroupInfo']]),
    );
    return protocols
      .filter((protocol) => IpProtocol === protocol || IpProtocol === '-1')
      .filter((protocol) => !(protocol === 'icmp' && CidrIpv6) && !(protocol === 'icmpv6' && CidrIpv4))
      .flatMap((protocol) =>
        (['tcp', 'udp'].includes(protocol) ? edges : [-1])
          .filter(
            (port) =>
              port === -1 || IpProtocol === '-1' || (Number(FromPort) <= port && port <= Number(ToPort)),
          )
          .map((port) => ({ isEgress: Boolean(IsEgress), from, protocol, port })),
      );
  });
const named = (all: readonly Packet[]) => new Set(all.map((packet) => JSON.stringify(packet)));

describe.each([
  ['sg-no-world-admin-ipv4', ipv4, /^[\d.]+\/(\d+)$/],
  ['sg-no-world-admin-ipv6', ipv6, /^[\da-f:]+\/(\d+)$/],
] as const)('%s, whatever the parameters', (control, judge, family) => {
  test('what violates is closed, nothing else is, the rule is content, and the undo brings it back', () => {
    let mended = 0;
    fc.assert(
      fc.property(anyGroup, anyParameters, (rules, parameters) => {
        const { adminPorts, maxWorldPrefix } = parameters;
        const violates = ({ isEgress, from, protocol, port }: Packet) =>
          !isEgress &&
          ['tcp', 'udp'].includes(protocol) &&
          adminPorts.includes(port) &&
          Number(family.exec(from)?.[1] ?? Number.POSITIVE_INFINITY) <= maxWorldPrefix;

        const scene = sceneOf(remediation, groupCase(rules, { control, parameters }));
        const before = scene.capture();
        const proposal = scene.propose(before);
        if ('plan' in proposal) scene.apply(proposal.plan);
        expect('plan' in proposal).toBe(packets(rules).some(violates));
        expect(named(packets(scene.cloud.rules))).toEqual(
          named(packets(rules).filter((packet) => !violates(packet))),
        );
        const left = scene.capture();
        const observed = remediation.observed(left as never, scene.target);
        if (!observed) throw new Error('the group is gone');
        expect(said(judge, asItem(scene.target, observed), parameters).compliance).toBe('COMPLIANT');
        if (!('plan' in proposal)) return;
        mended += 1;
        expect(remediation.meaning(left as never)).toEqual(proposal.plan.after);
        scene.undo(before, left);
        expect(remediation.meaning(scene.capture() as never)).toEqual(remediation.meaning(before as never));
      }),
      { numRuns: 150 },
    );
    expect(mended).toBeGreaterThan(20);
  });
});
