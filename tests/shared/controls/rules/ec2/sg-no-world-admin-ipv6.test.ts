import type { JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/ec2/sg-no-world-admin-ipv6';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const PERMISSION = 'configuration.ipPermissions.0';
const CIDR = 'configuration.ipPermissions[0].ipv6Ranges[0].cidrIpv6';

// No captured group admits IPv6: one range is put in the place of the IPv4 ones.
const group = captured('ci-c7n-6098384ec8');
const permitting = (members: JsonObject, cidrIpv6 = '::/0'): JsonObject =>
  Object.entries({ ipv4Ranges: [], ipRanges: [], ipv6Ranges: [{ cidrIpv6 }], ...members }).reduce<JsonObject>(
    (item, [key, value]) => withMember(item, `${PERMISSION}.${key}`, value),
    group,
  );
const openSsh = permitting({});

const rows: Row[] = [
  ['port 22 open to the world', openSsh, 'NON_COMPLIANT', [CIDR]],
  ['the same as the API writes it', inApiForm(openSsh), 'NON_COMPLIANT', [CIDR]],
  ['the world written out', permitting({}, '0:0:0:0:0:0:0:0/0'), 'NON_COMPLIANT', [CIDR]],
  ['another address with prefix 0', permitting({}, '2001:db8::/0'), 'NON_COMPLIANT', [CIDR]],
  ['all traffic', permitting({ ipProtocol: '-1', fromPort: null, toPort: null }), 'NON_COMPLIANT', [CIDR]],
  ['a range around both ports', permitting({ fromPort: 0, toPort: 65535 }), 'NON_COMPLIANT', [CIDR]],
  ['tcp by its number', permitting({ ipProtocol: '6' }), 'NON_COMPLIANT', [CIDR]],
  [
    'all global unicast, counted as the world',
    permitting({}, '2000::/3'),
    'NON_COMPLIANT',
    [CIDR],
    { maxWorldPrefix: 3 },
  ],

  ['the world by IPv4 only', group, 'COMPLIANT'],
  ['an item of version 1.2, which knows no IPv6', captured('ci-rdk-AWS_EC2_SecurityGroup'), 'COMPLIANT'],
  ['one network', permitting({}, '2001:db8::/32'), 'COMPLIANT'],
  ['all global unicast', permitting({}, '2000::/3'), 'COMPLIANT'],
  ['a web port', permitting({ fromPort: 443, toPort: 443 }), 'COMPLIANT'],
  [
    'icmpv6 of a type that looks like a port',
    permitting({ ipProtocol: '58', fromPort: 22, toPort: 22 }),
    'COMPLIANT',
  ],

  [
    'a deleted group',
    withMember(openSsh, 'configurationItemStatus', 'ResourceDeletedNotRecorded'),
    'NOT_APPLICABLE',
  ],

  ['the world on tcp with ports of null', permitting({ fromPort: null, toPort: null }), 'INSUFFICIENT_DATA'],
  ['ranges of null', permitting({ ipv6Ranges: null }), 'INSUFFICIENT_DATA'],
  ['no list of permissions', withoutMember(openSsh, 'configuration.ipPermissions'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});
