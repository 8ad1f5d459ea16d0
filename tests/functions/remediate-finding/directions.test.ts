import { directionsOf } from '../../../functions/remediate-finding/directions';
import type {
  CompliancePolicy,
  ControlSettings,
} from '../../../shared/contracts/trailseal/compliance-policy';
import type { Finding } from '../../../shared/contracts/trailseal/finding';
import { remediations } from '../../../shared/remediations';

const CONTROL = 'sg-no-world-admin-ipv4';
const NOW = '2026-11-29T12:00:00.000Z';

const finding = {
  control: CONTROL,
  accountId: '123456789012',
  region: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  resourceName: 'web-1',
} as Finding;

const policy = (
  settings: Partial<ControlSettings>,
  more: Partial<CompliancePolicy> = {},
): CompliancePolicy => ({
  hash: 'abc',
  coverage: { accounts: ['self'], regions: ['self'] },
  controls: { [CONTROL]: { mode: 'approve', parameters: { adminPorts: [22] }, ...settings } },
  exemptions: [],
  trails: { buckets: [], topics: [], lookbackDays: 30 },
  remediations: { protectedTags: [{ key: 'keep' }], actorMayApprove: false },
  ...more,
});
const directions = (given: CompliancePolicy | undefined) => directionsOf(given, remediations);

test('what compliance.yml says', () => {
  const given = directions(policy({ remediation: { id: 'sg-revoke-world-rule', settings: {}, cap: 3 } }));
  expect(given.policy).toBe('valid');
  expect(given.mode(finding)).toBe('approve');
  expect(given.remediation(CONTROL)).toMatchObject({ remediation: { id: 'sg-revoke-world-rule' }, cap: 3 });
  expect(given.parameters(CONTROL)).toEqual({ adminPorts: [22] });
  expect(given.exemption(finding, NOW)).toBe('none');
  expect(given.protectedTags).toEqual([{ key: 'keep' }]);
});

test('a cap that is left out is that of the remediation', () => {
  const given = directions(policy({ remediation: { id: 'sg-revoke-world-rule', settings: {} } }));
  expect(given.remediation(CONTROL)?.cap).toBe(10);
});

test('the first scope that the resource is in has the say', () => {
  const given = directions(
    policy({
      scopes: [
        { mode: 'off', resources: ['db-*'] },
        { mode: 'auto', resources: ['web-*'] },
        { mode: 'dry-run', accounts: ['123456789012'] },
      ],
    }),
  );
  expect(given.mode(finding)).toBe('auto');
});

test('an exemption that covers it', () => {
  const exemption = {
    control: CONTROL,
    scope: { resources: ['web-*'] },
    owner: 'web',
    reason: 'public',
    expiresAt: '2027-01-01T00:00:00.000Z',
  };
  const given = directions(policy({}, { exemptions: [exemption] }));
  expect(given.exemption(finding, NOW)).toMatchObject({ owner: 'web' });
  expect(given.exemption(finding, '2027-01-01T00:00:00.000Z')).toBe('none');
});

test.each<[string, ControlSettings['remediation']]>([
  ['none', undefined],
  ['one that this version does not have', { id: 'sg-close-all', settings: {} }],
  ['one whose settings do not fit it', { id: 'ec2-isolate-instance', settings: { quarantineGroup: 7 } }],
])('of a control with %s nothing is mended', (_name, remediation) => {
  const given = directions(policy(remediation === undefined ? {} : { remediation }));
  expect(given.remediation(CONTROL)).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['is not there', undefined, 'missing'],
  ['has no exemptions', { ...policy({}), exemptions: undefined }, 'invalid'],
  [
    'has an exemption without scope',
    { ...policy({}), exemptions: [{ control: CONTROL, expiresAt: NOW }] },
    'invalid',
  ],
  ['has no controls', { ...policy({}), controls: undefined }, 'invalid'],
  ['says nothing of remediations', { ...policy({}), remediations: undefined }, 'invalid'],
])('a compliance.yml that %s lets nothing be changed', (_name, given, expected) => {
  expect(directions(given as CompliancePolicy | undefined).policy).toBe(expected);
});
