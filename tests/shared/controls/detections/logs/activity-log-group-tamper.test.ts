import detection from '../../../../../shared/controls/detections/logs/activity-log-group-tamper';
import { call, denied, testDetection } from '../detecting';

const deleted = call('logs', 'DeleteLogGroup', { logGroupName: 'aws-cloudtrail-logs' });

testDetection(detection, {
  parameters: { protectedLogGroups: ['*CloudTrail*'], protectedAlarms: ['cis-*'] },
  fires: [
    [
      'a log group deleted',
      deleted,
      {
        severity: 'high',
        resourceId: 'aws-cloudtrail-logs',
        says: 'DeleteLogGroup: log group aws-cloudtrail-logs',
      },
    ],
    [
      'one named by its ARN',
      call('logs', 'DeleteMetricFilter', {
        logGroupIdentifier: 'arn:aws:logs:eu-west-1:1:log-group:CloudTrail/x:*',
      }),
      { severity: 'high', resourceId: 'CloudTrail/x' },
    ],
    [
      'logs kept for days only',
      call('logs', 'PutRetentionPolicy', { logGroupName: 'cloudtrail', retentionInDays: 1 }),
      {
        severity: 'high',
        resourceId: 'cloudtrail',
        says: 'kept for 1 days',
        because: ['requestParameters.retentionInDays'],
      },
    ],
    [
      'alarms deleted',
      call('monitoring', 'DeleteAlarms', { alarmNames: ['cpu', 'CIS-1', 'cis-2'] }),
      { severity: 'high', resourceId: 'CIS-1', says: '(and 1 more)', resourceType: 'AWS::CloudWatch::Alarm' },
    ],
    [
      'nothing but the name of the call',
      call('monitoring', 'DisableAlarmActions'),
      { severity: 'high', resourceId: 'Ops', says: 'not recorded' },
    ],
  ],
  misses: [
    ['field', 'another log group', { ...deleted, requestParameters: { logGroupName: '/aws/lambda/app' } }],
    ['field', 'another alarm', call('monitoring', 'DeleteAlarms', { alarmNames: ['cpu'] })],
    [
      'field',
      'logs kept for long',
      call('logs', 'PutRetentionPolicy', { logGroupName: 'cloudtrail', retentionInDays: 90 }),
    ],
    ['field', 'a service that tidies up', { ...deleted, sourceIPAddress: 'autoscaling.amazonaws.com' }],
    ['failed', 'refused', denied(deleted)],
    ['neighbour', 'a log group created', call('logs', 'CreateLogGroup', { logGroupName: 'cloudtrail' })],
  ],
});
