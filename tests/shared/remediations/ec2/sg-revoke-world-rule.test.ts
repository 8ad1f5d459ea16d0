import fc from 'fast-check';
import type { JsonObject } from '../../../../shared/contracts/aws/configuration-item';
import ipv4 from '../../../../shared/controls/rules/ec2/sg-no-world-admin-ipv4';
import ipv6 from '../../../../shared/controls/rules/ec2/sg-no-world-admin-ipv6';
import remediation from '../../../../shared/remediations/ec2/sg-revoke-world-rule';
import { said as judged } from '../../../support/judge-rule';
import { GROUP, group, groupCase, mixedRules, rule } from '../cases';
import { asItem } from '../item';
import { type Case, planOf, REGION, said, sceneOf } from '../scene';

const world = { CidrIpv4: '0.0.0.0/0' };
const world6 = { CidrIpv6: '::/0' };
const port = (from: number, to = from) => ({ FromPort: from, ToPort: to });

const rows: [name: string, one: Case, expected: string[]][] = [
  [
    'takes a rule for SSH alone away',
    groupCase([rule('a', { ...port(22), ...world })]),
    ['Revoke sgr-a (tcp 22-22 from 0.0.0.0/0)'],
  ],
  [
    'allows the rest of a range before it takes the range away',
    groupCase([rule('a', { ...port(20, 25), ...world })]),
    ['Allow tcp 20-21 from 0.0.0.0/0, tcp 23-25 from 0.0.0.0/0', 'Revoke sgr-a (tcp 20-25 from 0.0.0.0/0)'],
  ],
  [
    'does not allow again what another rule allows',
    groupCase([rule('a', { ...port(20, 22), ...world }), rule('b', { ...port(20, 21), ...world })]),
    ['Revoke sgr-a (tcp 20-22 from 0.0.0.0/0)'],
  ],
  [
    'splits all traffic of IPv6',
    groupCase([rule('a', { IpProtocol: '-1', ...port(-1), ...world6 })], {
      control: 'sg-no-world-admin-ipv6',
    }),
    [
      'Allow ' +
        [
          'tcp 0-21',
          'tcp 23-3388',
          'tcp 3390-65535',
          'udp 0-21',
          'udp 23-3388',
          'udp 3390-65535',
          'icmpv6 -1--1',
          '47',
          '50',
          '51',
          '132',
        ]
          .map((what) => `${what} from ::/0`)
          .join(', '),
      'Revoke sgr-a (all traffic from ::/0)',
    ],
  ],
  [
    'leaves IPv6 to its own control',
    groupCase([rule('a', { ...port(22), ...world6 })]),
    ['nothing-to-do: No rule is open to the world on these ports.'],
  ],
  [
    'takes the ports of the parameters',
    groupCase([rule('a', { ...port(22), ...world }), rule('b', { ...port(5985), ...world })], {
      parameters: { adminPorts: [5985] },
    }),
    ['Revoke sgr-b (tcp 5985-5985 from 0.0.0.0/0)'],
  ],
  [
    'takes halves of the world where the parameters say so',
    groupCase([rule('a', { ...port(22), CidrIpv4: '128.0.0.0/1' })], { parameters: { maxWorldPrefix: 1 } }),
    ['Revoke sgr-a (tcp 22-22 from 128.0.0.0/1)'],
  ],
  [
    'does not touch what goes out',
    groupCase([rule('a', { IsEgress: true, ...port(22), ...world })]),
    ['nothing-to-do: No rule is open to the world on these ports.'],
  ],
  [
    'knows no other control',
    groupCase([], { control: 'sg-no-world-ssh' }),
    ['cannot: What counts as world-open is not known for this control.'],
  ],
  [
    'does nothing where the group is gone',
    groupCase([], { cloud: {} }),
    ['nothing-to-do: The security group is gone.'],
  ],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('what it allows keeps the description and the tags of the rule that it comes from', () => {
  const [allow] = planOf(remediation, groupCase(mixedRules)).calls;
  expect(allow).toMatchObject({
    action: 'AuthorizeSecurityGroupIngress',
    region: REGION,
    input: {
      GroupId: GROUP,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 20,
          ToPort: 21,
          IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'From everywhere' }],
        },
        {
          IpProtocol: 'tcp',
          FromPort: 23,
          ToPort: 25,
          IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'From everywhere' }],
        },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: 'web' }] }],
    },
  });
});

test('says what of all traffic does not come back', () => {
  const { notes } = planOf(remediation, groupCase([rule('a', { IpProtocol: '-1', ...port(-1), ...world })]));
  expect(notes.join()).toMatch(/Other protocols are closed/);
});

test.each([
  [rule('a', { ...port(22), ...world }), true],
  [
    rule('a', { ...port(22, 23), ...world }),
    'tcp 22-23 from 0.0.0.0/0 lets through more than administration ports',
  ],
])('needs nobody where nothing but administration is closed: %#', (only, expected) => {
  const scene = sceneOf(remediation, groupCase([only]));
  expect(scene.autoHolds(scene.capture())).toEqual(expected);
});

test('an undo after somebody else added a rule leaves that rule', () => {
  const scene = sceneOf(remediation, groupCase(mixedRules));
  const before = scene.capture();
  const proposal = scene.propose(before);
  if (!('plan' in proposal)) throw new Error('no plan');
  scene.apply(proposal.plan);
  const left = scene.capture();
  scene.cloud.rules.push(rule('foreign', { ...port(8080), CidrIpv4: '192.0.2.9/32', Tags: [] }));
  scene.undo(before, left, scene.capture());
  const ids = scene.cloud.rules.map((one) => one['SecurityGroupRuleId']);
  expect(ids).toContain('sgr-foreign');
  expect(scene.cloud.rules.length).toBe(mixedRules.length + 1);
});

test.each([
  ['a group of another form', { resourceId: 'sg-*' }],
  ['another type', { resourceType: 'AWS::EC2::VPC' }],
  ['no Region', { region: '*' }],
  ['no account', { accountId: '*' }],
])('has no target for %s', (_name, wrong) => {
  const finding = {
    accountId: '123456789012',
    region: REGION,
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: GROUP,
  };
  expect(remediation.target({ ...finding, ...wrong })).toHaveProperty('cannot');
});

test('refuses an answer that goes on elsewhere', () => {
  const schema = remediation.captured;
  const answers = {
    group: { SecurityGroups: [group()] },
    rules: { SecurityGroupRules: [], NextToken: 'more' },
  };
  expect(schema.safeParse(answers).success).toBe(false);
});

// Any group, and the same traffic before and after, asked packet by packet.

const ports = fc
  .tuple(fc.constantFrom(0, 20, 22, 23, 80, 3388, 3389, 3390), fc.nat(70))
  .map(([from, more]) => port(from, Math.min(from + more, 65_535)));
const protocol = fc.oneof(
  fc
    .record({ IpProtocol: fc.constantFrom('tcp', 'udp'), at: ports })
    .map(({ IpProtocol, at }) => ({ IpProtocol, ...at })),
  fc.constant({ IpProtocol: '-1', ...port(-1) }),
  fc.constant({ IpProtocol: 'icmp', ...port(-1) }),
  fc.constant({ IpProtocol: '50', ...port(-1) }),
);
const source = fc.constantFrom<JsonObject>(
  world,
  world6,
  { CidrIpv4: '192.0.2.7/0' },
  { CidrIpv4: '10.0.0.0/8' },
  { CidrIpv6: '2001:db8::/32' },
  { PrefixListId: 'pl-0a1b2c3d' },
  { ReferencedGroupInfo: { GroupId: GROUP, UserId: '123456789012' } },
  { ReferencedGroupInfo: { GroupId: 'sg-0ffffffffffffffff', UserId: '210987654321' } },
);
const described = fc.constantFrom<JsonObject>(
  {},
  { Description: 'Because' },
  { Tags: [{ Key: 'team', Value: 'web' }] },
);
const anyGroup = fc
  .array(fc.tuple(protocol, source, described, fc.boolean()), { maxLength: 12 })
  .map((parts) =>
    parts.map(([what, from, text, IsEgress], index) =>
      rule(String(index), { ...what, ...from, ...text, IsEgress }),
    ),
  )
  // No group has two rules that let the same through.
  .map((rules) => [
    ...new Map(
      rules.map((one) => [
        JSON.stringify([
          one['IsEgress'],
          one['IpProtocol'],
          one['FromPort'],
          one['ToPort'],
          one['CidrIpv4'],
          one['CidrIpv6'],
          one['PrefixListId'],
          one['ReferencedGroupInfo'],
        ]),
        one,
      ]),
    ).values(),
  ]);

const peer = (one: JsonObject) =>
  JSON.stringify([
    one['IsEgress'],
    one['CidrIpv4'],
    one['CidrIpv6'],
    one['PrefixListId'],
    one['ReferencedGroupInfo'],
  ]);

const probes = [
  ...['tcp', 'udp'].flatMap((name) =>
    [0, 19, 20, 21, 22, 23, 50, 80, 92, 3388, 3389, 3390, 65_535].map((at) => [name, at] as const),
  ),
  ...['icmp', 'icmpv6', '47', '50', '51', '132'].map((name) => [name, -1] as const),
];

/** Every packet of the probes that rules let through, by where it comes from. */
const letThrough = (rules: readonly JsonObject[]) =>
  new Set(
    rules.flatMap((one) =>
      probes
        .filter(([name, at]) => {
          if (one['IpProtocol'] === '-1')
            return !(name === 'icmp' && one['CidrIpv6']) && !(name === 'icmpv6' && one['CidrIpv4']);
          const { FromPort, ToPort } = one as { FromPort: number; ToPort: number };
          return one['IpProtocol'] === name && (at === -1 || (FromPort <= at && at <= ToPort));
        })
        .map(([name, at]) => `${name} ${at} ${peer(one)}`),
    ),
  );

const isWorld = (packet: string, isV6: boolean) =>
  packet.includes('[false,') && (isV6 ? packet.includes('"::/0"') : /"[\d.]+\/0"/.test(packet));

describe.each([
  ['sg-no-world-admin-ipv4', ipv4, false],
  ['sg-no-world-admin-ipv6', ipv6, true],
] as const)('for any group, %s', (control, judge, isV6) => {
  test('closes the administration ports and nothing else, to the satisfaction of the rule, and back again', () => {
    fc.assert(
      fc.property(anyGroup, (rules) => {
        const scene = sceneOf(remediation, groupCase(rules, { control }));
        const before = scene.capture();
        const proposal = scene.propose(before);
        if ('refusal' in proposal) {
          expect(proposal.refusal.code).toBe('nothing-to-do');
        } else {
          scene.apply(proposal.plan);
        }
        const left = scene.capture();
        const observed = remediation.observed(left as never, scene.target);
        if (!observed) throw new Error('the group is gone');
        expect(judged(judge, asItem(scene.target, observed)).compliance).toBe('COMPLIANT');

        const packets = letThrough(rules);
        const admin = (packet: string) => /^(tcp|udp) (22|3389) /.test(packet) && isWorld(packet, isV6);
        expect(letThrough(scene.cloud.rules)).toEqual(
          new Set([...packets].filter((packet) => !admin(packet))),
        );

        // Whatever had nothing to do with it is the same rule, to the letter.
        const touched = new Set(
          scene.calls.apply.flatMap(({ input }) => (input['SecurityGroupRuleIds'] ?? []) as string[]),
        );
        for (const one of rules.filter((kept) => !touched.has(kept['SecurityGroupRuleId'] as string)))
          expect(scene.cloud.rules).toContainEqual(one);

        scene.undo(before, left);
        expect(remediation.meaning(scene.capture() as never)).toEqual(remediation.meaning(before as never));
      }),
      { numRuns: 150 },
    );
  });
});
