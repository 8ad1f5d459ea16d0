import partner from '../../../../../shared/controls/partners/trustedadvisor/trusted-advisor-sg-ports';
import { ACCOUNT, advisorItem, findingOf, reaches, said } from '../events';

const CHECK = 'Security Groups - Specific Ports Unrestricted';
const columns = {
  Region: 'eu-west-1',
  'Security Group Name': 'web',
  'Security Group ID': 'sg-0abc12 (vpc-0def34)',
  Protocol: 'TCP',
  Port: '3306',
};
const item = (status: string, changes: object = {}, more: object = {}) =>
  advisorItem(CHECK, status, { ...columns, ...changes }, { ...more });

test.each([
  ['red', item('ERROR'), 'open'],
  ['yellow', item('WARN', { Port: '8080' }), 'open'],
  ['the name with a dash', advisorItem(CHECK.replace('-', '\u2013'), 'ERROR', columns), 'open'],
  ['green', item('OK', { Port: '443' }), 'closed'],
  ['cannot tell', item('INFO'), 'undetermined'],
  [
    'the check of all ports',
    advisorItem('Security Groups - Unrestricted Access', 'ERROR', columns),
    'not for it',
  ],
])('%s: %s', (_name, event, expected) => {
  expect(said(partner, event)).toBe(expected);
});

test.each([
  ['its own colour', { Status: 'Yellow' }, 'WARN', 'medium'],
  ['its own colour, in another column', { 'Alert Level': 'Red', Port: '8080' }, 'ERROR', 'high'],
  ['a red port', {}, 'ERROR', 'high'],
  ['a range that holds a red port', { Port: '3300-3310' }, 'WARN', 'high'],
  ['a port that is neither', { Port: '22' }, 'WARN', 'medium'],
  ['no port, marked red', { Port: null }, 'ERROR', 'high'],
  ['no port, marked yellow', { Port: null }, 'WARN', 'medium'],
  ['all ports in words', { Port: 'all' }, 'ERROR', 'high'],
])('it is as bad as %s', (_name, changes, status, severity) => {
  expect(findingOf(partner, item(status, changes)).severity).toBe(severity);
});

test('it names port, protocol, group and source', () => {
  expect(findingOf(partner, item('ERROR'))).toMatchObject({
    resource: {
      accountId: ACCOUNT,
      region: 'eu-west-1',
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-0abc12',
      arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-0abc12`,
      name: 'web',
    },
    says: 'Trusted Advisor: sg-0abc12 opens port 3306 to 0.0.0.0/0 (red)',
    because: [{ says: 'port 3306 (tcp) is open to 0.0.0.0/0, which is red', value: '3306' }],
    partnerId: `${CHECK}|${ACCOUNT}|sg-0abc12|tcp|3306`,
  });
});

test('another port of the same group is another finding, another colour of the same port is not', () => {
  const { partnerId } = findingOf(partner, item('ERROR'));
  expect(findingOf(partner, item('ERROR', { Port: '1433' })).partnerId).not.toBe(partnerId);
  expect(findingOf(partner, item('OK')).partnerId).toBe(partnerId);
});

test.each([
  [
    'by the ARN',
    { 'Security Group ID': null },
    { resource_id: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-0abc12` },
    'sg-0abc12',
  ],
  ['without a VPC', { 'Security Group ID': 'sg-0abc12' }, {}, 'sg-0abc12'],
  ['not at all', { 'Security Group ID': null }, {}, ACCOUNT],
  ['by what is no id', { 'Security Group ID': 'sg-0abc12 (vpc-0def34) or so' }, {}, ACCOUNT],
])('the group is named %s', (_how, changes, more, resourceId) => {
  expect(findingOf(partner, item('ERROR', changes, more)).resource.resourceId).toBe(resourceId);
});

test('its rule takes items of this check, however its name is written', () => {
  expect(reaches(partner, item('OK'))).toBe(true);
  expect(reaches(partner, advisorItem(CHECK.replace('-', '\u2013'), 'ERROR', {}))).toBe(true);
  expect(reaches(partner, advisorItem('Security Groups - Unrestricted Access', 'ERROR', {}))).toBe(false);
});
