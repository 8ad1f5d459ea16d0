import detection from '../../../../../shared/controls/detections/account/activity-trailseal-tamper';
import type { AnyDetection } from '../../../../../shared/controls/detections/detection';
import { detector } from '../../../../../shared/controls/detections/detector';
import { call, denied, policyWith, shortOf, testDetection } from '../detecting';

const disabled = call('events', 'DisableRule', { name: 'trailseal-dev-detect-activity-Ec2' });

test('the key of the stack is known by its deployment', () => {
  const deletion = call('kms', 'ScheduleKeyDeletion', { keyId: '5ea1-ed' });
  const hits = (ownKeys: readonly string[]) =>
    detector([detection as unknown as AnyDetection], {
      ...policyWith(detection.id, detection.parameters.parse({})),
      ownKeys,
    }).inRaw(deletion);
  expect(hits(['arn:aws:kms:eu-west-1:1:key/5ea1-ed']).map(shortOf)).toEqual([
    'activity-trailseal-tamper critical',
  ]);
  expect(hits(['arn:aws:kms:eu-west-1:1:key/another'])).toEqual([]);
});

testDetection(detection, {
  parameters: { keys: ['arn:aws:kms:eu-west-1:1:key/k-1'] },
  fires: [
    [
      'a rule disabled',
      disabled,
      {
        severity: 'critical',
        resourceId: 'trailseal-dev-detect-activity-Ec2',
        says: 'DisableRule: rule or bus of Trailseal',
      },
    ],
    [
      'its targets removed',
      call('events', 'RemoveTargets', { rule: 'trailseal-dev-x', ids: ['1'] }),
      { severity: 'critical', resourceId: 'trailseal-dev-x' },
    ],
    [
      'other code for a function, by ARN',
      call('lambda', 'UpdateFunctionCode20150331v2', {
        functionName: 'arn:aws:lambda:eu-west-1:1:function:trailseal-dev-send-alert',
      }),
      { severity: 'medium', resourceId: 'trailseal-dev-send-alert', resourceType: 'AWS::Lambda::Function' },
    ],
    [
      'a function deleted',
      call('lambda', 'DeleteFunction20150331', { functionName: 'trailseal-dev-send-alert' }),
      { severity: 'critical', resourceId: 'trailseal-dev-send-alert' },
    ],
    [
      'a function slowed down to nothing',
      call('lambda', 'PutFunctionConcurrency20171031', { functionName: 'trailseal-dev-send-alert' }),
      { severity: 'critical', resourceId: 'trailseal-dev-send-alert' },
    ],
    [
      'its trigger switched off',
      call(
        'lambda',
        'UpdateEventSourceMapping20150331',
        { uUID: 'u' },
        { responseElements: { functionArn: 'arn:aws:lambda:eu-west-1:1:function:trailseal-dev-x' } },
      ),
      { severity: 'medium', resourceId: 'trailseal-dev-x' },
    ],
    [
      'a queue purged, by URL',
      call('sqs', 'PurgeQueue', {
        queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/trailseal-dev-dead-letters',
      }),
      { severity: 'critical', resourceId: 'trailseal-dev-dead-letters' },
    ],
    [
      'a subscription gone',
      call('sns', 'Unsubscribe', { subscriptionArn: 'arn:aws:sns:eu-west-1:1:trailseal-dev-alerts:0000' }),
      { severity: 'critical', resourceId: 'trailseal-dev-alerts' },
    ],
    [
      'the table',
      call('dynamodb', 'DeleteTable', { tableName: 'trailseal-dev-findings' }),
      { severity: 'critical', resourceId: 'trailseal-dev-findings' },
    ],
    [
      'the alias of the key',
      call('kms', 'DeleteAlias', { aliasName: 'alias/trailseal-dev' }),
      { severity: 'medium', resourceId: 'trailseal-dev', says: 'alias of Trailseal' },
    ],
    [
      'the key, which has no name',
      call('kms', 'ScheduleKeyDeletion', { keyId: 'k-1' }),
      { severity: 'critical', resourceId: 'k-1' },
    ],
    [
      'the lock of the evidence taken off',
      call('s3', 'PutBucketObjectLockConfiguration', { bucketName: 'trailseal-dev-evidencebucket-x' }),
      { severity: 'critical', resourceId: 'trailseal-dev-evidencebucket-x' },
    ],
    [
      'a role',
      call('iam', 'DeleteRolePolicy', { roleName: 'trailseal-dev-x', policyName: 'p' }),
      { severity: 'critical', resourceId: 'trailseal-dev-x' },
    ],
    [
      'an alarm among others',
      call('monitoring', 'DeleteAlarms', { alarmNames: ['cpu', 'trailseal-dev-heartbeat'] }),
      { severity: 'critical', resourceId: 'trailseal-dev-heartbeat' },
    ],
    [
      'logs of a function',
      call('logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/trailseal-dev-x' }),
      { severity: 'critical', resourceId: 'trailseal-dev-x' },
    ],
    [
      'the stack, also by CloudFormation for itself',
      call('cloudformation', 'DeleteStack', {
        stackName: 'arn:aws:cloudformation:eu-west-1:1:stack/trailseal-dev/u',
      }),
      { severity: 'critical', resourceId: 'trailseal-dev' },
    ],
    [
      'an attempt',
      denied(disabled),
      {
        severity: 'high',
        resourceId: 'trailseal-dev-detect-activity-Ec2',
        attempted: true,
        says: '(attempted, failed with AccessDenied)',
      },
    ],
  ],
  misses: [
    ['field', 'the rule of somebody else', { ...disabled, requestParameters: { name: 'nightly' } }],
    [
      'field',
      'a name that has ours inside',
      { ...disabled, requestParameters: { name: 'not-trailseal-dev' } },
    ],
    [
      'field',
      'by a deployment, of which the stack tells',
      {
        ...disabled,
        userIdentity: { type: 'IAMUser', userName: 'ci', invokedBy: 'cloudformation.amazonaws.com' },
      },
    ],
    ['field', 'parameters that CloudTrail left out', { ...disabled, requestParameters: null }],
    ['failed', 'there is no such rule', { ...disabled, errorCode: 'ResourceNotFoundException' }],
    ['neighbour', 'looking', call('events', 'DescribeRule', { name: 'trailseal-dev-x' }, { readOnly: true })],
    [
      'neighbour',
      'a function whose name only begins as one that counts',
      call('lambda', 'DeleteFunctionConcurrency20190930', { functionName: 'trailseal-dev-x' }),
    ],
  ],
  deliveredMisses: ['there is no such rule'],
});
