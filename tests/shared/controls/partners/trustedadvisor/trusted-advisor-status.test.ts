import partner from '../../../../../shared/controls/partners/trustedadvisor/trusted-advisor-status';
import { ACCOUNT, advisorItem, findingOf, guardDuty, publishedEvent, reaches, said } from '../events';

const logging = (status: string, changes = {}) =>
  advisorItem('AWS CloudTrail Logging', status, { Region: 'eu-central-1', 'Trail Name': 'audit' }, changes);

test.each([
  ['red', logging('ERROR'), 'open'],
  ['yellow', logging('WARN'), 'open'],
  ['green', logging('OK'), 'closed'],
  ['cannot tell', logging('INFO'), 'undetermined'],
  ['a name that ends in a blank', advisorItem('IAM Use ', 'WARN', {}), 'open'],
  ['a name with a dash', advisorItem('Security Groups \u2013 Unrestricted Access', 'ERROR', {}), 'open'],
  ['a name with other capitals', advisorItem('MFA on root account', 'ERROR', {}), 'open'],
  ['the published exposed key', publishedEvent('ev-31c0fd6406ac'), 'open'],
  [
    'a check of another kind',
    advisorItem('Amazon EC2 Reserved Instances Optimization', 'WARN', {}),
    'not-chosen',
  ],
  ['the published load balancer', publishedEvent('ev-4b9a16c32af8'), 'not-chosen'],
  ['the published idle instance', publishedEvent('ev-9d5ed05ebf15'), 'not-chosen'],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('compliance.yml chooses the checks', () => {
  const event = publishedEvent('ev-4b9a16c32af8');
  expect(said(partner, event, { checks: ['Load Balancer Optimization'] })).toBe('open');
  expect(said(partner, event, { checks: ['*'] })).toBe('open');
  expect(said(partner, event, { checks: ['Load Balancer'] })).toBe('not-chosen');
  expect(said(partner, event, { checks: [] })).toBe('not-chosen');
});

test('it is about the resource that the item names, in the Region of that', () => {
  expect(findingOf(partner, publishedEvent('ev-9d5ed05ebf15'), { checks: ['*'] })).toMatchObject({
    resource: {
      accountId: '123456789012',
      region: 'ca-central-1',
      resourceType: 'AWS::EC2::Instance',
      resourceId: 'i-01234567890abcdef',
    },
    severity: 'medium',
    observedAt: '2018-01-12T20:07:49.000Z',
    partnerId:
      'Low Utilization Amazon EC2 Instances|123456789012|arn:aws:ec2:ca-central-1:123456789012:instance/i-01234567890abcdef',
  });
});

test('an item without a resource is about the account, in the Region of its column', () => {
  expect(findingOf(partner, logging('ERROR'))).toMatchObject({
    resource: {
      accountId: ACCOUNT,
      region: 'eu-central-1',
      resourceType: 'AWS::::Account',
      resourceId: ACCOUNT,
    },
    severity: 'high',
    partnerId: `AWS CloudTrail Logging|${ACCOUNT}|aa12345f-55c7-498e-b7ac-123456789012`,
  });
});

test.each([
  [{ 'Region/AZ': 'ca-central-1a' }, 'ca-central-1'],
  [{ Region: 'us-gov-west-1' }, 'us-gov-west-1'],
  [{ Region: '-' }, 'us-east-1'],
  [{}, 'us-east-1'],
  [{ Region: `${'aa-'.repeat(50_000)}` }, 'us-east-1'],
])('the Region of an item is found in its columns', (columns, region) => {
  expect(findingOf(partner, advisorItem('IAM Use', 'WARN', columns)).resource.region).toBe(region);
});

test('columns without a value are left out, and the rest is cut to what an alert shows', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`Day ${index}`, '0.1%  0.00MB']));
  const columns = { Empty: null, Blank: ' ', Number: 3, ...many };
  const { because } = findingOf(partner, advisorItem('IAM Use', 'WARN', columns));
  expect(because).toHaveLength(10);
  expect(because[1]).toMatchObject({ says: 'Number', value: '3' });
});

test.each([
  ['check-name', { 'check-name': ' ' }],
  ['status', { status: 'RED' }],
  ['check-item-detail.Trail Name', { 'check-item-detail': { 'Trail Name': ['audit'] } }],
])('an event with another %s than documented is refused by it', (field, changes) => {
  expect(() => said(partner, logging('ERROR', changes))).toThrow(`Trusted Advisor item: ${field}: expected`);
});

test('its rule takes items of every colour', () => {
  expect(reaches(partner, logging('OK'))).toBe(true);
  expect(reaches(partner, guardDuty())).toBe(false);
});
