import partner from '../../../../../shared/controls/partners/guardduty/guardduty-ec2-compromise';
import { ACCOUNT, findingOf, guardDuty, reaches, said } from '../events';

const backdoor = (changes = {}) => guardDuty({ type: 'Backdoor:EC2/C&CActivity.B!DNS', ...changes });

test.each([
  ['command and control', backdoor(), 'open'],
  ['mining', guardDuty({ type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS', severity: 5 }), 'open'],
  [
    'a Trojan, as the actor',
    guardDuty({ type: 'Trojan:EC2/DNSDataExfiltration', 'service.resourceRole': 'ACTOR' }),
    'open',
  ],
  ['an older finding without a role', backdoor({ 'service.resourceRole': undefined }), 'open'],
  ['severity 4.9', backdoor({ severity: 4.9 }), 'closed'],
  ['a port probe', guardDuty(), 'not for it'],
  ['the same of a container', backdoor({ 'resource.resourceType': 'EKSCluster' }), 'not for it'],
  ['another role', backdoor({ 'service.resourceRole': 'WITNESS' }), 'not for it'],
  ['a sample', backdoor({ 'service.additionalInfo': { sample: true } }), 'sample'],
  ['archived', backdoor({ 'service.archived': true }), 'archived'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('it is about the instance, and as bad as GuardDuty finds it', () => {
  expect(findingOf(partner, backdoor({ severity: 5 }))).toMatchObject({
    resource: { resourceType: 'AWS::EC2::Instance', resourceId: 'i-0123456789abcdef0' },
    severity: 'medium',
  });
});

test('an instance that is not named is the account', () => {
  expect(findingOf(partner, backdoor({ 'resource.instanceDetails': undefined })).resource).toMatchObject({
    resourceType: 'AWS::::Account',
    resourceId: ACCOUNT,
  });
});

test('its rule takes the types that it is for', () => {
  expect(reaches(partner, backdoor({ severity: 2 }))).toBe(true);
  expect(reaches(partner, guardDuty({ type: 'Execution:EC2/SuspiciousFile' }))).toBe(true);
  expect(reaches(partner, guardDuty())).toBe(false);
  expect(reaches(partner, guardDuty({ type: 'Backdoor:Lambda/C&CActivity.B' }))).toBe(false);
});
