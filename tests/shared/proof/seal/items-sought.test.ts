import type { ChangedItem } from '../../../../shared/proof/activity/join';
import { callsOn } from '../../../../shared/proof/seal/items-sought';
import { record } from '../../../support/activity-events';
import { ACCOUNT, REGION } from '../../../support/local-aws';
import { logFile } from './real-records';

const item: ChangedItem = {
  account: ACCOUNT,
  region: REGION,
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0a1b2c3d',
  capturedAt: '2026-01-31T09:00:30.000Z',
  previousCapturedAt: '2026-01-31T08:00:00.000Z',
  changedPaths: ['configuration.ipPermissions.0'],
};
const open = (parts: Record<string, unknown> = {}) =>
  record({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    requestParameters: { groupId: 'sg-0a1b2c3d' },
    ...parts,
  });

test('a call that may have changed an item is given as it stands there', () => {
  const calls = [open({ requestParameters: { groupId: 'sg-other' } }), open()];
  expect(callsOn(logFile(calls), [{ ...item, resourceId: 'sg-none' }, item])).toEqual([
    { index: 1, record: JSON.parse(JSON.stringify(calls[1])), item: [1] },
  ]);
});

test.each<[string, Record<string, unknown>]>([
  ['a call that only reads', { eventName: 'DescribeSecurityGroups', readOnly: true }],
  ['a call that failed', { errorCode: 'Client.UnauthorizedOperation' }],
  ['a call of another account', { recipientAccountId: '444455556666' }],
  ['a call in another Region', { awsRegion: 'ap-south-1' }],
  ['a call after the item', { eventTime: '2026-01-31T09:01:00Z' }],
  ['a call long before the one before', { eventTime: '2026-01-31T07:00:00Z' }],
  ['a call that changes something else', { eventName: 'AuthorizeSecurityGroupEgress' }],
  ['the id in a tag', { requestParameters: { groupId: 'sg-other', tag: 'sg-0a1b2c3d' } }],
  ['the id in a user agent', { requestParameters: null, userAgent: 'sg-0a1b2c3d' }],
  ['a late correction', { addendum: { originalEventID: 'x' } }],
  ['a record without a time', { eventTime: 7 }],
])('%s is none', (_name, parts) => {
  expect(callsOn(logFile([open(parts)]), [item])).toEqual([]);
});

test('one call may have changed several items', () => {
  const other = { ...item, resourceId: 'sg-1' };
  const calls = [
    open({ responseElements: { groupId: 'sg-1' } }),
    open({ requestParameters: { groupId: 'sg-1' } }),
  ];
  expect(callsOn(logFile(calls), [item, other, item])).toEqual([
    expect.objectContaining({ index: 0, item: [0, 1, 2] }),
    expect.objectContaining({ index: 1, item: [1] }),
  ]);
});

test('an id that JSON may write in several ways is found', () => {
  const group: ChangedItem = {
    ...item,
    resourceType: 'AWS::Logs::LogGroup',
    resourceId: '/aws/lambda/orders',
    changedPaths: [],
  };
  const call = record({
    eventSource: 'logs.amazonaws.com',
    eventName: 'PutRetentionPolicy',
    requestParameters: { logGroupName: '/aws/lambda/orders', retentionInDays: 1 },
  });
  const plain = logFile([call]);
  const escaped = Buffer.from(plain.toString().replaceAll('/', '\\/'));
  expect(callsOn(escaped, [group])).toEqual(callsOn(plain, [group]));
  expect(callsOn(escaped, [group])).toHaveLength(1);
});

test('a file that names none of them, and one that is none', () => {
  expect(callsOn(logFile([open({ requestParameters: null })]), [item])).toEqual([]);
  expect(callsOn(Buffer.from('sg-0a1b2c3d'), [item])).toEqual([]);
  expect(callsOn(logFile([open()]), [])).toEqual([]);
});
