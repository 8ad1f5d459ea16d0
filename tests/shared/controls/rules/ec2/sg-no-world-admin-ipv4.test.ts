import type { Json, JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/ec2/sg-no-world-admin-ipv4';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const openSsh = captured('ci-c7n-6098384ec8');
const PERMISSION = 'configuration.ipPermissions.0';
const CIDR = 'configuration.ipPermissions[0].ipv4Ranges[0].cidrIp';

/** The captured group with members of its one permission replaced. */
const permitting = (members: JsonObject): JsonObject =>
  Object.entries(members).reduce<JsonObject>(
    (item, [key, value]) => withMember(item, `${PERMISSION}.${key}`, value),
    openSsh,
  );

const from = (...cidrs: string[]): { ipv4Ranges: Json; ipRanges: Json } => ({
  ipv4Ranges: cidrs.map((cidrIp) => ({ cidrIp })),
  ipRanges: cidrs,
});

const withoutPorts = (item: JsonObject) =>
  withoutMember(withoutMember(item, `${PERMISSION}.fromPort`), `${PERMISSION}.toPort`);

const withoutRanges = withoutMember(
  withoutMember(openSsh, 'configuration.ipPermissions.0.ipv4Ranges'),
  'configuration.ipPermissions.0.ipRanges',
);

const rows: Row[] = [
  ['port 22 open to the world', openSsh, 'NON_COMPLIANT', [CIDR]],
  ['the same as the API writes it', inApiForm(openSsh), 'NON_COMPLIANT', [CIDR]],
  [
    'an item of version 1.2, with ranges as text only',
    captured('ci-rdk-AWS_EC2_SecurityGroup'),
    'NON_COMPLIANT',
    ['configuration.ipPermissions[0].ipRanges[0]'],
  ],
  [
    'all ports open to 15.0.0.0/0',
    captured('ci-evt-bb8252a7f7'),
    'NON_COMPLIANT',
    ['configuration.ipPermissions[3].ipv4Ranges[0].cidrIp'],
  ],
  ['port 3389', permitting({ fromPort: 3389, toPort: 3389 }), 'NON_COMPLIANT', [CIDR]],
  ['a range around port 22', permitting({ fromPort: 20, toPort: 25 }), 'NON_COMPLIANT', [CIDR]],
  ['a range that ends at port 22', permitting({ fromPort: 0, toPort: 22 }), 'NON_COMPLIANT', [CIDR]],
  [
    'a range that begins at port 3389',
    permitting({ fromPort: 3389, toPort: 65535 }),
    'NON_COMPLIANT',
    [CIDR],
  ],
  [
    'two world-open ranges',
    permitting(from('0.0.0.0/0', '1.2.3.4/0')),
    'NON_COMPLIANT',
    [CIDR, 'configuration.ipPermissions[0].ipv4Ranges[1].cidrIp'],
  ],
  ['udp', permitting({ ipProtocol: 'udp' }), 'NON_COMPLIANT', [CIDR]],
  ['tcp by its number', permitting({ ipProtocol: '6' }), 'NON_COMPLIANT', [CIDR]],
  ['udp by its number', permitting({ ipProtocol: '17' }), 'NON_COMPLIANT', [CIDR]],
  ['tcp in capitals', permitting({ ipProtocol: 'TCP' }), 'NON_COMPLIANT', [CIDR]],
  ['all traffic, without ports', withoutPorts(permitting({ ipProtocol: '-1' })), 'NON_COMPLIANT', [CIDR]],
  [
    'all traffic, with ports of null',
    permitting({ ipProtocol: '-1', fromPort: null, toPort: null }),
    'NON_COMPLIANT',
    [CIDR],
  ],
  ['another address with prefix 0', permitting(from('1.2.3.4/0')), 'NON_COMPLIANT', [CIDR]],
  [
    'half of the world, counted as the world',
    permitting(from('0.0.0.0/1')),
    'NON_COMPLIANT',
    [CIDR],
    { maxWorldPrefix: 1 },
  ],
  [
    'a port of the deploying team',
    permitting({ fromPort: 5985, toPort: 5986 }),
    'NON_COMPLIANT',
    [CIDR],
    { adminPorts: [5986] },
  ],

  ['a high port open to the world', captured('ci-evt-52fb859165'), 'COMPLIANT'],
  ['another group as the source', captured('ci-c7n-f26373aa8d'), 'COMPLIANT'],
  ['the world on ports of another range', permitting({ fromPort: 23, toPort: 3388 }), 'COMPLIANT'],
  ['one address', permitting(from('203.0.113.7/32')), 'COMPLIANT'],
  ['half of the world', permitting(from('0.0.0.0/1')), 'COMPLIANT'],
  ['a private range', permitting(from('10.0.0.0/8')), 'COMPLIANT'],
  ['port 22, when only others count', openSsh, 'COMPLIANT', [], { adminPorts: [3389] }],
  [
    'icmp of a type that looks like a port',
    permitting({ ipProtocol: 'icmp', fromPort: 22, toPort: 22 }),
    'COMPLIANT',
  ],
  ['icmp by its number', permitting({ ipProtocol: '1', fromPort: 22, toPort: 22 }), 'COMPLIANT'],
  ['a protocol by the name of an object member', permitting({ ipProtocol: 'constructor' }), 'COMPLIANT'],
  ['a protocol without ports', permitting({ ipProtocol: '50', fromPort: null, toPort: null }), 'COMPLIANT'],
  ['the world by IPv6 only', permitting({ ...from(), ipv6Ranges: [{ cidrIpv6: '::/0' }] }), 'COMPLIANT'],
  ['an IPv6 range among the old texts', permitting({ ipv4Ranges: [], ipRanges: ['::/0'] }), 'COMPLIANT'],
  ['the world outwards only', withMember(openSsh, 'configuration.ipPermissions', []), 'COMPLIANT'],
  ['a range without a prefix', permitting(from('0.0.0.0')), 'COMPLIANT'],
  ['text that is no range', permitting(from('0.0.0.0/0\u202e; DROP')), 'COMPLIANT'],
  ['a negative prefix', permitting(from('0.0.0.0/-1')), 'COMPLIANT'],

  ['a deleted group', withMember(openSsh, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],

  ['the world on tcp without ports', withoutPorts(openSsh), 'INSUFFICIENT_DATA'],
  ['the world on tcp with ports of null', permitting({ fromPort: null, toPort: null }), 'INSUFFICIENT_DATA'],
  ['no ranges of any kind', withoutRanges, 'INSUFFICIENT_DATA'],
  ['ports as text', permitting({ fromPort: '22', toPort: '22' }), 'INSUFFICIENT_DATA'],
  ['a protocol as a number', permitting({ ipProtocol: 6 }), 'INSUFFICIENT_DATA'],
  ['no list of permissions', withoutMember(openSsh, 'configuration.ipPermissions'), 'INSUFFICIENT_DATA'],
  ['ranges that are no list', permitting({ ipv4Ranges: '0.0.0.0/0' }), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});

test('an unknown port hides no port that is open', () => {
  const unknown = withoutPorts(openSsh);
  const [permission] = (unknown['configuration'] as JsonObject)['ipPermissions'] as Json[];
  const open = ((openSsh['configuration'] as JsonObject)['ipPermissions'] as Json[])[0];
  const both = withMember(openSsh, 'configuration.ipPermissions', [permission ?? null, open ?? null]);
  expect(said(rule, both)).toEqual({
    compliance: 'NON_COMPLIANT',
    because: ['configuration.ipPermissions[1].ipv4Ranges[0].cidrIp'],
  });
});
