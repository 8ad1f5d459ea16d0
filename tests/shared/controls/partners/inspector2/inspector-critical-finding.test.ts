import partner from '../../../../../shared/controls/partners/inspector2/inspector-critical-finding';
import { ACCOUNT, findingOf, inspector, REGION, reachability, reaches, said } from '../events';

test.each([
  ['critical', inspector({ severity: 'CRITICAL' }), 'open'],
  ['an exploit is available', inspector({ exploitAvailable: 'YES' }), 'open'],
  ['likely to be exploited', inspector({ epss: { score: 0.5 } }), 'open'],
  [
    'critical code',
    inspector({ type: 'CODE_VULNERABILITY', severity: 'CRITICAL', packageVulnerabilityDetails: undefined }),
    'open',
  ],
  ['high without an exploit', inspector(), 'closed'],
  ['nearly likely', inspector({ epss: { score: 0.49 } }), 'closed'],
  ['without a score', inspector({ epss: undefined }), 'closed'],
  ['not rated', inspector({ severity: 'UNTRIAGED' }), 'closed'],
  ['suppressed', inspector({ severity: 'CRITICAL', status: 'SUPPRESSED' }), 'suppressed'],
  ['closed', inspector({ severity: 'CRITICAL', status: 'CLOSED' }), 'closed'],
  ['a network path', reachability({ severity: 'CRITICAL' }), 'not for it'],
  [
    'a machine on Azure',
    inspector({
      severity: 'CRITICAL',
      resources: [{ type: 'VIRTUAL_MACHINE', id: '/subscriptions/1', provider: 'AZURE' }],
    }),
    'not-aws',
  ],
  [
    'the same without a provider',
    inspector({
      severity: 'CRITICAL',
      resources: [{ type: 'Microsoft.Compute/virtualMachines', id: '/subscriptions/1' }],
    }),
    'not-aws',
  ],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('compliance.yml chooses what counts', () => {
  expect(said(partner, inspector(), { minEpss: 0.1 })).toBe('open');
  expect(said(partner, inspector(), { knownExploited: ['CVE-2024-3094'] })).toBe('open');
  expect(said(partner, inspector(), { knownExploited: ['CVE-2024-3095'] })).toBe('closed');
});

test('it names the package and the version with the fix', () => {
  expect(findingOf(partner, inspector({ severity: 'CRITICAL' }))).toEqual({
    state: 'open',
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::EC2::Instance',
      resourceId: 'i-0123456789abcdef0',
      arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`,
    },
    severity: 'critical',
    says: 'Inspector: CVE-2024-3094 - xz-utils',
    because: [
      {
        says: 'Inspector rates it critical',
        path: 'detail.severity',
        value: 'CRITICAL',
        expected: 'no critical vulnerability',
      },
      {
        says: 'CVE-2024-3094 is in xz-utils',
        path: 'detail.packageVulnerabilityDetails.vulnerablePackages[0].version',
        value: '5.6.0',
        expected: '5.6.1+really5.4.5-1',
      },
    ],
    observedAt: '2024-09-04T16:59:44.356Z',
    partnerId: `arn:aws:inspector2:${REGION}:${ACCOUNT}:finding/be674aaddd0f75ac632055EXAMPLE`,
  });
});

test.each([undefined, 'NotAvailable'])('a fix in %s is none', (fixedInVersion) => {
  const event = inspector({
    severity: 'CRITICAL',
    'packageVulnerabilityDetails.vulnerablePackages': [
      { name: 'xz-utils', version: '5.6.0', fixedInVersion },
    ],
  });
  expect(findingOf(partner, event).because[1]?.expected).toBe(
    'a version with a fix, which does not exist yet',
  );
});

test('the Region is that of the resource', () => {
  const resources = [{ type: 'AWS_EC2_INSTANCE', id: 'i-1', partition: 'aws-cn', region: 'cn-north-1' }];
  expect(findingOf(partner, inspector({ resources })).resource).toMatchObject({
    region: 'cn-north-1',
    arn: `arn:aws-cn:ec2:cn-north-1:${ACCOUNT}:instance/i-1`,
  });
});

test('many packages are cut to what an alert shows', () => {
  const packages = Array.from({ length: 400 }, (_, index) => ({ name: `p${index}`, version: '1' }));
  const event = inspector({
    severity: 'CRITICAL',
    'packageVulnerabilityDetails.vulnerablePackages': packages,
  });
  expect(findingOf(partner, event).because).toHaveLength(6);
});

test('its time is read in the older style too, and that of its last observation when there is no other', () => {
  const older = inspector({ severity: 'CRITICAL', updatedAt: 'Dec 3, 2021, 6:02:30 PM' });
  expect(findingOf(partner, older).observedAt).toBe('2021-12-03T18:02:30.000Z');
  expect(findingOf(partner, inspector({ updatedAt: undefined })).observedAt).toBe('2024-09-04T16:59:44.356Z');
});

test.each([
  [
    'AWS_ECR_CONTAINER_IMAGE',
    `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team/app/sha256:00ff`,
    'AWS::ECR::Repository',
    'team/app',
  ],
  ['AWS_ECR_REPOSITORY', `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/app`, 'AWS::ECR::Repository', 'app'],
  [
    'AWS_LAMBDA_FUNCTION',
    `arn:aws:lambda:${REGION}:${ACCOUNT}:function:cut:$LATEST`,
    'AWS::Lambda::Function',
    'cut',
  ],
  ['CODE_REPOSITORY', 'github.com/team/app', 'AWS::::Account', ACCOUNT],
])('a finding about %s %s is filed under %s %s', (type, id, resourceType, resourceId) => {
  expect(findingOf(partner, inspector({ resources: [{ type, id }] })).resource).toMatchObject({
    resourceType,
    resourceId,
    region: REGION,
  });
});

test.each([
  ['status', { status: 'OPEN' }],
  ['updatedAt', { updatedAt: 'soon' }],
  ['updatedAt', { updatedAt: undefined, lastObservedAt: undefined }],
  ['resources', { resources: [] }],
  ['findingArn', { findingArn: '' }],
])('an event with another %s than documented is refused by it', (field, changes) => {
  expect(() => said(partner, inspector(changes))).toThrow(`Inspector finding: ${field}: expected`);
});

test('its rule takes what opens a finding and what closes it, and no network paths', () => {
  expect(reaches(partner, inspector({ status: 'CLOSED', severity: 'LOW' }))).toBe(true);
  expect(reaches(partner, reachability())).toBe(false);
  expect(reaches(partner, { ...inspector(), 'detail-type': 'Inspector2 Scan' })).toBe(false);
});
