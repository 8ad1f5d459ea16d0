import partner from '../../../../../shared/controls/partners/guardduty/guardduty-credential-compromise';
import { ACCOUNT, findingOf, guardDuty, publishedEvent, reaches, said } from '../events';

const key = (changes = {}) =>
  guardDuty({
    type: 'UnauthorizedAccess:IAMUser/TorIPCaller',
    'resource.resourceType': 'AccessKey',
    severity: 5,
    ...changes,
  });

test.each([
  ['a call from Tor', key(), 'open'],
  [
    'exfiltrated instance credentials',
    key({ type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', severity: 8 }),
    'open',
  ],
  ['severity 4', key({ severity: 4 }), 'open'],
  ['severity 3.9', key({ severity: 3.9 }), 'closed'],
  ['the same of an instance', key({ 'resource.resourceType': 'Instance' }), 'not for it'],
  ['a stopped trail', key({ type: 'Stealth:IAMUser/CloudTrailLoggingDisabled' }), 'not for it'],
  ['a sample', key({ 'service.additionalInfo': { sample: true } }), 'sample'],
  ['archived', key({ 'service.archived': true }), 'archived'],
  ['the published sample', publishedEvent('ev-a3328c22cbb6'), 'sample'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test.each([
  ['IAMUser', 'AIDACKCEVSQ6C2EXAMPLE', 'AWS::IAM::User', 'AIDACKCEVSQ6C2EXAMPLE'],
  ['AssumedRole', 'AROACKCEVSQ6C2EXAMPLE:i-0123', 'AWS::IAM::Role', 'AROACKCEVSQ6C2EXAMPLE'],
  ['Role', 'AROACKCEVSQ6C2EXAMPLE', 'AWS::IAM::Role', 'AROACKCEVSQ6C2EXAMPLE'],
  ['IAMUser', undefined, 'AWS::IAM::User', 'bob'],
  ['Root', ACCOUNT, 'AWS::::Account', ACCOUNT],
  ['FederatedUser', `${ACCOUNT}:bob`, 'AWS::::Account', ACCOUNT],
])(
  'credentials of a %s with the id %s are those of %s %s',
  (userType, principalId, resourceType, resourceId) => {
    const event = key({
      'resource.accessKeyDetails.userType': userType,
      'resource.accessKeyDetails.principalId': principalId,
    });
    expect(findingOf(partner, event).resource).toMatchObject({ resourceType, resourceId });
  },
);

test('credentials that are not described are those of the account', () => {
  expect(findingOf(partner, key({ 'resource.accessKeyDetails': undefined })).resource.resourceType).toBe(
    'AWS::::Account',
  );
});

test('its rule takes findings about credentials', () => {
  expect(reaches(partner, key())).toBe(true);
  expect(reaches(partner, guardDuty())).toBe(false);
});
