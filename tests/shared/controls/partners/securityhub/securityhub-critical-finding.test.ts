import partner from '../../../../../shared/controls/partners/securityhub/securityhub-critical-finding';
import { ACCOUNT, findingOf, publishedEvent, REGION, reaches, said, securityHub } from '../events';

const by = (product: string) => ({
  ProductArn: `arn:aws:securityhub:${REGION}::product/${product}`,
  ProductName: undefined,
});

test.each([
  ['a failed control', securityHub(), 'open'],
  ['critical', securityHub({ 'Severity.Label': 'CRITICAL' }), 'open'],
  ['people have been notified', securityHub({ 'Workflow.Status': 'NOTIFIED' }), 'open'],
  ['a product without controls', securityHub({ ...by('aws/macie'), Compliance: undefined }), 'open'],
  ['a number for a label', securityHub({ Severity: { Normalized: 70 } }), 'open'],
  ['a lower number', securityHub({ Severity: { Normalized: 69 } }), 'closed'],
  ['no severity', securityHub({ Severity: undefined }), 'closed'],
  ['medium', securityHub({ 'Severity.Label': 'MEDIUM' }), 'closed'],
  ['passed', securityHub({ 'Compliance.Status': 'PASSED' }), 'closed'],
  ['resolved', securityHub({ 'Workflow.Status': 'RESOLVED' }), 'closed'],
  ['archived by its product', securityHub({ RecordState: 'ARCHIVED' }), 'closed'],
  ['not available', securityHub({ 'Compliance.Status': 'NOT_AVAILABLE' }), 'undetermined'],
  ['the published warning', publishedEvent('ev-e2b7275d030f'), 'undetermined'],
  ['suppressed', securityHub({ 'Workflow.Status': 'SUPPRESSED' }), 'suppressed'],
  [
    'our own, by product',
    securityHub({ ...by('111122223333/default'), ProductName: 'Trailseal' }),
    'own-finding',
  ],
  [
    'our own, by field',
    securityHub({
      ...by('111122223333/default'),
      ProductFields: { 'aws/securityhub/ProductName': 'Trailseal' },
    }),
    'own-finding',
  ],
  [
    'our own, by generator',
    securityHub({ ...by('111122223333/default'), GeneratorId: 'trailseal/sg-no-world-admin-ipv4' }),
    'own-finding',
  ],
  ['ours only in the title', securityHub({ Title: 'trailseal' }), 'open'],
  ['from Config', securityHub(by('aws/config')), 'imported-otherwise'],
  ['from GuardDuty', securityHub(by('aws/guardduty')), 'imported-otherwise'],
  ['from Inspector', securityHub(by('aws/inspector')), 'imported-otherwise'],
  ['the published one from GuardDuty', publishedEvent('ev-413be6503936'), 'imported-otherwise'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('compliance.yml moves the threshold, and what is skipped', () => {
  expect(said(partner, securityHub(), { minSeverity: 'critical' })).toBe('closed');
  expect(said(partner, securityHub({ 'Severity.Label': 'MEDIUM' }), { minSeverity: 'medium' })).toBe('open');
  expect(said(partner, securityHub(by('aws/guardduty')), { importedOtherwise: [] })).toBe('open');
  expect(said(partner, securityHub({ GeneratorId: 'watchdog/1' }), { ownProducts: ['watchdog'] })).toBe(
    'own-finding',
  );
});

test.each([
  [0, 'informational'],
  [1, 'low'],
  [39, 'low'],
  [40, 'medium'],
  [69, 'medium'],
  [70, 'high'],
  [89, 'high'],
  [90, 'critical'],
])('a product that says %d means %s', (normalized, severity) => {
  const event = securityHub({ Severity: { Normalized: normalized } });
  expect(findingOf(partner, event).severity).toBe(severity);
});

test.each([
  [
    'of the resource',
    'eu-north-1',
    { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::papers', Region: 'eu-north-1' },
    'eu-west-1',
  ],
  ['of the finding', 'eu-west-3', { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::papers' }, 'eu-west-3'],
  [
    'of the finding, for the account',
    'eu-west-3',
    { Type: 'Other', Id: 'x', Region: 'eu-north-1' },
    'eu-west-3',
  ],
  ['of the event', REGION, { Type: 'Other', Id: 'x' }, undefined],
])('the Region is that %s', (_whose, region, resource, Region) => {
  expect(findingOf(partner, securityHub({ Region, Resources: [resource] })).resource.region).toBe(region);
});

test('it names the control and the resource', () => {
  expect(findingOf(partner, securityHub())).toMatchObject({
    resource: { accountId: ACCOUNT, region: REGION, resourceType: 'AWS::S3::Bucket', resourceId: 'papers' },
    severity: 'high',
    because: [
      { says: 'Security Hub rates it high' },
      { says: 'control S3.8 does not hold' },
      { says: 'it is about arn:aws:s3:::papers' },
    ],
    observedAt: '2026-01-31T10:00:00.000Z',
    partnerId: `arn:aws:securityhub:${REGION}:${ACCOUNT}:security-control/S3.8/finding/6e842abe`,
  });
});

test('it is filed under the first resource that is known, else under the account', () => {
  const known = { Type: 'AwsKmsKey', Id: `arn:aws:kms:${REGION}:${ACCOUNT}:key/0ab` };
  const other = { Type: 'Other', Id: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/x` };
  expect(findingOf(partner, securityHub({ Resources: [other, known] })).resource.resourceId).toBe('0ab');
  expect(findingOf(partner, securityHub({ Resources: [other] })).resource.resourceType).toBe(
    'AWS::::Account',
  );
  expect(
    findingOf(partner, securityHub({ Region: undefined, Resources: [{ ...other, Region: 'eu-north-1' }] }))
      .resource.region,
  ).toBe('eu-north-1');
});

test.each([
  ['UpdatedAt', { UpdatedAt: 'soon' }],
  ['Resources', { Resources: [] }],
  ['Severity.Label', { 'Severity.Label': 'URGENT' }],
])('a finding with another %s than documented is refused by it', (field, changes) => {
  expect(() => said(partner, securityHub(changes))).toThrow(
    `Security Hub finding: findings[0].${field}: expected`,
  );
});

test('an event with two findings is not as documented', () => {
  const { findings } = securityHub().detail as { findings: object[] };
  const event = { ...securityHub(), detail: { findings: [...findings, ...findings] } };
  expect(() => said(partner, event)).toThrow('Security Hub finding: findings: expected');
});

test('its rule takes imports, and neither custom actions nor insights', () => {
  expect(reaches(partner, securityHub({ 'Compliance.Status': 'PASSED' }))).toBe(true);
  expect(reaches(partner, publishedEvent('ev-ce692695213a'))).toBe(false);
  expect(reaches(partner, publishedEvent('ev-f8a1981b5827'))).toBe(false);
});
