import partner from '../../../../../shared/controls/partners/guardduty/guardduty-s3-exposure';
import { findingOf, guardDuty, publishedEvent, reaches, said } from '../events';

const bucket = (type: string, changes = {}) =>
  guardDuty({ type, 'resource.resourceType': 'S3Bucket', severity: 2, ...changes });

test.each([
  ['public access granted', bucket('Policy:S3/BucketPublicAccessGranted'), 'open'],
  ['exfiltration', bucket('Exfiltration:S3/AnomalousBehavior'), 'open'],
  ['logging disabled', bucket('Stealth:S3/ServerAccessLoggingDisabled'), 'open'],
  ['objects deleted', bucket('Impact:S3/AnomalousBehavior.Delete'), 'open'],
  ['discovery', bucket('Discovery:S3/AnomalousBehavior'), 'not for it'],
  ['an IAM policy', bucket('Policy:IAMUser/RootCredentialUsage'), 'not for it'],
  [
    'a sample',
    bucket('Policy:S3/BucketPublicAccessGranted', { 'service.additionalInfo': { sample: true } }),
    'sample',
  ],
  ['archived', bucket('Policy:S3/BucketPublicAccessGranted', { 'service.archived': true }), 'archived'],
  ['a published penetration test', publishedEvent('ev-2199c4a0ca44'), 'not for it'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test.each([
  ['Policy:S3/BucketPublicAccessGranted', 2, 'critical'],
  ['Policy:S3/BucketAnonymousAccessGranted', 8, 'critical'],
  ['Policy:S3/BucketBlockPublicAccessDisabled', 2, 'low'],
  ['Exfiltration:S3/AnomalousBehavior', 8, 'high'],
])('%s of severity %d is %s', (type, severity, label) => {
  expect(findingOf(partner, bucket(type, { severity }))).toMatchObject({
    severity: label,
    resource: { resourceType: 'AWS::S3::Bucket', resourceId: 'papers', arn: 'arn:aws:s3:::papers' },
  });
});

test('a bucket that is not named is the account', () => {
  const event = bucket('Exfiltration:S3/AnomalousBehavior', { 'resource.s3BucketDetails': undefined });
  expect(findingOf(partner, event).resource.resourceType).toBe('AWS::::Account');
});

test('its rule takes the types that it is for', () => {
  expect(reaches(partner, bucket('Stealth:S3/ServerAccessLoggingDisabled'))).toBe(true);
  expect(reaches(partner, bucket('Discovery:S3/AnomalousBehavior'))).toBe(false);
});
