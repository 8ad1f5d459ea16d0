import type { Exemption } from '../../../shared/contracts/trailseal/compliance-policy';
import { exemptionFor } from '../../../shared/findings/exemption';
import { at } from '../../support/findings';

const group = {
  awsAccountId: '123456789012',
  awsRegion: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  resourceName: 'team-a.bastion',
  ARN: 'arn:aws:ec2:eu-central-1:123456789012:security-group/sg-0123456789abcdef0',
};
const user = { ...group, resourceType: 'AWS::IAM::User', awsRegion: 'us-east-1', resourceName: 'build' };

const exemption = (scope: Exemption['scope'], parts: Partial<Exemption> = {}): Exemption => ({
  control: 'sg-no-world-admin-ipv4',
  scope,
  owner: 'platform team',
  reason: 'migration',
  expiresAt: at(20),
  ...parts,
});

const covered = (scope: Exemption['scope'], resource: typeof group = group) =>
  exemptionFor([exemption(scope)], 'sg-no-world-admin-ipv4', resource, at(9)) !== undefined;

test.each<[scope: Exemption['scope'], covered: boolean]>([
  [{ accounts: ['123456789012'] }, true],
  [{ accounts: ['210987654321'] }, false],
  [{ accounts: ['210987654321', '123456789012'] }, true],
  [{ regions: ['eu-central-1'] }, true],
  [{ regions: ['us-east-1'] }, false],
  [{ regions: ['global'] }, false],
  [{ resources: ['sg-0123456789abcdef0'] }, true],
  [{ resources: ['sg-0123456789abcdef'] }, false],
  [{ resources: ['team-a.bastion'] }, true],
  [{ resources: ['team-aXbastion'] }, false],
  [{ resources: ['team-*'] }, true],
  [{ resources: ['*bastion'] }, true],
  [{ resources: ['*a.b*'] }, true],
  [{ resources: ['t*a*n'] }, true],
  [{ resources: ['team-a.bastion*team-a.bastion'] }, false],
  [{ resources: ['*:security-group/*'] }, true],
  [{ resources: ['*'] }, true],
  [{ resources: ['**'] }, true],
  [{ resources: ['TEAM-*'] }, false],
  [{ resources: ['team-a?bastion'] }, false],
  [{ accounts: ['123456789012'], regions: ['us-east-1'] }, false],
  [{ accounts: ['123456789012'], regions: ['eu-central-1'], resources: ['team-*'] }, true],
])('the scope %j covers the group: %j', (scope, expected) => expect(covered(scope)).toBe(expected));

test('region "global" covers what exists once for all Regions, wherever AWS Config reports it from', () => {
  expect(covered({ regions: ['global'] }, user)).toBe(true);
  expect(covered({ regions: ['eu-central-1'] }, user)).toBe(false);
});

test('a resource without name and ARN is covered by its id', () => {
  const { resourceName: _, ARN: __, ...bare } = group;
  const found = exemptionFor([exemption({ resources: ['sg-*'] })], 'sg-no-world-admin-ipv4', bare, at(9));
  expect(found).toEqual({ owner: 'platform team', reason: 'migration', expiresAt: at(20) });
});

test('an exemption is for its own control', () => {
  expect(
    exemptionFor([exemption({ resources: ['*'] })], 'sg-no-world-admin-ipv6', group, at(9)),
  ).toBeUndefined();
});

test('it holds until, and no longer at, the instant at which it expires', () => {
  const list = [exemption({ resources: ['*'] })];
  expect(exemptionFor(list, 'sg-no-world-admin-ipv4', group, at(19, 59))).toBeDefined();
  expect(exemptionFor(list, 'sg-no-world-admin-ipv4', group, at(20))).toBeUndefined();
});

test('of several the one that holds longest applies', () => {
  const list = [at(12), at(22), at(15)].map((expiresAt) => exemption({ resources: ['*'] }, { expiresAt }));
  expect(exemptionFor(list, 'sg-no-world-admin-ipv4', group, at(9))?.expiresAt).toBe(at(22));
});

test('a pattern that could match in very many ways is answered at once', () => {
  const started = performance.now();
  expect(
    covered({ resources: [`${'*a'.repeat(2000)}b`] }, { ...group, resourceName: 'a'.repeat(20_000) }),
  ).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});
