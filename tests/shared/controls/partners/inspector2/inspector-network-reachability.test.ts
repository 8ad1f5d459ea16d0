import partner from '../../../../../shared/controls/partners/inspector2/inspector-network-reachability';
import { findingOf, inspector, reachability, reaches, said } from '../events';

const PORTS = 'networkReachabilityDetails.openPortRange';
const range = (begin: number, end: number) => {
  const event = reachability();
  const details = event.detail['networkReachabilityDetails'] as object;
  return reachability({ networkReachabilityDetails: { ...details, openPortRange: { begin, end } } });
};
const path = (...steps: object[]) =>
  reachability({
    networkReachabilityDetails: {
      openPortRange: { begin: 22, end: 22 },
      protocol: 'TCP',
      networkPath: { steps },
    },
  });

test.each([
  ['port 22 from the internet', reachability(), 'open'],
  ['all ports', range(0, 65535), 'open'],
  ['a range that ends at a port', range(3380, 3389), 'open'],
  ['a gateway by its id alone', path({ componentId: 'igw-0abc' }), 'open'],
  ['port 443', range(443, 443), 'closed'],
  ['a range just beside', range(24, 134), 'closed'],
  [
    'a path from a peered VPC',
    path({ componentId: 'pcx-0abc', componentType: 'AWS::EC2::VPCPeeringConnection' }),
    'closed',
  ],
  ['no path', path(), 'undetermined'],
  ['no details', reachability({ networkReachabilityDetails: undefined }), 'undetermined'],
  ['closed', reachability({ status: 'CLOSED' }), 'closed'],
  ['suppressed', reachability({ status: 'SUPPRESSED' }), 'suppressed'],
  ['a vulnerable package', inspector({ severity: 'CRITICAL' }), 'not for it'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('it names the ports and the security group that lets them in', () => {
  expect(findingOf(partner, range(20, 22))).toMatchObject({
    severity: 'medium',
    because: [
      {
        says: 'the internet reaches ports 20, 21, 22 (tcp)',
        path: `detail.${PORTS}`,
        value: { begin: 20, end: 22 },
      },
      { says: 'security group sg-0abc lets it in', value: 'sg-0abc' },
    ],
  });
});

test('compliance.yml chooses the ports', () => {
  expect(said(partner, reachability(), { ports: [443] })).toBe('closed');
  expect(said(partner, range(443, 443), { ports: [443] })).toBe('open');
});

test('its rule takes network paths alone', () => {
  expect(reaches(partner, reachability({ status: 'CLOSED' }))).toBe(true);
  expect(reaches(partner, inspector())).toBe(false);
});
