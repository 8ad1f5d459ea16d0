import partner from '../../../../../shared/controls/partners/access-analyzer/access-analyzer-finding';
import { ACCOUNT, accessAnalyzer, findingOf, publishedEvent, REGION, reaches, said } from '../events';

test.each([
  ['another account', accessAnalyzer(), 'open'],
  ['the public', accessAnalyzer({ isPublic: true, principal: { AWS: '*' } }), 'open'],
  ['nobody in particular', accessAnalyzer({ principal: undefined }), 'open'],
  ['the published one', publishedEvent('ev-c5a6aa96e5a4'), 'open'],
  ['resolved', accessAnalyzer({ status: 'RESOLVED' }), 'closed'],
  ['archived', accessAnalyzer({ status: 'ARCHIVED' }), 'archived'],
  ['a deleted analyzer', accessAnalyzer({ isDeleted: true }), 'undetermined'],
  ['a policy that it may not read', publishedEvent('ev-a7a8f10c71f6'), 'undetermined'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test.each([
  ['the account', { AWS: '999988887777' }, 'closed'],
  ['its root by ARN', { AWS: 'arn:aws:iam::999988887777:root' }, 'closed'],
  ['a role in it', { AWS: 'arn:aws:iam::999988887777:role/ci' }, 'closed'],
  ['a longer number', { AWS: '9999888877771' }, 'open'],
  ['one of two', { AWS: '999988887777', Federated: 'accounts.example.com' }, 'open'],
  ['a name that holds the number', { AWS: 'arn:aws:iam::111100001111:role/999988887777' }, 'open'],
])('with trusted accounts, %s: %s', (_name, principal, expected) => {
  expect(said(partner, accessAnalyzer({ principal }), { trustedAccounts: ['999988887777'] })).toBe(expected);
});

test('a trusted account does not make a public resource fine', () => {
  const event = accessAnalyzer({ isPublic: true });
  expect(said(partner, event, { trustedAccounts: ['999988887777'] })).toBe('open');
  expect(findingOf(partner, event).severity).toBe('critical');
});

test('it says who may do what, to which resource', () => {
  expect(findingOf(partner, accessAnalyzer())).toMatchObject({
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::S3::Bucket',
      resourceId: 'papers',
      name: 'papers',
    },
    severity: 'high',
    says: 'Access Analyzer: arn:aws:s3:::papers is open to 999988887777',
    because: [
      { path: 'detail.principal', value: { AWS: '999988887777' } },
      { path: 'detail.action', value: ['s3:GetObject'] },
    ],
    observedAt: '2026-01-31T10:00:00.000Z',
    partnerId: '22222222-dcba-4444-dcba-333333333333',
  });
});

test('a resource of a type that is not known by its ARN keeps it as its id', () => {
  const arn = `arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/fs-1`;
  const event = accessAnalyzer({ resource: arn, resourceType: 'AWS::EFS::FileSystem' });
  expect(findingOf(partner, event).resource).toEqual({
    accountId: ACCOUNT,
    region: REGION,
    resourceType: 'AWS::EFS::FileSystem',
    resourceId: arn,
    arn,
  });
});

test('an event with another status than documented is refused by it', () => {
  expect(() => said(partner, accessAnalyzer({ status: 'OPEN' }))).toThrow(
    'Access Analyzer finding: status: expected',
  );
});

test('its rule takes findings, and no previews', () => {
  expect(reaches(partner, accessAnalyzer({ status: 'RESOLVED' }))).toBe(true);
  expect(reaches(partner, publishedEvent('ev-1099e1da7d8c'))).toBe(false);
});
