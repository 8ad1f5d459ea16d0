import partner from '../../../../../shared/controls/partners/cloudwatch/cloudwatch-alarm-state';
import { ACCOUNT, alarm, findingOf, REGION, reaches, said } from '../events';

const chosen = { alarms: ['security-'] };

test.each([
  ['went off', alarm(), 'open'],
  ['went off without a reason', alarm({ 'state.reason': undefined }), 'open'],
  ['is fine', alarm({ 'state.value': 'OK' }), 'closed'],
  ['cannot tell', alarm({ 'state.value': 'INSUFFICIENT_DATA' }), 'undetermined'],
  ['is another', alarm({ alarmName: 'TargetTracking-table/orders-AlarmHigh' }), 'not-chosen'],
  ['has the word elsewhere in its name', alarm({ alarmName: 'no-security-root-use' }), 'not-chosen'],
])('an alarm that %s: %s', (_name, event, expected) => {
  expect(said(partner, event, chosen)).toBe(expected);
});

test('no alarm counts until compliance.yml names it', () => {
  expect(said(partner, alarm())).toBe('not-chosen');
});

test('it tells the reason and the time of the alarm', () => {
  expect(findingOf(partner, alarm(), chosen)).toEqual({
    state: 'open',
    resource: {
      accountId: ACCOUNT,
      region: REGION,
      resourceType: 'AWS::CloudWatch::Alarm',
      resourceId: 'security-root-use',
      arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:security-root-use`,
      name: 'security-root-use',
    },
    severity: 'medium',
    says: 'CloudWatch alarm security-root-use is in the state ALARM',
    because: [
      {
        says: 'alarm security-root-use went off',
        path: 'detail.state.reason',
        value: 'Threshold Crossed',
        expected: 'OK',
      },
    ],
    observedAt: '2026-01-31T10:00:00.000Z',
    partnerId: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:security-root-use`,
  });
});

test('an event with another state than documented is refused by it', () => {
  expect(() => said(partner, alarm({ 'state.value': 'BROKEN' }), chosen)).toThrow(
    'CloudWatch alarm state change: state.value: expected',
  );
});

test('its rule takes every state', () => {
  expect(reaches(partner, alarm({ 'state.value': 'OK' }))).toBe(true);
  expect(reaches(partner, { ...alarm(), 'detail-type': 'CloudWatch Alarm Configuration Change' })).toBe(
    false,
  );
});
