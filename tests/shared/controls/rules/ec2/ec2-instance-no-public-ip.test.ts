import type { JsonObject } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/ec2/ec2-instance-no-public-ip';
import {
  captured,
  fixtureLines,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const INSTANCE = 'configuration.publicIpAddress';
const INTERFACE = 'configuration.networkInterfaces.0';
const FIRST = 'configuration.networkInterfaces[0].association.publicIp';
const FIRST_OF_FIRST = 'configuration.networkInterfaces[0].privateIpAddresses[0].association.publicIp';

const open = captured('ci-rdk-AWS_EC2_Instance');
const stopped = captured('ci-c7n-d2d3530786');
const unsaid = withoutMember(open, INSTANCE);
const associated = (address: string): JsonObject => ({ publicIp: address, ipOwnerId: 'amazon' });

const rows: Row[] = [
  ['a public address, which each place names', open, 'NON_COMPLIANT', [INSTANCE]],
  ['the same as the API writes it', inApiForm(open), 'NON_COMPLIANT', [INSTANCE]],
  ['another captured instance', captured('ci-doc-b2477987a0'), 'NON_COMPLIANT', [INSTANCE]],
  ['an address of the interface only', unsaid, 'NON_COMPLIANT', [FIRST]],
  [
    'an address of the private address only',
    withMember(unsaid, `${INTERFACE}.association`, null),
    'NON_COMPLIANT',
    [FIRST_OF_FIRST],
  ],
  [
    'a second public address',
    withMember(open, `${INTERFACE}.privateIpAddresses.0.association`, associated('203.0.113.9')),
    'NON_COMPLIANT',
    [INSTANCE, FIRST_OF_FIRST],
  ],
  [
    'an address without interfaces',
    withoutMember(open, 'configuration.networkInterfaces'),
    'NON_COMPLIANT',
    [INSTANCE],
  ],
  [
    'a stopped instance with an Elastic IP address',
    withMember(stopped, `${INTERFACE}.association`, associated('203.0.113.9')),
    'NON_COMPLIANT',
    [FIRST],
  ],
  ['private addresses only', stopped, 'COMPLIANT'],
  ['private addresses only, as the API writes them', inApiForm(stopped), 'COMPLIANT'],
  ['an empty address', withMember(stopped, INSTANCE, ''), 'COMPLIANT'],
  [
    'a public address of IPv6',
    withMember(stopped, `${INTERFACE}.ipv6Addresses`, [{ ipv6Address: '2001:db8::1' }]),
    'COMPLIANT',
  ],
  ['no interface any more', withMember(stopped, 'configuration.networkInterfaces', []), 'COMPLIANT'],
  ['a terminated instance', withMember(open, 'configuration.state.name', 'terminated'), 'NOT_APPLICABLE'],
  ['a deleted instance', withMember(open, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  [
    'neither address nor interfaces',
    withoutMember(unsaid, 'configuration.networkInterfaces'),
    'INSUFFICIENT_DATA',
  ],
  ['interfaces of null', withMember(stopped, 'configuration.networkInterfaces', null), 'INSUFFICIENT_DATA'],
  [
    'interfaces as an object',
    withMember(stopped, 'configuration.networkInterfaces', {}),
    'INSUFFICIENT_DATA',
  ],
  ['an address as a number', withMember(stopped, INSTANCE, 3405803785), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});

interface Published {
  readonly rule: string;
  readonly test: string;
  readonly expected: string;
  readonly configurationItem: JsonObject;
}

const published = fixtureLines<Published>('config-verdicts/verdicts.jsonl').filter(
  (one) => one.rule === 'EC2_INSTANCE_NO_PUBLIC_IP',
);

test('has verdicts of the public rule', () => expect(published.length).toBe(5));

// Its tests are in Python, and write the text "None" where an item has null.
test.each(published)('says the same as the public rule in $test', ({ configurationItem, expected }) => {
  const item = JSON.parse(JSON.stringify(configurationItem).replaceAll('"None"', 'null')) as JsonObject;
  expect(said(rule, item).compliance).toBe(expected);
});
