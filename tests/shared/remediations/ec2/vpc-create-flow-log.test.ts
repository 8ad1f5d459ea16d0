import remediation from '../../../../shared/remediations/ec2/vpc-create-flow-log';
import { toLogGroup, VPC, vpcCase } from '../cases';
import { type Case, planOf, said } from '../scene';

const there = (more: object) => [
  { FlowLogId: 'fl-1', ResourceId: VPC, FlowLogStatus: 'ACTIVE', TrafficType: 'ALL', ...more },
];

const rows: [name: string, one: Case, expected: string[]][] = [
  ['none', vpcCase([]), [`Create a flow log of ${VPC} to arn:aws:s3:::flow-logs/eu`]],
  [
    'one of what is accepted',
    vpcCase(there({ TrafficType: 'ACCEPT' })),
    [`Create a flow log of ${VPC} to arn:aws:s3:::flow-logs/eu`],
  ],
  [
    'one that is not active',
    vpcCase(there({ FlowLogStatus: 'INACTIVE' })),
    [`Create a flow log of ${VPC} to arn:aws:s3:::flow-logs/eu`],
  ],
  ['to a log group', vpcCase([], { settings: toLogGroup }), [`Create a flow log of ${VPC} to /vpc/flow`]],
  ['an active one', vpcCase(there({})), ['nothing-to-do: The VPC has an active flow log.']],
  ['no VPC', vpcCase([], { cloud: {} }), ['nothing-to-do: The VPC is gone.']],
];

test.each(rows)('%s', (_name, one, expected) => expect(said(remediation, one)).toEqual(expected));

test('comes with a token that is the same for the same exposure', () => {
  const token = planOf(remediation, vpcCase([])).calls[0]?.input['ClientToken'];
  expect(token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(planOf(remediation, vpcCase([])).calls[0]?.input['ClientToken']).toBe(token);
});

test('can not be switched on without a word on where to', () => {
  expect(remediation.settings.safeParse({}).success).toBe(false);
});

test.each([
  { type: 's3', bucket: 'arn:aws:s3:::*' },
  { type: 'cloud-watch-logs', logGroup: 'a', role: 'arn:aws:iam::123456789012:role/*' },
])('takes no destination with wildcards: %j', (destination) => {
  expect(remediation.settings.safeParse({ destination }).success).toBe(false);
});
