import fc from 'fast-check';
import { canonicalCidr } from '../../local/services/ec2/cidr';
import { type IpPermission, permissionsOf, ruleKey, rulesOf } from '../../local/services/ec2/permissions';

test.each<[string, 4 | 6, string | undefined]>([
  ['0.0.0.0/0', 4, '0.0.0.0/0'],
  ['255.255.255.255/0', 4, '0.0.0.0/0'],
  ['192.0.2.77/32', 4, '192.0.2.77/32'],
  ['192.0.2.77/31', 4, '192.0.2.76/31'],
  ['192.0.2.77', 4, undefined],
  ['192.0.2.77/33', 4, undefined],
  ['192.0.2.077/8', 4, undefined],
  ['192.0.2.77/8/8', 4, undefined],
  ['192.0.2.77/-1', 4, undefined],
  ['::/0', 4, undefined],
  ['::/0', 6, '::/0'],
  ['2001:0DB8:0000::0001/128', 6, '2001:db8::1/128'],
  ['2001:db8:ffff::/33', 6, '2001:db8:8000::/33'],
  ['1::2:0:0:0:3/128', 6, '1:0:0:2::3/128'],
  ['fe80::1%eth0/64', 6, undefined],
  ['0.0.0.0/0', 6, undefined],
  ['', 6, undefined],
])('%s as a range of IPv%d', (text, version, expected) => {
  expect(canonicalCidr(text, version)).toBe(expected);
});

const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([at, bits]) => `${at}/${bits}`);
const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([at, bits]) => `${at}/${bits}`);

test('a range that EC2 has made is left as it is', () => {
  const stays = (version: 4 | 6) => (text: string) => {
    const once = canonicalCidr(text, version);
    expect(once).toBeDefined();
    expect(canonicalCidr(once ?? '', version)).toBe(once);
  };
  fc.assert(fc.property(ipv4, stays(4)));
  fc.assert(fc.property(ipv6, stays(6)));
});

const description = fc.option(fc.constantFrom('office', 'a b', ''), { nil: undefined });
const ports = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
  .map(([a, b]) => ({ FromPort: Math.min(a, b), ToPort: Math.max(a, b) }));
const described = <Name extends string>(name: Name, value: fc.Arbitrary<string>) =>
  fc.tuple(value, description).map(([text, Description]) => ({
    [name]: text,
    ...(Description === undefined ? {} : { Description }),
  })) as fc.Arbitrary<Record<Name, string>>;
const permission: fc.Arbitrary<IpPermission> = fc
  .tuple(
    fc.constantFrom('tcp', 'udp', '6', '-1', 'icmp'),
    ports,
    fc.array(described('CidrIp', ipv4), { minLength: 1, maxLength: 3 }),
    fc.array(
      described('Ipv6Ranges', ipv6).map(({ Ipv6Ranges: CidrIpv6, ...rest }) => ({ ...rest, CidrIpv6 })),
      {
        maxLength: 2,
      },
    ),
    fc.array(described('GroupId', fc.constantFrom('sg-0a', 'sg-0b')), { maxLength: 2 }),
  )
  .map(([IpProtocol, range, IpRanges, Ipv6Ranges, UserIdGroupPairs]) => ({
    IpProtocol,
    ...range,
    IpRanges,
    Ipv6Ranges,
    UserIdGroupPairs,
  }));

test('what a group shows makes the same rules again', () => {
  fc.assert(
    fc.property(fc.array(permission, { minLength: 1, maxLength: 4 }), (permissions) => {
      const rules = rulesOf(permissions, '123456789012');
      const again = rulesOf(permissionsOf(rules), '123456789012');
      const meaning = (all: typeof rules) => all.map((rule) => `${ruleKey(rule)} ${rule.description}`).sort();
      expect(meaning(again)).toEqual(meaning(rules));
    }),
  );
});
