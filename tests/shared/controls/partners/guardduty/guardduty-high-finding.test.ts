import partner from '../../../../../shared/controls/partners/guardduty/guardduty-high-finding';
import { ACCOUNT, findingOf, guardDuty, publishedEvent, REGION, reaches, said } from '../events';

test.each([
  ['severity 7', guardDuty({ severity: 7 }), 'open'],
  ['severity 8.9', guardDuty({ severity: 8.9 }), 'open'],
  ['severity 9', guardDuty({ severity: 9 }), 'open'],
  ['severity 6.9', guardDuty({ severity: 6.9 }), 'closed'],
  ['archived', guardDuty({ 'service.archived': true }), 'archived'],
  ['a sample', guardDuty({ 'service.additionalInfo': { sample: true } }), 'sample'],
  [
    'a sample, marked in JSON text',
    guardDuty({ 'service.additionalInfo': { value: '{"sample":true}' } }),
    'sample',
  ],
  ['a sample, marked in its title', guardDuty({ title: '[SAMPLE] An instance is busy.' }), 'sample'],
  ['a title that names a sample', guardDuty({ title: 'An instance named [SAMPLE] is busy.' }), 'open'],
  ['other JSON text', guardDuty({ 'service.additionalInfo': { value: '{"sample":false}' } }), 'open'],
  ['text that is no JSON', guardDuty({ 'service.additionalInfo': { value: '{' } }), 'open'],
  ['JSON that is no object', guardDuty({ 'service.additionalInfo': { value: 'null' } }), 'open'],
  ['no word about the service', guardDuty({ service: undefined }), 'open'],
  ['null for what is not there', guardDuty({ resource: null, 'service.additionalInfo': null }), 'open'],
  ['a published sample', publishedEvent('ev-a3328c22cbb6'), 'sample'],
  ['a published one of severity 5', publishedEvent('ev-80c2f62541e5'), 'closed'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('a finding that is not open says why, and has no reasons', () => {
  expect(findingOf(partner, guardDuty({ severity: 6.9 }))).toMatchObject({
    says: 'GuardDuty rates Recon:EC2/PortProbeUnprotectedPort 6.9, less than 7',
    because: [],
  });
});

test('compliance.yml moves the threshold', () => {
  expect(said(partner, guardDuty({ severity: 4 }), { minSeverity: 4 })).toBe('open');
  expect(said(partner, guardDuty({ severity: 8.9 }), { minSeverity: 9 })).toBe('closed');
});

test.each([
  [1, 'low'],
  [3.9, 'low'],
  [4, 'medium'],
  [6.9, 'medium'],
  [7, 'high'],
  [8.9, 'high'],
  [9, 'critical'],
  [10, 'critical'],
])('GuardDuty calls %d %s', (severity, label) => {
  expect(findingOf(partner, guardDuty({ severity }), { minSeverity: 1 }).severity).toBe(label);
});

test('a finding has its id, its own time, how often it was seen, and why', () => {
  expect(findingOf(partner, guardDuty({ 'service.count': 3 }))).toEqual({
    state: 'open',
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::EC2::Instance',
      resourceId: 'i-0123456789abcdef0',
      arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`,
    },
    severity: 'high',
    says: 'GuardDuty: An instance behaves in an unusual way.',
    because: [
      {
        says: 'GuardDuty reports Recon:EC2/PortProbeUnprotectedPort',
        path: 'detail.type',
        value: 'Recon:EC2/PortProbeUnprotectedPort',
        expected: 'no such finding',
      },
      { says: 'GuardDuty rates it 8 of 10', path: 'detail.severity', value: 8, expected: 'less than 7' },
      {
        says: 'it saw an API call',
        path: 'detail.service.action.awsApiCallAction.api',
        value: 'cloudtrail.amazonaws.com StopLogging',
        expected: 'no suspicious call',
      },
      {
        says: 'it saw a remote address',
        path: 'detail.service.action.awsApiCallAction.remoteIpDetails.ipAddressV4',
        value: '198.51.100.7',
        expected: 'no suspicious address',
      },
    ],
    observedAt: '2026-01-31T10:00:00.000Z',
    partnerId: `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/16afba5c5c43e07c9e3e5e2e544e95df`,
    count: 3,
  });
});

test('the address of a network connection is told', () => {
  const action = { networkConnectionAction: { remoteIpDetails: { ipAddressV4: '203.0.113.9' } } };
  expect(findingOf(partner, guardDuty({ 'service.action': action })).because).toContainEqual(
    expect.objectContaining({
      path: 'detail.service.action.networkConnectionAction.remoteIpDetails.ipAddressV4',
      value: '203.0.113.9',
    }),
  );
});

test("the copy that an administrator's account gets is the member's", () => {
  const copy = guardDuty({}, { account: '999900001111', region: REGION });
  expect(findingOf(partner, copy)).toEqual(findingOf(partner, guardDuty()));
});

test('what it says stays the same when the finding is seen again', () => {
  const saysOf = (event: ReturnType<typeof guardDuty>) =>
    findingOf(partner, event).because.map(({ says }) => says);
  const again = guardDuty({ 'service.count': 40, updatedAt: '2026-02-01T10:00:00.000Z' });
  expect(saysOf(again)).toEqual(saysOf(guardDuty()));
});

test.each<[string, object, string, string]>([
  [
    'Lambda',
    { lambdaDetails: { functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:cut` } },
    'AWS::Lambda::Function',
    'cut',
  ],
  [
    'EKSCluster',
    { eksClusterDetails: { name: 'c', arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/c` } },
    'AWS::EKS::Cluster',
    'c',
  ],
  [
    'ECSCluster',
    { ecsClusterDetails: { arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/c` } },
    'AWS::ECS::Cluster',
    `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/c`,
  ],
  [
    'RDSDBInstance',
    { rdsDbInstanceDetails: { dbInstanceIdentifier: 'orders', dbiResourceId: 'db-AB1' } },
    'AWS::RDS::DBInstance',
    'db-AB1',
  ],
  [
    'RDSDBInstance',
    { rdsDbInstanceDetails: { dbInstanceIdentifier: 'orders' } },
    'AWS::RDS::DBInstance',
    'orders',
  ],
  ['S3Bucket', { s3BucketDetails: [{ name: 'papers' }] }, 'AWS::S3::Bucket', 'papers'],
  ['S3Bucket', { s3BucketDetails: [{ arn: 'arn:aws:s3:::papers' }] }, 'AWS::S3::Bucket', 'papers'],
  ['S3Object', { s3BucketDetails: [{ name: 'papers' }] }, 'AWS::S3::Bucket', 'papers'],
  ['S3Bucket', { s3BucketDetails: [] }, 'AWS::::Account', ACCOUNT],
  ['Instance', {}, 'AWS::::Account', ACCOUNT],
  ['RDSDBInstance', {}, 'AWS::::Account', ACCOUNT],
  ['Lambda', { lambdaDetails: { functionArn: 'cut' } }, 'AWS::::Account', ACCOUNT],
  ['AttackSequence', {}, 'AWS::::Account', ACCOUNT],
  ['Something new', {}, 'AWS::::Account', ACCOUNT],
])('a finding about a %s is filed under what it names: %j', (resourceType, details, type, id) => {
  const event = guardDuty({ resource: { resourceType, ...details } });
  expect(findingOf(partner, event).resource).toMatchObject({ resourceType: type, resourceId: id });
});

test.each([
  ['id', { id: undefined }],
  ['severity', { severity: '8' }],
  ['updatedAt', { updatedAt: 'soon' }],
  ['accountId', { accountId: '1234' }],
  ['service.archived', { 'service.archived': 'no' }],
])('an event with another %s than documented is refused by it', (field, changes) => {
  expect(() => said(partner, guardDuty(changes))).toThrow(`GuardDuty finding: ${field}: expected`);
});

test('its rule takes findings of any severity, because one may sink, and nothing else of GuardDuty', () => {
  expect(reaches(partner, guardDuty({ severity: 2 }))).toBe(true);
  expect(
    reaches(partner, {
      ...guardDuty(),
      'detail-type': 'GuardDuty Malware Protection Resource Status Active',
    }),
  ).toBe(false);
});
