import partner from '../../../../../shared/controls/partners/guardduty/guardduty-cloudtrail-disabled';
import { ACCOUNT, findingOf, guardDuty, REGION, reaches, said } from '../events';

const AFFECTED = 'service.action.awsApiCallAction.affectedResources';
const stopped = (changes = {}) =>
  guardDuty({
    type: 'Stealth:IAMUser/CloudTrailLoggingDisabled',
    'resource.resourceType': 'AccessKey',
    severity: 2,
    ...changes,
  });
const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;

test.each([
  ['logging was disabled', stopped(), 'open'],
  ['the same, rated higher', stopped({ severity: 8 }), 'open'],
  ['a changed password policy', stopped({ type: 'Stealth:IAMUser/PasswordPolicyChange' }), 'not for it'],
  ['disabled logging of a bucket', stopped({ type: 'Stealth:S3/ServerAccessLoggingDisabled' }), 'not for it'],
  ['a sample', stopped({ 'service.additionalInfo': { sample: true } }), 'sample'],
  ['archived', stopped({ 'service.archived': true }), 'archived'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test.each([
  ['by its name', { 'AWS::CloudTrail::Trail': 'audit' }],
  ['by its ARN', { 'AWS::CloudTrail::Trail': arn }],
])('it is critical however low GuardDuty rates it, and about the trail, named %s', (_how, affected) => {
  expect(findingOf(partner, stopped({ [AFFECTED]: affected }))).toMatchObject({
    severity: 'critical',
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::CloudTrail::Trail',
      resourceId: 'audit',
      name: 'audit',
      arn,
    },
  });
});

test.each([
  [undefined],
  [{}],
  [{ 'AWS::S3::Bucket': 'papers' }],
  [{ 'AWS::CloudTrail::Trail': ['audit'] }],
  [{ 'AWS::CloudTrail::Trail': '' }],
])('it is about the account when the trail is not named: %j', (affected) => {
  expect(findingOf(partner, stopped({ [AFFECTED]: affected })).resource.resourceType).toBe('AWS::::Account');
});

test('its rule takes this type of finding', () => {
  expect(reaches(partner, stopped())).toBe(true);
  expect(reaches(partner, stopped({ type: 'Stealth:IAMUser/PasswordPolicyChange' }))).toBe(false);
});
