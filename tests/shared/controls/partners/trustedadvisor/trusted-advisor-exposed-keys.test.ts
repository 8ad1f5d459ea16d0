import partner from '../../../../../shared/controls/partners/trustedadvisor/trusted-advisor-exposed-keys';
import { ACCOUNT, advisorItem, findingOf, publishedEvent, reaches, said } from '../events';

const columns = {
  'Access Key ID': 'AKIAIOSFODNN7EXAMPLE',
  'User Name (IAM or Root)': 'bob',
  'Fraud Type': 'Exposed',
  'Usage (USD per Day)': ' ',
  Location: 'www.example.com',
};
const item = (status: string, changes: object = {}) =>
  advisorItem('Exposed Access Keys', status, { ...columns, ...changes });

test.each([
  ['the published one', publishedEvent('ev-31c0fd6406ac'), 'open'],
  ['suspected', item('WARN'), 'open'],
  ['without a key', item('ERROR', { 'Access Key ID': null }), 'open'],
  ['gone', item('OK'), 'closed'],
  ['cannot tell', item('INFO'), 'undetermined'],
  ['another check', advisorItem('IAM Access Key Rotation', 'ERROR', columns), 'not for it'],
  [
    'a check whose name goes on',
    advisorItem('Exposed Access Keys of partners', 'ERROR', columns),
    'not for it',
  ],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test('it names the key, its user and where it was found', () => {
  expect(findingOf(partner, item('ERROR'))).toMatchObject({
    resource: { resourceType: 'AWS::IAM::User', resourceId: 'bob', arn: `arn:aws:iam::${ACCOUNT}:user/bob` },
    severity: 'critical',
    says: 'Trusted Advisor: access key AKIAIOSFODNN7EXAMPLE of bob is exposed',
    because: [{ value: 'AKIAIOSFODNN7EXAMPLE' }, { value: 'www.example.com' }],
    partnerId: `Exposed Access Keys|${ACCOUNT}|AKIAIOSFODNN7EXAMPLE`,
  });
  expect(findingOf(partner, item('WARN')).severity).toBe('high');
});

test.each(['root', 'Root', '<root_account>', null])('a key of %s is the account’s', (user) => {
  expect(findingOf(partner, item('ERROR', { 'User Name (IAM or Root)': user })).resource).toMatchObject({
    resourceType: 'AWS::::Account',
    resourceId: ACCOUNT,
  });
});

test('a place that is not told is left out', () => {
  expect(findingOf(partner, item('ERROR', { Location: null })).because).toHaveLength(1);
});

test('its rule takes items of this check', () => {
  expect(reaches(partner, item('OK'))).toBe(true);
  expect(reaches(partner, advisorItem('IAM Use', 'ERROR', {}))).toBe(false);
});
