import detection from '../../../../../shared/controls/detections/account/activity-root-usage';
import { ACCOUNT, call, root, signIn, testDetection, user } from '../detecting';

const used = call('iam', 'CreateAccessKey', null, { userIdentity: root });
const assumeRoot = call(
  'sts',
  'AssumeRoot',
  {
    targetPrincipal: '111122223333',
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' },
  },
  {
    readOnly: true,
    responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLE', sessionToken: 'MASKED' } },
  },
);

testDetection(detection, {
  fires: [
    [
      'an access key made, without parameters',
      used,
      {
        severity: 'critical',
        resourceId: ACCOUNT,
        says: `CreateAccessKey of iam.amazonaws.com was called by the root user of account ${ACCOUNT}`,
      },
    ],
    [
      'looking',
      call('ec2', 'DescribeInstances', null, { userIdentity: root, readOnly: true }),
      { severity: 'critical', resourceId: ACCOUNT },
    ],
    [
      'a call that failed',
      { ...used, errorCode: 'AccessDenied' },
      { severity: 'critical', resourceId: ACCOUNT, attempted: true, says: 'failed with AccessDenied' },
    ],
    ['a sign-in', signIn(root, 'Success'), { severity: 'critical', resourceId: ACCOUNT }],
    [
      'a new password',
      signIn(root, 'Success', { eventName: 'PasswordUpdated' }),
      { severity: 'critical', resourceId: ACCOUNT },
    ],
    [
      'a root session on a member account',
      assumeRoot,
      { severity: 'medium', resourceId: '111122223333', says: 'S3UnlockBucketPolicy' },
    ],
  ],
  misses: [
    ['field', 'a user', { ...used, userIdentity: user('bob') }],
    [
      'field',
      'a service for root',
      { ...used, userIdentity: { ...root, invokedBy: 'support.amazonaws.com' } },
    ],
    ['field', 'an event of the service itself', { ...used, eventType: 'AwsServiceEvent' }],
    ['failed', 'a sign-in that failed is told by those', signIn(root, 'Failure')],
    [
      'failed',
      'a root session that was refused',
      { ...assumeRoot, errorCode: 'AccessDenied', responseElements: null },
    ],
    [
      'neighbour',
      'a role taken on',
      call('sts', 'AssumeRole', { roleArn: 'arn:aws:iam::1:role/r' }, { readOnly: true }),
    ],
  ],
  deliveredMisses: ['a sign-in that failed is told by those'],
});
